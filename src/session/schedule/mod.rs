//! The schedule: what happens next with an opened source. A state machine without I/O.
//!
//! - `state_machine.rs` is its outside: `take` gets a `ScheduleInput`, `step` returns a `Command`. A driver executes commands
//!   and decides nothing.
//! - Each command that has a result carries an ID (`ids.rs`), and its result is expected (`expected.rs`).
//! - Background work: `stage_jobs.rs` (one stage), `queue.rs` (all of them), `pool.rs` (workers), `stages.rs`
//!   (what comes after a stage). What the user waits for: `contents.rs`, `searches.rs`, `advisory_files.rs`,
//!   `reports.rs`, `extractions.rs`.
//! - Registries: `network.rs` (operations), `fetch.rs` (bytes of a blob), `downloads/` (layers), `lists.rs`,
//!   `attached.rs`. Opening: `opening.rs`, `registry_opening.rs`, `archive_fetch.rs`. OSV: `checks.rs`. deps.dev:
//!   `base_lookups.rs`.
//! - Signatures: `signatures.rs`; `verifier_turns.rs` is for the driver that has the verifier in a worker.

mod advisory_files;
mod archive_fetch;
mod attached;
mod base_lookups;
mod checks;
mod clock;
mod command;
mod contents;
mod deliver;
mod downloads;
mod expected;
mod extractions;
mod fetch;
mod ids;
mod input;
mod list_rows;
mod lists;
mod messages;
mod network;
mod opening;
mod outbox;
mod parts;
mod pool;
mod purpose;
mod queue;
mod records;
mod registry_opening;
mod reports;
mod requested;
mod results;
mod routes;
mod running;
mod searches;
mod shared;
mod signatures;
mod stage_jobs;
mod stages;
mod state_machine;
#[cfg(test)]
mod tests;
mod verifier_turns;

pub use command::{AddedFile, Beside, CacheKey, Command, RequestAnswer, WriteTarget};
pub use ids::{
    CacheId, CallId, FileNumber, JobId, SpillId, TransferId, TurnId, VerificationId, WorkerId,
};
pub use input::{CacheResult, JobEnd, OfferedFile, ScheduleInput, TransferResult, VerifierFailure};
pub use opening::{FirstShown, ScheduleOptions};
pub use state_machine::Schedule;
pub use verifier_turns::{VerifierTurns, VerifierWorker};
