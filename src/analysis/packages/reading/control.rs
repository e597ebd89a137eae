//! Debian control data: paragraphs of `Field: value` lines, as in files of dpkg and opkg and in copyright
//! files.
//!
//! Source: Debian Policy, chapter 5, "Control files and their fields": field names are case-insensitive, a
//! line that begins with a space or a tab continues the field above it, empty lines separate paragraphs.
//!
//! - Only the first line of a value is kept; no field that is read here has more.
//! - A line that is neither a field nor a continuation is skipped, so a damaged line costs only itself.

/// Most fields of a paragraph; real ones have some thirty.
const MOST_FIELDS: usize = 1000;

/// The fields of one paragraph, in order.
pub struct Paragraph<'a>(Vec<(&'a [u8], &'a [u8])>);

/// The paragraphs of a file that have at least one field.
pub fn paragraphs(bytes: &[u8]) -> impl Iterator<Item = Paragraph<'_>> {
    let mut lines = bytes.split(|&byte| byte == b'\n');
    std::iter::from_fn(move || {
        let mut fields = Vec::new();
        for line in lines.by_ref() {
            if line.trim_ascii().is_empty() {
                if fields.is_empty() {
                    continue;
                }
                break;
            }
            let colon = line.iter().position(|&byte| byte == b':');
            let field = colon.and_then(|at| Some((line.get(..at)?, line.get(at + 1..)?)));
            if let Some((name, value)) = field
                && !matches!(name, [] | [b' ' | b'\t' | b'#', ..])
                && fields.len() < MOST_FIELDS
            {
                fields.push((name.trim_ascii(), value.trim_ascii()));
            }
        }
        (!fields.is_empty()).then_some(Paragraph(fields))
    })
}

impl Paragraph<'_> {
    /// The first line of a field, trimmed; empty if there is no such field.
    pub fn line(&self, name: &str) -> String {
        let found = self.0.iter().find(|(field, _)| field.eq_ignore_ascii_case(name.as_bytes()));
        String::from_utf8_lossy(found.map_or(b"", |(_, value)| value)).into_owned()
    }

    /// Whether the field exists, even if empty.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field.eq_ignore_ascii_case(name.as_bytes()))
    }
}

#[test]
fn a_field_is_its_first_line_and_continuation_lines_are_not_fields() {
    let text = b"\n\nPackage: a\nDescription: one\n two: three\n .\n\tX: four\nnot a field\n\
                 VERSION :  1\n \nOrphan\n\n# X: no\nX: y";
    let all: Vec<_> = paragraphs(text).collect();
    let of = |name| all.iter().map(|paragraph| paragraph.line(name)).collect::<Vec<_>>();
    assert_eq!(of("description"), ["one", ""]);
    assert_eq!(of("Version"), ["1", ""]);
    assert_eq!(of("X"), ["", "y"]);
    assert_eq!(of("two"), ["", ""]);
}
