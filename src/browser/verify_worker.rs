//! The worker that verifies signatures: one request at a time, and nothing kept between them.
//!
//! Has no network of its own: its module requests nothing.

use super::{message, panics};
use crate::protocol::{FromVerifier, SignaturesToVerify};
use crate::verify::verify;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Called once, by the worker's own script.
pub fn start() {
    panics::install(|words| say(&FromVerifier::Panicked { words: words.to_owned() }));
    let on_message = Closure::<dyn FnMut(_)>::new(|event: MessageEvent| {
        match message::unpack::<SignaturesToVerify>(&event.data()) {
            Some((request, _)) => say(&FromVerifier::Done(verify(&request))),
            None => web_sys::console::error_1(&"a request that cannot be read".into()),
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget(); // lives as long as the worker
}

fn say(message: &FromVerifier) {
    let message = message::pack(message, &JsValue::UNDEFINED);
    if let Err(error) = scope().post_message(&message) {
        web_sys::console::error_1(&error); // only what cannot be cloned is refused
    }
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
