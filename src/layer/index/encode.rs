//! An index as one buffer, to move it between workers and to save it.
//!
//! - A buffer may come from a saved inspection: decoding checks it like any other input, so that no column
//!   points outside another.

use super::wire::{BufferSource, IndexError, Reader, Writer};
use super::{LayerIndex, Owner};
use crate::entry::{MAX_NAME, MAX_OWNER, Span, SparseMap};
use crate::vocabulary::NodeKind;

/// What a buffer begins with: the format and its version.
const MAGIC: &[u8; 8] = b"LSindex1";

/// Kinds by the byte that encodes them.
pub const KINDS: [NodeKind; 7] = [
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
        let mut out = Vec::new();
        self.encode_into(&mut out);
        out
    }

    /// Appends the index to a buffer.
    pub fn encode_into(&self, buffer: &mut Vec<u8>) {
        buffer.reserve_exact(self.encoded_length());
        let mut out = Writer(std::mem::take(buffer));
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
        *buffer = out.0;
    }

    /// Bytes of the encoded index.
    pub fn encoded_length(&self) -> usize {
        let columns = [
            self.arena.len(),
            (self.names.len() + self.links.len() + self.devices.len()) * 8,
            self.kinds.len() + self.modes.len() * 2,
            (self.owners.len() + self.nanos.len() + self.xattrs.len() + self.sparse.len()) * 4,
            (self.sizes.len() + self.stored.len() + self.seconds.len() + self.data.len()) * 8,
            self.hashes.len() * 16,
        ];
        let owners = self.owner_table.iter().map(|one| 40 + one.user.len() + one.group.len());
        let xattrs = self.xattr_table.iter().map(|runs| 8 + runs.len() * 8);
        let sparse = self.sparse_table.iter().map(|map| 8 + map.spans.len() * 16);
        let tables: usize = owners.chain(xattrs).chain(sparse).sum();
        // Each of the 15 columns has its length before it, and each of the 3 tables a column of its own.
        MAGIC.len() + columns.iter().sum::<usize>() + 15 * 8 + tables + 3 * 16
    }

    /// Decodes a buffer.
    pub fn decode(mut buffer: &[u8]) -> Result<LayerIndex, IndexError> {
        LayerIndex::decode_from(&mut buffer)
    }

    /// Decodes what comes next in a buffer.
    pub fn decode_from(buffer: &mut dyn BufferSource) -> Result<LayerIndex, IndexError> {
        if buffer.take(MAGIC.len()).is_none_or(|magic| *magic != MAGIC[..]) {
            return Err(IndexError);
        }
        let mut from = Reader(buffer);
        let mut index = LayerIndex {
            arena: from.bytes()?.into_owned(),
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
        let len = index.len() as u64;
        for _ in 0..rows(&mut from, len)? {
            let ids = from.u64s()?;
            let [uid, gid] = ids[..] else { return Err(IndexError) };
            let (user, group) = (from.bytes()?.into_owned(), from.bytes()?.into_owned());
            if user.len() > MAX_OWNER || group.len() > MAX_OWNER {
                return Err(IndexError);
            }
            index.owner_table.push(Owner { uid, gid, user, group });
        }
        for _ in 0..rows(&mut from, len)? {
            index.xattr_table.push(from.pairs()?);
        }
        for _ in 0..rows(&mut from, len)? {
            let numbers = from.u64s()?;
            let (pairs, rest) = numbers.as_chunks::<2>();
            if !rest.is_empty() {
                return Err(IndexError);
            }
            let spans = pairs.iter().map(|&[offset, length]| Span { offset, length }).collect();
            index.sparse_table.push(SparseMap { spans });
        }
        if index.is_sound() { Ok(index) } else { Err(IndexError) }
    }

    /// Whether all columns have the same length, no owner is missing, and names and targets of links are no longer
    /// than a tar's.
    fn is_sound(&self) -> bool {
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
            && self.names.iter().chain(&self.links).all(|&(_, length)| length as usize <= MAX_NAME)
            && self.owners.iter().all(|&owner| (owner as usize) < self.owner_table.len())
    }
}

/// The rows of a table: no more than there are entries, since an empty row takes more memory than bytes.
fn rows(from: &mut Reader<'_>, entries: u64) -> Result<u64, IndexError> {
    Some(one(from)?).filter(|rows| *rows <= entries).ok_or(IndexError)
}

/// A column of one number.
fn one(from: &mut Reader<'_>) -> Result<u64, IndexError> {
    match from.u64s()?[..] {
        [value] => Ok(value),
        _ => Err(IndexError),
    }
}

#[test]
fn a_buffer_with_a_longer_name_target_or_owner_than_a_tars_is_refused() {
    let cases =
        [(4096, 4096, 1024, true), (4097, 1, 1, false), (1, 4097, 1, false), (1, 1, 1025, false)];
    for (name, link, user, is_read) in cases {
        let mut index = LayerIndex::default();
        let (kind, link) = (NodeKind::Symlink, vec![b'x'; link]);
        assert!(index.push(&crate::entry::Member {
            kind,
            link,
            user: vec![b'x'; user],
            ..crate::entry::Member::file(vec![b'x'; name], 0)
        }));
        assert_eq!(LayerIndex::decode(&index.encode()).is_ok(), is_read);
    }
}
