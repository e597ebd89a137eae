//! How a worker starts: from a `blob:` script that is the engine's own with a beginning behind it.
//!
//! Source: CONTRACTS.md, "What leaves the page": a worker loaded by URL would not inherit the page's
//! policy, one from a blob does.
//!
//! - The engine comes compiled, in the first message, and is instantiated synchronously: a worker has
//!   its handler before the next message is delivered, so nothing has to wait for it to be up.
//! - Nothing is imported: Firefox would pass by the service worker for it, and a host may have another
//!   version by then. What the page fetched at its start is what all its workers are made of.
//! - A nested worker is made the same way and ends with the one that made it.

use crate::problem::Problem;
use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag, RequestCredentials, Url, Worker, WorkerOptions, WorkerType};

/// The engine's exported functions that a worker can begin with.
#[derive(Clone, Copy)]
pub enum Entry {
    /// Answers one page's queries about one source.
    #[cfg(feature = "page")]
    Session,
    /// Runs jobs.
    #[cfg(all(target_arch = "wasm32", feature = "engine"))]
    Layer,
}

impl Entry {
    fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "page")]
            Entry::Session => "start_session",
            #[cfg(all(target_arch = "wasm32", feature = "engine"))]
            Entry::Layer => "start_layer",
        }
    }
}

/// The engine: its script, an ES module, and its WebAssembly module, compiled.
#[derive(Clone)]
pub struct Engine {
    pub source: Blob,
    pub module: JsValue,
}

/// The worker's own script, as an address that lasts as long as whoever called this.
pub fn script(entry: Entry, engine: &Engine) -> Result<String, Problem> {
    let name = entry.name();
    let beginning = format!(
        "\nself.onmessage = ({{ data: [module, source] }}) => {{\n\
         self.onmessage = null; initSync({{ module }}); {name}(module, source); }};\n"
    );
    let options = BlobPropertyBag::new();
    options.set_type("text/javascript");
    let parts = Array::of2(&engine.source, &beginning.into());
    Blob::new_with_blob_sequence_and_options(&parts, &options)
        .and_then(|blob| Url::create_object_url_with_blob(&blob))
        .map_err(|error| failed(&error))
}

/// A worker on its way up; what is posted to it from now on is delivered after that.
pub fn worker(script: &str, engine: &Engine) -> Result<Worker, Problem> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    options.set_credentials(RequestCredentials::Omit);
    let worker = Worker::new_with_options(script, &options).map_err(|error| failed(&error))?;
    worker
        .post_message(&Array::of2(&engine.module, &engine.source))
        .map_err(|error| failed(&error))?;
    Ok(worker)
}

fn failed(error: &JsValue) -> Problem {
    Problem::new("worker-failed", "The browser did not start a worker.")
        .found(super::panics::words(error))
        .advice("Reload the page; if that does not help, try another browser.")
}
