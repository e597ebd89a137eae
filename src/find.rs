//! The terms of a find as values: what the box of the Files view means once it is read.
//!
//! Source: docs/links.md, `find`, which has the grammar.
//!
//! - Values only, because both WebAssembly modules compile this file. `tree/find/` reads and writes the
//!   text, and looks for paths.

use crate::selection::LayerSelection;
use serde::{Deserialize, Serialize};

/// A term of a find. A path must satisfy all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindTerm {
    /// The test must fail.
    pub negated: bool,
    pub test: FindTest,
}

/// What a term asks of a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FindTest {
    /// Part of the name, or of the path if it has a `/`, letters of either case. Never empty.
    Text(String),
    /// The whole name, or the whole path if a literal has a `/`, letters of either case.
    Glob(Vec<GlobPart>),
    /// A regular expression that is somewhere in the path.
    Regex(String),
    /// Bytes of a regular file.
    Size(Bounds<u64>),
    /// One of these.
    Type(Vec<FindType>),
    /// One of these.
    Mode(Vec<FindMode>),
    Owner {
        uid: u64,
        gid: Option<u64>,
    },
    /// The layer that brought what is shown, or removed it.
    Layer(LayerSelection),
    /// One of these.
    Change(Vec<FindChange>),
    /// Days since 1970-01-01 (UTC).
    Modified(Bounds<i64>),
    /// How many layers wrote a path other than a directory.
    Writes(Bounds<u64>),
    /// It has an extended attribute with this name.
    Attribute(String),
}

/// A part of a glob.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GlobPart {
    Literal(String),
    /// `?`: one character, not `/`.
    One,
    /// `*`: any number of characters, no `/`.
    Any,
    /// `**`: as a whole part of a path any number of directories, elsewhere as `*`.
    Deep,
}

/// Which values a number may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bounds<T> {
    Is(T),
    Over(T),
    Under(T),
    /// Both included.
    Between(T, T),
}

impl<T: PartialOrd> Bounds<T> {
    /// Whether a value is within.
    pub fn contain(&self, value: &T) -> bool {
        match self {
            Bounds::Is(only) => value == only,
            Bounds::Over(low) => value > low,
            Bounds::Under(high) => value < high,
            Bounds::Between(low, high) => low <= value && value <= high,
        }
    }
}

/// The kind of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FindType {
    /// A regular file, whatever number of names it has.
    File,
    Directory,
    Symlink,
    /// A regular file that the layer wrote as a hard link.
    HardLink,
    Device,
    Fifo,
}

/// Permission bits. Symbolic links have none: what a tar gives them means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FindMode {
    Setuid,
    Setgid,
    Sticky,
    WorldWritable,
    /// Executable for anybody.
    Exec,
    /// All of these bits.
    Bits(u16),
}

/// What the selection of layers did to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FindChange {
    Added,
    Modified,
    Removed,
    /// Written again with the same content and metadata.
    Unchanged,
    /// Modified, and type or content differ.
    Content,
    /// Modified, and permissions, owner or extended attributes differ.
    Metadata,
}

/// The words of `type:`.
pub const TYPE_WORDS: &[(&str, FindType)] = &[
    ("file", FindType::File),
    ("dir", FindType::Directory),
    ("symlink", FindType::Symlink),
    ("hardlink", FindType::HardLink),
    ("device", FindType::Device),
    ("fifo", FindType::Fifo),
];

/// The words of `mode:`, beside octal digits.
pub const MODE_WORDS: &[(&str, FindMode)] = &[
    ("setuid", FindMode::Setuid),
    ("setgid", FindMode::Setgid),
    ("sticky", FindMode::Sticky),
    ("world-writable", FindMode::WorldWritable),
    ("exec", FindMode::Exec),
];

/// The words of `change:`.
pub const CHANGE_WORDS: &[(&str, FindChange)] = &[
    ("added", FindChange::Added),
    ("modified", FindChange::Modified),
    ("removed", FindChange::Removed),
    ("unchanged", FindChange::Unchanged),
    ("content", FindChange::Content),
    ("metadata", FindChange::Metadata),
];

/// The word of a value; `None` if the list has none.
pub fn word_of<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> Option<&'static str> {
    words.iter().find(|(_, of)| of == value).map(|(word, _)| *word)
}

/// The text as one term, taken literally.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[test]
fn a_quote_within_quotes_is_doubled() {
    assert_eq!(quoted("lib/ssl"), r#""lib/ssl""#);
    assert_eq!(quoted(r#"a "b""#), r#""a ""b""""#);
}
