//! The address bar: the fragment that holds the state of the view, and the browser's history.

use wasm_bindgen::JsValue;

/// The fragment of the address, with its `#`; empty: none.
pub fn fragment() -> String {
    location().and_then(|location| location.hash().ok()).unwrap_or_default()
}

/// The query of the address, with its `?`; empty: none.
pub fn query() -> String {
    location().and_then(|location| location.search().ok()).unwrap_or_default()
}

/// The address of the page, without query and fragment.
pub fn page() -> String {
    let address = location().and_then(|location| location.href().ok()).unwrap_or_default();
    address.split(['#', '?']).next().unwrap_or_default().to_owned()
}

/// Shows another fragment, as a new entry of the history or in place of the current one.
pub fn write(fragment: &str, new_entry: bool) {
    let Some(history) = web_sys::window().and_then(|window| window.history().ok()) else { return };
    // Browsers refuse hundreds of changes in a row; the address then catches up with the next one.
    let _ = match new_entry {
        true => history.push_state_with_url(&JsValue::NULL, "", Some(fragment)),
        false => history.replace_state_with_url(&JsValue::NULL, "", Some(fragment)),
    };
}

fn location() -> Option<web_sys::Location> {
    Some(web_sys::window()?.location())
}
