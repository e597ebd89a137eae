//! Erlang and Elixir: OTP applications, each of which has `ebin/NAME.app`.
//!
//! Source: OTP, "app(4)": `{application, Name, [{vsn, "1.2"}, …]}.` rebar3 and Mix write the same, and may
//! add the package's `licenses`.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::CatalogFacts;
use crate::analysis::packages::reading::source_tokens::{
    SourceLanguage, SourceToken, tokens, unread,
};
use crate::analysis::packages::reading::text::{folder_above, folder_is, package};

pub const CATALOGER: Cataloger = Cataloger {
    name: "OTP applications",
    wants: |file| file.name().ends_with(b".app") && folder_is(file, "ebin"),
    read: CatalogRead::Whole(read),
};

/// Most tokens read of a list of licences.
const MAX_LIST: usize = 64;

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let text = String::from_utf8_lossy(bytes);
    let tokens = tokens(&text, SourceLanguage::Erlang);
    let Some(
        [
            SourceToken::Mark('{'),
            SourceToken::Word("application"),
            SourceToken::Mark(','),
            name,
            SourceToken::Mark(','),
            rest @ ..,
        ],
    ) = tokens.get(..)
    else {
        return unread(&text);
    };
    let name = match name {
        SourceToken::Word(name) => (*name).to_owned(),
        // A quoted atom.
        SourceToken::Text(name) => name.clone(),
        SourceToken::Mark(_) => return CatalogFacts::default(),
    };
    let mut package = package("otp", &name, "");
    let mut depth = 0usize;
    for (at, token) in rest.iter().enumerate() {
        match token {
            SourceToken::Mark('{' | '[') => depth += 1,
            SourceToken::Mark('}' | ']') => depth = depth.saturating_sub(1),
            // A pair in the list of keys: the list is at depth 1, its pairs at depth 2.
            SourceToken::Word(key) if depth == 2 => match (*key, rest.get(at + 1..)) {
                ("vsn", Some([SourceToken::Mark(','), SourceToken::Text(version), ..])) => {
                    package.version.clone_from(version);
                }
                ("licenses", Some([SourceToken::Mark(','), SourceToken::Mark('['), list @ ..])) => {
                    let list = list.iter().take(MAX_LIST);
                    let list = list.take_while(|token| **token != SourceToken::Mark(']'));
                    let texts = list.filter_map(|token| match token {
                        SourceToken::Text(text) => Some(text.clone()),
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
        return CatalogFacts::default();
    }
    package.files = vec![folder_above(file)];
    CatalogFacts::of(package)
}
