//! The index of one layer: one array a field, one arena of bytes.
//!
//! Columnar because it is made once and then scanned: a merge reads names and kinds, a table sizes, a
//! row everything of one entry. It crosses from worker to worker as one buffer (`encode`, `decode`);
//! the buffer may have been kept, so it is checked like any other input.

mod wire;

use crate::entry::{Member, Span, SparseMap};
use crate::vocabulary::NodeKind;

/// 128 bits of BLAKE3: contents are compared, never trusted to be what somebody claims.
pub type ContentHash = [u8; 16];

/// Bytes of names, links and attributes of one layer: real ones have a hundredth.
const MAX_ARENA: usize = 1 << 30;
const MAGIC: &[u8; 8] = b"LSindex1";
/// Marks a place in `xattrs`, `sparse` that has nothing.
const NONE: u32 = u32::MAX;

/// Who owns an entry; few of them serve a layer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Owner {
    pub uid: u64,
    pub gid: u64,
    pub user: Vec<u8>,
    pub group: Vec<u8>,
}

/// All members of one layer, in tar order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerIndex {
    arena: Vec<u8>,
    names: Vec<(u32, u32)>,
    links: Vec<(u32, u32)>,
    kinds: Vec<NodeKind>,
    modes: Vec<u16>,
    owners: Vec<u32>,
    sizes: Vec<u64>,
    stored: Vec<u64>,
    seconds: Vec<i64>,
    nanos: Vec<u32>,
    data: Vec<u64>,
    devices: Vec<(u32, u32)>,
    hashes: Vec<ContentHash>,
    xattrs: Vec<u32>,
    sparse: Vec<u32>,
    owner_table: Vec<Owner>,
    /// Runs of the arena: name, value, name, value…
    xattr_table: Vec<Vec<(u32, u32)>>,
    sparse_table: Vec<SparseMap>,
}

/// One entry, borrowed from its index.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    index: &'a LayerIndex,
    at: usize,
}

/// Why a buffer is no index.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("the buffer is not a layer index of this version")]
pub struct IndexError;

impl LayerIndex {
    /// Number of entries.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// True if there is no entry.
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

    /// True if contents were hashed (or there are none).
    pub fn hashed(&self) -> bool {
        self.hashes.len() == self.len()
    }

    /// Adds a member; false if the arena is full.
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

    /// Sets the hash of the entry that was pushed last.
    pub fn push_hash(&mut self, hash: ContentHash) {
        self.hashes.push(hash);
    }

    /// Takes the contents' hashes from a later pass over the same layer.
    pub fn adopt_hashes(&mut self, other: LayerIndex) {
        if other.len() == self.len() && other.names == self.names {
            self.hashes = other.hashes;
        }
    }

    /// Cuts the last entry's size to what is there: the tar ended in it.
    pub fn cut_last(&mut self, missing: u64) {
        if let (Some(size), Some(stored)) = (self.sizes.last_mut(), self.stored.last_mut()) {
            *stored = stored.saturating_sub(missing);
            *size = (*size).min(*stored);
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> (u32, u32) {
        let start = self.arena.len() as u32;
        self.arena.extend_from_slice(bytes);
        (start, bytes.len() as u32)
    }

    fn owner(&mut self, member: &Member) -> u32 {
        let same = |owner: &Owner| {
            owner.uid == member.uid
                && owner.gid == member.gid
                && owner.user == member.user
                && owner.group == member.group
        };
        // Consecutive members mostly have the same owner, and a layer has few of them; a hostile one
        // with millions is searched no further back than this.
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

impl<'a> Entry<'a> {
    /// Position in the index.
    pub fn position(self) -> usize {
        self.at
    }

    /// The name's bytes as they stand in the tar.
    pub fn name(self) -> &'a [u8] {
        self.index.bytes(self.index.names[self.at])
    }

    /// A link's target as it stands in the tar.
    pub fn link(self) -> &'a [u8] {
        self.index.bytes(self.index.links[self.at])
    }

    /// What it is.
    pub fn kind(self) -> NodeKind {
        self.index.kinds[self.at]
    }

    /// Permission bits.
    pub fn mode(self) -> u16 {
        self.index.modes[self.at]
    }

    /// Who owns it.
    pub fn owner(self) -> &'a Owner {
        &self.index.owner_table[self.index.owners[self.at] as usize]
    }

    /// Bytes of the file, holes included.
    pub fn size(self) -> u64 {
        self.index.sizes[self.at]
    }

    /// Bytes stored for it.
    pub fn stored(self) -> u64 {
        self.index.stored[self.at]
    }

    /// Seconds since 1970, and nanoseconds.
    pub fn mtime(self) -> (i64, u32) {
        (self.index.seconds[self.at], self.index.nanos[self.at])
    }

    /// Where its stored bytes begin in the uncompressed tar.
    pub fn data_offset(self) -> u64 {
        self.index.data[self.at]
    }

    /// Major and minor number.
    pub fn device(self) -> (u32, u32) {
        self.index.devices[self.at]
    }

    /// Hash of the content, where it was computed.
    pub fn hash(self) -> Option<ContentHash> {
        self.index.hashes.get(self.at).copied()
    }

    /// Where stored bytes belong, if it is sparse.
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
}

const KINDS: [NodeKind; 7] = [
    NodeKind::File,
    NodeKind::HardLink,
    NodeKind::Symlink,
    NodeKind::CharDevice,
    NodeKind::BlockDevice,
    NodeKind::Directory,
    NodeKind::Fifo,
];

impl LayerIndex {
    /// The index as one buffer.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = wire::Writer(Vec::with_capacity(self.arena.len() + self.len() * 96 + 1024));
        out.0.extend_from_slice(MAGIC);
        out.bytes(&self.arena);
        out.pairs(&self.names);
        out.pairs(&self.links);
        let kind = |kind| [KINDS.iter().position(|&k| k == kind).unwrap_or(0) as u8];
        out.column(&self.kinds, kind);
        out.column(&self.modes, u16::to_le_bytes);
        out.u32s(&self.owners);
        out.u64s(&self.sizes);
        out.u64s(&self.stored);
        out.column(&self.seconds, i64::to_le_bytes);
        out.u32s(&self.nanos);
        out.u64s(&self.data);
        out.pairs(&self.devices);
        out.column(&self.hashes, |hash| hash);
        out.u32s(&self.xattrs);
        out.u32s(&self.sparse);
        out.u64s(&[self.owner_table.len() as u64]);
        for owner in &self.owner_table {
            out.u64s(&[owner.uid, owner.gid]);
            out.bytes(&owner.user);
            out.bytes(&owner.group);
        }
        out.u64s(&[self.xattr_table.len() as u64]);
        self.xattr_table.iter().for_each(|runs| out.pairs(runs));
        out.u64s(&[self.sparse_table.len() as u64]);
        for map in &self.sparse_table {
            let numbers: Vec<u64> = map.spans.iter().flat_map(|s| [s.offset, s.length]).collect();
            out.u64s(&numbers);
        }
        out.0
    }

    /// Reads a buffer back, and checks that no column points outside another.
    pub fn decode(buffer: &[u8]) -> Result<LayerIndex, IndexError> {
        let mut from = wire::Reader(buffer.strip_prefix(MAGIC).ok_or(IndexError)?);
        let mut index = LayerIndex {
            arena: from.bytes()?.to_vec(),
            names: from.pairs()?,
            links: from.pairs()?,
            kinds: Vec::new(),
            ..LayerIndex::default()
        };
        for [kind] in from.column(|kind: [u8; 1]| kind)? {
            index.kinds.push(*KINDS.get(usize::from(kind)).ok_or(IndexError)?);
        }
        index.modes = from.column(u16::from_le_bytes)?;
        index.owners = from.u32s()?;
        index.sizes = from.u64s()?;
        index.stored = from.u64s()?;
        index.seconds = from.column(i64::from_le_bytes)?;
        index.nanos = from.u32s()?;
        index.data = from.u64s()?;
        index.devices = from.pairs()?;
        index.hashes = from.column(|hash: [u8; 16]| hash)?;
        index.xattrs = from.u32s()?;
        index.sparse = from.u32s()?;
        for _ in 0..one(&mut from)? {
            let ids = from.u64s()?;
            let [uid, gid] = ids[..] else { return Err(IndexError) };
            let (user, group) = (from.bytes()?.to_vec(), from.bytes()?.to_vec());
            index.owner_table.push(Owner { uid, gid, user, group });
        }
        for _ in 0..one(&mut from)? {
            index.xattr_table.push(from.pairs()?);
        }
        for _ in 0..one(&mut from)? {
            let numbers = from.u64s()?;
            let (pairs, rest) = numbers.as_chunks::<2>();
            if !rest.is_empty() {
                return Err(IndexError);
            }
            let spans = pairs.iter().map(|&[offset, length]| Span { offset, length }).collect();
            index.sparse_table.push(SparseMap { spans });
        }
        if index.sound() { Ok(index) } else { Err(IndexError) }
    }

    fn sound(&self) -> bool {
        let len = self.len();
        let columns = [
            self.names.len(),
            self.links.len(),
            self.modes.len(),
            self.owners.len(),
            self.sizes.len(),
            self.stored.len(),
            self.seconds.len(),
            self.nanos.len(),
            self.data.len(),
            self.devices.len(),
            self.xattrs.len(),
            self.sparse.len(),
        ];
        columns.iter().all(|&column| column == len)
            && (self.hashes.is_empty() || self.hashes.len() == len)
            && self.owners.iter().all(|&owner| (owner as usize) < self.owner_table.len())
    }
}

fn one(from: &mut wire::Reader<'_>) -> Result<u64, IndexError> {
    match from.u64s()?[..] {
        [value] => Ok(value),
        _ => Err(IndexError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> LayerIndex {
        let mut index = LayerIndex::default();
        for (n, kind) in KINDS.iter().enumerate() {
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
    fn an_index_survives_its_buffer() {
        let index = sample();
        assert_eq!(LayerIndex::decode(&index.encode()), Ok(index));
    }

    #[test]
    fn a_buffer_cut_anywhere_is_refused() {
        let buffer = sample().encode();
        for cut in 0..buffer.len() {
            assert_eq!(LayerIndex::decode(&buffer[..cut]), Err(IndexError), "cut at {cut}");
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
