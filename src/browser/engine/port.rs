//! Messages of a session worker to its page.

use super::scope::scope;
use crate::browser::message;
use crate::problem::Problem;
use crate::protocol::{Event, FromSession, OrderProgress, RequestId};
use js_sys::{Array, ArrayBuffer};
use wasm_bindgen::JsValue;

/// Something that the page did not ask for.
pub fn tell(event: Event) {
    say(&FromSession::Event(Box::new(event)), &JsValue::UNDEFINED);
}

/// The answer to a request. A buffer beside it is moved, not copied.
pub fn answer(id: RequestId, answer: Vec<u8>, beside: &JsValue) {
    say(&FromSession::Answer { id, answer }, beside);
}

/// How far an order is.
pub fn tell_progress(id: RequestId, progress: OrderProgress) {
    say(&FromSession::OrderProgress { id, progress }, &JsValue::UNDEFINED);
}

/// The verifier's module is needed.
pub fn need_verifier() {
    say(&FromSession::NeedsVerifier, &JsValue::UNDEFINED);
}

/// The session will not answer again.
pub fn panicked(words: &str) {
    say(&FromSession::Panicked { words: words.to_owned() }, &JsValue::UNDEFINED);
}

/// Logs a defect of this program.
pub fn log(problem: &Problem) {
    web_sys::console::error_1(&problem.to_string().into());
}

fn say(message: &FromSession, beside: &JsValue) {
    use wasm_bindgen::JsCast;
    let moved = match beside.is_instance_of::<ArrayBuffer>() {
        true => Array::of1(beside),
        false => Array::new(),
    };
    let message = message::pack(message, beside);
    if let Err(error) = scope().post_message_with_transfer(&message, &moved) {
        web_sys::console::error_1(&error); // only what cannot be cloned is refused
    }
}
