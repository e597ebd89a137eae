//! An opened source: its images, what they answer, and the jobs that read them.
//!
//! - A session owns images, indexes and trees. It starts no thread and does no I/O of its own: it says which
//!   jobs there are, and takes their results. `schedule/` alone decides what happens when; its commands are
//!   executed by the session worker in a browser and by `native/` elsewhere, so tests, the native command and
//!   fuzzing run the program that the page runs.
//! - `state.rs` is what a session knows; the other files change it or answer from it, one concern each, and
//!   it imports none of them. `answers/` answers the questions of `protocol/`.

#[cfg(feature = "engine")]
mod answers;
#[cfg(feature = "engine")]
mod attachments;
#[cfg(feature = "engine")]
mod base;
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
#[cfg(feature = "engine")]
mod content_ranges;
#[cfg(feature = "engine")]
mod documents;
#[cfg(feature = "engine")]
pub mod eviction;
#[cfg(feature = "engine")]
mod extracting;
#[cfg(feature = "engine")]
mod found;
#[cfg(feature = "engine")]
mod found_contents;
#[cfg(feature = "engine")]
pub mod held_pieces;
#[cfg(feature = "engine")]
mod images;
#[cfg(feature = "engine")]
mod inspection;
#[cfg(feature = "engine")]
pub mod jobs;
#[cfg(feature = "engine")]
mod kept_names;
#[cfg(feature = "engine")]
mod names;
#[cfg(all(feature = "engine", not(target_arch = "wasm32")))]
pub mod native;
#[cfg(feature = "engine")]
mod opening;
#[cfg(feature = "engine")]
mod partial;
#[cfg(feature = "engine")]
mod passes;
#[cfg(feature = "engine")]
mod paths;
#[cfg(feature = "engine")]
mod pending;
#[cfg(feature = "engine")]
mod provenance;
#[cfg(feature = "engine")]
mod published;
#[cfg(feature = "engine")]
pub mod pulled;
#[cfg(feature = "engine")]
mod reading;
#[cfg(feature = "engine")]
mod results;
#[cfg(feature = "engine")]
mod saving;
#[cfg(feature = "engine")]
pub mod schedule;
#[cfg(feature = "engine")]
mod searched_names;
#[cfg(feature = "engine")]
mod searching;
#[cfg(feature = "engine")]
mod signed_content;
#[cfg(feature = "engine")]
mod state;
#[cfg(feature = "engine")]
mod trust;

#[cfg(feature = "engine")]
pub use crate::archive::Files;
#[cfg(feature = "engine")]
pub use crate::codec::ReadSeek;
#[cfg(feature = "engine")]
pub use answers::breaches::{RuleBreach, RuleBreaches};
#[cfg(feature = "engine")]
pub use inspection::Inspection;
#[cfg(feature = "engine")]
use reading::Reading;
#[cfg(feature = "engine")]
pub use signed_content::{ContentFault, LayerFault};
#[cfg(feature = "engine")]
pub use state::Session;
#[cfg(feature = "engine")]
use state::cancelled;
#[cfg(feature = "engine")]
pub use trust::authority_certificates;
