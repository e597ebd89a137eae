//! One path: facts, history through the layers, content.

use super::{FileOwner, FileTime, Instruction, LinkPath};
use crate::text::{Shown, ShownLines};
use crate::vocabulary::{Change, LayerNumber, NodeKind, RecordedDigest};
use serde::{Deserialize, Serialize};

/// All that is known about one path.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileFacts {
    pub path: LinkPath,
    /// With a leading slash.
    pub shown: Shown,
    /// Its state under the selection; `None`: not there.
    pub current: Option<FileState>,
    /// Where it leads under the selection, if it is a symbolic link.
    pub link_end: Option<LinkEnd>,
    /// What each layer did to it, the newest first; layers that did not touch it are left out.
    pub history: Vec<FileEvent>,
    /// The package that owns it, first, then packages whose metadata it holds.
    pub packages: Vec<FilePackage>,
    /// Number of packages whose metadata it holds, listed or not.
    pub named_packages: u32,
}

/// Where a symbolic link leads in the image, through all further links.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkEnd {
    Path {
        path: LinkPath,
        shown: Shown,
    },
    Missing,
    /// More links than Linux follows, which is a loop or as good as one.
    TooManyLinks,
}

/// A package that a file belongs to, or whose metadata it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePackage {
    pub key: String,
    pub name: Shown,
    pub version: Shown,
    pub relation: FileRelation,
}

/// How a file relates to a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileRelation {
    /// The package owns the file.
    Owner { since: SinceInstalled },
    /// The file is, or is part of, a package database or manifest that names the package.
    Names,
}

/// What layers did to a path of a package after the one that installed the package. What that layer itself changed is not
/// known from layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SinceInstalled {
    Unchanged {
        installed: LayerNumber,
    },
    Changed {
        installed: LayerNumber,
        /// The last layer that changed content, permissions or owner.
        by: LayerNumber,
    },
    /// A directory, a path that the selection or the package's layer does not have, or contents that were not compared.
    NotTold,
}

/// A path as one layer left it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileState {
    /// The layer whose entry it is; `None` for a directory that no layer names.
    pub layer: Option<LayerNumber>,
    pub kind: NodeKind,
    /// Bytes; a directory's is the sum below.
    pub size: u64,
    /// Permission bits with setuid, setgid and sticky; `None` for directories that no layer names.
    pub mode: Option<u16>,
    pub owner: Option<FileOwner>,
    pub modified_at: Option<FileTime>,
    /// Target of a link; empty: none.
    pub target: Shown,
    /// Major and minor number.
    pub device: Option<(u32, u32)>,
    /// The first extended attributes, their texts cut; none in a state of the history.
    pub xattrs: Vec<Xattr>,
    /// How many more attributes there are.
    pub xattrs_left_out: u32,
    /// Names of the same inode under the selection, itself included; 1 for most. `None` in a history: not counted.
    pub links: Option<u32>,
    /// BLAKE3 of the content, 128 bits in hexadecimal, where it was computed.
    pub content_hash: Option<String>,
    /// Its content can be read.
    pub readable: bool,
    /// What the layer's tar says about it; `None` for a directory that no layer names.
    pub in_tar: Option<TarFacts>,
}

/// What a tar says about a path that no container sees.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TarFacts {
    /// The owner's names on the machine that wrote the tar; often empty.
    pub user: Shown,
    pub group: Shown,
    /// Where its content is, if it has any; not of a layer that is known by its table of contents.
    pub content: Option<StoredContent>,
}

/// Where a tar stores a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredContent {
    /// Bytes from the start of the uncompressed tar to the first of them.
    pub offset: u64,
    /// Bytes that are stored; of a sparse file fewer than it has.
    pub stored: u64,
    pub sparse: bool,
}

/// An extended attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Xattr {
    pub name: Shown,
    pub value: XattrValue,
}

/// The value of an extended attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum XattrValue {
    Text(ShownLines),
    /// Capabilities in the words of `getcap`.
    Capabilities(String),
    /// The first 256 bytes at most; `size` is the whole value's.
    Binary {
        bytes: Vec<u8>,
        size: u64,
    },
}

/// What one layer did to a path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileEvent {
    pub layer: LayerNumber,
    pub instruction: Instruction,
    /// Against the layers below: added, modified, removed or unchanged.
    pub change: Change,
    /// What differs from before; nothing where it was added or removed.
    pub differences: Vec<Difference>,
    /// The path after it; `None`: removed.
    pub state: Option<FileState>,
}

/// One difference between two states of a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Difference {
    Kind {
        before: NodeKind,
        after: NodeKind,
    },
    Mode {
        before: u16,
        after: u16,
    },
    Owner {
        before: FileOwner,
        after: FileOwner,
    },
    Target {
        before: Shown,
        after: Shown,
    },
    Xattrs,
    Content {
        same_size: bool,
    },
    /// Written again with the same content.
    SameContent,
    /// Same size, and the contents were not compared yet.
    ContentNotCompared,
}

/// The answer of `ReadContent`; the bytes are beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentInfo {
    /// Bytes of the whole file.
    pub size: u64,
    /// The bytes begin the file, and may be those of a format that `OutlineFile` reads.
    pub has_outline: bool,
}

/// The answer of `ComputeDigest`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentDigest {
    /// In hexadecimal.
    pub sha256: String,
    /// The digest that the package manager recorded when it installed the file; `None`: it recorded none, or one that is
    /// not compared.
    pub recorded: Option<ComparedDigest>,
}

/// A recorded digest, and that of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedDigest {
    pub recorded: RecordedDigest,
    /// In hexadecimal.
    pub found: String,
}

impl ComparedDigest {
    /// Whether the file is as it was installed.
    pub fn is_same(&self) -> bool {
        self.recorded.value == self.found
    }
}
