//! The verifier of signatures: fetched once something signed is there, and compiled once.
//!
//! - Its files' names contain a digest of their content, and are in the page's own script
//!   (xtask/src/build/named.rs): a page never runs the verifier of another version, whose messages it may not
//!   understand. If the host has another version by now, it says so.

use super::fetch;
use super::modules::{self, PageModule};
use crate::browser::panics;
use crate::browser::spawn::WorkerModule;
use crate::problem::Problem;
use js_sys::{Array, Reflect, Uint8Array, WebAssembly};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::ReadableStreamDefaultReader;

/// The property of the global object with the names of script and module.
const NAMES: &str = "layerscopeVerifier";

/// The verifier. `tell` gets how far fetching it is: bytes so far, and in all (0: not known).
pub async fn verifier(tell: impl Fn((u64, u64))) -> Result<WorkerModule, Problem> {
    modules::loaded(PageModule::Verifier, load(tell)).await
}

async fn load(tell: impl Fn((u64, u64))) -> Result<WorkerModule, Problem> {
    let names = Reflect::get(&js_sys::global(), &NAMES.into()).unwrap_or_default();
    let names: Array = names.dyn_into().map_err(|_| failed("it is not part of this page"))?;
    let name = |at: u32| names.get(at).as_string().unwrap_or_default();
    let source = fetch::file(&name(0)).await?;
    let bytes = fetch_bytes(&name(1), tell).await?;
    let compiled = JsFuture::from(WebAssembly::compile(&bytes)).await;
    let module = compiled.map_err(|error| failed(&panics::words(&error)))?;
    Ok(WorkerModule { module, source: source.into() })
}

/// A file's bytes, piece by piece.
async fn fetch_bytes(name: &str, tell: impl Fn((u64, u64))) -> Result<Uint8Array, Problem> {
    let response = fetch::get(name).await?;
    let header = |name: &str| response.headers().get(name).ok().flatten();
    // What arrives of a compressed body is counted uncompressed.
    let length = header("content-length").filter(|_| header("content-encoding").is_none());
    let total: u64 = length.and_then(|length| length.parse().ok()).unwrap_or(0);
    let body = response.body().ok_or_else(|| failed("its file is empty"))?;
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut bytes = Vec::new();
    loop {
        tell((bytes.len() as u64, total));
        let read = JsFuture::from(reader.read()).await;
        let read = read.map_err(|error| failed(&panics::words(&error)))?;
        let get = |name: &str| Reflect::get(&read, &JsValue::from_str(name)).unwrap_or_default();
        if get("done").is_truthy() {
            return Ok(Uint8Array::from(&bytes[..]));
        }
        if let Ok(piece) = get("value").dyn_into::<Uint8Array>() {
            bytes.extend(piece.to_vec());
        }
    }
}

fn failed(words: &str) -> Problem {
    Problem::new(
        "verifier-failed",
        format!("The verifier of signatures cannot be loaded: {words}."),
    )
    .advice("Check the connection, then reload the page.")
}
