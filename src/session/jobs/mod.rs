//! What layer workers run: a job reads one layer, one file or one document, and its result is one buffer.
//!
//! - `job.rs` is the job and its result; `advisories.rs` and `attached.rs` are what two kinds of work read,
//!   `differences/` compares two contents of a file, `member.rs` reads archives within files, and `search.rs` is the search
//!   in contents.
//! - A job knows neither session nor schedule.

pub(super) mod advisories;
pub mod attached;
mod differences;
mod file_range;
mod job;
mod member;
mod search;

pub use file_range::FileRange;
pub use job::{Job, JobResult, NamedFile, Work, run};
pub(in crate::session) use job::{Outcome, READ_FAILED, WIDE_SPAN};
pub use member::{MemberWish, MemberWork};
pub use search::{ContentSearch, ContentsFound, FileToSearch};
