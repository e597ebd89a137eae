//! A find's text read into terms.

use super::split::{RawTerm, split};
use super::values::{bounds, day, number, size};
use crate::find::{CHANGE_WORDS, FindMode, FindTerm, FindTest, GlobPart, MODE_WORDS, TYPE_WORDS};
use crate::problem::Problem;
use crate::selection::LayerSelection;
use regex::bytes::{Regex, RegexBuilder};

/// So many terms are read.
const MAX_TERMS: usize = 32;
/// Characters of a term.
const MAX_LENGTH: usize = 1000;
/// Words of a term.
const MAX_WORDS: usize = 16;
/// Bytes of a compiled regular expression, and of its cache.
const MAX_REGEX: usize = 1 << 20;

/// A find as it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Find {
    pub terms: Vec<FindTerm>,
    /// Terms that could not be read, or that were read in a way that may surprise.
    pub problems: Vec<Problem>,
}

/// A term as it was typed: characters, each with whether it was quoted.
type Typed = [(char, bool)];

impl Find {
    /// Reads a find. Any text is some find.
    pub fn parse(text: &str) -> Find {
        let mut find = Find::default();
        for (at, raw) in split(text).into_iter().enumerate() {
            if at == MAX_TERMS {
                let expected = format!("at most {MAX_TERMS} terms");
                find.problems.push(problem(
                    &raw.chars,
                    "The filter has too many terms.",
                    &expected,
                ));
                break;
            }
            match term(&raw.chars) {
                Ok(term) => find.terms.extend(term),
                Err(problem) => find.problems.push(problem),
            }
            if raw.open {
                let expected = "a second quote; it is read to the end";
                find.problems.push(problem(&raw.chars, "The quotes do not end.", expected));
            }
        }
        find
    }
}

/// A term that cannot be read, and what could.
fn problem(typed: &Typed, message: &str, expected: &str) -> Problem {
    let mut found = RawTerm::text(typed);
    if let Some((end, _)) = found.char_indices().nth(100) {
        found.truncate(end);
        found.push('…');
    }
    Problem::new("find-term", message).expected(expected).found(found)
}

/// `None` for a term that asks for nothing.
fn term(typed: &Typed) -> Result<Option<FindTerm>, Problem> {
    if typed.len() > MAX_LENGTH {
        let expected = format!("at most {MAX_LENGTH} characters");
        return Err(problem(typed, "A term of the filter is too long.", &expected));
    }
    let (negated, rest) = match typed {
        [('-', false), rest @ ..] if !rest.is_empty() => (true, rest),
        _ => (false, typed),
    };
    let test = match (key(rest), rest) {
        (Some((key, value)), _) => {
            let unread = || problem(typed, "A term of the filter cannot be read.", key.takes);
            (key.read)(&RawTerm::text(value)).ok_or_else(unread)?
        }
        (None, [('/', false), pattern @ .., ('/', false)]) if !pattern.is_empty() => {
            let pattern = regex_text(pattern);
            if pattern.len() > MAX_LENGTH / 2 {
                let expected = format!("at most {} bytes", MAX_LENGTH / 2);
                return Err(problem(typed, "A term of the filter is too long.", &expected));
            }
            regex(&pattern).map_err(|why| {
                problem(typed, "A regular expression of the filter cannot be read.", &why)
            })?;
            FindTest::Regex(pattern)
        }
        (None, []) => return Ok(None),
        (None, rest) => text_or_glob(rest),
    };
    Ok(Some(FindTerm { negated, test }))
}

/// A key: its name, what it takes, and how that is read.
struct Key {
    name: &'static str,
    takes: &'static str,
    read: fn(&str) -> Option<FindTest>,
}

const KEYS: [Key; 9] = [
    Key {
        name: "size",
        takes: "size:>10M, size:<1k or size:1k..2M",
        read: |text| bounds(text, size).map(FindTest::Size),
    },
    Key {
        name: "type",
        takes: "type:file, dir, symlink, hardlink, device or fifo",
        read: |text| any_of(text, |word| named(TYPE_WORDS, word)).map(FindTest::Type),
    },
    Key {
        name: "mode",
        takes: "mode:setuid, setgid, sticky, world-writable, exec or octal digits",
        read: |text| any_of(text, mode).map(FindTest::Mode),
    },
    Key { name: "owner", takes: "owner:UID or owner:UID:GID, in numbers", read: owner },
    Key {
        name: "layer",
        takes: "layer:3 or layer:2..4",
        read: |text| {
            let layers = LayerSelection::parse(text)?;
            (layers != LayerSelection::All).then_some(FindTest::Layer(layers))
        },
    },
    Key {
        name: "change",
        takes: "change:added, modified, removed, unchanged, content or metadata",
        read: |text| any_of(text, |word| named(CHANGE_WORDS, word)).map(FindTest::Change),
    },
    Key {
        name: "mtime",
        takes: "mtime:>2024-01-01, mtime:<2024-01-01 or mtime:2024-01-01..2024-12-31",
        read: |text| bounds(text, day).map(FindTest::Modified),
    },
    Key {
        name: "writes",
        takes: "writes:>1, the number of layers that wrote a path",
        read: |text| bounds(text, number).map(FindTest::Writes),
    },
    Key {
        name: "xattr",
        takes: "xattr:security.capability, the name of an attribute",
        read: |text| (!text.is_empty()).then(|| FindTest::Attribute(text.to_owned())),
    },
];

/// The key before the first colon, and its value. No part of a key is quoted.
fn key(typed: &Typed) -> Option<(&'static Key, &Typed)> {
    let colon = typed.iter().position(|typed| *typed == (':', false))?;
    let (name, value) = (&typed[..colon], &typed[colon + 1..]);
    let name = name.iter().all(|(_, quoted)| !quoted).then(|| RawTerm::text(name))?;
    let key = KEYS.iter().find(|key| key.name.eq_ignore_ascii_case(&name))?;
    Some((key, value))
}

/// Whether text would be read as a key and its value.
pub fn has_key(text: &str) -> bool {
    let typed: Vec<_> = text.chars().map(|c| (c, false)).collect();
    key(&typed).is_some()
}

/// Words with `|` between them.
fn any_of<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let words: Option<Vec<T>> = text.split('|').take(MAX_WORDS + 1).map(read).collect();
    words.filter(|words| words.len() <= MAX_WORDS)
}

fn named<T: Copy>(words: &[(&str, T)], word: &str) -> Option<T> {
    words.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, value)| *value)
}

fn mode(word: &str) -> Option<FindMode> {
    let bits = || {
        let octal = (1..=6).contains(&word.len()) && word.bytes().all(|b| matches!(b, b'0'..=b'7'));
        let bits = u16::from_str_radix(word, 8).ok().filter(|bits| octal && *bits <= 0o7777)?;
        Some(FindMode::Bits(bits))
    };
    named(MODE_WORDS, word).or_else(bits)
}

fn owner(text: &str) -> Option<FindTest> {
    let (uid, gid) = match text.split_once(':') {
        Some((uid, gid)) => (uid, Some(number(gid)?)),
        None => (text, None),
    };
    Some(FindTest::Owner { uid: number(uid)?, gid })
}

/// Text, or a glob if it has a star or a question mark that is not quoted.
fn text_or_glob(typed: &Typed) -> FindTest {
    let is_wild = |typed: &(char, bool)| matches!(typed, ('*' | '?', false));
    if !typed.iter().any(is_wild) {
        return FindTest::Text(RawTerm::text(typed));
    }
    let mut parts: Vec<GlobPart> = Vec::new();
    for typed in typed {
        match (typed, parts.last_mut()) {
            (('?', false), _) => parts.push(GlobPart::One),
            (('*', false), Some(GlobPart::Deep)) => {}
            (('*', false), Some(any @ GlobPart::Any)) => *any = GlobPart::Deep,
            (('*', false), _) => parts.push(GlobPart::Any),
            ((c, _), Some(GlobPart::Literal(text))) => text.push(*c),
            ((c, _), _) => parts.push(GlobPart::Literal(c.to_string())),
        }
    }
    FindTest::Glob(parts)
}

/// The expression between the slashes. What is quoted is literal.
fn regex_text(typed: &Typed) -> String {
    let mut pattern = String::new();
    for (c, quoted) in typed {
        match quoted {
            true => pattern.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
            false => pattern.push(*c),
        }
    }
    pattern
}

/// Compiles an expression over bytes: classes such as `\w` and `(?i)` are ASCII's.
pub fn regex(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .unicode(false)
        .size_limit(MAX_REGEX)
        .dfa_size_limit(MAX_REGEX)
        .build()
        .map_err(|error| {
            let text = error.to_string();
            let why = text.lines().last().unwrap_or_default();
            format!("a regular expression ({})", why.trim_start_matches("error: "))
        })
}
