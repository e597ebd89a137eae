//! What travels: from the page to a session, from a session to the page, and between a session and its
//! layer workers.
//!
//! A message is a pair: one of these enums as bytes, and beside it what bytes cannot carry or would only
//! copy (files, contents). Both sides come from the same build, so an unreadable message is a defect of ours.

use super::{ContentInfo, Event, NetworkSettings, Request, SignatureVerdict};
use crate::problem::Problem;
use crate::vocabulary::{Login, UserQuestion};
use serde::{Deserialize, Serialize};

/// Names a request until it is answered. Unique in its session.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct RequestId(pub u32);

/// From the page to a session worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToSession {
    /// The first message. Beside it, for `SourceRequest::Files`: an array of the files.
    Open(SourceRequest),
    /// A question. Beside it what its declaration says.
    Ask { id: RequestId, request: Request },
    /// This answer is no longer needed.
    Cancel { id: RequestId },
    /// What to do about layers that are not downloaded.
    Download(DownloadRequest),
    /// The user's answer to `Event::UserMustAnswer`.
    Reply { question: UserQuestion, reply: Reply },
    /// Answers `FromSession::NeedsVerifier`: beside it the verifier's module and script, or why it cannot be fetched.
    /// It is for the worker that drives the session, not for its schedule.
    Verifier(Result<(), Problem>),
}

/// What a session opens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SourceRequest {
    /// Files of this machine.
    Files {
        /// The file's or folder's name.
        name: String,
        /// The files' paths in a folder, as long as the array beside the message.
        paths: Vec<String>,
        first: FirstImage,
    },
    /// An image in a registry.
    Registry {
        reference: String,
        /// Required, if named: `linux/arm64`.
        platform: Option<String>,
        /// Preferred where `platform` is absent.
        preferred_platform: Option<String>,
        network: NetworkSettings,
    },
    /// An archive or saved inspection on the web, fetched directly.
    Url { url: String, first: FirstImage },
    /// No source: the session answers `FetchList` and `ClearCache` alone.
    Nothing { network: NetworkSettings },
}

/// Which image to show first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstImage {
    /// The image that a link names by its ID: a source without it is refused.
    pub required_id: Option<String>,
    /// `linux/arm64`.
    pub preferred_platform: Option<String>,
}

/// What to do about layers that are not downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DownloadRequest {
    /// A view needs the layers. If they are many bytes, the user is asked first.
    Needed,
    /// The user agreed to download all layers, however large.
    All,
    /// The user wants this layer alone.
    Layer(crate::vocabulary::LayerNumber),
    Pause,
    /// Continues, and tries again what failed.
    Resume,
}

/// The user's answer to a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    LogIn(Login),
    Agree,
    Decline,
}

/// From a session worker to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromSession {
    Event(Box<Event>),
    /// `answer`: the bytes of `Result<Answer, Problem>`, by `to_wire`. Beside it what the question's
    /// declaration says.
    Answer {
        id: RequestId,
        answer: Vec<u8>,
    },
    /// How far an order is.
    OrderProgress {
        id: RequestId,
        progress: OrderProgress,
    },
    /// Something signed is there: the verifier is needed. The page fetches it, as it does all of its own files.
    NeedsVerifier,
    /// The session panicked, with these words, and will not answer again.
    Panicked {
        words: String,
    },
}

/// How far an order is, in bytes of the blob or file that is read for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderProgress {
    pub done: u64,
    pub total: u64,
    pub slow: Option<SlowRead>,
}

/// Why reading a content takes long: its stream has no checkpoint near it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlowRead {
    pub within: StreamLevel,
    pub compression: crate::vocabulary::Compression,
}

/// Which compressed stream has no checkpoint near.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StreamLevel {
    Layer,
    Archive,
}

/// From a session to a layer worker: one job at a time. Beside it: an array of the files that the job reads. `J` is the
/// engine's `session::jobs::Job`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunJob<J> {
    pub job: J,
    /// The path in the private file system where uncompressed bytes may be kept.
    pub spill: Option<String>,
}

/// From the verifier's worker to its session: the answer to one `SignaturesToVerify`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromVerifier {
    /// A verdict for each document, in their order.
    Done(Vec<SignatureVerdict>),
    /// It panicked, with these words; the worker is lost.
    Panicked { words: String },
}

/// From a layer worker to its session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromLayer {
    /// Bytes of the blob read so far.
    Progress { done: u64 },
    /// Beside it: the result's buffer, or the content's bytes. `content` is about the file of which
    /// a content was read; `spilled`: uncompressed bytes were kept.
    Done { content: ContentInfo, spilled: bool },
    /// The job ended without a result; the worker lives.
    Failed { problem: Problem },
    /// The job panicked, with these words; the worker is lost.
    Panicked { words: String },
}
