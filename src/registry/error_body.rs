//! A registry's own words about an error.
//!
//! Source: OCI distribution-spec 1.1, "Error Codes".
//!
//! - They are hostile text: shortened here, and escaped by the `Problem` that shows them.

use serde_json::Value;

/// At most this many characters of a registry's own words are shown.
const MAX_SHOWN: usize = 300;
/// At most this many errors of one body are read.
const MAX_ERRORS: usize = 8;

/// The errors in a response's body as one line: `CODE: message; …`. `None` if there are none.
pub fn registry_errors(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let one = |error: &Value| match (text(error, "code"), text(error, "message")) {
        (Some(code), Some(message)) if !message.is_empty() => Some(format!("{code}: {message}")),
        (code, message) => code.or(message),
    };
    let listed = value.get("errors").and_then(Value::as_array);
    let lines: Vec<String> = match listed {
        Some(errors) => errors.iter().take(MAX_ERRORS).filter_map(one).collect(),
        // Token endpoints and gateways use other forms.
        None => ["details", "message", "error_description", "error", "detail"]
            .iter()
            .find_map(|key| text(&value, key))
            .into_iter()
            .collect(),
    };
    (!lines.is_empty()).then(|| shortened(&lines.join("; ")))
}

/// A text of at most 300 characters.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
