//! Small questions to the browser's events, for views that listen to one element for many.

use leptos::ev::MouseEvent;
use wasm_bindgen::JsCast;

/// True for a click that the browser should not take for one into a new tab.
pub fn is_plain_click(event: &MouseEvent) -> bool {
    event.button() == 0
        && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
}

/// The element that an event speaks of.
pub fn target_element(event: &web_sys::Event) -> Option<web_sys::Element> {
    event.target().and_then(|target| target.dyn_into().ok())
}
