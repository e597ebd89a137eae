//! Saves bytes as a file, by a click on an invisible link.
//!
//! - The type is always `application/octet-stream` or JSON: the browser never gets content of an image as
//!   something that it could run.
//! - The browser makes the name safe for the disk; here it is passed unchanged.

use super::dom;
use crate::problem::Problem;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, File, HtmlAnchorElement, Url};

/// How long the bytes stay in memory for the browser to save them.
const KEPT_FOR_MILLIS: i32 = 60_000;

/// Saves a file of the image.
pub fn save_bytes(name: &str, bytes: &[u8]) -> Result<(), Problem> {
    save(name, &Uint8Array::from(bytes), "application/octet-stream")
}

/// Saves a report: JSON as UTF-8 bytes.
pub fn save_report(name: &str, json: &[u8]) -> Result<(), Problem> {
    save(name, &Uint8Array::from(json), "application/json")
}

/// Saves a file of the browser's private file system, which is not read into memory.
pub fn save_file(name: &str, file: &File) -> Result<(), Problem> {
    save(name, file, "application/octet-stream")
}

fn save(name: &str, part: &JsValue, kind: &str) -> Result<(), Problem> {
    try_save(name, part, kind).map_err(|error| {
        Problem::new("download-failed", format!("{name} could not be saved."))
            .found(crate::browser::panics::words(&error))
    })
}

fn try_save(name: &str, part: &JsValue, kind: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    // A sequence of parts takes strings, arrays and blobs alike.
    let blob = Blob::new_with_u8_array_sequence_and_options(&Array::of1(part), &options)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let window = web_sys::window().ok_or("no window")?;
    let document = window.document().ok_or("no document")?;
    let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    dom::after(KEPT_FOR_MILLIS, move || drop(Url::revoke_object_url(&url)));
    Ok(())
}
