//! The root that a package database's paths are relative to, derived from the database's path: usually the
//! image's root, or the folder into which another system was unpacked
//! (`srv/chroot/var/lib/dpkg/status`).
//!
//! - Paths expand: a line of a few bytes may stand for a path below a directory and a root of thousands, and
//!   a package in an archive for the names of all archives around it. So the facts of one file are counted as
//!   they are made, and give a warning when they reach the limit.

use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::problem::Problem;

/// What precedes one of `places` at the end of `path`: empty, or a folder and a slash. Longer places must
/// come first: `usr/lib/x` before `lib/x`.
pub fn root<'a>(path: &'a [u8], places: &[&str]) -> Option<&'a [u8]> {
    let before = |place: &&str| path.strip_suffix(place.as_bytes());
    places.iter().find_map(|place| before(place).filter(|rest| matches!(rest, [] | [.., b'/'])))
}

/// Most packages in one file: several times what the largest systems have.
pub const MOST_PACKAGES: usize = 100_000;

/// Most bytes of the facts of one file: three times what a distribution with all its lists of files has.
const MOST_BYTES: usize = 64 << 20;

/// Most lines of a list in which a line may be a package or a path: several times what the largest lock files have.
const MOST_LINES: usize = 500_000;

/// Most licences of one package.
pub const MOST_LICENSES: usize = 1000;

/// A list up to its last line that is read; `false`: there are more.
pub fn first_lines(text: &str) -> (&str, bool) {
    match text.match_indices('\n').nth(MOST_LINES - 1) {
        Some((end, _)) if end + 1 < text.len() => (&text[..end], false),
        _ => (text, true),
    }
}

/// A warning that a file has more than is read of it.
pub fn limit_reached() -> Problem {
    let message =
        "The package database exceeds the limit of packages or paths; the rest is missing.";
    Problem::new("package-database-damaged", message)
}

/// Bytes that storing a text costs besides its own.
const COST: usize = 32;

/// How much may still be taken from one file.
pub struct FactsBudget<'a> {
    root: &'a [u8],
    /// Bytes of paths and other texts, including the cost of storing one.
    bytes: usize,
    packages: usize,
    full: bool,
}

impl<'a> FactsBudget<'a> {
    /// For a file whose paths are relative to `root`.
    pub fn new(root: &'a [u8]) -> FactsBudget<'a> {
        FactsBudget { root, bytes: MOST_BYTES, packages: MOST_PACKAGES, full: false }
    }

    /// Whether something was left out.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Whether so many bytes more may be taken.
    fn spend(&mut self, bytes: usize) -> bool {
        match self.bytes.checked_sub(bytes) {
            Some(left) => self.bytes = left,
            None => self.full = true,
        }
        !self.full
    }

    /// A path that was made otherwise than by `path`.
    pub fn keep(&mut self, path: Option<String>) -> Option<String> {
        path.filter(|path| self.spend(COST.saturating_add(path.len())))
    }

    /// A full path: below the root and `directory`, without leading slashes and `./`.
    pub fn path(&mut self, directory: &[u8], path: &[u8]) -> Option<String> {
        let [directory, path] = [directory, path].map(|mut path| {
            while let [b'/', rest @ ..] | [b'.', b'/', rest @ ..] = path {
                path = rest;
            }
            path
        });
        let slash: &[u8] = if directory.is_empty() { b"" } else { b"/" };
        let parts = [self.root, directory, slash, path];
        let size = parts.iter().fold(COST, |size, part| size.saturating_add(part.len()));
        self.spend(size).then(|| String::from_utf8_lossy(&parts.concat()).into_owned())
    }

    /// Adds a package, unless there are too many.
    pub fn add(&mut self, package: Package, facts: &mut CatalogFacts) {
        if self.packages == 0 {
            self.full = true;
        } else if self.spend(package.weight()) {
            self.packages -= 1;
            facts.packages.push(package);
        }
    }

    /// Returns the facts, with a warning if the limit was reached.
    pub fn close(self, mut facts: CatalogFacts) -> CatalogFacts {
        if self.full {
            facts.warnings.push(limit_reached());
        }
        facts
    }
}

#[test]
fn a_root_is_what_precedes_the_place() {
    let places = ["usr/lib/apk/db/installed", "lib/apk/db/installed"];
    for (path, want) in [
        ("lib/apk/db/installed", Some("")),
        ("usr/lib/apk/db/installed", Some("")),
        ("srv/root/lib/apk/db/installed", Some("srv/root/")),
        ("srv/usr/lib/apk/db/installed", Some("srv/")),
        ("xlib/apk/db/installed", None),
    ] {
        assert_eq!(root(path.as_bytes(), &places), want.map(str::as_bytes), "{path}");
    }
}

#[test]
fn a_path_is_below_its_root_and_directory() {
    let mut budget = FactsBudget::new(b"srv/");
    assert_eq!(budget.path(b"/usr/bin", b"a").as_deref(), Some("srv/usr/bin/a"));
    assert_eq!(budget.path(b"", b"./etc/a").as_deref(), Some("srv/etc/a"));
}

#[test]
fn short_lines_below_a_long_directory_stop_at_the_limit() {
    let directory = vec![b'a'; 1 << 20];
    let mut budget = FactsBudget::new(b"");
    let kept = (0..1000).filter(|_| budget.path(&directory, b"b").is_some()).count();
    assert_eq!(kept, 63);
    assert!(budget.is_full());
    assert_eq!(budget.close(CatalogFacts::default()).warnings[0].code, "package-database-damaged");
}

#[test]
fn of_a_list_so_many_lines_are_read() {
    for (more, want) in [("", true), ("\n", true), ("\nb", false), ("\nb\n", false)] {
        let text = "a\n".repeat(MOST_LINES - 1) + "a" + more;
        let (read, whole) = first_lines(&text);
        assert_eq!((read.lines().count(), whole), (MOST_LINES, want), "{more:?}");
    }
}
