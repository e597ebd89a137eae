//! The engine: fetched and compiled once, with a spare session worker kept ready.
//!
//! - Its script and its module are fetched together and never again: the host may switch to another version,
//!   or be offline, while the page is open.
//! - Started with the page, so that it is ready when the user has chosen a file; earlier callers wait for the
//!   same compilation.
//! - A failed fetch is not cached: the next open tries again.

use super::dom;
use super::fetch;
use super::modules::{self, PageModule};
use crate::browser::panics;
use crate::browser::spawn::{self, WorkerModule};
use crate::problem::Problem;
use js_sys::{Promise, WebAssembly};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Worker;

/// After so long the next spare worker is prepared.
const SPARE_AFTER_MILLIS: i32 = 10_000;

thread_local! {
    static SPARE: RefCell<Option<Worker>> = const { RefCell::new(None) };
    static SCRIPT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Fetches and compiles the engine if that was not done yet, and prepares a spare worker.
pub fn warm_up() {
    spawn_local(async {
        if let Err(problem) = fill_spare().await {
            web_sys::console::warn_1(&JsValue::from_str(&problem.to_string()));
        }
    });
}

/// A session worker; a new spare one is prepared later, when this one has read the most.
pub async fn session_worker() -> Result<Worker, Problem> {
    let worker = match SPARE.take() {
        Some(worker) => worker,
        None => start().await?,
    };
    dom::after(SPARE_AFTER_MILLIS, warm_up);
    Ok(worker)
}

async fn fill_spare() -> Result<(), Problem> {
    let worker = start().await?;
    // A spare worker that fails must not be handed out. Once it is handed out, its client sets its own handler.
    let on_error = Closure::once_into_js(|| drop(SPARE.take()));
    worker.set_onerror(Some(on_error.unchecked_ref()));
    if let Some(second) = SPARE.replace(Some(worker)) {
        second.terminate(); // two were prepared at the same time
    }
    Ok(())
}

async fn start() -> Result<Worker, Problem> {
    let engine = engine().await?;
    let script = match SCRIPT.with_borrow(Clone::clone) {
        Some(script) => script,
        None => spawn::script(spawn::WorkerEntry::Session, &engine)?,
    };
    SCRIPT.set(Some(script.clone()));
    spawn::worker(&script, &engine)
}

/// The engine. The first caller loads it, the others wait for the same result.
async fn engine() -> Result<WorkerModule, Problem> {
    modules::loaded(PageModule::Engine, compile()).await
}

/// Compiles while the bytes arrive if the host names the media type, else after they have arrived.
async fn compile() -> Result<WorkerModule, Problem> {
    const NAME: &str = "engine_bg.wasm";
    let response = fetch::get(NAME).await?;
    let kind = response.headers().get("content-type").ok().flatten().unwrap_or_default();
    let compiling = if kind.split(';').next().unwrap_or_default().trim() == "application/wasm" {
        WebAssembly::compile_streaming(&Promise::resolve(&JsValue::from(response)))
    } else {
        WebAssembly::compile(&fetch::body(NAME, response.array_buffer()).await?.unchecked_into())
    };
    let source = fetch::file("engine.js").await;
    let module = JsFuture::from(compiling).await.map_err(|error| failed(&panics::words(&error)))?;
    Ok(WorkerModule { module, source: source?.into() })
}

fn failed(words: &str) -> Problem {
    Problem::new("engine-failed", format!("The engine does not compile here: {words}."))
        .advice("Check the connection, then open the file again.")
}
