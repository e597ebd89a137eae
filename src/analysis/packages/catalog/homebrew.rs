//! Homebrew: kegs, the folders `Cellar/NAME/VERSION` in which it installs formulae.
//!
//! Source: Homebrew's documentation, "Formula Cookbook" and "Terminology"; Homebrew/brew, keg.rb and tab.rb.
//!
//! - The folders give name and version, as `brew list --versions` prints them: `2.47.1_1` has a revision.
//! - `INSTALL_RECEIPT.json` says from where it was installed, the copy of the formula in `.brew` has licence
//!   and home page. Either is enough: images are often stripped of one.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::analysis::packages::reading::json::{parse, text};
use crate::analysis::packages::reading::text::package;
use crate::text::decode_text;
use serde_json::Value;

pub const CATALOGER: Cataloger = Cataloger {
    name: "Homebrew",
    wants: |file| BrewFile::of(file).is_some(),
    read: CatalogRead::Whole(read),
};

const KIND: &str = "brew";
const RECEIPT: &[u8] = b"INSTALL_RECEIPT.json";

/// A file of an installed formula or cask.
struct BrewFile<'a> {
    /// The path from the root to its folder, which it owns; with a trailing slash.
    keg: &'a [u8],
    name: &'a [u8],
    version: &'a [u8],
    kind: BrewFileKind,
}

enum BrewFileKind {
    Receipt,
    /// The formula, in Ruby.
    Formula,
}

impl<'a> BrewFile<'a> {
    fn of(file: &Candidate<'a>) -> Option<BrewFile<'a>> {
        let ruby = file.name().ends_with(b".rb");
        if file.name() != RECEIPT && !ruby {
            return None;
        }
        let folder = file.folder();
        let (keg, kind) = match folder.strip_suffix(b"/.brew") {
            Some(keg) if ruby => (keg, BrewFileKind::Formula),
            None if !ruby => (folder, BrewFileKind::Receipt),
            _ => return None,
        };
        let mut parts = keg.rsplitn(3, |&byte| byte == b'/');
        let (version, name, cellar) = (parts.next()?, parts.next()?, parts.next()?);
        let is_cellar = cellar == b"Cellar" || cellar.ends_with(b"/Cellar");
        let keg = file.path.get(..keg.len() + 1)?;
        (is_cellar && !name.is_empty()).then_some(BrewFile { keg, name, version, kind })
    }
}

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let Some(BrewFile { keg, name, version, kind }) = BrewFile::of(file) else {
        return CatalogFacts::default();
    };
    let [keg, name, version] = [keg, name, version].map(String::from_utf8_lossy);
    let mut package = package(KIND, &name, &version);
    package.files = vec![keg.into_owned()];
    match kind {
        BrewFileKind::Receipt => {
            // The folders say what is installed, even if the receipt is damaged.
            let receipt = parse(bytes).unwrap_or_default();
            package.supplier =
                text(receipt.get("source").unwrap_or(&Value::Null), "tap").to_owned();
        }
        BrewFileKind::Formula => describe(&mut package, &decode_text(bytes)),
    }
    CatalogFacts::of(package)
}

/// Takes licence and home page, where the formula has them as one string.
fn describe(package: &mut Package, formula: &str) {
    for line in formula.lines() {
        let Some((field, value)) = line.trim_start().split_once(' ') else { continue };
        let Some((value, _)) = value.trim_start().strip_prefix('"').and_then(|v| v.split_once('"'))
        else {
            continue;
        };
        match field {
            "license" if package.licenses.is_empty() => package.licenses = vec![value.to_owned()],
            "homepage" if package.homepage.is_empty() => package.homepage = value.to_owned(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_archives::{list, named, read};
    use super::*;

    #[test]
    fn a_keg_is_named_by_its_folders() {
        for (path, want) in [
            ("home/linuxbrew/.linuxbrew/Cellar/git/2.47.1/INSTALL_RECEIPT.json", "git 2.47.1"),
            ("opt/homebrew/Cellar/openssl@3/3.4.0_1/INSTALL_RECEIPT.json", "openssl@3 3.4.0_1"),
            ("usr/local/Cellar/jq/1.7.1/.brew/jq.rb", "jq 1.7.1"),
            ("Cellar/jq/1.7.1/.brew/jq.rb", "jq 1.7.1"),
            ("usr/local/Cellar/jq/1.7.1/share/x.rb", ""),
            ("usr/local/opt/jq/INSTALL_RECEIPT.json", ""),
            ("usr/local/Cellar/jq/INSTALL_RECEIPT.json", ""),
            ("usr/local/Cellar/jq/1.7.1/lib/INSTALL_RECEIPT.json", ""),
        ] {
            assert_eq!(named(&read(path, b"{}", &[CATALOGER])), list(want), "{path}");
        }
    }

    #[test]
    fn receipt_and_formula_describe_one_package() {
        let receipt =
            br#"{"homebrew_version": "4.4.0", "source": {"tap": "homebrew/core", "spec": null}}"#;
        let formula =
            b"class Git < Formula\n  desc \"Distributed\"\n  homepage \"https://git-scm.com\"\n  \
            license \"GPL-2.0-only\"\n  resource \"html\" do\n    license \"MIT\"\n  end\nend\n";
        let folder = "opt/homebrew/Cellar/git/2.47.1/";
        let of = |name: &str, text: &[u8]| {
            read(&format!("{folder}{name}"), text, &[CATALOGER])[0].1.packages[0].clone()
        };
        let (by_receipt, by_formula) =
            (of("INSTALL_RECEIPT.json", receipt), of(".brew/git.rb", formula));
        assert_eq!(by_receipt.supplier, "homebrew/core");
        assert_eq!(by_formula.licenses, ["GPL-2.0-only"]);
        assert_eq!(by_formula.homepage, "https://git-scm.com");
        assert_eq!(by_receipt.files, [folder]);
        assert_eq!(by_receipt.files, by_formula.files);
    }

    #[test]
    fn a_damaged_receipt_costs_only_what_it_says() {
        let found = read("opt/Cellar/git/2.47.1/INSTALL_RECEIPT.json", b"\0", &[CATALOGER]);
        assert_eq!(named(&found), list("git 2.47.1"));
    }
}
