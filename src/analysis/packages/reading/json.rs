//! JSON that packages and lock files are written in.
//!
//! Source: RFC 8259.
//!
//! - serde_json bounds the depth. Memory is bounded by counting the values before they are built: one byte
//!   of text can become dozens of bytes of values.
//! - A missing field, or one of another type, counts as empty, because people edit these files too.

use super::text::damaged;
use crate::analysis::packages::package::CatalogFacts;
use crate::text::{grouped, text_as_utf8};
use serde_json::Value;

/// Most values in a file. The largest known lock files have a tenth of it.
const MAX_VALUES: usize = 2_000_000;

/// Parses a file; `None` if it is not JSON or has too many values.
pub fn parse(bytes: &[u8]) -> Option<Value> {
    let bytes = text_as_utf8(bytes);
    match has_too_many_values(&bytes) {
        true => None,
        false => serde_json::from_slice(&bytes).ok(),
    }
}

/// What a file says that could not be parsed and need not be JSON: nothing, but a warning if it has too many values.
pub fn unparsed(bytes: &[u8]) -> CatalogFacts {
    match has_too_many_values(&text_as_utf8(bytes)) {
        true => damaged(&format!("at most {} values of JSON", grouped(MAX_VALUES as u64))),
        false => CatalogFacts::default(),
    }
}

fn has_too_many_values(bytes: &[u8]) -> bool {
    bytes.iter().filter(|byte| b",:[{".contains(byte)).count() > MAX_VALUES
}

/// The string at `key`, trimmed; empty if there is none.
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default().trim()
}

/// The members of the object at `key`.
pub fn members<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let object = value.get(key).and_then(Value::as_object);
    object.into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// The elements of the array at `key`.
pub fn elements<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// A string, or the strings in an array.
pub fn texts(value: Option<&Value>) -> Vec<String> {
    let all = match value {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let texts = all.iter().filter_map(Value::as_str).map(str::trim);
    texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// A person as npm, Composer and others write one: a string, or an object with name and email.
pub fn person(value: Option<&Value>) -> String {
    let Some(value) = value else { return String::new() };
    if let Some(text) = value.as_str() {
        return text.trim().to_owned();
    }
    match (text(value, "name"), text(value, "email")) {
        (name, "") => name.to_owned(),
        ("", email) => email.to_owned(),
        (name, email) => format!("{name} <{email}>"),
    }
}

#[test]
fn a_file_with_too_many_values_is_not_parsed() {
    let deep = "[".repeat(100_000);
    assert_eq!(parse(deep.as_bytes()), None);
    let long = format!("[{}0]", "0,".repeat(MAX_VALUES));
    assert_eq!(parse(long.as_bytes()), None);
    assert_eq!(parse(b"\xEF\xBB\xBF{\"a\":1}"), Some(serde_json::json!({"a": 1})));
    assert_eq!(parse(b"\xFF\xFE{\0}\0"), Some(serde_json::json!({})));
}
