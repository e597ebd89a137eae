//! Go toolchains, which say their version in the text file `VERSION`.
//!
//! Source: Go's cmd/dist, which writes it.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::CatalogFacts;
use crate::analysis::packages::reading::text::package;

pub const CATALOGER: Cataloger = Cataloger {
    name: "go-toolchain",
    wants: |file| file.is_at("go/VERSION") && file.size < MAX_SIZE,
    read: CatalogRead::Whole(read),
};

/// Most bytes of a `VERSION` file.
const MAX_SIZE: u64 = 64 << 10;

/// The first line is `go1.26.8`.
fn read(_: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    match line.trim().strip_prefix("go").filter(|rest| rest.starts_with(char::is_numeric)) {
        Some(version) => CatalogFacts::of(package("generic", "go", version)),
        None => CatalogFacts::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_archives::{named, output_of, read};
    use super::*;
    use std::path::Path;

    #[test]
    #[cfg_attr(not(has_go), ignore = "needs Go")]
    fn a_go_toolchain_has_the_version_that_it_prints() {
        let printed = output_of("go", &["env", "GOVERSION"]);
        let root = output_of("go", &["env", "GOROOT"]);
        let text = std::fs::read(Path::new(&root).join("VERSION")).unwrap();
        let found = named(&read("usr/local/go/VERSION", &text, &[CATALOGER]));
        let want = ("go".to_owned(), printed.trim_start_matches("go").to_owned());
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [want]);
    }
}
