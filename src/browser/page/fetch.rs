//! The page's own files: the sample image, config.json, the engine.
//!
//! - Same origin only, relative to the page's script, so that the page works from any path.
//! - Without credentials and referrer, like every request of the page.

use crate::browser::panics;
use crate::problem::Problem;
use gloo_net::http::Request;
use js_sys::{Array, Promise};
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FilePropertyBag, ReferrerPolicy, RequestCredentials, Response};

thread_local! {
    static BASE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Sets the folder of the page's own files: an absolute URL that ends with a slash.
pub fn set_base(base: &str) {
    BASE.set(base.to_owned());
}

/// The absolute URL of one of the page's own files.
pub fn address(name: &str) -> String {
    BASE.with_borrow(|base| format!("{base}{name}"))
}

/// One of the page's own files as if the user had picked it.
pub async fn file(name: &str) -> Result<File, Problem> {
    let bytes = body(name, get(name).await?.array_buffer()).await?;
    let base_name = name.rsplit('/').next().unwrap_or(name);
    let options = FilePropertyBag::new();
    options.set_type("application/octet-stream");
    File::new_with_u8_array_sequence_and_options(&Array::of1(&bytes), base_name, &options)
        .map_err(|error| failed(name, &panics::words(&error)))
}

/// The text of one of the page's own files.
pub async fn text(name: &str) -> Result<String, Problem> {
    let text = body(name, get(name).await?.text()).await?;
    Ok(text.as_string().unwrap_or_default())
}

/// The body of a response, once it has arrived.
pub(super) async fn body(name: &str, body: Result<Promise, JsValue>) -> Result<JsValue, Problem> {
    let failed = |error: JsValue| failed(name, &panics::words(&error));
    JsFuture::from(body.map_err(failed)?).await.map_err(failed)
}

/// The browser's own response: the engine is compiled from it while it arrives.
pub(super) async fn get(name: &str) -> Result<Response, Problem> {
    let request = Request::get(&address(name))
        .credentials(RequestCredentials::Omit)
        .referrer_policy(ReferrerPolicy::NoReferrer);
    let response = request.send().await.map_err(|error| failed(name, &error.to_string()))?;
    if !response.ok() {
        return Err(failed(name, &format!("HTTP {}", response.status())));
    }
    Ok(response.into())
}

fn failed(name: &str, why: &str) -> Problem {
    Problem::new("fetch-failed", format!("{name} could not be fetched: {why}."))
        .advice("Check the connection, then try again.")
}
