//! The page's own files: the sample image, config.json, the engine.
//!
//! - Same origin only, beside the page's script wherever that lies, so that a sub-path works.
//! - Without credentials and referrer, like every request of the page.

use crate::problem::Problem;
use gloo_net::http::{Request, Response};
use js_sys::{Array, Uint8Array};
use std::cell::RefCell;
use web_sys::{File, FilePropertyBag, ReferrerPolicy, RequestCredentials};

thread_local! {
    static BASE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Where the page's own files lie: an absolute URL with a slash at its end.
pub fn set_base(base: &str) {
    BASE.set(base.to_owned());
}

fn address(name: &str) -> String {
    BASE.with_borrow(|base| format!("{base}{name}"))
}

/// One of the page's own files as if the user had picked it.
pub async fn file(name: &str) -> Result<File, Problem> {
    let bytes = get(name).await?.binary().await.map_err(|error| failed(name, &error))?;
    let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
    let base_name = name.rsplit('/').next().unwrap_or(name);
    let options = FilePropertyBag::new();
    options.set_type("application/octet-stream");
    File::new_with_u8_array_sequence_and_options(&parts, base_name, &options).map_err(|error| {
        Problem::new("fetch-failed", format!("{name} cannot be held in memory."))
            .found(super::panics::words(&error))
    })
}

pub(super) async fn get(name: &str) -> Result<Response, Problem> {
    let response = Request::get(&address(name))
        .credentials(RequestCredentials::Omit)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .send()
        .await
        .map_err(|error| failed(name, &error))?;
    if !response.ok() {
        return Err(failed(name, &format_args!("HTTP {}", response.status())));
    }
    Ok(response)
}

pub(super) fn failed(name: &str, error: &dyn std::fmt::Display) -> Problem {
    Problem::new("fetch-failed", format!("{name} could not be fetched: {error}."))
        .advice("Check the connection, then try again.")
}
