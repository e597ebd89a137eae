//! Words, texts and marks of data that is written in a programming language's notation: gemspecs (Ruby),
//! `.app` files and lock files of Erlang and Elixir, rockspecs (Lua).
//!
//! Source: the lexical rules of these languages, as far as files that a tool has written use them.
//!
//! - Nothing is evaluated. A reader looks for the few shapes in which a tool writes a name or a version,
//!   and what is computed stays unknown.
//! - The list of tokens takes a multiple of the text's bytes, so texts have a limit.

/// Bytes of a text that is read. What a tool writes of one package is a hundredth of that.
const MAX_TEXT: usize = 1 << 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceToken<'a> {
    /// A name, a number: letters, digits and what the notation has in names.
    Word(&'a str),
    /// What stands in quotes, with its escapes resolved.
    Text(String),
    /// Any other character.
    Mark(char),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceLanguage {
    /// Ruby and Elixir.
    Ruby,
    Erlang,
    Lua,
}

/// The tokens of a text; none if it is too long to be what it is taken for.
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

/// A text in quotes at the beginning, and what is behind it.
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

/// What stands before the closing quote, and what is behind that; all of it, if no quote closes.
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
fn comments_and_quotes_are_those_of_the_notation() {
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
