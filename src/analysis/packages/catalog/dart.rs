//! Dart: packages in pub's cache, where programs load them from.
//!
//! Source: dart.dev, "pub cache" and "The pubspec file": `.pub-cache/hosted/HOST/NAME-VERSION/pubspec.yaml`.
//! A pubspec elsewhere belongs to a project or to an example of a package; for these the lock file is read.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::CatalogFacts;
use crate::analysis::packages::reading::text::{folder, package, unquoted};

pub const CATALOGER: Cataloger = Cataloger {
    name: "pub cache",
    wants: |file| file.name() == b"pubspec.yaml" && is_cached(file),
    read: CatalogRead::Whole(read),
};

fn is_cached(file: &Candidate<'_>) -> bool {
    file.folder().rsplit(|&byte| byte == b'/').nth(2) == Some(b"hosted")
}

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let text = String::from_utf8_lossy(bytes);
    let field = |name: &str| {
        let mut values = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        values.next().map_or("", |value| unquoted(value.split(" #").next().unwrap_or_default()))
    };
    let mut package = package("pub", field("name"), field("version"));
    if package.name.is_empty() || package.version.is_empty() {
        return CatalogFacts::default();
    }
    package.homepage = field("homepage").to_owned();
    package.files = vec![folder(file)];
    CatalogFacts::of(package)
}

#[test]
fn a_pubspec_counts_only_in_the_cache() {
    let at = |path: &'static str| Candidate::at(path.as_bytes());
    let cached = at("root/.pub-cache/hosted/pub.dev/args-2.4.2/pubspec.yaml");
    assert!((CATALOGER.wants)(&cached));
    assert!(!(CATALOGER.wants)(&at(
        "root/.pub-cache/hosted/pub.dev/args-2.4.2/example/pubspec.yaml"
    )));
    assert!(!(CATALOGER.wants)(&at("srv/app/pubspec.yaml")));
    let text = b"name: args\nversion: '2.4.2' # released\nenvironment:\n  version: 9\n";
    let package = read(&cached, text).packages.remove(0);
    assert_eq!((&package.name[..], &package.version[..]), ("args", "2.4.2"));
}
