//! Commands of a schedule. A driver executes them in their order, and decides nothing.
//!
//! - A command with a result carries an ID, and its result is one `ScheduleInput` with the same ID (`input.rs`). The
//!   driver may give results in any order, at any later time.
//! - Commands without a result cannot fail in a way that matters: an event that cannot be posted has no page to
//!   tell it to, and a cache that cannot be written is read empty next time.

use super::ids::{
    CacheId, CallId, FileNumber, JobId, SpillId, TransferId, TurnId, VerificationId, WorkerId,
};
use crate::http::HttpRequest;
use crate::oci::Digest;
use crate::problem::Problem;
use crate::protocol::{Event, OrderProgress, RequestId, SignaturesToVerify};
use crate::session::jobs::Job;

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Tells the page.
    Tell(Event),
    /// Answers a request.
    Answer(RequestAnswer),
    /// Tells the page how far an order is.
    TellProgress { request: RequestId, progress: OrderProgress },
    /// A defect was found that concerns no request: to be logged.
    Log(Problem),

    /// Reads the index of the source: files 0, 1, …, as many as `paths`. Result: `ScheduleInput::SourceRead`.
    ReadSource { name: String, paths: Vec<String> },
    /// Reads file `file` as a saved inspection. Result: `ScheduleInput::InspectionRead`.
    ReadInspection { name: String, file: FileNumber },
    /// Makes something the file of this number, at once.
    AddFile { file: FileNumber, content: AddedFile },
    /// Forgets a file that was added. No job will read it.
    RemoveFile(FileNumber),

    /// Runs a job on a layer worker, which is started if there is none of this ID. Results:
    /// `ScheduleInput::JobProgress`, then `ScheduleInput::JobEnded` or `ScheduleInput::WorkerLost`.
    RunJob { id: JobId, worker: WorkerId, job: Box<Job>, spill: Option<SpillId> },
    /// Ends a worker, whatever it does.
    EndWorker(WorkerId),
    /// Makes what a job spilled the file of this number. Result: `ScheduleInput::SpillOpened`.
    OpenSpill { spill: SpillId, file: FileNumber },

    /// Removes what a job spilled, whole or in part, if it did. Who has it as a file may not be able to read it.
    RemoveSpill(SpillId),

    /// Verifies signatures, with the verifier, which is started if it does not run. Result:
    /// `ScheduleInput::Verified`.
    Verify { id: VerificationId, request: Box<SignaturesToVerify> },

    /// Sends a request. Result: `ScheduleInput::Response`; where its body is streamed and the status is 200 or 206,
    /// `ScheduleInput::Piece` follows for each piece, then `ScheduleInput::StreamEnded`.
    Send { call: CallId, request: Box<HttpRequest> },
    /// Ends a request. Nothing more is needed of it.
    Abort(CallId),

    /// Looks into the cache. Result: `CacheResult::Values`, as long as `keys`.
    ReadCache { id: CacheId, keys: Vec<CacheKey> },
    /// Puts something into the cache.
    WriteCache { key: CacheKey, bytes: Vec<u8> },
    /// Counts what the cache holds. Result: `CacheResult::Numbers`.
    CountCache { id: CacheId },
    /// Empties the cache. Result: `CacheResult::Cleared`.
    ClearCache { id: CacheId },

    /// Looks for a whole blob in the cache, and makes it the file of this number. Result:
    /// `TransferResult::Looked`.
    OpenBlob { transfer: TransferId, digest: Digest, size: u64, file: FileNumber },
    /// Opens a place to write to. What an earlier visit wrote of a blob is still there. Result:
    /// `TransferResult::Begun`.
    BeginWrite { transfer: TransferId, target: WriteTarget },
    /// Reads what is written. Result: `TransferResult::Read`.
    ReadWritten { transfer: TransferId, offset: u64, length: u64 },
    /// Appends bytes, at once. Only where there is no room, `TransferResult::NoRoom` follows, once; what is
    /// written after that is dropped, and `FinishWrite` finds nothing.
    Write { transfer: TransferId, bytes: Vec<u8> },
    /// Forgets what is written, at once.
    Restart { transfer: TransferId },
    /// Makes what is written the file of this number. `keep`: it is what its digest says, and stays in the
    /// cache. Result: `TransferResult::Finished`.
    FinishWrite { transfer: TransferId, size: u64, keep: bool, file: FileNumber },
    /// Ends writing. `keep`: what is written may be continued by a later visit.
    EndWrite { transfer: TransferId, keep: bool },

    /// Sets the alarm: gives `ScheduleInput::Time` once, at this time (milliseconds since 1970) or soon after it.
    /// There is one alarm, so this replaces the one that was set before; `None` withdraws it.
    Wake { at: Option<u64> },
    /// The session's own work is next, which nothing interrupts. Result: `ScheduleInput::Turn`, after what the
    /// page has said meanwhile.
    Yield { turn: TurnId },
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestAnswer {
    pub request: RequestId,
    /// The bytes of `Result<Answer, Problem>`, by `to_wire`.
    pub answer: Vec<u8>,
    /// What goes beside it.
    pub beside: Beside,
}

/// What goes beside an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Beside {
    Nothing,
    Bytes(Vec<u8>),
    /// The content that this job has just read. The driver holds it: contents can be large, and need not be
    /// copied here.
    Content(JobId),
    /// A file that was added.
    File(FileNumber),
}

/// What is made a file of.
#[derive(Clone, Debug, PartialEq)]
pub enum AddedFile {
    /// These bytes.
    Bytes(Vec<u8>),
    /// Files beside the message that is being handled, by position: one as it is, several with a line break after
    /// each. A driver need not keep them longer.
    Offered { request: RequestId, files: Vec<usize> },
}

/// A name in the cache.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CacheKey {
    /// A manifest, an index, a configuration or another document.
    Document(Digest),
    /// What is known about the layer with this blob.
    LayerIndex(Digest),
    /// A text by name.
    Text(String),
}

/// Where a download is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteTarget {
    /// A blob of the cache, of this size.
    Blob { digest: Digest, size: u64 },
    /// A file that ends with the session.
    Scratch,
}
