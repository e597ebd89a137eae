//! What a file of a known format holds, in outline.

use super::LinkPath;
use crate::text::Shown;
use serde::{Deserialize, Serialize};

/// A format that is read in outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutlinedFormat {
    Elf,
    Pe,
    MachO,
    Certificates,
    /// A private key, of which nothing but its kind is read.
    PrivateKey,
    Sqlite,
    JavaClass,
    PythonBytecode,
    Gettext,
    Png,
    Bmp,
    Ico,
    Jpeg,
    Gif,
    WebP,
    Gguf,
    Safetensors,
    Zip,
    Tar,
    Ar,
    Cpio,
    Deb,
    Rpm,
    /// A package of Alpine Linux.
    AlpinePackage,
    /// A package of Arch Linux.
    ArchPackage,
    CompressedTar,
    /// One compressed file, or a compressed archive of another form.
    Compressed,
}

impl OutlinedFormat {
    /// Whether its members can be listed and opened.
    pub fn has_members(self) -> bool {
        matches!(
            self,
            OutlinedFormat::Zip
                | OutlinedFormat::Tar
                | OutlinedFormat::Ar
                | OutlinedFormat::Cpio
                | OutlinedFormat::Deb
                | OutlinedFormat::Rpm
                | OutlinedFormat::AlpinePackage
                | OutlinedFormat::ArchPackage
                | OutlinedFormat::CompressedTar
                | OutlinedFormat::Compressed
        )
    }
}

/// What an outline says. The order is that on screen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileOutline {
    /// `None`: the format is not known here, or the file is damaged.
    pub format: Option<OutlinedFormat>,
    /// Facts of the file; of several certificates or architectures in it, one group for each.
    pub groups: Vec<Vec<OutlineFact>>,
    pub lists: Vec<OutlineList>,
    /// Only the beginning of the file was read: what is further behind is not here.
    pub cut: bool,
}

/// A fact and its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutlineFact {
    pub name: OutlineName,
    pub value: OutlineValue,
}

/// What a fact or a list is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutlineName {
    Kind,
    Machine,
    Interpreter,
    /// RPATH or RUNPATH.
    Rpath,
    Runpath,
    LibraryName,
    BuildId,
    PositionIndependent,
    Relro,
    NonExecutableStack,
    StackProtector,
    Stripped,
    GoVersion,
    RustVersion,
    NeededLibraries,
    Subject,
    Issuer,
    Names,
    ValidFrom,
    ValidUntil,
    Key,
    Authority,
    Serial,
    Size,
    PageSize,
    Encoding,
    Tables,
    Version,
    Class,
    Extends,
    Compiled,
    SourceSize,
    Messages,
    Pixels,
    Architecture,
    Tensors,
    Metadata,
    Entries,
    Package,
    Summary,
    Compression,
    /// Files that a package installs, and their bytes.
    Files,
    Unpacked,
    Certificates,
}

/// The value of a fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum OutlineValue {
    Text(Shown),
    Number(u64),
    Bytes(u64),
    /// Seconds since 1970.
    Time(i64),
    YesNo(bool),
    Pixels(u32, u32),
    Relro(RelroKind),
}

/// How much of a program is read-only once it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RelroKind {
    None,
    Partial,
    Full,
}

/// Things of one kind, the first of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutlineList {
    pub name: OutlineName,
    pub items: Vec<OutlineItem>,
    /// All of them.
    pub total: u64,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OutlineItem {
    pub text: Shown,
    pub detail: Shown,
    pub bytes: Option<u64>,
    pub count: Option<ItemCount>,
}

/// How many things of a kind are in an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ItemCount {
    Rows(u64),
    /// Not all of the file was read.
    RowsAtLeast(u64),
}

/// Where the files of an image are that have certain names; `None`: there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedPaths {
    pub paths: Vec<Option<LinkPath>>,
}
