//! The engine as the page gets it: fetched and compiled once, with a spare session worker kept warm.
//!
//! - Its script and its module are fetched together, and nothing of it later: the host may turn to
//!   another version, or be gone, while the page is open.
//! - Begun at page start, so that it is there when the user has chosen a file; whoever comes earlier
//!   waits for the same compilation.
//! - A failed fetch is not kept: the next open tries again.

use super::{fetch, panics, spawn};
use crate::problem::Problem;
use js_sys::{Array, Promise, WebAssembly};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};
use web_sys::Worker;

thread_local! {
    /// Of an array: the module, compiled, and the script.
    static COMPILED: RefCell<Option<Promise>> = const { RefCell::new(None) };
    static SPARE: RefCell<Option<Worker>> = const { RefCell::new(None) };
    static SCRIPT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Fetches and compiles what is not there yet, and sees to a spare worker.
pub fn warm_up() {
    spawn_local(async {
        if let Err(problem) = fill_spare().await {
            web_sys::console::warn_1(&JsValue::from_str(&problem.to_string()));
        }
    });
}

/// A session worker; a new spare one is begun.
pub async fn session_worker() -> Result<Worker, Problem> {
    let worker = match SPARE.take() {
        Some(worker) => worker,
        None => start().await?,
    };
    warm_up();
    Ok(worker)
}

async fn fill_spare() -> Result<(), Problem> {
    let worker = start().await?;
    // A spare one that fails must not be handed out; once it is, its client sets its own handler.
    let on_error = Closure::once_into_js(|| drop(SPARE.take()));
    worker.set_onerror(Some(on_error.unchecked_ref()));
    if let Some(second) = SPARE.replace(Some(worker)) {
        second.terminate(); // two asked for one at the same time
    }
    Ok(())
}

async fn start() -> Result<Worker, Problem> {
    let parts: Array = parts().await?.unchecked_into();
    let engine = spawn::Engine { module: parts.get(0), source: parts.get(1).unchecked_into() };
    let script = match SCRIPT.with_borrow(Clone::clone) {
        Some(script) => script,
        None => spawn::script(spawn::Entry::Session, &engine)?,
    };
    SCRIPT.set(Some(script.clone()));
    spawn::worker(&script, &engine)
}

async fn parts() -> Result<JsValue, Problem> {
    let compiled = COMPILED.with_borrow_mut(|kept| {
        kept.get_or_insert_with(|| {
            future_to_promise(async { compile().await.map_err(|p| JsValue::from_str(&p.message)) })
        })
        .clone()
    });
    JsFuture::from(compiled).await.map_err(|error| {
        COMPILED.set(None);
        Problem::new("engine-failed", panics::words(&error))
            .advice("Check the connection, then open the file again.")
    })
}

/// While it arrives where the host says what it is, else after it has arrived.
async fn compile() -> Result<JsValue, Problem> {
    let response = fetch::get("engine_bg.wasm").await?;
    let kind = response.headers().get("content-type").unwrap_or_default();
    let failed = |error: JsValue| {
        let words = panics::words(&error);
        Problem::new("engine-failed", format!("The engine does not compile here: {words}."))
    };
    let compiling = if kind.split(';').next().unwrap_or_default().trim() == "application/wasm" {
        let response = JsValue::from(web_sys::Response::from(response));
        WebAssembly::compile_streaming(&Promise::resolve(&response))
    } else {
        let bytes =
            response.binary().await.map_err(|error| fetch::failed("engine_bg.wasm", &error))?;
        WebAssembly::compile(&js_sys::Uint8Array::from(bytes.as_slice()))
    };
    let compiling = JsFuture::from(compiling);
    let source = fetch::file("engine.js").await;
    let module = compiling.await.map_err(failed)?;
    Ok(Array::of2(&module, &source?.into()).into())
}
