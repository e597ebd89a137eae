//! Digests that package managers recorded about the files that they installed.
//!
//! Source: deb-md5sums(5) for files, deb-status(5), "Conffiles", for settings; rpm's manual, "Package format", "Header",
//! tags FILEDIGESTS and FILEDIGESTALGO.
//!
//! - Where dpkg diverts a package's file, another package's digest may be found: diversions are not read.
//! - Only the digest that is requested is read, when it is requested: no note keeps the digests of all files.

use super::catalog::rpm_digest;
use super::package::Package;
use super::reading::listed_path::find_listed;
use crate::vocabulary::{DigestAlgorithm, RecordedDigest};
use serde::{Deserialize, Serialize};

/// A file that lists digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DigestList {
    /// dpkg's `NAME.md5sums`.
    Md5Sums,
    /// The settings in dpkg's list of packages.
    Conffiles,
    /// A database of rpm.
    Rpm,
}

/// What is looked for in a list: a file of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFile {
    /// The package's name.
    pub package: String,
    /// Without the leading slash.
    pub path: Vec<u8>,
}

/// The files that may have the digest of a package's file, in the order in which they are tried. `database` is the path of
/// the file that names the package; it and `path` are relative to the root.
pub fn digest_lists(package: &Package, database: &[u8], path: &[u8]) -> Vec<(DigestList, Vec<u8>)> {
    let Some(at) = database.iter().rposition(|byte| *byte == b'/') else { return Vec::new() };
    let (folder, file) = (&database[..at], &database[at + 1..]);
    let sums = |folder: &[u8], name: &[u8]| {
        (DigestList::Md5Sums, [folder, b"/", name, b".md5sums"].concat())
    };
    match package.kind.as_str() {
        "rpm" => vec![(DigestList::Rpm, database.to_vec())],
        "deb" if folder.ends_with(b"status.d") => vec![sums(folder, file)],
        "deb" if file == b"status" => {
            let info = [folder, b"/info"].concat();
            let with_architecture = format!("{}:{}", package.name, package.architecture);
            let names = [package.name.as_bytes(), with_architecture.as_bytes()];
            let settings = (DigestList::Conffiles, database.to_vec());
            let settings = path.starts_with(b"etc/").then_some(settings);
            settings.into_iter().chain(names.map(|name| sums(&info, name))).collect()
        }
        _ => Vec::new(),
    }
}

impl DigestList {
    /// The log of the list at `path`, which has what is newer and is not read here: where it has bytes, nothing is found.
    pub fn log(self, path: &[u8]) -> Option<Vec<u8>> {
        (self == DigestList::Rpm).then(|| [path, b"-wal"].concat())
    }

    /// The digest of a file; `None`: the list does not have it, or in a form that is not compared.
    pub fn find(self, bytes: &[u8], file: &ListedFile) -> Option<RecordedDigest> {
        match self {
            DigestList::Md5Sums => {
                let lines = bytes.split(|byte| *byte == b'\n').filter_map(|line| {
                    let (digest, path) = line.split_at_checked(32)?;
                    Some((path.trim_ascii_start(), digest))
                });
                DigestAlgorithm::Md5.recorded(find_listed(lines, &file.path)?)
            }
            DigestList::Conffiles => conffile(bytes, file),
            DigestList::Rpm => rpm_digest(bytes, &file.package, &file.path),
        }
    }
}

/// The MD5 of a setting in the paragraph of its package. A setting that the package no longer has is of another one.
fn conffile(bytes: &[u8], file: &ListedFile) -> Option<RecordedDigest> {
    let named = format!("Package: {}", file.package);
    let mut is_package = false;
    let mut settings = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        if line.starts_with(b"Package:") {
            is_package = line == named.as_bytes();
        }
        let Some(setting) = line.strip_prefix(b" /").filter(|_| is_package) else { continue };
        let mut words = setting.split(|byte| *byte == b' ');
        if let (Some(path), Some(digest), None) = (words.next(), words.next(), words.next()) {
            settings.push((path, digest));
        }
    }
    DigestAlgorithm::Md5.recorded(find_listed(settings.into_iter(), &file.path)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use DigestList::{Conffiles, Md5Sums, Rpm};

    fn value(list: DigestList, text: &str, package: &str, path: &str) -> Option<String> {
        let file = ListedFile { package: package.to_owned(), path: path.as_bytes().to_vec() };
        list.find(text.as_bytes(), &file).map(|found| found.value)
    }

    #[test]
    fn a_list_has_the_digest_of_a_path() {
        let (a, b) = ("0123456789abcdef".repeat(2), "fedcba9876543210".repeat(2));
        let sums = format!("{a}  bin/a b\n{b}  usr/share/doc/x\ncut\n");
        let found = |path: &str| value(Md5Sums, &sums, "a", path);
        assert_eq!(found("bin/a b"), Some(a.clone()));
        assert_eq!(found("usr/bin/a b"), Some(a), "/bin is a link");
        assert_eq!(found("usr/share/doc/x"), Some(b));
        assert_eq!(found("share/doc/x"), None);
    }

    #[test]
    fn a_setting_is_of_the_package_that_still_has_it() {
        let (a, b) = ("0123456789abcdef".repeat(2), "fedcba9876543210".repeat(2));
        let status = format!(
            "Package: old\nConffiles:\n /etc/a {b} obsolete\n /etc/b {b}\n\n\
             Package: a\nConffiles:\n /etc/a {a}\n /etc/c newconffile\n"
        );
        let found = |package: &str, path: &str| value(Conffiles, &status, package, path);
        assert_eq!(found("a", "etc/a"), Some(a));
        assert_eq!(found("old", "etc/b"), Some(b));
        assert_eq!((found("old", "etc/a"), found("a", "etc/b")), (None, None));
        assert_eq!(found("a", "etc/c"), None);
    }

    #[test]
    fn a_list_is_beside_the_database_that_names_the_package() {
        let lists = |kind: &str, database: &str, path: &str| {
            let package = Package {
                kind: kind.to_owned(),
                name: "libc6".to_owned(),
                architecture: "amd64".to_owned(),
                ..Package::default()
            };
            let lists = digest_lists(&package, database.as_bytes(), path.as_bytes());
            let text = |path: Vec<u8>| String::from_utf8(path).unwrap();
            lists.into_iter().map(|(list, path)| (list, text(path))).collect::<Vec<_>>()
        };
        let list = |list, path: &str| (list, path.to_owned());
        let info = [
            list(Md5Sums, "var/lib/dpkg/info/libc6.md5sums"),
            list(Md5Sums, "var/lib/dpkg/info/libc6:amd64.md5sums"),
        ];
        assert_eq!(lists("deb", "var/lib/dpkg/status", "usr/bin/ldd"), info);
        let setting = lists("deb", "var/lib/dpkg/status", "etc/x");
        assert_eq!(setting[0], list(Conffiles, "var/lib/dpkg/status"));
        assert_eq!(setting[1..], info);
        let one = lists("deb", "var/lib/dpkg/status.d/libc6", "etc/x");
        assert_eq!(one, [list(Md5Sums, "var/lib/dpkg/status.d/libc6.md5sums")]);
        let rpm = lists("rpm", "var/lib/rpm/rpmdb.sqlite", "etc/x");
        assert_eq!(rpm, [list(Rpm, "var/lib/rpm/rpmdb.sqlite")]);
        assert_eq!(lists("npm", "app/package.json", "app/x"), []);
    }
}
