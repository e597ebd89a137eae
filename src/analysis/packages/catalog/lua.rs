//! Lua: rocks that LuaRocks installed, each with its rockspec in the tree of rocks.
//!
//! Source: LuaRocks' wiki, "Rockspec format" and "File locations": `rocks-5.1/NAME/VERSION/*.rockspec`.
//!
//! - A rockspec is Lua and is not run. Where it computes a value (often the version), the file name is used.
//! - A rockspec elsewhere belongs to a project, and is declared.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::analysis::packages::reading::source_tokens::{
    SourceLanguage, SourceToken, tokens, unread,
};
use crate::analysis::packages::reading::text::{folder, package};

pub const CATALOGER: Cataloger = Cataloger {
    name: "LuaRocks",
    wants: |file| file.name().ends_with(b".rockspec"),
    read: CatalogRead::Whole(read),
};

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let text = String::from_utf8_lossy(bytes);
    let tokens = tokens(&text, SourceLanguage::Lua);
    let mut package = assigned(&tokens);
    let file_name = String::from_utf8_lossy(file.name()).into_owned();
    if let Some((name, version)) = split_file_name(&file_name) {
        if package.name.is_empty() && !tokens.is_empty() {
            package.name = name;
        }
        if package.version.is_empty() {
            package.version = version;
        }
    }
    if package.name.is_empty() {
        return unread(&text);
    }
    package.declared = !in_tree(file);
    if !package.declared {
        package.files = vec![folder(file)];
    }
    CatalogFacts::of(package)
}

/// The package, as far as the rockspec assigns literal strings.
fn assigned(tokens: &[SourceToken<'_>]) -> Package {
    let mut package = package("luarocks", "", "");
    let (mut depth, mut table) = (0usize, "");
    for (at, token) in tokens.iter().enumerate() {
        let word = match token {
            SourceToken::Mark('{') => {
                depth += 1;
                continue;
            }
            SourceToken::Mark('}') => {
                depth = depth.saturating_sub(1);
                continue;
            }
            SourceToken::Word(word) => *word,
            _ => continue,
        };
        let Some([SourceToken::Mark('='), value, next @ ..]) = tokens.get(at + 1..) else {
            continue;
        };
        if depth == 0 {
            table = word;
        }
        // `"1.0" .. "-1"` is computed.
        let computed =
            matches!(next.first(), Some(SourceToken::Word(word)) if word.starts_with(".."));
        let SourceToken::Text(value) = value else { continue };
        match (depth, table, word) {
            (0, _, "package") if !computed => package.name.clone_from(value),
            (0, _, "version") if !computed => package.version.clone_from(value),
            (1, "description", "license") => package.licenses = vec![value.clone()],
            (1, "description", "homepage") => package.homepage.clone_from(value),
            (1, "description", "maintainer") => package.supplier.clone_from(value),
            _ => {}
        }
    }
    package
}

/// Name and version of `NAME-VERSION-REVISION.rockspec`, where the name may have dashes.
fn split_file_name(file_name: &str) -> Option<(String, String)> {
    let stem = file_name.strip_suffix(".rockspec").unwrap_or(file_name);
    let (rest, revision) = stem.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    Some((name.to_owned(), format!("{version}-{revision}")))
}

/// Below `rocks` or `rocks-5.4`, which hold `NAME/VERSION/`.
fn in_tree(file: &Candidate<'_>) -> bool {
    let shelf = file.folder().rsplit(|&byte| byte == b'/').nth(2).unwrap_or_default();
    shelf == b"rocks" || shelf.starts_with(b"rocks-")
}
