//! mix.lock (Elixir) and rebar.lock (Erlang): packages of Hex.
//!
//! Source: Hex, `Hex.SCM`'s lock tuples: `{:hex, :name, "version", "inner checksum", managers, deps, repo,
//! "outer checksum"}`; rebar3, "Lock files": `{<<"name">>,{pkg,<<"name">>,<<"version">>},level}`.
//! Entries from git or a folder are not Hex packages, and are left out.

use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::analysis::packages::reading::digests::add_hex;
use crate::analysis::packages::reading::source_tokens::{
    SourceLanguage, SourceToken, tokens, unread,
};
use crate::analysis::packages::reading::text::package;

/// One entry per line.
pub fn mix_lock(text: &str) -> CatalogFacts {
    let longest = text.lines().max_by_key(|line| line.len()).unwrap_or_default();
    CatalogFacts { packages: text.lines().filter_map(mix_entry).collect(), ..unread(longest) }
}

fn mix_entry(line: &str) -> Option<Package> {
    let tokens = tokens(line, SourceLanguage::Ruby);
    let at = tokens.iter().position(|token| *token == SourceToken::Word(":hex"))?;
    let [SourceToken::Mark(','), name, rest @ ..] = tokens.get(at + 1..)? else { return None };
    let (name, rest) = match (name, rest) {
        (SourceToken::Word(":"), [SourceToken::Text(name), rest @ ..]) => (name.as_str(), rest),
        (SourceToken::Word(name), rest) => (name.trim_start_matches(':'), rest),
        _ => return None,
    };
    let [SourceToken::Mark(','), SourceToken::Text(version), rest @ ..] = rest else { return None };
    let mut package = package("hex", name, version);
    // The outer checksum, of the published archive, comes after the repository's name.
    let last = rest
        .iter()
        .rev()
        .find(|token| matches!(token, SourceToken::Text(_) | SourceToken::Mark(']')));
    if let Some(SourceToken::Text(checksum)) = last {
        add_hex(&mut package, "sha256", checksum);
    }
    Some(package)
}

/// Reads rebar.lock.
pub fn rebar_lock(text: &str) -> CatalogFacts {
    let tokens = tokens(text, SourceLanguage::Erlang);
    let texts = |at: usize| {
        // Both are among the twelve tokens of `,<<"name">>,<<"version">>`.
        let mut texts = tokens.get(at + 1..)?.iter().take(12).filter_map(|token| match token {
            SourceToken::Text(text) => Some(text.as_str()),
            _ => None,
        });
        Some(package("hex", texts.next()?, texts.next()?))
    };
    let all = tokens.iter().enumerate();
    let marks = all.filter(|(_, token)| **token == SourceToken::Word("pkg")).map(|(at, _)| at);
    CatalogFacts { packages: marks.filter_map(texts).collect(), ..unread(text) }
}

#[test]
fn the_outer_checksum_is_the_packages_digest() {
    let outer = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let entry = |behind: &str| {
        let text = format!(
            "  \"a\": {{:hex, :\"a-b\", \"1.0.0\", \"00\", [:mix], [{{:c, \"~> 1.0\"}}]{behind}}},"
        );
        mix_entry(&text).unwrap()
    };
    let package = entry(&format!(", \"hexpm\", \"{outer}\""));
    assert_eq!((&package.name[..], &package.version[..]), ("a-b", "1.0.0"));
    assert_eq!(package.digests, [format!("sha256:{outer}")]);
    // Before Hex 0.20 there was no outer checksum.
    assert!(entry("").digests.is_empty());
}
