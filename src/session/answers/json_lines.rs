//! A JSON document as lines, in its own order, so that a view can fold it.
//!
//! - Members stay in the document's order, repeated ones included, and numbers stay as written: the text is
//!   checked once, and then its tokens are read.
//! - Bounds: lines, levels and texts are cut; memory grows with the lines alone, not with the levels.

use crate::json;
use crate::problem::Problem;
use crate::protocol::{JsonLine, JsonValue};
use crate::text::{Shown, text_as_utf8};
use serde::de::IgnoredAny;

/// Lines that are answered: more are never read by people.
const MAX_LINES: usize = 20_000;
/// Levels that are answered.
const MAX_DEPTH: usize = 100;
/// Bytes of a text that are answered; the exact bytes can be saved.
const MAX_TEXT: usize = 16 << 10;

/// The lines of a document, and why they are not all.
pub(super) fn json_lines(
    bytes: &[u8],
    is_document: &dyn Fn(&str) -> bool,
) -> (Vec<JsonLine>, Option<Problem>) {
    let bytes = &*text_as_utf8(bytes);
    let invalid = |found: String| {
        let problem = Problem::new("json-invalid", "The document is not valid JSON.").found(found);
        (Vec::new(), Some(problem))
    };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return invalid(error.to_string()),
    };
    if let Err(error) = json::from_text::<IgnoredAny>(text) {
        return invalid(error.to_string());
    }
    let mut walk =
        JsonWalk { lines: Vec::new(), open: Vec::new(), deeper: 0, name: None, cut: false };
    walk.tokens(text, is_document);
    let problem = walk.cut.then(|| {
        Problem::new("document-too-large", "The document has more values than are shown.")
            .expected(format!("at most {MAX_LINES}"))
            .advice("Save it to see them all.")
    });
    (walk.lines, problem)
}

/// A container that has not ended.
struct OpenContainer {
    /// Its line; `None` beyond the limit.
    line: Option<usize>,
    is_object: bool,
}

struct JsonWalk {
    lines: Vec<JsonLine>,
    open: Vec<OpenContainer>,
    /// Open containers beyond `MAX_DEPTH`, whose values are left out.
    deeper: usize,
    /// The name of the member whose value comes next.
    name: Option<Shown>,
    cut: bool,
}

impl JsonWalk {
    /// Reads the tokens of valid JSON.
    fn tokens(&mut self, text: &str, is_document: &dyn Fn(&str) -> bool) {
        let mut rest = text;
        while let Some(first) = rest.bytes().next() {
            let length = match first {
                b'"' => string_length(rest),
                b'-' | b'0'..=b'9' | b'a'..=b'z' => {
                    rest.find([',', '}', ']', ' ', '\t', '\n', '\r']).unwrap_or(rest.len())
                }
                _ => 1,
            };
            let (token, after) = rest.split_at(length);
            rest = after;
            match first {
                b'{' => self.begin(JsonValue::Object(0), true),
                b'[' => self.begin(JsonValue::List(0), false),
                b'}' | b']' => self.end(),
                b'"' if self.expects_name() => {
                    self.name = Some(Shown::start_of(&decoded(token), MAX_TEXT))
                }
                b'"' => {
                    let text = decoded(token);
                    let is_document = is_document(&text);
                    self.value(JsonValue::Text {
                        text: Shown::start_of(&text, MAX_TEXT),
                        is_document,
                    });
                }
                b'n' => self.value(JsonValue::Null),
                b't' | b'f' => self.value(JsonValue::Bool(first == b't')),
                b'-' | b'0'..=b'9' => {
                    self.value(JsonValue::Number(Shown::start_of(token, MAX_TEXT)))
                }
                _ => {} // spaces, commas, colons
            }
        }
    }

    fn expects_name(&self) -> bool {
        let in_object = self.open.last().is_some_and(|container| container.is_object);
        self.deeper == 0 && self.name.is_none() && in_object
    }

    fn begin(&mut self, value: JsonValue, is_object: bool) {
        let line = self.lines.len();
        self.value(value);
        let line = (self.lines.len() > line).then_some(line);
        if self.open.len() < MAX_DEPTH {
            self.open.push(OpenContainer { line, is_object });
        } else {
            self.deeper += 1;
            self.cut = true;
        }
    }

    fn end(&mut self) {
        match self.deeper {
            0 => _ = self.open.pop(),
            _ => self.deeper -= 1,
        }
    }

    /// Adds a value to the container that is open, and its line unless there are too many.
    fn value(&mut self, value: JsonValue) {
        if self.deeper > 0 {
            return;
        }
        let parent = self.open.last().and_then(|container| container.line);
        if let Some(JsonValue::Object(count) | JsonValue::List(count)) =
            parent.and_then(|line| self.lines.get_mut(line)).map(|line| &mut line.value)
        {
            *count = count.saturating_add(1);
        }
        let name = self.name.take();
        if self.lines.len() < MAX_LINES {
            self.lines.push(JsonLine { depth: self.open.len() as u32, name, value });
        } else {
            self.cut = true;
        }
    }
}

/// Length of the string that a text begins with, its quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// What a string literal means; one that is not Unicode stays as written.
fn decoded(literal: &str) -> String {
    json::from_text(literal).unwrap_or_else(|_| literal.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each line as `DEPTH name=value`.
    fn shown(json: &str) -> Vec<String> {
        let (lines, problem) = json_lines(json.as_bytes(), &|text| text.starts_with("sha256:"));
        assert_eq!(problem, None, "{json}");
        let line = |line: JsonLine| {
            let name = line.name.map_or(String::new(), |name| format!("{name}="));
            let value = match line.value {
                JsonValue::Null => "null".to_owned(),
                JsonValue::Bool(value) => value.to_string(),
                JsonValue::Number(number) => number.to_string(),
                JsonValue::Text { text, is_document: false } => format!("“{text}”"),
                JsonValue::Text { text, is_document: true } => format!("→ {text}"),
                JsonValue::Object(count) => format!("{{{count}}}"),
                JsonValue::List(count) => format!("[{count}]"),
            };
            format!("{} {name}{value}", line.depth)
        };
        lines.into_iter().map(line).collect()
    }

    #[test]
    fn lines_are_in_the_documents_order_and_numbers_as_written() {
        let json =
            "\u{feff}{ \"z\" : [1.50, -0, 1e400, 12345678901234567890123],\n\"a\":{},\"a\":null,
            \"digest\":\"sha256:ab\", \"t\\u00e9\\\"\": true , \"e\": [[ ], false, \"\"] }";
        let want = [
            "0 {6}",
            "1 z=[4]",
            "2 1.50",
            "2 -0",
            "2 1e400",
            "2 12345678901234567890123",
            "1 a={0}",
            "1 a=null",
            "1 digest=→ sha256:ab",
            "1 té\"=true",
            "1 e=[3]",
            "2 [0]",
            "2 false",
            "2 “”",
        ];
        assert_eq!(shown(json), want);
        assert_eq!(shown(" \"alone\" "), ["0 “alone”"]);
    }

    #[test]
    fn what_is_not_json_has_no_lines() {
        for bytes in [&b""[..], b"{", b"{\"a\":1,}", b"\xff"] {
            let (lines, problem) = json_lines(bytes, &|_| false);
            assert_eq!((lines.len(), &*problem.unwrap().code), (0, "json-invalid"));
        }
    }

    #[test]
    fn levels_beyond_the_limit_are_left_out() {
        let json =
            format!("[{}{{\"a\":[1]}}{},\"last\"]", "[".repeat(200_000), "]".repeat(200_000));
        let (lines, problem) = json_lines(json.as_bytes(), &|_| false);
        assert_eq!((lines.len(), &*problem.unwrap().code), (MAX_DEPTH + 2, "document-too-large"));
        let last = lines.last().unwrap();
        assert_eq!((last.depth, &last.value), (1, &text("last")));
    }

    fn text(text: &str) -> JsonValue {
        JsonValue::Text { text: text.into(), is_document: false }
    }

    #[test]
    fn a_large_document_is_cut_and_its_counts_are_right() {
        let json = format!("[[{}1],2]", "1,".repeat(50_000));
        let (lines, problem) = json_lines(json.as_bytes(), &|_| false);
        assert_eq!((lines.len(), &*problem.unwrap().code), (MAX_LINES, "document-too-large"));
        assert_eq!(lines[0].value, JsonValue::List(2));
        assert_eq!(lines[1].value, JsonValue::List(50_001));
        let text = format!("\"{}\"", "é".repeat(MAX_TEXT));
        let (lines, _) = json_lines(text.as_bytes(), &|_| false);
        let JsonValue::Text { text, .. } = &lines[0].value else { panic!("{lines:?}") };
        assert!(text.len() < MAX_TEXT + 4 && text.ends_with('…'));
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes: Vec<u8>, text in "[\\[\\]{}\",:0-9a\\\\ u]{0,40}") {
            json_lines(&bytes, &|_| false);
            json_lines(text.as_bytes(), &|_| false);
        }
    }
}
