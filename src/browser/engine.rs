//! The engine as the page gets it: fetched and compiled once, with a spare session worker kept warm.
//!
//! - Its script and its module are fetched together, and nothing of it later: the host may turn to
//!   another version, or be gone, while the page is open.
//! - Begun at page start, so that it is there when the user has chosen a file; whoever comes earlier
//!   waits for the same compilation.
//! - A failed fetch is not kept: the next open tries again.

use super::{fetch, panics, spawn};
use crate::problem::Problem;
use futures_channel::oneshot;
use js_sys::{Promise, WebAssembly};
use spawn::Engine;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Worker;

/// Where the engine is, and who waits for it.
enum State {
    Absent,
    Coming(Vec<oneshot::Sender<Result<Engine, Problem>>>),
    Here(Engine),
}

thread_local! {
    static STATE: RefCell<State> = const { RefCell::new(State::Absent) };
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
    let engine = engine().await?;
    let script = match SCRIPT.with_borrow(Clone::clone) {
        Some(script) => script,
        None => spawn::script(spawn::Entry::Session, &engine)?,
    };
    SCRIPT.set(Some(script.clone()));
    spawn::worker(&script, &engine)
}

/// The engine, by whoever comes first; the others wait for the same.
async fn engine() -> Result<Engine, Problem> {
    let (sender, coming) = oneshot::channel();
    let state = STATE.with_borrow_mut(|state| match state {
        State::Here(engine) => Some(Ok(engine.clone())),
        State::Coming(waiting) => {
            waiting.push(sender);
            None
        }
        State::Absent => {
            *state = State::Coming(Vec::new());
            Some(Err(()))
        }
    });
    match state {
        Some(Ok(engine)) => return Ok(engine),
        None => {
            return coming.await.unwrap_or_else(|_| Err(failed("who asked for it has gone")));
        }
        Some(Err(())) => {}
    }
    let compiled = compile().await;
    let now = compiled.clone().map_or(State::Absent, State::Here);
    if let State::Coming(waiting) = STATE.replace(now) {
        for waiting in waiting {
            let _ = waiting.send(compiled.clone()); // who has gone needs none
        }
    }
    compiled
}

/// While it arrives where the host says what it is, else after it has arrived.
async fn compile() -> Result<Engine, Problem> {
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
    Ok(Engine { module, source: source?.into() })
}

fn failed(words: &str) -> Problem {
    Problem::new("engine-failed", format!("The engine does not compile here: {words}."))
        .advice("Check the connection, then open the file again.")
}
