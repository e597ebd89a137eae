//! `NAME=value` pairs of ENV, LABEL and ARG. Builders record them without quotes, so a blank can be part of a value
//! or end it; the configuration has the values that were not set again later.

use super::values::value;
use std::collections::HashMap;

/// Values by name, as the configuration has them.
pub type KnownValues<'a> = HashMap<&'a str, &'a str>;

/// Pairs as a Dockerfile writes them.
#[derive(Debug, Default, PartialEq)]
pub struct WrittenPairs {
    pub text: String,
    pub guessed: bool,
}

/// Reads recorded pairs with the help of the values that the configuration has, and writes them.
pub fn pairs(recorded: &str, known: &KnownValues<'_>, escape: char) -> WrittenPairs {
    let mut out = WrittenPairs::default();
    let mut rest = recorded.trim();
    while !rest.is_empty() {
        let Some((key, after)) = split_key(rest) else {
            single(rest, &mut out, escape);
            break;
        };
        let (text, length, guessed) = read_value(key, after, known, escape);
        out.push(&format!("{key}={text}"));
        out.guessed |= guessed;
        rest = after[length..].trim_start();
    }
    out
}

impl WrittenPairs {
    fn push(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(text);
    }
}

/// What is not a pair: `ARG NAME`, or the old form `ENV NAME value` with one value.
fn single(text: &str, out: &mut WrittenPairs, escape: char) {
    match text.split_once(' ') {
        // More names without values, as in `ARG A B=1`.
        Some((name, rest)) if split_key(rest.trim_start()).is_some() || !out.text.is_empty() => {
            out.push(name);
            let further = pairs(rest, &KnownValues::new(), escape);
            out.push(&further.text);
            out.guessed = true;
        }
        Some((name, rest)) => {
            let (text, lossy) = value(rest.trim(), escape);
            out.push(&format!("{name}={text}"));
            out.guessed |= lossy;
        }
        None => out.push(text),
    }
}

/// A key and what follows its `=`.
fn split_key(text: &str) -> Option<(&str, &str)> {
    let (key, after) = text.split_once('=')?;
    let sound = |c: char| {
        !c.is_whitespace() && !matches!(c, '"' | '\'' | '$' | ';' | '&' | '|' | '<' | '>')
    };
    (!key.is_empty() && key.chars().all(sound)).then_some((key, after))
}

/// A value as written, the bytes of its record, and whether it is a guess.
fn read_value(
    key: &str,
    text: &str,
    known: &KnownValues<'_>,
    escape: char,
) -> (String, usize, bool) {
    let ends = |length: usize| {
        let rest = &text[length..];
        rest.is_empty() || (rest.starts_with(' ') && split_key(rest.trim_start()).is_some())
    };
    let set = known.get(key).copied();
    if let Some(exact) = set.filter(|set| text.starts_with(set) && ends(set.len())) {
        let (written, lossy) = value(exact, escape);
        return (written, exact.len(), lossy);
    }
    if let Some(length) = quoted_length(text, escape).filter(|length| ends(*length)) {
        return (text[..length].to_owned(), length, false);
    }
    let blanks = text.match_indices(' ').map(|(at, _)| at);
    // A long text of blanks would be searched again for each.
    let length = blanks.take(MAX_BLANKS).find(|at| ends(*at)).unwrap_or(text.len());
    let (written, lossy) = value(&text[..length], escape);
    (written, length, lossy || text[..length].contains(' '))
}

/// Blanks of a value after which a next key is looked for.
const MAX_BLANKS: usize = 200;

/// The bytes of a value in quotes, as buildah and kaniko record it.
fn quoted_length(text: &str, escape: char) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        if character == escape && quote == '"' {
            characters.next();
        } else if character == quote {
            return Some(at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(recorded: &str, known: &[(&str, &str)]) -> (String, bool) {
        let pairs = pairs(recorded, &known.iter().copied().collect(), '\\');
        (pairs.text, pairs.guessed)
    }

    #[test]
    fn two_variables_are_two() {
        assert_eq!(written("A=1 B=2", &[]), ("A=1 B=2".into(), false));
    }

    #[test]
    fn the_configuration_tells_where_a_value_ends() {
        let recorded = "EMPTY= WITH_EQ=a=b=c SPACE=two words X=1 y=2";
        let known = [("EMPTY", ""), ("WITH_EQ", "a=b=c"), ("SPACE", "two words"), ("X", "1 y=2")];
        let exact = "EMPTY=\"\" WITH_EQ=a=b=c SPACE=\"two words\" X=\"1 y=2\"";
        assert_eq!(written(recorded, &known), (exact.into(), false));
        let guess = "EMPTY=\"\" WITH_EQ=a=b=c SPACE=\"two words\" X=1 y=2";
        assert_eq!(written(recorded, &[]), (guess.into(), true));
    }

    #[test]
    fn other_forms_stay_what_they_are() {
        assert_eq!(written("NAME some value", &[]), ("NAME=\"some value\"".into(), false));
        assert_eq!(written("NAME", &[]), ("NAME".into(), false));
        assert_eq!(written("A=\"x y\" B='z'", &[]), ("A=\"x y\" B='z'".into(), false));
    }
}
