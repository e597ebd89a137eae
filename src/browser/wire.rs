//! The messages between page, session worker and layer workers.
//!
//! - A message is a pair: one of the enums below as bytes, and beside it what these can't carry or would
//!   only copy: a file, an answer that is bytes already, a content.
//! - Both sides come from the same build, so an unreadable message is a defect of ours, never input.

#[cfg(feature = "engine")]
use crate::session::job::Job;
use crate::{
    problem::Problem,
    session::query::{
        ContentRequest, Event, Look, Network, Query, Question, Reply, from_wire, to_wire,
    },
};
use js_sys::{Array, Uint8Array};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;

/// What the page asks of a session. `id` comes back with the answer.
#[derive(Serialize, Deserialize)]
pub enum ToSession {
    /// Beside it: an array of the files. `paths` are their places in a folder, as
    /// long as the array; `name` is the file's or folder's.
    Open {
        name: String,
        paths: Vec<String>,
        wanted_digest: Option<String>,
        platform: Option<String>,
    },
    /// Opens an image in a registry. `platform`: this one; else one for `preferred`.
    Pull {
        reference: String,
        platform: Option<String>,
        preferred: Option<String>,
        network: Network,
    },
    /// Opens an archive on the web, which is asked for directly.
    Fetch { url: String, platform: Option<String> },
    /// Has no source: answers `Look` alone.
    Join { network: Network },
    /// What is to be done about layers that are not here.
    Layers(LayersWish),
    /// The user's answer to `Event::Asks`.
    Reply { question: Question, reply: Reply },
    /// Rows of a list.
    Look { id: u32, look: Look },
    /// Forgets what is kept of registries.
    ClearKept { id: u32 },
    /// Reads layer `layer` (from 1) again, without the limits that it was stopped by.
    Lift { id: u32, layer: u32 },
    /// A query of `session::query`.
    Ask { id: u32, query: Query },
    /// Makes another image the one that queries speak of.
    Choose { id: u32, image: u32 },
    /// Bytes of a file in the image.
    Content { id: u32, request: ContentRequest },
    /// The report over all images.
    Report { id: u32 },
    /// The image that is shown as a saved inspection.
    Save { id: u32 },
    /// Asks the OSV database at this address about the packages of the image that is shown: the user has
    /// agreed. Answered when all is asked; taken back, it ends with what was found.
    Check { id: u32, endpoint: String },
    /// Beside it: an array of files, exports of OSV's data or VEX documents, which are matched here.
    Advisories { id: u32, names: Vec<String> },
    /// Nobody waits for this answer any more.
    Cancel { id: u32 },
}

/// What is to be done about layers that are not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LayersWish {
    /// A view needs them; if they are many bytes, the user is asked first.
    Needed,
    /// However many bytes they are.
    Agreed,
    /// Not now.
    Pause,
    /// Now again; what failed is tried again, too.
    Resume,
}

/// What a session says.
#[derive(Serialize, Deserialize)]
pub enum FromSession {
    /// Unasked.
    Event(Event),
    /// Beside it: an `Ask`'s answer as bytes of a `Result`, a report as text, a content's bytes as an
    /// `ArrayBuffer`; nothing for the others. `whole` is the size of a content's whole file in bytes.
    Answer { id: u32, problem: Option<Problem>, whole: u64 },
    /// A content is being read: bytes done, of how many, and why it takes long (empty: it doesn't).
    Reading { id: u32, done: u64, all: u64, why: String },
    /// The session panicked, with these words, and will not answer again.
    Panicked { words: String },
}

/// What a session gives a layer worker to do. Beside it: the files that the job reads.
#[cfg(feature = "engine")]
#[derive(Serialize, Deserialize)]
pub enum ToLayer {
    /// One job at a time. `content`: the answer is to be bytes, not a buffer for the session. `spill`:
    /// where uncompressed bytes may be kept.
    Run { job: Job, content: bool, spill: Option<String> },
}

/// What a layer worker answers.
#[cfg(feature = "engine")]
#[derive(Serialize, Deserialize)]
pub enum FromLayer {
    /// Bytes of the blob read so far.
    Progress { done: u64 },
    /// Beside it: the result's buffer, or the content's bytes; `whole` is the content's file's size;
    /// `spilled` that uncompressed bytes were kept.
    Done { whole: u64, spilled: bool },
    /// The job ended without a result; the worker lives.
    Failed { problem: Problem },
    /// The job panicked, with these words; the worker is lost.
    Panicked { words: String },
}

/// A message with what goes beside it.
pub fn pack(message: &impl Serialize, beside: &JsValue) -> Array {
    Array::of2(&Uint8Array::from(&to_wire(message)[..]), beside)
}

/// `None` for what `pack` did not make.
pub fn unpack<T: DeserializeOwned>(data: &JsValue) -> Option<(T, JsValue)> {
    let pair: &Array = wasm_bindgen::JsCast::dyn_ref(data)?;
    let bytes: Uint8Array = wasm_bindgen::JsCast::dyn_into(pair.get(0)).ok()?;
    let message = from_wire(&bytes.to_vec())?;
    Some((message, pair.get(1)))
}
