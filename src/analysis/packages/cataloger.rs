//! What a cataloger is: a name, a test of files by their paths, and a reader.

use super::package::{CatalogFacts, Package};
use super::reading::executable::Binary;
use crate::analysis::file_bytes::FileBytes;
pub use crate::layer::HEAD;
use std::cell::Cell;

/// A file that a cataloger may want, under one of its names.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Path relative to the root, in the tree's normal form, without a leading slash.
    pub path: &'a [u8],
    /// Bytes of the file.
    pub size: u64,
    /// Permission bits.
    pub mode: u16,
    /// Its first `HEAD` bytes, or all of a shorter file; `None`: not known yet.
    pub head: Option<&'a [u8]>,
    /// The path of the last symbolic link that `path` leads through; empty: it leads through none.
    pub link: &'a [u8],
    /// What is noted about the file that belongs to it: a database's log. Empty: there is none.
    pub beside: &'a [u8],
    /// What may be taken out of archives in files, shared by all files of a pass; `None`: this is the only one.
    pub unpacking: Option<&'a UnpackBudget>,
}

/// Bytes that may still be taken out of archives and compressed parts in files. One archive may be small and
/// hold much, and a layer may have any number of them: each file adds a multiple of its own size.
#[derive(Debug)]
pub struct UnpackBudget {
    left: Cell<u64>,
    /// A file was given less than a file may have.
    is_short: Cell<bool>,
}

/// How many times its size a file adds. Jars with libraries in them hold little more than their size.
const UNPACKED_RATIO: u64 = 8;

impl UnpackBudget {
    /// For files that may hold so many bytes besides a multiple of their sizes.
    pub fn new(bytes: u64) -> UnpackBudget {
        UnpackBudget { left: Cell::new(bytes), is_short: Cell::new(false) }
    }

    /// For a file that is read by itself.
    pub fn of_one(size: u64) -> UnpackBudget {
        let budget = UnpackBudget::new(0);
        budget.add_file(size);
        budget
    }

    /// Whether a file was given less than a file may have, since this was last asked.
    pub fn was_short(&self) -> bool {
        self.is_short.take()
    }

    /// Another file of this size is read.
    pub fn add_file(&self, size: u64) {
        self.left.set(self.left.get().saturating_add(size.saturating_mul(UNPACKED_RATIO)));
    }
}

/// Reads one kind of file.
pub struct Cataloger {
    /// Its name in docs/packages.md.
    pub name: &'static str,
    /// Whether it wants a file's content. Called for every file of every layer, so it must be cheap. A
    /// cataloger that wants a file by its first bytes alone, whatever its name, says no while they are not
    /// known: what it finds is the same under every name.
    pub wants: fn(&Candidate<'_>) -> bool,
    pub read: CatalogRead,
}

/// How a cataloger reads a file that it wants. Both return nothing if the file turns out to be something else.
pub enum CatalogRead {
    /// The whole content.
    Whole(fn(&Candidate<'_>, &[u8]) -> CatalogFacts),
    /// Parts of a program or library.
    Program(fn(&Candidate<'_>, &Binary<'_>) -> CatalogFacts),
}

impl Cataloger {
    /// Reads a file that is held in memory.
    pub fn read(&self, file: &Candidate<'_>, content: &[u8]) -> CatalogFacts {
        match self.read {
            CatalogRead::Whole(read) => read(file, content),
            CatalogRead::Program(read) => read(file, &Binary::parse(FileBytes::Held(content))),
        }
    }

    /// Whether it needs a file in whole that it wants.
    pub fn is_of_whole_files(&self) -> bool {
        matches!(self.read, CatalogRead::Whole(_))
    }
}

/// Recognises a package by the path of its directory alone, relative to the root, without a leading slash.
/// Called for every directory of the merged tree, so it must be cheap.
pub type DirectoryCataloger = fn(path: &[u8]) -> Option<Package>;

impl<'a> Candidate<'a> {
    /// A file of which only the path is known.
    pub fn at(path: &'a [u8]) -> Candidate<'a> {
        Candidate {
            path,
            size: 0,
            mode: 0o644,
            head: None,
            link: b"",
            beside: b"",
            unpacking: None,
        }
    }

    /// How many of `most` bytes may be taken out of it.
    pub fn may_unpack(&self, most: u64) -> u64 {
        let Some(budget) = self.unpacking else { return most };
        let left = budget.left.get();
        if left < most {
            budget.is_short.set(true);
        }
        left.min(most)
    }

    /// So many bytes were taken out of it.
    pub fn unpacked(&self, bytes: u64) {
        if let Some(UnpackBudget { left, .. }) = self.unpacking {
            left.set(left.get().saturating_sub(bytes));
        }
    }

    /// Whether its first bytes are such, as far as they are known.
    pub fn may_begin(&self, such: impl Fn(&[u8]) -> bool) -> bool {
        self.head.is_none_or(such)
    }

    /// The last component of the path.
    pub fn name(&self) -> &'a [u8] {
        self.path.rsplit(|&byte| byte == b'/').next().unwrap_or(b"")
    }

    /// The path without its last component and the slash before it; empty for a file in the root.
    pub fn folder(&self) -> &'a [u8] {
        let cut = self.path.len() - self.name().len();
        &self.path[..cut.saturating_sub(1)]
    }

    /// Whether the path is `end`, or ends in a slash and `end`.
    pub fn is_at(&self, end: &str) -> bool {
        self.path.strip_suffix(end.as_bytes()).is_some_and(|rest| matches!(rest, [] | [.., b'/']))
    }

    /// Whether the path has a directory of this name.
    pub fn is_below(&self, directory: &str) -> bool {
        let mut parts = self.folder().split(|&byte| byte == b'/');
        parts.any(|part| part == directory.as_bytes())
    }
}
