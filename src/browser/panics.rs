//! What a panic does: it is our defect, so it is logged in full, and pending requests fail with it.
//!
//! The build aborts on panic: after the hook the WebAssembly instance traps, and its worker's owner
//! gets an `error` event too. The hook runs first and has the message.

use std::panic::PanicHookInfo;
#[cfg(any(feature = "page", feature = "engine"))]
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;

/// Logs every panic of this instance to the console and passes its message to `tell`.
pub fn install(tell: fn(&str)) {
    std::panic::set_hook(Box::new(move |info: &PanicHookInfo| {
        let words = info.to_string();
        web_sys::console::error_1(&JsValue::from_str(&words));
        tell(&words);
    }));
}

/// The message of an exception or an `error` event.
#[cfg(any(feature = "page", feature = "engine"))]
pub(crate) fn words(error: &JsValue) -> String {
    if let Some(event) = error.dyn_ref::<web_sys::ErrorEvent>() {
        return event.message();
    }
    if let Some(error) = error.dyn_ref::<js_sys::Error>() {
        return format!("{}: {}", String::from(error.name()), String::from(error.message()));
    }
    if error.is_instance_of::<web_sys::Event>() {
        return "its script could not be loaded".to_owned(); // all that such an event means
    }
    error.as_string().unwrap_or_else(|| "no reason given".to_owned())
}

/// The page itself failed: its views are gone, so the alert is put into the document directly.
#[cfg(feature = "page")]
pub fn show_on_page(words: &str) {
    let show = || {
        let document = web_sys::window()?.document()?;
        document.document_element()?.set_attribute("data-state", "error").ok()?;
        let alert = document.create_element("p").ok()?;
        alert.set_attribute("role", "alert").ok()?;
        let text = format!("Layerscope failed: {words}. Reload the page to continue.");
        alert.set_text_content(Some(&text));
        document.body()?.prepend_with_node_1(&alert).ok()
    };
    show(); // without a document the console alone has it
}
