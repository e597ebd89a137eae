//! A message as a worker posts it: a value of `protocol` as bytes, and beside it what bytes cannot carry or
//! would only copy (files, contents).

use crate::protocol::{from_wire, to_wire};
use js_sys::{Array, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};

/// A message with what goes beside it; `undefined` where nothing does.
pub fn pack(message: &impl Serialize, beside: &JsValue) -> Array {
    Array::of2(&Uint8Array::from(&to_wire(message)[..]), beside)
}

/// `None` for what `pack` did not make.
pub fn unpack<T: DeserializeOwned>(data: &JsValue) -> Option<(T, JsValue)> {
    let pair: &Array = data.dyn_ref()?;
    let bytes: Uint8Array = pair.get(0).dyn_into().ok()?;
    let message = from_wire(&bytes.to_vec())?;
    Some((message, pair.get(1)))
}
