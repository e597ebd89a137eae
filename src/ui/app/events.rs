//! Events of the window, for as long as a view lives.

use leptos::ev::EventDescriptor;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Handles an event of the window until the current owner is cleaned up. Without a browser: nothing.
pub fn on_window<E>(event: E, handle: impl Fn(E::EventType) + 'static)
where
    E: EventDescriptor + 'static,
    E::EventType: JsCast,
{
    if cfg!(target_arch = "wasm32") {
        let listener = window_event_listener(event, handle);
        on_cleanup(move || listener.remove());
    }
}
