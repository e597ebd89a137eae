//! What layer workers run: a job reads one layer, one file or one document, and its result is one buffer.
//!
//! - `job.rs` is the job and its result; `advisories.rs` and `attached.rs` are what two kinds of work read.
//! - A job knows neither session nor schedule.

pub(super) mod advisories;
pub mod attached;
mod job;

pub use job::{FileRange, Job, JobResult, NamedFile, Work, run};
pub(super) use job::{Outcome, READ_FAILED, WIDE_SPAN};
