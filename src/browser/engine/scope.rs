//! The global scope of a worker, and its clock.

use js_sys::Date;
use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

/// The worker's global scope.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Milliseconds since 1970.
pub fn now() -> u64 {
    Date::now() as u64
}
