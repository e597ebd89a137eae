//! Ruby: installed gems, each with its gemspec in `specifications/`.
//!
//! Source: RubyGems, `Gem::Specification#to_ruby`, which writes these files: a line `# stub: NAME VERSION
//! PLATFORM PATHS`, then assignments to a block's variable.
//!
//! - Nothing is evaluated. The gemspec of a default gem may be hand-written with a computed version; then
//!   the version in the file name is used.
//! - Gemspecs elsewhere are source code, and installed gems contain their own; they are left out.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::analysis::packages::reading::source_tokens::{
    SourceLanguage, SourceToken, tokens, unread,
};
use crate::analysis::packages::reading::text::{folder_above, package};

pub const CATALOGER: Cataloger = Cataloger {
    name: "RubyGems",
    wants: |file| file.name().ends_with(b".gemspec") && file.is_below("specifications"),
    read: CatalogRead::Whole(read),
};

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let text = String::from_utf8_lossy(bytes);
    let file_name = String::from_utf8_lossy(file.name()).into_owned();
    let full_name = file_name.strip_suffix(".gemspec").unwrap_or(&file_name);
    let mut package = package("gem", "", "");
    let mut platform = String::new();
    if let Some(stub) = text.lines().take(4).find_map(|line| line.strip_prefix("# stub: ")) {
        let mut words = stub.split_ascii_whitespace().map(str::to_owned);
        package.name = words.next().unwrap_or_default();
        package.version = words.next().unwrap_or_default();
        platform = words.next().unwrap_or_default();
    }
    assignments(&text, &mut package, &mut platform);
    if package.name.is_empty() || package.version.is_empty() {
        let Some((name, version)) = split(full_name, &package.name) else {
            return unread(&text);
        };
        (package.name, package.version) = (name.to_owned(), version.to_owned());
    }
    if !platform.is_empty() && platform != "ruby" {
        package.qualifiers.push(("platform".to_owned(), platform));
    }
    package.files = vec![
        String::from_utf8_lossy(file.path).into_owned(),
        format!("{}gems/{full_name}/", above_specifications(file)),
    ];
    CatalogFacts { packages: vec![package], ..unread(&text) }
}

/// Reads `s.name = "…".freeze` and similar assignments; values that are already set stay.
fn assignments(text: &str, package: &mut Package, platform: &mut String) {
    let tokens = tokens(text, SourceLanguage::Ruby);
    for (at, token) in tokens.iter().enumerate() {
        let SourceToken::Word(word) = token else { continue };
        let Some((_, attribute)) = word.split_once('.') else { continue };
        let Some([SourceToken::Mark('='), value @ ..]) = tokens.get(at + 1..) else { continue };
        let target = match attribute {
            "name" => &mut package.name,
            "version" => &mut package.version,
            "platform" => &mut *platform,
            "homepage" => &mut package.homepage,
            "license" | "licenses" => {
                package.licenses.extend(texts(value));
                continue;
            }
            "author" | "authors" if package.supplier.is_empty() => {
                package.supplier = texts(value).join(", ");
                continue;
            }
            _ => continue,
        };
        if let (true, Some(SourceToken::Text(text))) = (target.is_empty(), value.first()) {
            *target = text.clone();
        }
    }
    package.licenses.dedup();
}

/// Most tokens read of an array.
const MAX_LIST: usize = 256;

/// A string, or all strings of an array.
fn texts(value: &[SourceToken<'_>]) -> Vec<String> {
    let length = match value.first() {
        Some(SourceToken::Text(_)) => 1,
        Some(SourceToken::Mark('[')) => value
            .iter()
            .take(MAX_LIST)
            .position(|token| *token == SourceToken::Mark(']'))
            .unwrap_or(0),
        _ => 0,
    };
    let texts = value.iter().take(length).filter_map(|token| match token {
        SourceToken::Text(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}

/// Splits `NAME-VERSION`; a version starts with a digit.
fn split<'a>(full_name: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let is_version = |version: &str| version.starts_with(|c: char| c.is_ascii_digit());
    let dashes = full_name.match_indices('-').map(|(at, _)| at);
    let mut splits = dashes.filter_map(|at| Some((full_name.get(..at)?, full_name.get(at + 1..)?)));
    splits.find(|(before, version)| is_version(version) && (name.is_empty() || name == *before))
}

/// The folder that contains `specifications`; default gems are one folder deeper.
fn above_specifications(file: &Candidate<'_>) -> String {
    let above = folder_above(file);
    above.strip_suffix("specifications/").map_or(above.clone(), str::to_owned)
}

#[test]
fn a_computed_version_is_taken_from_the_file_name() {
    let text =
        b"Gem::Specification.new do |s|\n  s.name = 'bundler'\n  s.version = Bundler::VERSION\n\
                 s.license = 'MIT'\n  s.authors = ['A', \"B\"]\nend\n";
    let path = b"usr/lib/ruby/gems/3.1.0/specifications/default/bundler-2.3.7.gemspec";
    let file = Candidate::at(path);
    let package = read(&file, text).packages.remove(0);
    assert_eq!((&package.name[..], &package.version[..]), ("bundler", "2.3.7"));
    assert_eq!(package.licenses, ["MIT"]);
    assert_eq!(package.supplier, "A, B");
    assert_eq!(package.files[1], "usr/lib/ruby/gems/3.1.0/gems/bundler-2.3.7/");
    assert_eq!(split("net-http-2.0.1-java", ""), Some(("net-http", "2.0.1-java")));
    assert_eq!(split("no-version", ""), None);
}
