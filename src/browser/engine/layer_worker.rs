//! A layer worker: runs the jobs that its session worker gives it, one at a time.
//!
//! - Knows nothing about the image: a job says what to read of its files, and how.
//! - May be ended in the middle of a job; what it had is lost.

use super::blob_reader::BlobReader;
use super::scope::scope;
use super::spill::{self, SpillFile};
use crate::browser::{message, panics};
use crate::codec::HEAD;
use crate::problem::Problem;
use crate::protocol::{ContentInfo, FromLayer, RunJob};
use crate::session::ReadSeek;
use crate::session::jobs::{self, Job, JobResult};
use crate::vocabulary::Compression;
use js_sys::{Array, Date, Uint8Array};
use std::io::{self, Read, Seek, SeekFrom, Write};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, MessageEvent};

/// Progress is sent no more often than this.
const PROGRESS_MILLIS: f64 = 50.0;

/// Called once, by the worker's own script.
pub fn start() {
    panics::install(|words| say(&FromLayer::Panicked { words: words.to_owned() }, None));
    let on_message = Closure::<dyn FnMut(_)>::new(|event: MessageEvent| {
        match message::unpack::<RunJob<Job>>(&event.data()) {
            Some((RunJob { job, spill }, files)) => start_job(job, files.unchecked_into(), spill),
            None => web_sys::console::error_1(&"a job that cannot be read".into()),
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget(); // lives as long as the worker
}

/// Starts a job. `files`: those that it reads, in the order of their numbers.
fn start_job(job: Job, files: Array, spill: Option<String>) {
    match spill.filter(|_| job.must_spill() || wants_spill(&job, &files)) {
        Some(path) => spawn_local(run_spilling(job, files, path)),
        None => tell(&job, run(&job, &files, None), false),
    }
}

/// Tells how a job ended: with the bytes of a content, or with the result's buffer.
fn tell(job: &Job, result: Result<JobResult, Problem>, spilled: bool) {
    let result = match (job.work.reads_content(), result) {
        (true, Ok(result)) => result.into_content().ok_or_else(|| {
            Problem::new("worker-failed", "A job for a file's content returned no content.")
        }),
        (_, result) => result.map(|result| (result.into_buffer(), ContentInfo::default())),
    };
    match result {
        Ok((bytes, content)) => {
            say(&FromLayer::Done { content, spilled }, Some(&bytes));
        }
        Err(problem) => say(&FromLayer::Failed { problem }, None),
    }
}

/// Whether the stream may be one that can be entered at its start only: gzip leaves checkpoints.
fn wants_spill(job: &Job, files: &Array) -> bool {
    let Some(part) = job.may_spill() else { return false };
    let head = open(job, files, part.file).and_then(|mut reader| {
        let mut head = [0; HEAD];
        reader.seek(SeekFrom::Start(part.start))?;
        reader.read_exact(&mut head)?;
        Ok(head)
    });
    let compression = head.map_or(Compression::None, |head| Compression::detect(&head));
    !matches!(compression, Compression::None | Compression::Gzip)
}

/// Keeps the uncompressed bytes at `path`, if there is room and they turn out to be useful.
async fn run_spilling(job: Job, files: Array, path: String) {
    let mut spill = SpillFile::create(&path).await.ok();
    let result = run(&job, &files, spill.as_mut().map(|spill| spill as &mut dyn Write));
    drop(spill); // closed, so that it can be read
    let spilled = result.as_ref().is_ok_and(JobResult::spilled);
    if !spilled {
        let _ = spill::remove(&path).await; // removed with its folder otherwise
    }
    tell(&job, result, spilled);
}

/// Opens a file by its number.
fn open(job: &Job, files: &Array, number: u32) -> io::Result<Box<dyn ReadSeek>> {
    let at = job.files().iter().position(|file| *file == number);
    let file = at.and_then(|at| files.get(at as u32).dyn_into::<File>().ok());
    let file = file.ok_or(io::ErrorKind::NotFound)?;
    Ok(Box::new(BlobReader::new(file.into())?))
}

fn run(job: &Job, files: &Array, spill: Option<&mut dyn Write>) -> Result<JobResult, Problem> {
    let mut told_at = Date::now();
    let mut progress = |done| {
        let now = Date::now();
        if now - told_at >= PROGRESS_MILLIS {
            told_at = now;
            say(&FromLayer::Progress { done }, None);
        }
    };
    jobs::run(job, &mut |number| open(job, files, number), spill, &mut progress)
}

fn say(message: &FromLayer, bytes: Option<&Vec<u8>>) {
    let sent = match bytes {
        None => scope().post_message(&message::pack(message, &JsValue::UNDEFINED)),
        Some(bytes) => {
            // One copy out of this instance's memory; from there the buffer is moved.
            let buffer = Uint8Array::from(bytes.as_slice()).buffer();
            let message = message::pack(message, &buffer);
            scope().post_message_with_transfer(&message, &Array::of1(&buffer))
        }
    };
    if let Err(error) = sent {
        web_sys::console::error_1(&error); // only what cannot be cloned is refused
    }
}
