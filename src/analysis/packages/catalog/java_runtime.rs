//! Java runtimes, which say their version in the text file `release`.
//!
//! Source: JEP 223 and the JDK's make/ReleaseFile.gmk.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::analysis::packages::reading::text::package;

pub const CATALOGER: Cataloger = Cataloger {
    name: "java-runtime",
    wants: |file| file.name() == b"release" && file.size < MAX_SIZE,
    read: CatalogRead::Whole(read),
};

/// Most bytes of a `release` file.
const MAX_SIZE: u64 = 64 << 10;

/// Lines of `KEY="value"`, such as `JAVA_VERSION="17.0.15"`.
fn read(_: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let text = String::from_utf8_lossy(bytes);
    let value = |wanted: &str| {
        let fields = text.lines().filter_map(|line| line.split_once('='));
        let value = fields.filter(|(key, _)| *key == wanted).map(|(_, value)| value).next();
        value.unwrap_or_default().trim().trim_matches('"').to_owned()
    };
    let version = value("JAVA_VERSION");
    if version.is_empty() {
        return CatalogFacts::default();
    }
    let name = if value("GRAALVM_VERSION").is_empty() { "openjdk" } else { "graalvm" };
    CatalogFacts::of(Package {
        supplier: value("IMPLEMENTOR"),
        ..package("generic", name, &version)
    })
}

#[cfg(test)]
mod tests {
    use super::super::test_archives::{named, output_of, read};
    use super::*;
    use std::path::Path;

    #[test]
    #[cfg_attr(not(has_java), ignore = "needs Java by Debian's package")]
    fn a_java_runtime_has_the_version_that_it_prints() {
        let program = std::fs::read_link("/etc/alternatives/java").unwrap();
        let printed = output_of(program.to_str().unwrap(), &["--version"]);
        let home = program.parent().and_then(Path::parent).unwrap();
        let text = std::fs::read(home.join("release")).unwrap();
        let found = named(&read("opt/java/release", &text, &[CATALOGER]));
        let (name, version) = found.first().expect("a runtime");
        // `openjdk 17.0.15 2025-04-15`.
        assert!(printed.starts_with(&format!("{name} {version} ")), "{found:?}: {printed}");
    }
}
