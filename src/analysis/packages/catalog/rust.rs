//! Rust: the crates that cargo-auditable records in a program.
//!
//! Source: rust-secure-code/cargo-auditable, PARSING.md and cargo-auditable.schema.json: a section
//! `.dep-v0` with a zlib stream of JSON.
//!
//! - Crates that only the build used (`kind: build`) are not in the program and are left out, as in syft and
//!   rust-audit-info.
//! - The list may decompress to at most `LIMIT` bytes, which is rust-audit-info's limit.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::analysis::packages::reading::executable::{Binary, is_object};
use crate::analysis::packages::reading::json::{elements, parse, text};
use crate::analysis::packages::reading::text::package;
use crate::problem::Problem;
use crate::text::byte_count;
use flate2::read::ZlibDecoder;
use std::io::Read;

pub const CATALOGER: Cataloger = Cataloger {
    name: "rust-binary",
    wants: |file| file.head.is_some_and(is_object),
    read: CatalogRead::Program(read),
};

const SECTION: &str = ".dep-v0";

/// Most bytes of JSON.
const LIMIT: u64 = 8 << 20;

fn read(_: &Candidate<'_>, binary: &Binary<'_>) -> CatalogFacts {
    let Some((_, packed)) = binary.section(SECTION) else { return CatalogFacts::default() };
    match crates(packed) {
        Ok(packages) => CatalogFacts { packages, ..CatalogFacts::default() },
        Err(found) => {
            let message = "The list of crates in a Rust program cannot be read.";
            let problem = Problem::new("package-database-damaged", message).found(found);
            CatalogFacts { warnings: vec![problem], ..CatalogFacts::default() }
        }
    }
}

fn crates(packed: &[u8]) -> Result<Vec<Package>, String> {
    let mut json = Vec::new();
    let inflated = ZlibDecoder::new(packed).take(LIMIT + 1).read_to_end(&mut json);
    inflated.map_err(|error| error.to_string())?;
    if json.len() as u64 > LIMIT {
        return Err(format!("more than {}", byte_count(LIMIT)));
    }
    let audited = parse(&json).filter(|audited| audited["packages"].is_array());
    let audited = audited.ok_or("another text than a list of packages in JSON")?;
    let linked = elements(&audited, "packages").filter(|one| text(one, "kind") != "build");
    let packages = linked.map(|one| package("cargo", text(one, "name"), text(one, "version")));
    Ok(packages.filter(|one| !one.name.is_empty() && !one.version.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::super::test_archives::{found_in, list, named, program, read};
    use super::CATALOGER;

    const WANT: &str = "hello-rust-public 0.1.0\nitoa 1.0.19\nsmallvec 1.16.6";

    #[test]
    fn a_programs_own_section_is_enough() {
        let content = program("rust-crates.elf");
        assert_eq!(named(&read("hello", &content, &[CATALOGER])), list(WANT));
        for at in 0..content.len() {
            read("hello", &content[..at], &[CATALOGER]);
            let mut changed = content.clone();
            changed[at] = !changed[at];
            read("hello", &changed, &[CATALOGER]);
        }
    }

    #[test]
    fn a_damaged_list_gives_a_warning() {
        let mut content = program("rust-crates.elf");
        let at = memchr::memmem::find(&content, b"\x78\x9c").or_else(|| {
            memchr::memmem::find(&content, b"\x78\xda") // zlib's header at its best level
        });
        content[at.unwrap() + 4] ^= 0xff;
        let found = read("hello", &content, &[CATALOGER]);
        assert_eq!(found[0].1.warnings.len(), 1, "{found:?}");
    }

    #[test]
    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    fn an_auditable_program_has_the_crates_that_syft_finds() {
        let archive = "polyglot-public.skopeo-zstd.oci.tar";
        let found = found_in(archive, &[CATALOGER]);
        assert_eq!(named(&found), list(WANT));
    }

    #[test]
    fn an_entry_that_cannot_be_read_costs_only_itself() {
        let packed = |json: &str| {
            use std::io::Write;
            let level = flate2::Compression::default();
            let mut out = flate2::write::ZlibEncoder::new(Vec::new(), level);
            out.write_all(json.as_bytes()).unwrap();
            out.finish().unwrap()
        };
        let json = r#"{"packages": [null, {"name": null, "version": "1"}, {"name": "a", "version": null},
            {"name": "b", "version": "1", "kind": "build"}, {"name": "c", "version": "1", "kind": null}]}"#;
        let crates = super::crates(&packed(json)).unwrap();
        assert_eq!(crates.iter().map(|one| &one.name[..]).collect::<Vec<_>>(), ["c"]);
        assert!(super::crates(&packed(r#"{"packages": null}"#)).is_err());
    }
}
