//! Times as the user's browser writes them.
//!
//! What a time says relative to now is worked out elsewhere, from the seconds given here.

use js_sys::Date;
use wasm_bindgen::JsValue;

/// Seconds since 1970, now.
pub fn now() -> f64 {
    Date::now() / 1000.0
}

/// Seconds since 1970 of an RFC 3339 time; `None` for what is none.
pub fn seconds(rfc3339: &str) -> Option<f64> {
    let millis = Date::parse(rfc3339);
    millis.is_finite().then_some(millis / 1000.0)
}

/// Date and time in the user's zone and language; empty for a time that no calendar has.
pub fn local_time(seconds: f64) -> String {
    let date = Date::new(&JsValue::from_f64(seconds * 1000.0));
    if date.get_time().is_nan() {
        return String::new();
    }
    let options = js_sys::Object::new();
    for (name, value) in [("dateStyle", "medium"), ("timeStyle", "medium")] {
        // Setting a field of a new object cannot fail.
        let _ = js_sys::Reflect::set(&options, &name.into(), &value.into());
    }
    date.to_locale_string("default", &options).into()
}
