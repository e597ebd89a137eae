//! Copies text.
//!
//! `navigator.clipboard` exists only over TLS and on loopback. Elsewhere, or where it is refused, the text is
//! copied from a selected text area.

use crate::problem::Problem;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDocument, HtmlTextAreaElement};

/// Puts the text on the clipboard. Browsers allow it only while a click is handled.
pub async fn copy(text: &str) -> Result<(), Problem> {
    if let Some(writing) = write(text)
        && JsFuture::from(writing).await.is_ok()
    {
        return Ok(());
    }
    match copy_selected(text) {
        Ok(true) => Ok(()),
        _ => Err(Problem::new("copy-failed", "The browser did not let the page copy.")
            .advice("Select the text and copy it by hand.")),
    }
}

fn write(text: &str) -> Option<js_sys::Promise> {
    let navigator = web_sys::window()?.navigator();
    let there = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard")).ok()?;
    (!there.is_undefined()).then(|| navigator.clipboard().write_text(text))
}

fn copy_selected(text: &str) -> Result<bool, JsValue> {
    let document = web_sys::window().and_then(|w| w.document()).ok_or("no document")?;
    let body = document.body().ok_or("no body")?;
    let before = document.active_element().and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok());
    let area: HtmlTextAreaElement = document.create_element("textarea")?.unchecked_into();
    area.set_value(text);
    area.style().set_property("position", "fixed")?; // so that the page does not scroll to it
    area.style().set_property("opacity", "0")?;
    body.append_child(&area)?;
    area.select();
    let copied = document.unchecked_into::<HtmlDocument>().exec_command("copy");
    area.remove();
    if let Some(before) = before {
        before.focus()?;
    }
    copied
}
