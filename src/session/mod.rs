//! An opened source: the queries that it answers, the jobs that it gives out.
//!
//! - `query` is what page and session say to each other; both sides compile it, all else here is the
//!   engine's alone.
//! - A session owns its images, indexes and trees, and never starts a thread: it says which jobs there
//!   are, whoever drives it (the session worker in a browser, threads natively) runs them and hands the
//!   results back. So tests, the native command and fuzzing reach everything that the page can.

pub mod query;

#[cfg(feature = "engine")]
mod advisories;
#[cfg(feature = "engine")]
mod answers;
#[cfg(feature = "engine")]
pub mod attached;
#[cfg(feature = "engine")]
mod attachments;
#[cfg(feature = "engine")]
mod bills;
#[cfg(feature = "engine")]
mod blobs;
#[cfg(feature = "engine")]
mod building;
#[cfg(feature = "engine")]
mod check;
#[cfg(feature = "engine")]
mod checking;
#[cfg(feature = "engine")]
mod content;
#[cfg(all(feature = "engine", not(target_arch = "wasm32")))]
pub mod drive;
#[cfg(feature = "engine")]
pub mod eviction;
#[cfg(feature = "engine")]
mod exports;
#[cfg(feature = "engine")]
mod files;
#[cfg(feature = "engine")]
mod images;
#[cfg(feature = "engine")]
mod inspection;
#[cfg(feature = "engine")]
pub mod job;
#[cfg(all(feature = "engine", not(target_arch = "wasm32")))]
pub mod native;
#[cfg(feature = "engine")]
mod opening;
#[cfg(feature = "engine")]
mod overview;
#[cfg(feature = "engine")]
mod packages;
#[cfg(feature = "engine")]
mod pending;
#[cfg(feature = "engine")]
pub mod pulled;
#[cfg(feature = "engine")]
mod reporting;
#[cfg(feature = "engine")]
mod results;
#[cfg(feature = "engine")]
mod rows;
#[cfg(feature = "engine")]
mod saving;
#[cfg(feature = "engine")]
pub mod schedule;
#[cfg(feature = "engine")]
mod shim;
#[cfg(feature = "engine")]
mod state;
#[cfg(feature = "engine")]
mod vulnerabilities;

#[cfg(feature = "engine")]
pub use crate::archive::Files;
#[cfg(feature = "engine")]
pub use crate::codec::ReadSeek;
#[cfg(feature = "engine")]
pub use content::Reading;
#[cfg(feature = "engine")]
pub use inspection::Inspection;
#[cfg(feature = "engine")]
pub use state::Session;
