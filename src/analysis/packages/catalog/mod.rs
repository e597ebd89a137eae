//! The list of catalogers. To add one: a file here, and a line in `CATALOGERS`.

mod apk;
mod rpm;

use super::Facts;

/// A file that may be asked for, as the pass over its layer meets it.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Path relative to the root, its parts as the tree has them, without a slash before.
    pub path: &'a [u8],
    /// Bytes of the file.
    pub size: u64,
    /// Permission bits.
    pub mode: u16,
    /// Its first bytes: all of a file of fewer than `HEAD`.
    pub head: &'a [u8],
}

/// First bytes that a cataloger may look at before it asks.
pub const HEAD: usize = 16;

/// Reads one kind of file.
pub struct Cataloger {
    /// As docs/packages.md calls it.
    pub name: &'static str,
    /// Whether it wants to see a file's content. Called for every file of every layer: cheap.
    pub wants: fn(&Candidate<'_>) -> bool,
    /// What the whole content says. Nothing, if the file turns out to be something else.
    pub read: fn(&Candidate<'_>, &[u8]) -> Facts,
}

/// All of them. A file is shown to each that wants it.
pub const CATALOGERS: &[Cataloger] = &[apk::CATALOGER, rpm::CATALOGER];

impl<'a> Candidate<'a> {
    /// The last part of the path.
    pub fn name(&self) -> &'a [u8] {
        self.path.rsplit(|&byte| byte == b'/').next().unwrap_or(b"")
    }

    /// The path without its last part and the slash before that; empty: the file lies in the root.
    pub fn folder(&self) -> &'a [u8] {
        let cut = self.path.len() - self.name().len();
        &self.path[..cut.saturating_sub(1)]
    }

    /// Whether the path is `end`, or ends in a slash and `end`.
    pub fn is_at(&self, end: &str) -> bool {
        self.path.strip_suffix(end.as_bytes()).is_some_and(|rest| matches!(rest, [] | [.., b'/']))
    }

    /// Whether a directory of this name is on the path.
    pub fn is_below(&self, directory: &str) -> bool {
        let mut parts = self.folder().split(|&byte| byte == b'/');
        parts.any(|part| part == directory.as_bytes())
    }
}
