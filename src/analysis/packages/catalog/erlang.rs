//! Erlang and Elixir: applications of OTP, each of which has `ebin/NAME.app`.
//!
//! Source: OTP, "app(4)": `{application, Name, [{vsn, "1.2"}, …]}.` rebar3 and Mix write the same, and may
//! add `licenses` of the package that it came in.

use super::text::{folder_above, folder_is, package};
use super::tokens::{Notation, Token, tokens};
use super::{Candidate, Cataloger};
use crate::analysis::packages::Facts;

pub const CATALOGER: Cataloger = Cataloger {
    name: "OTP applications",
    wants: |file| file.name().ends_with(b".app") && folder_is(file, "ebin"),
    read,
};

/// Tokens of a list of licences that are looked at.
const MAX_LIST: usize = 64;

fn read(file: &Candidate<'_>, bytes: &[u8]) -> Facts {
    let text = String::from_utf8_lossy(bytes);
    let tokens = tokens(&text, Notation::Erlang);
    let Some(
        [
            Token::Mark('{'),
            Token::Word("application"),
            Token::Mark(','),
            name,
            Token::Mark(','),
            rest @ ..,
        ],
    ) = tokens.get(..)
    else {
        return Facts::default();
    };
    let name = match name {
        Token::Word(name) => (*name).to_owned(),
        // An atom in quotes.
        Token::Text(name) => name.clone(),
        Token::Mark(_) => return Facts::default(),
    };
    let mut package = package("otp", &name, "");
    let mut depth = 0usize;
    for (at, token) in rest.iter().enumerate() {
        match token {
            Token::Mark('{' | '[') => depth += 1,
            Token::Mark('}' | ']') => depth = depth.saturating_sub(1),
            // A pair of the list of keys: the list is one deep, the pair two.
            Token::Word(key) if depth == 2 => match (*key, rest.get(at + 1..)) {
                ("vsn", Some([Token::Mark(','), Token::Text(version), ..])) => {
                    package.version.clone_from(version);
                }
                ("licenses", Some([Token::Mark(','), Token::Mark('['), list @ ..])) => {
                    let list = list.iter().take(MAX_LIST);
                    let list = list.take_while(|token| **token != Token::Mark(']'));
                    let texts = list.filter_map(|token| match token {
                        Token::Text(text) => Some(text.clone()),
                        _ => None,
                    });
                    package.licenses.extend(texts);
                }
                _ => {}
            },
            _ => {}
        }
    }
    if package.version.is_empty() {
        return Facts::default();
    }
    package.files = vec![folder_above(file)];
    Facts::of(package)
}
