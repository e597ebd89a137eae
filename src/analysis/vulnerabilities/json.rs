//! Fields of JSON values of any shape. A field with another type counts as missing.

use crate::text::beginning;
use serde_json::Value;

/// The string at `key`; empty if there is none.
pub fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The strings in the list at `key`.
pub fn texts(value: &Value, key: &str) -> Vec<String> {
    list(value, key).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The objects in the list at `key`.
pub fn objects<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    list(value, key).iter().filter(|value| value.is_object())
}

/// The list at `key`; empty if there is none.
pub fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Shortens a text to at most this many bytes of whole characters.
pub fn cut(text: &mut String, most: usize) {
    text.truncate(beginning(text, most).len());
}
