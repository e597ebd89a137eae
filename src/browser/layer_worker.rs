//! A layer worker: runs the jobs that its session worker gives it, one at a time.
//!
//! - Knows nothing of the image: a job says what to read of the file, and how.
//! - May be ended in the middle of a job; what it had goes with it.

use super::{
    blob_reader::BlobReader,
    panics,
    spill::{self, Spill},
    wire::{self, FromLayer, ToLayer},
};
use crate::{
    codec::{Compression, HEAD},
    problem::Problem,
    session::job::{self, Job, JobResult},
};
use js_sys::{Array, Date, Uint8Array};
use std::io::{Read, Seek, SeekFrom, Write};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, File, MessageEvent};

/// Progress is told no more often than this.
const PROGRESS_MILLIS: f64 = 50.0;

/// Called once, by the worker's own script.
pub fn start() {
    panics::install(|words| say(&FromLayer::Panicked { words: words.to_owned() }, None));
    let on_message = Closure::<dyn FnMut(_)>::new(|event: MessageEvent| {
        let Some((ToLayer::Run { job, content, spill }, file)) = wire::unpack(&event.data()) else {
            return; // a message that is none, see `wire`
        };
        let file: File = file.unchecked_into();
        match spill.filter(|_| wants_spill(&job, &file)) {
            Some(path) => spawn_local(run_spilling(job, file, path)),
            None => tell(run(&job, &file, None).and_then(|result| answer(result, content))),
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget(); // lives as long as the worker
}

/// What goes to the session: the result's buffer, or a content's bytes with the whole file's size.
type Answer = (Vec<u8>, u64);

fn answer(result: JobResult, content: bool) -> Result<Answer, Problem> {
    if content { bytes_of(result) } else { Ok((result.into_buffer(), 0)) }
}

fn tell(answer: Result<Answer, Problem>) {
    match answer {
        Ok((bytes, whole)) => say(&FromLayer::Done { whole, spilled: false }, Some(&bytes)),
        Err(problem) => say(&FromLayer::Failed { problem }, None),
    }
}

/// Whether the stream may be one that can be entered at its start only: gzip leaves checkpoints.
fn wants_spill(job: &Job, file: &File) -> bool {
    let Some(part) = job.may_spill() else { return false };
    let head = BlobReader::new(file.clone().into()).and_then(|mut reader| {
        let mut head = [0; HEAD];
        reader.seek(SeekFrom::Start(part.start))?;
        reader.read_exact(&mut head)?;
        Ok(head)
    });
    let compression = head.map_or(Compression::None, |head| Compression::detect(&head));
    !matches!(compression, Compression::None | Compression::Gzip)
}

/// Keeps the uncompressed bytes at `path`, if there is room and they turn out to be of use.
async fn run_spilling(job: Job, file: File, path: String) {
    let mut spill = Spill::create(&path).await.ok();
    let result = run(&job, &file, spill.as_mut().map(|spill| spill as &mut dyn Write));
    drop(spill); // closed, so that it can be read
    let spilled = result.as_ref().is_ok_and(JobResult::spilled);
    if !spilled {
        let _ = spill::remove(&path).await; // removed with its folder otherwise
    }
    match result {
        Ok(result) => say(&FromLayer::Done { whole: 0, spilled }, Some(&result.into_buffer())),
        Err(problem) => say(&FromLayer::Failed { problem }, None),
    }
}

fn run(job: &Job, file: &File, spill: Option<&mut dyn Write>) -> Result<JobResult, Problem> {
    let reader = BlobReader::new(file.clone().into()).map_err(|error| {
        Problem::new("read-failed", format!("The file cannot be read: {error}."))
    })?;
    let mut told_at = Date::now();
    let mut progress = |done| {
        let now = Date::now();
        if now - told_at >= PROGRESS_MILLIS {
            told_at = now;
            say(&FromLayer::Progress { done }, None);
        }
    };
    job::run(job, Box::new(reader), spill, &mut progress)
}

fn bytes_of(result: JobResult) -> Result<Answer, Problem> {
    result
        .into_content()
        .ok_or_else(|| Problem::new("worker-failed", "A job for a file's content gave none."))
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn say(message: &FromLayer, bytes: Option<&Vec<u8>>) {
    let sent = match bytes {
        None => scope().post_message(&wire::pack(message, &JsValue::UNDEFINED)),
        Some(bytes) => {
            // One copy out of this instance's memory; from there the buffer is moved.
            let buffer = Uint8Array::from(bytes.as_slice()).buffer();
            let message = wire::pack(message, &buffer);
            scope().post_message_with_transfer(&message, &Array::of1(&buffer))
        }
    };
    if let Err(error) = sent {
        web_sys::console::error_1(&error); // only what cannot be cloned is refused
    }
}
