//! One tar member.

use super::sparse::SparseMap;
use crate::vocabulary::NodeKind;

/// One tar member, with what its extension records say.
#[derive(Clone, Debug)]
pub struct Member {
    pub kind: NodeKind,
    /// The name's bytes as they are in the tar.
    pub name: Vec<u8>,
    /// The target of a link, as it is in the tar.
    pub link: Vec<u8>,
    /// Permission bits with setuid, setgid and sticky.
    pub mode: u32,
    pub uid: u64,
    pub gid: u64,
    pub user: Vec<u8>,
    pub group: Vec<u8>,
    /// Seconds since 1970 (rounded down) and nanoseconds.
    pub mtime: (i64, u32),
    /// Bytes of the file, holes included; 0 for everything but files.
    pub size: u64,
    /// Bytes that the tar stores for it.
    pub stored: u64,
    /// Where the stored bytes belong, if the file is sparse.
    pub sparse: Option<SparseMap>,
    /// Major and minor number of a device.
    pub device: (u32, u32),
    /// Names and values of extended attributes.
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    /// Bytes from the tar's start to the first stored byte.
    pub data_offset: u64,
}

#[cfg(test)]
impl Member {
    /// A file of root's with this many bytes, of 1970.
    pub fn file(name: impl AsRef<[u8]>, size: u64) -> Member {
        Member {
            kind: NodeKind::File,
            name: name.as_ref().to_vec(),
            link: Vec::new(),
            mode: 0o644,
            uid: 0,
            gid: 0,
            user: Vec::new(),
            group: Vec::new(),
            mtime: (0, 0),
            size,
            stored: size,
            sparse: None,
            device: (0, 0),
            xattrs: Vec::new(),
            data_offset: 0,
        }
    }
}

/// The kind of a member by its type flag. Unknown types are files.
///
/// Source: POSIX pax, "ustar Header Block".
pub fn kind_of(typeflag: u8, name: &[u8]) -> NodeKind {
    match typeflag {
        b'1' => NodeKind::HardLink,
        b'2' => NodeKind::Symlink,
        b'3' => NodeKind::CharDevice,
        b'4' => NodeKind::BlockDevice,
        b'5' => NodeKind::Directory,
        b'6' => NodeKind::Fifo,
        0 if name.ends_with(b"/") => NodeKind::Directory,
        _ => NodeKind::File,
    }
}
