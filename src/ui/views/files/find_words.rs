//! A find in words: what was looked for.

use crate::find::{
    Bounds, CHANGE_WORDS, FindMode, FindTerm, FindTest, GlobPart, MODE_WORDS, TYPE_WORDS, word_of,
};
use crate::format;
use crate::selection::LayerSelection;
use crate::text::Shown;
use crate::time::Timestamp;
use crate::ui::words;

const DAY: i64 = 86_400;

/// `name “*.conf” and size over 1.00 MB`.
pub fn find_words(terms: &[FindTerm]) -> String {
    listed(terms.iter().map(term_words).collect(), "and")
}

/// What the user may have meant, in a sentence with a blank before it; empty: nothing else.
pub fn find_hint(terms: &[FindTerm]) -> &'static str {
    let begins = |word: &str| {
        terms.iter().any(|term| match &term.test {
            FindTest::Text(text) => {
                text.strip_prefix(word).is_some_and(|rest| rest.starts_with(['<', '>', '=']))
            }
            _ => false,
        })
    };
    match () {
        () if begins("size") => " A colon makes it a size: “size:>1M”.",
        () if begins("mtime") => " A colon makes it a time: “mtime:>2024-01-01”.",
        () if begins("writes") => " A colon makes it a number of layers: “writes:>1”.",
        () => "",
    }
}

fn term_words(term: &FindTerm) -> String {
    let words = test_words(&term.test);
    if term.negated { format!("not {words}") } else { words }
}

fn test_words(test: &FindTest) -> String {
    let text_words = |text: &str| {
        let what = if text.contains('/') { "path" } else { "name" };
        format!("{what} “{}”", Shown::new(text))
    };
    match test {
        FindTest::Text(text) => text_words(text),
        FindTest::Glob(parts) => text_words(&glob_text(parts)),
        FindTest::Regex(pattern) => format!("path /{}/", Shown::new(pattern)),
        FindTest::Size(bounds) => {
            bounds_words("size", ["", "over", "under"], bounds, |bytes| format::size(*bytes))
        }
        FindTest::Type(list) => {
            format!("type {}", any_of(list, |value| word_of(TYPE_WORDS, value).map(str::to_owned)))
        }
        FindTest::Mode(list) => format!("mode {}", any_of(list, mode_word)),
        FindTest::Owner { uid, gid: Some(gid) } => format!("owner {uid}:{gid}"),
        FindTest::Owner { uid, gid: None } => format!("owner {uid}"),
        FindTest::Layer(layers) => match layers {
            LayerSelection::All => "any layer".to_owned(),
            layers => words::selection(*layers).unwrap_or_default().to_lowercase(),
        },
        FindTest::Change(list) => {
            format!(
                "change {}",
                any_of(list, |value| word_of(CHANGE_WORDS, value).map(str::to_owned))
            )
        }
        FindTest::Writes(bounds) => {
            let words = bounds_words("written by", ["", "over", "under"], bounds, u64::to_string);
            format!("{words} layers")
        }
        FindTest::Attribute(name) => format!("attribute {}", Shown::new(name)),
        FindTest::Modified(bounds) => {
            bounds_words("modified", ["on", "after", "before"], bounds, |day| {
                let text = Timestamp::from_seconds(day.saturating_mul(DAY)).to_string();
                text.split('T').next().unwrap_or_default().to_owned()
            })
        }
    }
}

fn glob_text(parts: &[GlobPart]) -> String {
    let text = |part: &GlobPart| match part {
        GlobPart::Literal(text) => text.clone(),
        GlobPart::One => "?".to_owned(),
        GlobPart::Any => "*".to_owned(),
        GlobPart::Deep => "**".to_owned(),
    };
    parts.iter().map(text).collect()
}

fn mode_word(mode: &FindMode) -> Option<String> {
    match mode {
        FindMode::Bits(bits) => Some(format!("{bits:04o}")),
        mode => word_of(MODE_WORDS, mode).map(str::to_owned),
    }
}

/// `size over 1.00 MB`, `modified 2024-01-01 to 2024-12-31`.
fn bounds_words<T>(
    what: &str,
    [is, over, under]: [&str; 3],
    bounds: &Bounds<T>,
    text: impl Fn(&T) -> String,
) -> String {
    let words = match bounds {
        Bounds::Is(value) if is.is_empty() => text(value),
        Bounds::Is(value) => format!("{is} {}", text(value)),
        Bounds::Over(low) => format!("{over} {}", text(low)),
        Bounds::Under(high) => format!("{under} {}", text(high)),
        Bounds::Between(low, high) => format!("{} to {}", text(low), text(high)),
    };
    format!("{what} {words}")
}

fn any_of<T>(list: &[T], word: impl Fn(&T) -> Option<String>) -> String {
    listed(list.iter().filter_map(word).collect(), "or")
}

/// `a, b and c`.
fn listed(mut texts: Vec<String>, last: &str) -> String {
    match texts.pop() {
        Some(end) if !texts.is_empty() => format!("{} {last} {end}", texts.join(", ")),
        end => end.unwrap_or_default(),
    }
}

#[test]
#[cfg(feature = "engine")]
fn every_kind_of_term_has_words() {
    for (find, want) in [
        ("*.conf size:>1M", "name “*.conf” and size over 1.00 MB"),
        ("etc/** -type:dir a", "path “etc/**”, not type dir and name “a”"),
        (r"/\.so$/ mode:setuid|4755", r"path /\.so$/ and mode setuid or 4755"),
        ("owner:0 owner:0:42", "owner 0 and owner 0:42"),
        ("layer:3 layer:2..4", "layer 3 and layers 2–4"),
        ("change:added|modified|removed", "change added, modified or removed"),
        ("size:0 size:1k..2k size:<5", "size 0 B, size 1.00 kB to 2.00 kB and size under 5 B"),
        (
            "mtime:2024-02-29 mtime:<2024-01-01",
            "modified on 2024-02-29 and modified before 2024-01-01",
        ),
        ("mtime:2024-01-01..2024-12-31", "modified 2024-01-01 to 2024-12-31"),
        ("writes:>1 xattr:user.x", "written by over 1 layers and attribute user.x"),
        ("a\u{202e}b", "name “a\\u{202e}b”"),
    ] {
        assert_eq!(find_words(&crate::tree::find::Find::parse(find).terms), want, "{find}");
    }
}
