//! What both formats are written with: objects that leave out what is empty, digests and addresses that
//! their schemas take.

use serde_json::{Map, Value};

/// An object without its empty fields.
pub fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    filled(&fields)
}

// One copy, whatever the number of fields.
fn filled(fields: &[(&str, Value)]) -> Value {
    let mut map = Map::new();
    for (key, value) in fields {
        let empty = match value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(list) => list.is_empty(),
            Value::Object(map) => map.is_empty(),
            _ => false,
        };
        if !empty {
            map.insert((*key).to_owned(), value.clone());
        }
    }
    Value::Object(map)
}

/// Text as a value.
pub fn text(text: impl Into<String>) -> Value {
    Value::String(text.into())
}

/// Algorithm as OCI digests have it and lower-case hexadecimal digits, of algorithms that both formats
/// have, where the length is right.
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
    let sound = hex.len() == length && hex.bytes().all(|c| c.is_ascii_hexdigit());
    sound.then(|| (algorithm, hex.to_ascii_lowercase()))
}

/// A page's address that any validator takes, as it is; `None`: left out.
pub fn address(text: &str) -> Option<&str> {
    let text = text.trim();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#', ':']).next()?;
    let (before, top) = host.rsplit_once('.')?;
    let label = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'.';
    let sound = !before.is_empty()
        && host.bytes().all(label)
        && top.len() > 1
        && top.bytes().all(|c| c.is_ascii_alphabetic());
    let inner = |c: u8| c.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=".contains(&c);
    (sound && rest.bytes().all(inner)).then_some(text)
}
