//! Terms written so that they are read as the same.

use super::parse::has_key;
use super::values::{bounds_text, day_text, size_text};
use crate::find::{
    CHANGE_WORDS, FindMode, FindTerm, FindTest, GlobPart, MODE_WORDS, TYPE_WORDS, quoted, word_of,
};
use std::fmt;

impl fmt::Display for FindTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negated { "-" } else { "" };
        write!(f, "{sign}{}", self.test)
    }
}

impl fmt::Display for FindTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FindTest::Text(text) if is_plain(text) => f.write_str(text),
            FindTest::Text(text) => f.write_str(&quoted(text)),
            FindTest::Glob(parts) => f.write_str(&glob_text(parts)),
            FindTest::Regex(pattern) => write!(f, "/{}/", regex_text(pattern)),
            FindTest::Size(bounds) => write!(f, "size:{}", bounds_text(bounds, size_text)),
            FindTest::Type(list) => {
                write!(f, "type:{}", joined(list, |value| word_of(TYPE_WORDS, value)))
            }
            FindTest::Mode(list) => write!(f, "mode:{}", modes_text(list)),
            FindTest::Owner { uid, gid: Some(gid) } => write!(f, "owner:{uid}:{gid}"),
            FindTest::Owner { uid, gid: None } => write!(f, "owner:{uid}"),
            FindTest::Layer(layers) => write!(f, "layer:{layers}"),
            FindTest::Change(list) => {
                write!(f, "change:{}", joined(list, |value| word_of(CHANGE_WORDS, value)))
            }
            FindTest::Modified(bounds) => write!(f, "mtime:{}", bounds_text(bounds, day_text)),
            FindTest::Writes(bounds) => {
                write!(f, "writes:{}", bounds_text(bounds, |number| number.to_string()))
            }
            FindTest::Attribute(name) if name.contains(is_special) => {
                write!(f, "xattr:{}", quoted(name))
            }
            FindTest::Attribute(name) => write!(f, "xattr:{name}"),
        }
    }
}

fn joined<T>(list: &[T], word: impl Fn(&T) -> Option<&'static str>) -> String {
    list.iter().filter_map(word).collect::<Vec<_>>().join("|")
}

fn modes_text(list: &[FindMode]) -> String {
    let word = |mode: &FindMode| match (word_of(MODE_WORDS, mode), mode) {
        (None, FindMode::Bits(bits)) => format!("{bits:04o}"),
        (word, _) => word.unwrap_or_default().to_owned(),
    };
    list.iter().map(word).collect::<Vec<_>>().join("|")
}

/// Characters that must be quoted wherever they are.
fn is_special(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '*' | '?')
}

/// Whether text is read as itself without quotes.
fn is_plain(text: &str) -> bool {
    let is_regex = text.starts_with('/') && text.ends_with('/');
    !(is_regex || text.starts_with('-') || text.contains(is_special) || has_key(text))
}

fn glob_text(parts: &[GlobPart]) -> String {
    let slash = |part: Option<&GlobPart>, at: fn(&str) -> bool| matches!(part, Some(GlobPart::Literal(text)) if at(text));
    // Between two slashes it would be a regular expression.
    let hemmed = slash(parts.first(), |text| text.starts_with('/'))
        && slash(parts.last(), |text| text.ends_with('/'));
    let mut text = String::new();
    for (at, part) in parts.iter().enumerate() {
        match part {
            GlobPart::One => text.push('?'),
            GlobPart::Any => text.push('*'),
            GlobPart::Deep => text.push_str("**"),
            GlobPart::Literal(literal) => {
                let first = at == 0 && (hemmed || literal.starts_with('-'));
                match first || literal.contains(is_special) || literal.contains(':') {
                    true => text.push_str(&quoted(literal)),
                    false => text.push_str(literal),
                }
            }
        }
    }
    text
}

/// Blanks and quotes are quoted; both mean themselves.
fn regex_text(pattern: &str) -> String {
    let is_quoted = |c: char| c == '"' || c.is_whitespace();
    let (mut text, mut rest) = (String::new(), pattern);
    while let Some(from) = rest.find(is_quoted) {
        let (plain, after) = rest.split_at(from);
        let (run, after) = after.split_at(after.find(|c| !is_quoted(c)).unwrap_or(after.len()));
        text.push_str(plain);
        text.push_str(&quoted(run));
        rest = after;
    }
    text + rest
}
