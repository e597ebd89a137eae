//! What both writers share: objects without empty fields, digests and URLs that the schemas accept, and the
//! name of the tool.

use serde_json::{Map, Value};

/// The name and version of the tool that writes the documents.
pub const TOOL: &str = "layerscope";
pub const TOOL_VERSION: &str = env!("CARGO_PKG_VERSION");

/// An object without its empty fields.
pub fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let mut map = Map::new();
    for (key, value) in fields {
        let empty = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(list) => list.is_empty(),
            Value::Object(map) => map.is_empty(),
            _ => false,
        };
        if !empty {
            map.insert(key.to_owned(), value);
        }
    }
    Value::Object(map)
}

/// Text as a JSON value.
pub fn text(text: impl Into<String>) -> Value {
    Value::String(text.into())
}

/// Splits a digest into its algorithm, as OCI names it, and lower-case hexadecimal digits. `None` if its
/// length is wrong, or not both formats have the algorithm.
pub fn hash(digest: &str) -> Option<(&str, String)> {
    let (algorithm, hex) = digest.split_once(':')?;
    let length = match algorithm {
        "md5" => 32,
        "sha1" => 40,
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return None,
    };
    let valid = hex.len() == length && hex.bytes().all(|c| c.is_ascii_hexdigit());
    valid.then(|| (algorithm, hex.to_ascii_lowercase()))
}

/// A web page's URL, unchanged, if every validator accepts it.
pub fn url(text: &str) -> Option<&str> {
    let text = text.trim();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#', ':']).next()?;
    let (before, top) = host.rsplit_once('.')?;
    let label = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'.';
    let valid = !before.is_empty()
        && host.bytes().all(label)
        && top.len() > 1
        && top.bytes().all(|c| c.is_ascii_alphabetic());
    let inner = |c: u8| c.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=".contains(&c);
    (valid && rest.bytes().all(inner)).then_some(text)
}
