//! How a worker starts: from a `blob:` script that is its module's own script with a call appended. The module is the
//! engine, or the verifier of signatures.
//!
//! - A worker loaded by URL would not inherit the page's policy, which forbids foreign scripts and requests; one
//!   from a blob does (HTML, "initialize a worker global scope's policy container").
//! - The module arrives compiled, in the first message, and is instantiated synchronously: a worker has
//!   its handler before the next message is delivered, so nothing has to wait for it to be up.
//! - The script imports nothing: Firefox would bypass the service worker for that, and the host may have another
//!   version by then. All workers are made from what the page fetched at its start.
//! - A nested worker is made the same way and ends with the one that made it.

use crate::problem::Problem;
use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag, RequestCredentials, Url, Worker, WorkerOptions, WorkerType};

/// The modules' exported functions that a worker can begin with.
#[derive(Clone, Copy)]
pub enum WorkerEntry {
    /// Answers one page's queries about one source.
    #[cfg(feature = "page")]
    Session,
    /// Runs jobs.
    #[cfg(all(target_arch = "wasm32", feature = "engine"))]
    Layer,
    /// Verifies signatures.
    #[cfg(all(target_arch = "wasm32", feature = "engine"))]
    Verifier,
}

impl WorkerEntry {
    fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "page")]
            WorkerEntry::Session => "start_session",
            #[cfg(all(target_arch = "wasm32", feature = "engine"))]
            WorkerEntry::Layer => "start_layer",
            #[cfg(all(target_arch = "wasm32", feature = "engine"))]
            WorkerEntry::Verifier => "start_verifier",
        }
    }
}

/// What a worker runs: a script, which is an ES module, and its WebAssembly module, compiled.
#[derive(Clone)]
pub struct WorkerModule {
    pub source: Blob,
    pub module: JsValue,
}

/// The URL of the worker's own script; it lasts as long as the caller's page or worker.
pub fn script(entry: WorkerEntry, module: &WorkerModule) -> Result<String, Problem> {
    let name = entry.name();
    let beginning = format!(
        "\nself.onmessage = ({{ data: [module, source] }}) => {{\n\
         self.onmessage = null; initSync({{ module }}); {name}(module, source); }};\n"
    );
    let options = BlobPropertyBag::new();
    options.set_type("text/javascript");
    let parts = Array::of2(&module.source, &beginning.into());
    Blob::new_with_blob_sequence_and_options(&parts, &options)
        .and_then(|blob| Url::create_object_url_with_blob(&blob))
        .map_err(|error| failed(&error))
}

/// A worker that is starting; what is posted to it from now on is delivered once it has started.
pub fn worker(script: &str, module: &WorkerModule) -> Result<Worker, Problem> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    options.set_credentials(RequestCredentials::Omit);
    let worker = Worker::new_with_options(script, &options).map_err(|error| failed(&error))?;
    worker
        .post_message(&Array::of2(&module.module, &module.source))
        .map_err(|error| failed(&error))?;
    Ok(worker)
}

fn failed(error: &JsValue) -> Problem {
    Problem::new("worker-failed", "The browser did not start a worker.")
        .found(super::panics::words(error))
        .advice("Reload the page; if that does not help, try another browser.")
}
