//! A layer worker: runs the jobs that its session worker gives it, one at a time.
//!
//! - Knows nothing of the image: a job says what to read of the file, and how.
//! - May be ended in the middle of a job; what it had goes with it.

use super::{
    blob_reader::BlobReader,
    panics,
    wire::{self, FromLayer, ToLayer},
};
use crate::{
    problem::Problem,
    session::job::{self, Job, JobResult},
};
use js_sys::{Array, Date, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, File, MessageEvent};

/// Progress is told no more often than this.
const PROGRESS_MILLIS: f64 = 50.0;

/// Called once, by the worker's own script.
pub fn start() {
    panics::install(|words| say(&FromLayer::Panicked { words: words.to_owned() }, None));
    let on_message = Closure::<dyn FnMut(_)>::new(|event: MessageEvent| {
        let Some((ToLayer::Run { job, content }, file)) = wire::unpack(&event.data()) else {
            return; // a message that is none, see `wire`
        };
        match run(&job, &file, content) {
            Ok((bytes, whole)) => say(&FromLayer::Done { whole }, Some(&bytes)),
            Err(problem) => say(&FromLayer::Failed { problem }, None),
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget(); // lives as long as the worker
}

/// What goes to the session: the result's buffer, or a content's bytes with the whole file's size.
fn run(job: &Job, file: &JsValue, content: bool) -> Result<(Vec<u8>, u64), Problem> {
    let file: &File = file.unchecked_ref();
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
    let result = job::run(job, Box::new(reader), &mut progress)?;
    if content { bytes_of(result) } else { Ok((result.into_buffer(), 0)) }
}

fn bytes_of(result: JobResult) -> Result<(Vec<u8>, u64), Problem> {
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
