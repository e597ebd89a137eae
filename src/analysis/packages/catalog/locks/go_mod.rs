//! go.mod, which since Go 1.17 names every module that a build may use.
//!
//! Source: Go Modules Reference, "go.mod files". `require` and `replace` are on one line, or before a list
//! in parentheses. go.sum is not read: it also has versions that were only considered.

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::text::package;
use std::collections::BTreeMap;

/// Reads go.mod.
pub fn go_mod(text: &str) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    let mut replaced: BTreeMap<ModuleVersion<'_>, ModuleVersion<'_>> = BTreeMap::new();
    let mut block = "";
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default().trim();
        let (directive, rest) = match line.split_once(char::is_whitespace) {
            _ if line == ")" => {
                block = "";
                continue;
            }
            _ if !block.is_empty() => (block, line),
            Some((directive, rest)) if rest.trim_start().starts_with('(') => {
                block = directive;
                continue;
            }
            Some((directive, rest)) => (directive, rest),
            None => continue,
        };
        match directive {
            "require" => {
                let mut words = words(rest);
                if let (Some(name), Some(version)) = (words.next(), words.next()) {
                    packages.push(package("golang", name, version));
                }
            }
            "replace" => replaced.extend(replace(rest)),
            _ => {}
        }
    }
    for package in &mut packages {
        let of_version = replaced.get(&(&package.name[..], &package.version[..]));
        if let Some((name, version)) = of_version.or_else(|| replaced.get(&(&package.name[..], "")))
        {
            // A replacement folder has no version, and the package is dropped.
            (package.name, package.version) = ((*name).to_owned(), (*version).to_owned());
        }
    }
    packages
}

/// Name and version; the version is empty if any is meant, or none is given.
type ModuleVersion<'a> = (&'a str, &'a str);

/// `NAME [VERSION] => NAME VERSION`, or `=> FOLDER`.
fn replace(line: &str) -> Option<(ModuleVersion<'_>, ModuleVersion<'_>)> {
    let (old, new) = line.split_once("=>")?;
    let (mut old, mut new) = (words(old), words(new));
    let old = (old.next()?, old.next().unwrap_or_default());
    Some((old, (new.next()?, new.next().unwrap_or_default())))
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split_whitespace().map(|word| word.trim_matches(['"', '`']))
}

#[test]
fn a_module_replaced_by_a_folder_has_no_version() {
    let text = "module m\nrequire (\n\ta.test/x v1.0.0 // indirect\n\ta.test/y v1.0.0\n)\n\
                exclude a.test/z v1.0.0\nreplace (\n\ta.test/x => ../x\n\ta.test/y v0.9.0 => b.test/y v2.0.0\n)\n";
    let packages = go_mod(text);
    assert_eq!(packages[0].version, "");
    assert_eq!((&packages[1].name[..], &packages[1].version[..]), ("a.test/y", "v1.0.0"));
    assert_eq!(packages.len(), 2);
}
