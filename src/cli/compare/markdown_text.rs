//! Text of an image in Markdown.
//!
//! - It is written as a code span: there is no HTML, link, mention, issue number or emoji in one. What could end the
//!   span or the table's cell is escaped like other characters that are not safe to show: `\x60` and `\x7c`.
//! - Source: CommonMark 0.31, "Code spans"; GitHub Flavored Markdown 0.29, "Tables".

use crate::text::Shown;

/// Longer texts are cut.
const MAX_CHARACTERS: usize = 100;

/// Any text as a code span; an empty one as a dash.
pub fn code(text: impl AsRef<[u8]>) -> String {
    let shown = Shown::new(text);
    let cut = shown.chars().count() > MAX_CHARACTERS;
    let mut span = String::from("`");
    for c in shown.chars().take(MAX_CHARACTERS) {
        match c {
            '`' => span.push_str("\\x60"),
            '|' => span.push_str("\\x7c"),
            c => span.push(c),
        }
    }
    if cut {
        span.push('…');
    }
    // A span of blanks alone is not one.
    match span[1..].trim().is_empty() {
        true => "–".to_owned(),
        false => span + "`",
    }
}

#[test]
fn no_text_ends_its_span_or_its_cell() {
    for (text, want) in [
        (&b"plain-1.0"[..], "`plain-1.0`"),
        (b"", "–"),
        (b"  ", "–"),
        (b"a`b|c", "`a\\x60b\\x7cc`"),
        (b"<script>@user #12 [x](y) :tada:", "`<script>@user #12 [x](y) :tada:`"),
        (b"two\nlines\r\n| x |", "`two\\nlines\\r\\n\\x7c x \\x7c`"),
        (b"\xff", "`\\xff`"),
        (b"ends\\", "`ends\\`"),
    ] {
        assert_eq!(code(text), want);
    }
    let long = code("ä".repeat(101));
    assert_eq!(long.chars().count(), MAX_CHARACTERS + 3);
    assert!(long.ends_with("…`"));
}
