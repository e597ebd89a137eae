//! Digests that package managers recorded about the files that they installed.
//!
//! Source: deb-md5sums(5) for files, deb-status(5), "Conffiles", for settings; rpm's manual, "Package format", "Header",
//! tags FILEDIGESTS and FILEDIGESTALGO.
//!
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

/// The file that has the digest of a package's file: its kind, and the paths where it may be. `database` is the path of
/// the file that names the package, `path` the file's; both are relative to the root.
pub fn digest_list(
    package: &Package,
    database: &[u8],
    path: &[u8],
) -> Option<(DigestList, Vec<Vec<u8>>)> {
    let at = database.iter().rposition(|byte| *byte == b'/')?;
    let (folder, file) = (&database[..at], &database[at + 1..]);
    let beside = |folder: &[u8], name: &[u8]| [folder, b"/", name, b".md5sums"].concat();
    match package.kind.as_str() {
        "rpm" => Some((DigestList::Rpm, vec![database.to_vec()])),
        "deb" if folder.ends_with(b"status.d") => {
            Some((DigestList::Md5Sums, vec![beside(folder, file)]))
        }
        "deb" if file == b"status" && path.starts_with(b"etc/") => {
            Some((DigestList::Conffiles, vec![database.to_vec()]))
        }
        "deb" if file == b"status" => {
            let info = [folder, b"/info"].concat();
            let with_architecture = format!("{}:{}", package.name, package.architecture);
            let names = [package.name.as_bytes(), with_architecture.as_bytes()];
            Some((DigestList::Md5Sums, names.map(|name| beside(&info, name)).to_vec()))
        }
        _ => None,
    }
}

impl DigestList {
    /// The digest of a file; `None`: the list does not have it, or in a form that is not compared.
    pub fn find(self, bytes: &[u8], path: &[u8]) -> Option<RecordedDigest> {
        match self {
            DigestList::Md5Sums => in_lines(bytes, path, |line| {
                let (digest, rest) = line.split_at_checked(32)?;
                Some((rest.trim_ascii_start(), digest))
            }),
            DigestList::Conffiles => in_lines(bytes, path, |line| {
                let mut words = line.strip_prefix(b" /")?.split(|byte| *byte == b' ');
                Some((words.next()?, words.next()?))
            }),
            DigestList::Rpm => rpm_digest(bytes, path),
        }
    }
}

/// The MD5 of a path in lines that `read` takes apart into path and digest.
fn in_lines<'a>(
    bytes: &'a [u8],
    path: &[u8],
    read: impl Fn(&'a [u8]) -> Option<(&'a [u8], &'a [u8])>,
) -> Option<RecordedDigest> {
    let lines = bytes.split(|byte| *byte == b'\n').filter_map(read);
    DigestAlgorithm::Md5.recorded(find_listed(lines, path)?)
}

#[test]
fn a_list_has_the_digest_of_a_path() {
    let (a, b) = ("0123456789abcdef".repeat(2), "fedcba9876543210".repeat(2));
    let sums = format!("{a}  bin/a b\n{b}  usr/share/doc/x\ncut\n");
    let found = |path: &str| {
        DigestList::Md5Sums.find(sums.as_bytes(), path.as_bytes()).map(|found| found.value)
    };
    assert_eq!(found("bin/a b"), Some(a.clone()));
    assert_eq!(found("usr/bin/a b"), Some(a.clone()), "/bin is a link");
    assert_eq!(found("usr/share/doc/x"), Some(b.clone()));
    assert_eq!(found("share/doc/x"), None);
    let status =
        format!("Package: a\nConffiles:\n /etc/a {a}\n /etc/b {b} obsolete\n /etc/c newconffile\n");
    let found = |path: &str| {
        DigestList::Conffiles.find(status.as_bytes(), path.as_bytes()).map(|found| found.value)
    };
    assert_eq!((found("etc/a"), found("etc/b"), found("etc/c")), (Some(a), Some(b), None));
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
        let (list, paths) = digest_list(&package, database.as_bytes(), path.as_bytes())?;
        let paths = paths.into_iter().map(|path| String::from_utf8(path).unwrap());
        Some((list, paths.collect::<Vec<_>>().join(" ")))
    };
    let info = "var/lib/dpkg/info/libc6.md5sums var/lib/dpkg/info/libc6:amd64.md5sums";
    let found = lists("deb", "var/lib/dpkg/status", "usr/bin/ldd").unwrap();
    assert_eq!(found, (DigestList::Md5Sums, info.to_owned()));
    let found = lists("deb", "var/lib/dpkg/status", "etc/x").unwrap();
    assert_eq!(found, (DigestList::Conffiles, "var/lib/dpkg/status".to_owned()));
    let found = lists("deb", "var/lib/dpkg/status.d/libc6", "etc/x").unwrap();
    assert_eq!(found, (DigestList::Md5Sums, "var/lib/dpkg/status.d/libc6.md5sums".to_owned()));
    let found = lists("rpm", "var/lib/rpm/rpmdb.sqlite", "etc/x").unwrap();
    assert_eq!(found, (DigestList::Rpm, "var/lib/rpm/rpmdb.sqlite".to_owned()));
    assert_eq!(lists("npm", "app/package.json", "app/x"), None);
}
