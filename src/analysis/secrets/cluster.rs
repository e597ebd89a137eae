//! The values of a Secret of Kubernetes, as YAML or JSON has it.
//!
//! Only what `kubectl` and people write is read: pairs of a name and a value on a line, or between commas. A value over
//! several lines is not.
//!
//! Source: Kubernetes, "Secrets": values of `data` are base64, those of `stringData` are not.

use std::ops::Range;

/// Bytes before and after the kind in which the document's values are.
const BEFORE: usize = 6 << 10;
const AFTER: usize = 20 << 10;

/// Most values of a document.
const MAX_VALUES: usize = 200;

/// A value of a Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterValue {
    pub name: String,
    /// Where it is, without quotes.
    pub value: Range<usize>,
    /// It is base64.
    pub encoded: bool,
}

/// The mapping that is read.
struct Block {
    encoded: bool,
    /// It ends at a brace; else at a line that is not indented more than this.
    braces: bool,
    indent: usize,
}

/// The document of the Secret whose kind stands at a position, as far as it is looked at.
pub fn document(text: &[u8], kind: usize) -> Range<usize> {
    let first = kind.saturating_sub(BEFORE);
    let last = text.len().min(kind.saturating_add(AFTER));
    let from = memchr::memmem::rfind(&text[first..kind], b"\n---").map_or(first, |at| first + at);
    let to = memchr::memmem::find(&text[kind..last], b"\n---").map_or(last, |at| kind + at);
    from..to
}

/// The values of a Secret.
pub fn values_of_secret(text: &[u8], document: Range<usize>) -> Vec<ClusterValue> {
    let Range { start: from, end: to } = document;
    let mut values = Vec::new();
    let (mut block, mut start, mut line) = (None::<Block>, from, from);
    for at in from..=to {
        let end = text.get(at).copied().filter(|_| at < to).unwrap_or(b'\n');
        if !matches!(end, b'\n' | b',' | b'{' | b'}') {
            continue;
        }
        let part = trimmed(text, start..at);
        let indent = part.start - line;
        let is_empty = part.is_empty();
        if block.as_ref().is_some_and(|block| !block.braces && !is_empty && indent <= block.indent)
        {
            block = None;
        }
        if let Some((name, value)) = pair(text, part) {
            let encoded = name == "data";
            match &block {
                None if value.is_empty() && (encoded || name == "stringData") => {
                    block = Some(Block { encoded, braces: end == b'{', indent });
                }
                Some(block) if !value.is_empty() && values.len() < MAX_VALUES => {
                    values.push(ClusterValue { name, value, encoded: block.encoded });
                }
                _ => {}
            }
        }
        if end == b'}' && block.as_ref().is_some_and(|block| block.braces) {
            block = None;
        }
        start = at + 1;
        if end == b'\n' {
            line = start;
        }
    }
    values
}

/// A name and its value, which may be empty.
fn pair(text: &[u8], part: Range<usize>) -> Option<(String, Range<usize>)> {
    let colon = part.start + memchr::memchr(b':', &text[part.clone()])?;
    let name = unquoted(text, trimmed(text, part.start..colon));
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    let name = &text[name];
    if name.is_empty() || !name.iter().all(is_name) {
        return None;
    }
    let value = unquoted(text, trimmed(text, colon + 1..part.end));
    Some((String::from_utf8_lossy(name).into_owned(), value))
}

fn trimmed(text: &[u8], range: Range<usize>) -> Range<usize> {
    let bytes = &text[range.clone()];
    let start = range.start + bytes.len() - bytes.trim_ascii_start().len();
    start..start + bytes.trim_ascii().len()
}

/// Without quotes, also where a comma in the value separated them.
fn unquoted(text: &[u8], range: Range<usize>) -> Range<usize> {
    match &text[range.clone()] {
        [b'"', .., b'"'] | [b'\'', .., b'\''] => range.start + 1..range.end - 1,
        [b'"' | b'\'', ..] => range.start + 1..range.end,
        _ => range,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        let kind = text.find("Secret").unwrap();
        let line = |value: ClusterValue| {
            let mark = if value.encoded { "" } else { " (plain)" };
            format!("{}={}{mark}", value.name, &text[value.value])
        };
        let document = document(text.as_bytes(), kind);
        values_of_secret(text.as_bytes(), document).into_iter().map(line).collect()
    }

    #[test]
    fn values_are_read_as_kubectl_and_people_write_them() {
        let yaml = "a: 1\ndata:\n  other: x\n---\napiVersion: v1\ndata:\n  a.b: YQ==\n  \"c\": 'Yg=='\nkind: Secret\nmetadata:\n  name: x\nstringData:\n    d: plain\ntype: Opaque\n---\ndata:\n  e: f\n";
        assert_eq!(values(yaml), ["a.b=YQ==", "c=Yg==", "d=plain (plain)"]);
        let json = "{\n  \"data\": {\n    \"a\": \"YQ==\",\n    \"b\": \"Yg==\"\n  },\n  \"kind\": \"Secret\",\n  \"type\": \"Opaque\"\n}";
        assert_eq!(values(json), ["a=YQ==", "b=Yg=="]);
        let one_line =
            r#"{"apiVersion":"v1","data":{"a":"YQ==","b":"Yg=="},"kind":"Secret","x":"y"}"#;
        assert_eq!(values(one_line), ["a=YQ==", "b=Yg=="]);
        assert_eq!(values("kind: Secret"), [""; 0]);
        assert_eq!(values("Secret\r\ndata:\r\n  a: YQ==\r\nb: c\r\n"), ["a=YQ=="]);
    }

    #[test]
    fn any_text_is_read_without_a_panic() {
        let parts = ["data:", "\n", " ", "{", "}", ",", "\"", "a", ":", "'", "---", "Secret", "é"];
        let mut state = 7u64;
        for _ in 0..3000 {
            let mut text = String::new();
            for _ in 0..24 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push_str(parts[(state >> 33) as usize % parts.len()]);
            }
            for at in 0..=text.len() {
                let document = document(text.as_bytes(), at);
                for value in values_of_secret(text.as_bytes(), document) {
                    assert!(value.value.start <= value.value.end && value.value.end <= text.len());
                }
            }
        }
    }
}
