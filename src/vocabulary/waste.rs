//! What wastes an image's bytes, and what avoids it.

use serde::{Deserialize, Serialize};

/// A number of files, and the sum of their sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTally {
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
}

impl FileTally {
    /// Counts a file of so many bytes.
    pub fn add(&mut self, bytes: u64) {
        self.plus(FileTally { files: 1, bytes });
    }

    /// Adds another tally.
    pub fn plus(&mut self, other: FileTally) {
        self.files = self.files.saturating_add(other.files);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

/// What a later member did to a file that the final tree does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum HiddenClass {
    /// It took the file away.
    Removed,
    /// It put something else in its place.
    Overwritten,
    /// It wrote the same content again.
    Rewritten(RewriteChange),
}

/// What differs where the same content was written again: the first of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RewriteChange {
    /// The permission bits.
    Mode,
    /// UID or GID.
    Owner,
    Xattrs,
    /// The modification time, in seconds.
    Times,
    Nothing,
}

impl RewriteChange {
    /// All, in the order in which they are looked for.
    pub const ALL: [RewriteChange; 5] = [
        RewriteChange::Mode,
        RewriteChange::Owner,
        RewriteChange::Xattrs,
        RewriteChange::Times,
        RewriteChange::Nothing,
    ];

    /// As reports spell it.
    pub fn name(self) -> &'static str {
        match self {
            RewriteChange::Mode => "mode",
            RewriteChange::Owner => "owner",
            RewriteChange::Xattrs => "xattrs",
            RewriteChange::Times => "times",
            RewriteChange::Nothing => "nothing",
        }
    }
}

/// Sums over hidden files, by their class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassTallies {
    pub removed: FileTally,
    pub overwritten: FileTally,
    /// By what differs, in the order of `RewriteChange::ALL`.
    pub rewritten: [FileTally; 5],
}

impl ClassTallies {
    /// Counts a hidden file.
    pub fn add(&mut self, class: HiddenClass, bytes: u64) {
        match class {
            HiddenClass::Removed => self.removed.add(bytes),
            HiddenClass::Overwritten => self.overwritten.add(bytes),
            HiddenClass::Rewritten(change) => self.rewritten[change as usize].add(bytes),
        }
    }

    /// The same content written again.
    pub fn rewritten(&self) -> FileTally {
        let mut sum = FileTally::default();
        self.rewritten.iter().for_each(|tally| sum.plus(*tally));
        sum
    }

    /// The same content written again, where this differs.
    pub fn rewritten_by(&self, change: RewriteChange) -> FileTally {
        self.rewritten[change as usize]
    }

    /// All hidden files.
    pub fn all(&self) -> FileTally {
        let mut sum = self.rewritten();
        sum.plus(self.removed);
        sum.plus(self.overwritten);
        sum
    }
}

/// A change to the Dockerfile, or to what is built from it, that saves bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Remedy {
    /// The owner of copied files was changed later: `COPY --chown`.
    CopyChown,
    /// The permissions of copied files were changed later: `COPY --chmod`.
    CopyChmod,
    /// Owner, permissions or attributes were changed by a later instruction: do it in the one that writes the file.
    ChangeInSameRun,
    /// The same content was written a second time: write it once.
    WriteOnce,
    /// A command's files were removed by a later instruction: remove them in the same `RUN`.
    CleanInSameRun,
    /// Copied files were removed later: leave them out, or `RUN --mount=type=bind`.
    MountInstead,
    /// A package manager's downloads and lists: `RUN --mount=type=cache`.
    CacheMount(PackageManager),
    /// A later `COPY` or `ADD` brought another version: copy only that one.
    CopiedOver,
    /// A later `RUN` changed the file: change it where it is written.
    ChangedByRun,
    /// Files of the base image were changed: nothing but another base image, or leaving them, avoids it.
    ChangesBase,
    /// The base image wastes them itself.
    WithinBase,
    /// Files of equal content: keep one, and link to it.
    Duplicates,
    /// Symbols that only a debugger reads.
    DebugSymbols,
    /// Python's compiled modules (`__pycache__`).
    PythonBytecode,
    /// The history of a Git repository.
    GitDirectory,
    /// Manual pages and other documentation.
    Documentation,
    /// Translations and locale data.
    Locales,
}

/// A package manager that keeps downloads or lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PackageManager {
    Apt,
    Apk,
    Dnf,
    Zypper,
    Pacman,
    Pip,
    Uv,
    Poetry,
    Npm,
    Yarn,
    Pnpm,
    Go,
    Cargo,
    Composer,
    Maven,
    Gradle,
    Bundler,
    NuGet,
    Conda,
}
