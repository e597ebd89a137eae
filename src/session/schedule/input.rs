//! Inputs of a schedule: messages of the page, results of commands, the time.

use super::ids::{
    CacheId, CallId, FileNumber, JobId, SpillId, TransferId, TurnId, VerificationId, WorkerId,
};
use crate::http::{HttpFailure, HttpResponse};
use crate::problem::Problem;
use crate::protocol::{CacheNumbers, ContentInfo, SignatureVerdict, ToSession};
use crate::session::jobs::JobResult;
use crate::session::{Inspection, Session};

/// One thing that happened.
pub enum ScheduleInput {
    /// A message of the page, and what is beside it.
    FromPage { message: ToSession, files: Vec<OfferedFile> },
    /// The result of `ReadSource`.
    SourceRead(Result<Box<Session>, Problem>),
    /// The result of `ReadInspection`.
    InspectionRead { file: FileNumber, result: Result<Box<Inspection>, Problem> },
    /// How far a job is, in bytes of its blob.
    JobProgress { id: JobId, done: u64 },
    /// A job has ended; its worker is idle.
    JobEnded { id: JobId, end: JobEnd },
    /// A worker failed, and what it did is lost.
    WorkerLost { worker: WorkerId, words: String },
    /// The result of `OpenSpill`: whether there is such a file.
    SpillOpened { spill: SpillId, found: bool },
    /// The result of `Verify`: a verdict for each document, in their order.
    Verified { id: VerificationId, result: Result<Vec<SignatureVerdict>, VerifierFailure> },
    /// The result of `Send`. Where the body is streamed, it is empty here.
    Response { call: CallId, result: Result<HttpResponse, HttpFailure> },
    /// The next bytes of a streamed body.
    Piece { call: CallId, bytes: Vec<u8> },
    /// A streamed body has ended, or broke off.
    StreamEnded { call: CallId, result: Result<(), HttpFailure> },
    /// The result of a command about the cache.
    Cache { id: CacheId, result: CacheResult },
    /// The result of a command about something that is downloaded.
    Transfer { id: TransferId, result: TransferResult },
    /// Time has passed.
    Time,
    /// The result of `Yield`.
    Turn { turn: TurnId },
}

/// Why there are no verdicts.
#[derive(Clone, Debug, PartialEq)]
pub enum VerifierFailure {
    /// It could not be started; another time it may.
    Unavailable(Problem),
    /// It ended without an answer, with these words.
    Lost(String),
}

/// The result of a command about the cache.
#[derive(Clone, Debug, PartialEq)]
pub enum CacheResult {
    /// Of `ReadCache`: what each key has.
    Values(Vec<Option<Vec<u8>>>),
    /// Of `CountCache`.
    Numbers(CacheNumbers),
    /// Of `ClearCache`.
    Cleared,
}

/// The result of a command about something that is downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransferResult {
    /// Of `OpenBlob`: whether the cache has the blob.
    Looked { found: bool },
    /// Of `BeginWrite`: the bytes that are there already.
    Begun { length: u64 },
    /// Of `ReadWritten`; `None`: it cannot be read.
    Read { bytes: Option<Vec<u8>> },
    /// There was no room for what `Write` appends.
    NoRoom,
    /// Of `FinishWrite`: whether there is such a file.
    Finished { found: bool },
}

/// How a job ended.
pub enum JobEnd {
    /// With a result. `spilled`: uncompressed bytes were kept.
    Result { result: Box<JobResult>, spilled: bool },
    /// With a content, which the driver holds until the next input.
    Content { info: ContentInfo },
    /// Without a result.
    Failed(Problem),
}

/// A file beside a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OfferedFile {
    /// Bytes.
    pub size: u64,
    /// Time of the last change, milliseconds since 1970.
    pub modified: u64,
}
