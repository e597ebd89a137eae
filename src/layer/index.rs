//! The index of one layer: one array per field, one arena of bytes.
//!
//! - Columnar, because it is made once and then scanned: a merge reads names and kinds, a table reads sizes, a
//!   row reads everything of one entry.
//! - It moves from worker to worker as one buffer (`index/encode.rs`).

mod encode;
mod wire;

use crate::codec::SEEK_WORTH;
use crate::entry::{Member, SparseMap};
use crate::vocabulary::NodeKind;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
pub use wire::{BufferSource, DistantBuffer, IndexError, number};

/// 128 bits of BLAKE3. Contents are compared by it; it is not a claim that anybody makes.
pub type ContentHash = [u8; 16];

/// In place of the hash of a file that was not read, and of other entries.
pub const NOT_HASHED: ContentHash = [0; 16];

/// Bytes of names, links and attributes of one layer: real ones have a hundredth.
const MAX_ARENA: usize = 1 << 30;
/// Bytes of all columns for one entry.
const ENTRY_COLUMNS: usize = 96;
/// In `xattrs` and `sparse`: the entry has none.
const NONE: u32 = u32::MAX;

/// The owner of an entry; a layer has few different ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Owner {
    pub uid: u64,
    pub gid: u64,
    pub user: Vec<u8>,
    pub group: Vec<u8>,
}

/// All members of one layer, in tar order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerIndex {
    /// Names, links and attributes, one after another.
    arena: Vec<u8>,
    /// Start and length in the arena.
    names: Vec<(u32, u32)>,
    /// Start and length in the arena.
    links: Vec<(u32, u32)>,
    kinds: Vec<NodeKind>,
    modes: Vec<u16>,
    /// Positions in `owner_table`.
    owners: Vec<u32>,
    sizes: Vec<u64>,
    stored: Vec<u64>,
    seconds: Vec<i64>,
    nanos: Vec<u32>,
    /// Bytes from the start of the uncompressed tar to the first stored byte.
    data: Vec<u64>,
    devices: Vec<(u32, u32)>,
    /// Empty until contents are hashed.
    hashes: Vec<ContentHash>,
    /// Positions in `xattr_table`.
    xattrs: Vec<u32>,
    /// Positions in `sparse_table`.
    sparse: Vec<u32>,
    owner_table: Vec<Owner>,
    /// Start and length in the arena: name, value, name, value…
    xattr_table: Vec<Vec<(u32, u32)>>,
    sparse_table: Vec<SparseMap>,
}

impl LayerIndex {
    /// Number of entries.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The entry at a position; panics beyond `len`, like a slice.
    pub fn entry(&self, at: usize) -> Entry<'_> {
        assert!(at < self.len(), "entry {at} of {}", self.len());
        Entry { index: self, at }
    }

    /// All entries in tar order.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = Entry<'_>> {
        (0..self.len()).map(|at| Entry { index: self, at })
    }

    /// Bytes of memory that it takes.
    pub fn memory(&self) -> usize {
        let attributes = self.xattr_table.iter().map(|runs| runs.len() * size_of::<(u32, u32)>());
        let owners = self.owner_table.iter().map(|owner| owner.user.len() + owner.group.len());
        let spans = self.sparse_table.iter().map(|map| map.spans.len() * size_of::<(u64, u64)>());
        let tables = attributes.chain(owners).chain(spans).map(|bytes| bytes + size_of::<Owner>());
        self.arena.len() + self.len() * ENTRY_COLUMNS + tables.sum::<usize>()
    }

    /// Whether contents were read, as far as they were wanted (or there are no entries).
    pub fn contents_read(&self) -> bool {
        self.hashes.len() == self.len()
    }

    /// Whether the contents of all files were hashed (or there are no entries).
    pub fn hashed(&self) -> bool {
        self.contents_read() && self.unhashed().next().is_none()
    }

    /// The files that are not hashed, of which contents were read. By their positions, in order.
    pub fn unhashed(&self) -> impl Iterator<Item = u32> {
        let files = self.kinds.iter().zip(&self.hashes).zip(0u32..);
        files.filter_map(|((kind, hash), at)| {
            (*kind == NodeKind::File && *hash == NOT_HASHED).then_some(at)
        })
    }

    /// Adds a member; false if there is no more room.
    pub fn push(&mut self, member: &Member) -> bool {
        let bytes: usize = member.name.len() + member.link.len();
        let xattrs: usize =
            member.xattrs.iter().map(|(name, value)| name.len() + value.len()).sum();
        if self.arena.len() + bytes + xattrs > MAX_ARENA {
            return false;
        }
        let name = self.keep(&member.name);
        let link = match member.kind {
            NodeKind::HardLink | NodeKind::Symlink => self.keep(&member.link),
            _ => (0, 0),
        };
        let owner = self.owner(member);
        let xattrs = self.keep_xattrs(member);
        let sparse = match &member.sparse {
            Some(map) => {
                self.sparse_table.push(map.clone());
                self.sparse_table.len() as u32 - 1
            }
            None => NONE,
        };
        self.names.push(name);
        self.links.push(link);
        self.kinds.push(member.kind);
        self.modes.push(member.mode as u16);
        self.owners.push(owner);
        self.sizes.push(member.size);
        self.stored.push(member.stored);
        self.seconds.push(member.mtime.0);
        self.nanos.push(member.mtime.1);
        self.data.push(member.data_offset);
        self.devices.push(match member.kind {
            NodeKind::CharDevice | NodeKind::BlockDevice => member.device,
            _ => (0, 0),
        });
        self.xattrs.push(xattrs);
        self.sparse.push(sparse);
        true
    }

    /// Sets the content hash of the entry that was added last.
    pub fn push_hash(&mut self, hash: ContentHash) {
        self.hashes.push(hash);
    }

    /// Whether a later pass over the same layer found the same, except content hashes.
    pub fn is_same_but_hashes(&self, other: &LayerIndex) -> bool {
        self.arena == other.arena
            && (&self.names, &self.links, &self.kinds, &self.modes)
                == (&other.names, &other.links, &other.kinds, &other.modes)
            && (&self.owners, &self.sizes, &self.stored, &self.seconds)
                == (&other.owners, &other.sizes, &other.stored, &other.seconds)
            && (&self.nanos, &self.data, &self.devices, &self.xattrs)
                == (&other.nanos, &other.data, &other.devices, &other.xattrs)
            && (&self.sparse, &self.owner_table, &self.xattr_table, &self.sparse_table)
                == (&other.sparse, &other.owner_table, &other.xattr_table, &other.sparse_table)
    }

    /// Takes over the content hashes that it lacks from another pass over the same layer.
    pub fn adopt_hashes(&mut self, other: &LayerIndex) {
        if other.len() != self.len() || other.names != self.names || !other.contents_read() {
            return;
        }
        self.hashes.resize(self.len(), NOT_HASHED);
        for (hash, other) in self.hashes.iter_mut().zip(&other.hashes) {
            if *hash == NOT_HASHED {
                *hash = *other;
            }
        }
    }

    /// Takes over the content hashes of all entries.
    pub fn set_hashes(&mut self, hashes: Vec<ContentHash>) {
        debug_assert_eq!(hashes.len(), self.len());
        self.hashes = hashes;
    }

    /// Reduces the last entry's size by the bytes that are missing because the tar ended in it. A sparse file keeps its
    /// size: what is missing of it is not known.
    pub fn cut_last(&mut self, missing: u64) {
        let is_sparse = self.sparse.last().is_some_and(|sparse| *sparse != NONE);
        if let (Some(size), Some(stored)) = (self.sizes.last_mut(), self.stored.last_mut()) {
            *stored = stored.saturating_sub(missing);
            if !is_sparse {
                *size = (*size).min(*stored);
            }
        }
    }

    /// The last entry so many times, all with the same bytes of the arena: only a file can say so.
    #[cfg(test)]
    pub fn repeat_last(&mut self, count: usize) {
        fn repeat<T: Clone>(column: &mut Vec<T>, count: usize) {
            column.extend(column.last().cloned().into_iter().cycle().take(count));
        }
        repeat(&mut self.names, count);
        repeat(&mut self.links, count);
        repeat(&mut self.kinds, count);
        repeat(&mut self.modes, count);
        repeat(&mut self.owners, count);
        repeat(&mut self.sizes, count);
        repeat(&mut self.stored, count);
        repeat(&mut self.seconds, count);
        repeat(&mut self.nanos, count);
        repeat(&mut self.data, count);
        repeat(&mut self.devices, count);
        repeat(&mut self.xattrs, count);
        repeat(&mut self.sparse, count);
    }

    /// Stores bytes in the arena.
    fn keep(&mut self, bytes: &[u8]) -> (u32, u32) {
        let start = self.arena.len() as u32;
        self.arena.extend_from_slice(bytes);
        (start, bytes.len() as u32)
    }

    /// The position of a member's owner in the table.
    fn owner(&mut self, member: &Member) -> u32 {
        let same = |owner: &Owner| {
            owner.uid == member.uid
                && owner.gid == member.gid
                && owner.user == member.user
                && owner.group == member.group
        };
        // Consecutive members usually have the same owner. Only the last owners are searched: a hostile layer
        // could have millions.
        let recent = self.owner_table.iter().rev().take(64).position(same);
        if let Some(back) = recent {
            return (self.owner_table.len() - 1 - back) as u32;
        }
        self.owner_table.push(Owner {
            uid: member.uid,
            gid: member.gid,
            user: member.user.clone(),
            group: member.group.clone(),
        });
        self.owner_table.len() as u32 - 1
    }

    fn keep_xattrs(&mut self, member: &Member) -> u32 {
        if member.xattrs.is_empty() {
            return NONE;
        }
        let mut runs = Vec::with_capacity(member.xattrs.len() * 2);
        for (name, value) in &member.xattrs {
            runs.push(self.keep(name));
            runs.push(self.keep(value));
        }
        self.xattr_table.push(runs);
        self.xattr_table.len() as u32 - 1
    }

    fn bytes(&self, (start, len): (u32, u32)) -> &[u8] {
        self.arena.get(start as usize..start as usize + len as usize).unwrap_or(b"")
    }
}

/// One tar member of a layer, borrowed from its index.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    index: &'a LayerIndex,
    at: usize,
}

impl<'a> Entry<'a> {
    /// Position in the index.
    pub fn position(self) -> usize {
        self.at
    }

    /// The name's bytes as they are in the tar.
    pub fn name(self) -> &'a [u8] {
        self.index.bytes(self.index.names[self.at])
    }

    /// The target of a link as it is in the tar.
    pub fn link(self) -> &'a [u8] {
        self.index.bytes(self.index.links[self.at])
    }

    pub fn kind(self) -> NodeKind {
        self.index.kinds[self.at]
    }

    /// Permission bits.
    pub fn mode(self) -> u16 {
        self.index.modes[self.at]
    }

    pub fn owner(self) -> &'a Owner {
        &self.index.owner_table[self.index.owners[self.at] as usize]
    }

    /// Bytes of the file, holes included.
    pub fn size(self) -> u64 {
        self.index.sizes[self.at]
    }

    /// Bytes that the tar stores for it.
    pub fn stored(self) -> u64 {
        self.index.stored[self.at]
    }

    /// Seconds since 1970, and nanoseconds.
    pub fn mtime(self) -> (i64, u32) {
        (self.index.seconds[self.at], self.index.nanos[self.at])
    }

    /// Bytes from the start of the uncompressed tar to its first stored byte.
    pub fn data_offset(self) -> u64 {
        self.index.data[self.at]
    }

    /// Major and minor number of a device.
    pub fn device(self) -> (u32, u32) {
        self.index.devices[self.at]
    }

    /// Hash of a file's content, if it was computed.
    pub fn hash(self) -> Option<ContentHash> {
        self.index.hashes.get(self.at).copied().filter(|hash| *hash != NOT_HASHED)
    }

    /// Where the stored bytes belong, if the file is sparse.
    pub fn sparse(self) -> Option<&'a SparseMap> {
        self.index.sparse_table.get(self.index.sparse[self.at] as usize)
    }

    /// Names and values of extended attributes.
    pub fn xattrs(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let index = self.index;
        let runs = index.xattr_table.get(index.xattrs[self.at] as usize);
        let pairs = runs.map_or(&[][..], |runs| &runs[..]).chunks_exact(2);
        pairs.map(move |pair| (index.bytes(pair[0]), index.bytes(pair[1])))
    }

    /// Whether two files have the same bytes; `None` if they may, and are not hashed.
    pub fn same_bytes(self, other: Entry<'_>) -> Option<bool> {
        let is_same = std::ptr::eq(self.index, other.index) && self.at == other.at;
        match self.size() == other.size() {
            true if is_same => Some(true),
            true if self.size() == 0 => Some(true),
            true => Some(self.hash()? == other.hash()?),
            false => Some(false),
        }
    }

    /// Whether the extended attributes are equal, in whatever order the tars have them.
    pub fn same_xattrs(self, other: Entry<'_>) -> bool {
        let sorted = |entry: Entry<'_>| {
            let pairs = entry.xattrs().map(|(name, value)| (name.to_vec(), value.to_vec()));
            let mut pairs: Vec<_> = pairs.collect();
            pairs.sort_unstable();
            pairs
        };
        self.xattrs().eq(other.xattrs()) || sorted(self) == sorted(other)
    }
}

/// Counts the large files of each size, whose contents may be equal.
pub fn count_large_sizes(index: &LayerIndex, sizes: &mut HashMap<u64, u32>) {
    let files = index.entries().filter(|entry| entry.kind() == NodeKind::File);
    for file in files.filter(|file| file.size() >= SEEK_WORTH) {
        *sizes.entry(file.size()).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Span;
    use proptest::prelude::*;

    fn sample() -> LayerIndex {
        let mut index = LayerIndex::default();
        for (n, kind) in encode::KINDS.iter().enumerate() {
            let member = Member {
                kind: *kind,
                name: format!("dir/entry{n}").into_bytes(),
                link: b"target".to_vec(),
                mode: 0o4755,
                uid: n as u64 / 3,
                gid: 7,
                user: b"root".to_vec(),
                group: Vec::new(),
                mtime: (-5, 17),
                size: 1 << 40,
                stored: 3,
                sparse: (n == 0).then(|| SparseMap { spans: vec![Span { offset: 9, length: 3 }] }),
                device: (8, 1),
                xattrs: vec![(b"user.k".to_vec(), vec![n as u8])],
                data_offset: 512 * n as u64,
            };
            assert!(index.push(&member));
            index.push_hash([n as u8; 16]);
        }
        index
    }

    #[test]
    fn the_end_of_a_tar_cuts_a_file_and_leaves_a_sparse_one_its_size() {
        for (sparse, missing, want) in
            [(false, 0, 9), (false, 4, 5), (true, 0, 100), (true, 4, 100)]
        {
            let (mut index, plain) = (LayerIndex::default(), Member::file("a", 9));
            let map = SparseMap { spans: vec![Span { offset: 0, length: 9 }] };
            let member = match sparse {
                true => Member { size: 100, sparse: Some(map), ..plain },
                false => plain,
            };
            assert!(index.push(&member));
            index.cut_last(missing);
            assert_eq!((index.entry(0).size(), index.entry(0).stored()), (want, 9 - missing));
        }
    }

    #[test]
    fn an_encoded_index_is_decoded_to_the_same() {
        let index = sample();
        assert_eq!(index.encode().len(), index.encoded_length());
        assert_eq!(LayerIndex::decode(&index.encode()), Ok(index));
    }

    #[test]
    fn a_truncated_buffer_is_refused() {
        let buffer = sample().encode();
        for cut in 0..buffer.len() {
            assert_eq!(LayerIndex::decode(&buffer[..cut]), Err(IndexError), "cut at {cut}");
        }
    }

    #[test]
    fn a_table_has_no_more_rows_than_there_are_entries() {
        for rows in [1, 2] {
            let mut index = LayerIndex::default();
            assert!(index.push(&Member::file("a", 1)));
            index.xattr_table = vec![Vec::new(); rows];
            assert_eq!(LayerIndex::decode(&index.encode()).is_ok(), rows == 1);
        }
    }

    proptest! {
        #[test]
        fn a_damaged_buffer_never_panics(at: prop::sample::Index, with: u8) {
            let mut buffer = sample().encode();
            let at = at.index(buffer.len());
            buffer[at] = with;
            if let Ok(index) = LayerIndex::decode(&buffer) {
                for entry in index.entries() {
                    let _ = (entry.name(), entry.link(), entry.owner(), entry.sparse());
                    let _ = entry.xattrs().count();
                }
            }
        }
    }
}
