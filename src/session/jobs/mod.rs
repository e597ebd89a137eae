//! What layer workers run: a job reads one layer, one file or one document, and its result is one buffer.
//!
//! - `job.rs` is the job, `outcome.rs` its result; `advisories.rs` and `attached.rs` are what two kinds of work read,
//!   `differences/` compares two contents of a file, `member.rs` reads archives within files, and `search.rs` is the search
//!   in contents.
//! - A job knows neither session nor schedule.

pub(super) mod advisories;
pub mod attached;
mod differences;
mod file_range;
mod job;
mod member;
mod outcome;
mod search;

pub use file_range::FileRange;
pub use job::{Job, NamedFile, Work, run};
pub use member::{MemberWish, MemberWork};
pub use outcome::JobResult;
pub(in crate::session) use outcome::{Outcome, READ_FAILED, WIDE_SPAN};
pub use search::{ContentSearch, ContentsFound, FileToSearch};
