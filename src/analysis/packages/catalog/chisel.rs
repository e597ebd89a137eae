//! Chisel: Ubuntu images made of slices of packages. They have no dpkg database.
//!
//! Source: Chisel's documentation, "Chisel Manifest": `manifest.wall` is compressed with Zstandard and has
//! one JSON object per line, sorted bytewise: `package` with the digest of its file, and `path` with the
//! slices (`PACKAGE_SLICE`) that contain it.
//!
//! - Paths that end in a slash are directories, which slices share. They are left out.
//! - Decompression stops at a limit, and at the first damage.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::analysis::packages::reading::digests::add_hex;
use crate::analysis::packages::reading::facts_budget::{FactsBudget, MOST_PACKAGES};
use crate::analysis::packages::reading::json::{parse, text, texts};
use crate::analysis::packages::reading::roots::root;
use crate::codec::Compression;
use crate::problem::Problem;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

pub const CATALOGER: Cataloger = Cataloger {
    name: "chisel",
    wants: |file| root(file.path, PLACES).is_some(),
    read: CatalogRead::Whole(read),
};

/// Where the slice that all Ubuntu releases have puts it.
const PLACES: &[&str] = &["var/lib/chisel/manifest.wall"];

/// Most bytes of JSON: a few hundred thousand paths.
const LIMIT: u64 = 64 << 20;

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let mut budget = FactsBudget::new(root(file.path, PLACES).unwrap_or_default());
    let most = file.may_unpack(LIMIT);
    let mut stream = Compression::detect(bytes).decode(bytes).take(most);
    let mut packages: BTreeMap<String, Package> = BTreeMap::new();
    let mut damaged = false;
    for line in BufReader::new(&mut stream).split(b'\n') {
        let Ok(line) = line else {
            damaged = true;
            break;
        };
        let Some(line) = parse(&line).filter(Value::is_object) else {
            damaged = true;
            continue;
        };
        let (name, path) = (text(&line, "name"), text(&line, "path"));
        match text(&line, "kind") {
            "package" if !name.is_empty() && packages.len() < MOST_PACKAGES => {
                let package = packages.entry(name.to_owned()).or_default();
                package.kind = "deb".to_owned();
                package.version = text(&line, "version").to_owned();
                package.architecture = text(&line, "arch").to_owned();
                package.digests.clear();
                add_hex(package, "sha256", text(&line, "sha256"));
            }
            "package" => damaged = true,
            "path" if !path.ends_with('/') => {
                let slices = texts(line.get("slices"));
                let mut names: Vec<&str> =
                    slices.iter().filter_map(|slice| slice.split('_').next()).collect();
                names.sort_unstable();
                names.dedup();
                for name in names {
                    // Packages come before paths. A path of an unlisted package has no owner.
                    if let Some(package) = packages.get_mut(name) {
                        package.files.extend(budget.path(b"", path.as_bytes()));
                    }
                }
            }
            _ => {}
        }
    }
    file.unpacked(most - stream.limit());
    damaged |= stream.limit() == 0;
    let mut facts = CatalogFacts::default();
    for (name, package) in packages {
        budget.add(Package { name, ..package }, &mut facts);
    }
    if damaged {
        let message = "The Chisel manifest can be read only in part.";
        facts.warnings.push(Problem::new("package-database-damaged", message));
    }
    budget.close(facts)
}

#[cfg(test)]
mod tests {
    //! The file was written by Chisel itself: see tests/fixtures/packages/README.md.

    use super::*;
    use crate::analysis::packages::UnpackBudget;

    const FILE: &[u8] = include_bytes!("../../../../tests/fixtures/packages/chisel/manifest.wall");

    fn of(bytes: &[u8]) -> CatalogFacts {
        let path = b"var/lib/chisel/manifest.wall";
        let file = Candidate::at(path);
        assert!((CATALOGER.wants)(&file));
        read(&file, bytes)
    }

    #[test]
    fn packages_have_the_paths_of_their_slices() {
        let facts = of(FILE);
        assert_eq!(facts.warnings, []);
        let [base, libc] = &facts.packages[..] else { panic!("{:?}", facts.packages) };
        let names = [&*base.kind, &base.name, &base.version, &base.architecture];
        assert_eq!(names, ["deb", "base-files", "13ubuntu10.1", "amd64"]);
        assert_eq!(base.digests, [format!("sha256:{}", "a".repeat(64))]);
        assert_eq!(base.files, ["etc/os-release", "usr/lib/os-release"]);
        assert_eq!(libc.name, "libc6");
        assert_eq!(libc.files, ["usr/lib/x86_64-linux-gnu/libc.so.6"]);
    }

    #[test]
    fn a_null_counts_as_absent() {
        let text = b"{\"kind\":\"package\",\"name\":\"a\",\"version\":\"1\",\"sha256\":null}\n\
            {\"kind\":\"path\",\"path\":\"/usr/a\",\"slices\":[null,\"a_bins\"],\"mode\":null}";
        let facts = of(text);
        assert_eq!(
            (facts.warnings.len(), &facts.packages[0].files[..]),
            (0, &["usr/a".to_owned()][..])
        );
    }

    #[test]
    fn what_a_manifest_holds_is_counted_and_not_what_it_might() {
        let budget = UnpackBudget::new(0);
        let text = Compression::detect(FILE).decode(FILE);
        let size = std::io::copy(&mut BufReader::new(text), &mut std::io::sink()).unwrap();
        budget.add_file(size); // eight times that
        let file = Candidate {
            unpacking: Some(&budget),
            ..Candidate::at(b"var/lib/chisel/manifest.wall")
        };
        for _ in 0..7 {
            assert_eq!(read(&file, FILE).warnings, []);
        }
        assert_eq!(file.may_unpack(LIMIT), size);
        budget.was_short();
        read(&file, FILE);
        let facts = read(&file, FILE);
        assert_eq!((facts.packages.len(), facts.warnings.len()), (0, 1), "nothing is left");
        assert!(budget.was_short());
    }

    #[test]
    fn a_manifest_of_more_packages_than_are_read_gives_a_warning() {
        let line = |at| format!("{{\"kind\":\"package\",\"name\":\"{at}\"}}\n");
        let text: String = (0..=MOST_PACKAGES).map(line).collect();
        let facts = of(text.as_bytes());
        assert_eq!((facts.packages.len(), facts.warnings.len()), (MOST_PACKAGES, 1));
    }

    #[test]
    fn a_damaged_manifest_gives_a_warning() {
        let cut = of(&FILE[..FILE.len() / 2]);
        assert_eq!(cut.warnings[0].code, "package-database-damaged");
    }
}
