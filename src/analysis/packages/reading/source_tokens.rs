//! Tokens of data that is written as source code: gemspecs (Ruby), `.app` files and lock files (Erlang,
//! Elixir), rockspecs (Lua).
//!
//! Source: the lexical rules of these languages, as far as tools use them in the files that they write.
//!
//! - Nothing is evaluated. Readers look for the few forms in which tools write a name or a version;
//!   computed values stay unknown.
//! - The list of tokens takes several times the bytes of the text, so the text has a limit.

use crate::analysis::packages::package::CatalogFacts;
use crate::problem::Problem;
use crate::text::byte_count;

/// Most bytes of a text. What tools write for one package is a hundredth of it.
const MAX_TEXT: usize = 1 << 20;

/// A token of source code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceToken<'a> {
    /// A name or number: letters, digits, and the punctuation that names may have in these languages.
    Word(&'a str),
    /// A quoted string, with its escapes resolved.
    Text(String),
    /// Any other character.
    Mark(char),
}

/// A language, by its lexical rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceLanguage {
    /// Ruby and Elixir.
    Ruby,
    Erlang,
    Lua,
}

/// A warning if a text is too long for `tokens`.
pub fn unread(text: &str) -> CatalogFacts {
    let mut facts = CatalogFacts::default();
    if text.len() > MAX_TEXT {
        let message = "A file that names a package is too long to be read in whole; what it says may be missing.";
        let problem = Problem::new("package-database-damaged", message)
            .expected(format!("at most {}", byte_count(MAX_TEXT as u64)))
            .found(byte_count(text.len() as u64));
        facts.warnings.push(problem);
    }
    facts
}

/// The tokens of a text; none if the text is too long, which `unread` says.
pub fn tokens(text: &str, notation: SourceLanguage) -> Vec<SourceToken<'_>> {
    let mut all = Vec::new();
    if text.len() > MAX_TEXT {
        return all;
    }
    let comment = match notation {
        SourceLanguage::Ruby => "#",
        SourceLanguage::Erlang => "%",
        SourceLanguage::Lua => "--",
    };
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        if rest.starts_with(comment) {
            rest = rest.find('\n').and_then(|end| rest.get(end..)).unwrap_or_default();
        } else if first.is_whitespace() {
            rest = after;
        } else if let Some((text, behind)) = quoted(rest, notation) {
            all.push(SourceToken::Text(text));
            rest = behind;
        } else {
            let in_word = |c: char| c.is_alphanumeric() || "_.:@?".contains(c);
            let end = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
            if end == 0 {
                all.push(SourceToken::Mark(first));
                rest = after;
            } else {
                let (word, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
                all.push(SourceToken::Word(word));
                rest = behind;
            }
        }
    }
    all
}

/// A quoted string at the start of the text, and the rest.
fn quoted(text: &str, notation: SourceLanguage) -> Option<(String, &str)> {
    match text.as_bytes() {
        [b'"', ..] => Some(escaped(text.get(1..)?, '"')),
        [b'\'', ..] => Some(escaped(text.get(1..)?, '\'')),
        [b'%', b'q' | b'Q', open, ..] if notation == SourceLanguage::Ruby => {
            let close = match open {
                b'<' => '>',
                b'(' => ')',
                b'[' => ']',
                b'{' => '}',
                b'|' => '|',
                _ => return None,
            };
            Some(escaped(text.get(3..)?, close))
        }
        [b'[', b'[' | b'=', ..] if notation == SourceLanguage::Lua => {
            let level = text.bytes().skip(1).take_while(|&byte| byte == b'=').count();
            let inner = text.get(level + 1..)?.strip_prefix('[')?;
            let close = format!("]{}]", "=".repeat(level));
            let (inner, behind) = inner.split_once(&close).unwrap_or((inner, ""));
            Some((inner.to_owned(), behind))
        }
        _ => None,
    }
}

/// The string before the closing quote, and the rest; the whole text if no quote closes it.
fn escaped(text: &str, close: char) -> (String, &str) {
    let mut inner = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => inner.push('\n'),
                Some('t') => inner.push('\t'),
                Some(c) => inner.push(c),
                None => {}
            },
            c if c == close => break,
            c => inner.push(c),
        }
    }
    (inner, chars.as_str())
}

#[test]
fn comments_and_quotes_follow_the_language() {
    use SourceToken::{Mark, Text, Word};
    let text = |text: &str| Text(text.to_owned());
    assert_eq!(
        tokens("s.a = %q<x y>.freeze # \"no\"\n'it\\'s'", SourceLanguage::Ruby),
        [Word("s.a"), Mark('='), text("x y"), Word(".freeze"), text("it's")]
    );
    assert_eq!(
        tokens("%% no\n{vsn,\"1.0\"}", SourceLanguage::Erlang),
        [Mark('{'), Word("vsn"), Mark(','), text("1.0"), Mark('}')]
    );
    assert_eq!(
        tokens("a = [==[b ]] c]==] -- no\n{}", SourceLanguage::Lua),
        [Word("a"), Mark('='), text("b ]] c"), Mark('{'), Mark('}')]
    );
    assert_eq!(tokens("\"open", SourceLanguage::Lua), [text("open")]);
    assert_eq!(tokens("é€", SourceLanguage::Lua), [Word("é"), Mark('€')]);
}
