//! How much the facts of one file may be.
//!
//! - Paths expand: a line of a few bytes may stand for a path below a directory and a root of thousands, and
//!   a package in an archive for the names of all archives around it. A line of a list may become a package of 400
//!   bytes. So the facts of one file are counted as they are made, and give a warning when they reach the limit.

use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::problem::Problem;

/// Most packages in one file: several times what the largest systems have.
pub const MOST_PACKAGES: usize = 100_000;

/// Most bytes of the facts of one file: three times what a distribution with all its lists of files has.
const MOST_BYTES: usize = 64 << 20;

/// Most lines of a list in which a line may be a package or a path: several times what the largest lock files have.
const MOST_LINES: usize = 500_000;

/// Most licences of one package, or words of an expression of licences.
pub const MOST_LICENSES: usize = 1000;

/// A list up to its last line that is read; `false`: there are more.
fn first_lines(text: &str) -> (&str, bool) {
    match text.match_indices('\n').nth(MOST_LINES - 1) {
        Some((end, _)) if end + 1 < text.len() => (&text[..end], false),
        _ => (text, true),
    }
}

/// What a list says, up to its last line that is read, with a warning if there are more.
pub fn in_first_lines(text: &str, read: impl FnOnce(&str) -> CatalogFacts) -> CatalogFacts {
    let (text, is_whole) = first_lines(text);
    let mut facts = read(text);
    facts.warnings.extend((!is_whole).then(limit_reached));
    facts
}

/// Facts of packages, as many as fit. What follows the limit is not made.
pub fn facts_of(packages: impl IntoIterator<Item = Package>) -> CatalogFacts {
    let (mut facts, mut budget) = (CatalogFacts::default(), FactsBudget::new(b""));
    for mut package in packages {
        package.files.retain(|path| budget.spend(COST.saturating_add(path.len())));
        budget.add(package, &mut facts);
        if budget.is_full() {
            break;
        }
    }
    budget.close(facts)
}

/// A warning that a file has more than is read of it.
fn limit_reached() -> Problem {
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
