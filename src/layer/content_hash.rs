//! The hash of a file's content: of a sparse file as it is read, with zeros in its holes, so that it equals the same
//! content stored otherwise.
//!
//! - A header can claim any number of zeros: beyond `MAX_HOLES` of one layer, and where a map is not sound, the stored
//!   bytes and the map are hashed. Such a file equals only what is stored like it.

use super::index::ContentHash;
use crate::entry::{Member, SparseMap};

/// Bytes of holes that are hashed for one layer.
pub(super) const MAX_HOLES: u64 = 256 << 20;

static ZEROS: [u8; 4096] = [0; 4096];

/// Hashes one file.
pub(super) struct ContentHasher<'a> {
    hasher: blake3::Hasher,
    size: u64,
    map: Option<&'a SparseMap>,
    /// Holes are hashed as zeros.
    filled: bool,
    /// Bytes of the file so far, holes included.
    at: u64,
    /// The span that follows, and bytes of the current one that are still to come.
    next: usize,
    left: u64,
}

impl<'a> ContentHasher<'a> {
    /// Begins a file. `holes_left` is what remains of the layer's `MAX_HOLES`.
    pub fn new(member: &'a Member, holes_left: &mut u64) -> ContentHasher<'a> {
        let map = member.sparse.as_ref();
        let holes = map.and_then(|map| holes(member, map)).filter(|holes| *holes <= *holes_left);
        *holes_left -= holes.unwrap_or(0);
        ContentHasher {
            hasher: blake3::Hasher::new(),
            size: member.size,
            map,
            filled: holes.is_some(),
            at: 0,
            next: 0,
            left: 0,
        }
    }

    /// Takes stored bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        if !self.filled {
            self.hasher.update(bytes);
            return;
        }
        while !bytes.is_empty() {
            if self.left == 0 {
                let span = self.map.and_then(|map| map.spans.get(self.next));
                let Some(span) = span else { break };
                self.next += 1;
                self.left = span.length;
                self.fill_to(span.offset);
                continue;
            }
            let count = bytes.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
            self.hasher.update(&bytes[..count]);
            bytes = &bytes[count..];
            self.left -= count as u64;
            self.at += count as u64;
        }
    }

    /// Hashes zeros up to a position.
    fn fill_to(&mut self, end: u64) {
        while self.at < end {
            let count = (end - self.at).min(ZEROS.len() as u64);
            self.hasher.update(&ZEROS[..count as usize]);
            self.at += count;
        }
    }

    /// The hash, after all stored bytes.
    pub fn finish(mut self) -> ContentHash {
        match self.map {
            Some(_) if self.filled => self.fill_to(self.size),
            Some(map) => {
                self.hasher.update(&self.size.to_le_bytes());
                for span in &map.spans {
                    self.hasher.update(&span.offset.to_le_bytes());
                    self.hasher.update(&span.length.to_le_bytes());
                }
            }
            None => {}
        }
        let mut hash = ContentHash::default();
        hash.copy_from_slice(&self.hasher.finalize().as_bytes()[..16]);
        hash
    }
}

/// Bytes of a sparse file that are not stored; `None` if the map does not describe the file.
fn holes(member: &Member, map: &SparseMap) -> Option<u64> {
    let (mut end, mut stored) = (0u64, 0u64);
    for span in &map.spans {
        if span.offset < end {
            return None;
        }
        end = span.offset.checked_add(span.length)?;
        stored += span.length; // at most `end`
    }
    (end <= member.size && stored == member.stored).then(|| member.size - stored)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Span;

    fn file(size: u64, spans: &[(u64, u64)]) -> Member {
        let spans: Vec<Span> =
            spans.iter().map(|&(offset, length)| Span { offset, length }).collect();
        let stored = spans.iter().map(|span| span.length).sum();
        Member { stored, sparse: Some(SparseMap { spans }), ..Member::file("a", size) }
    }

    fn hash(member: &Member, stored: &[u8], mut holes_left: u64) -> ContentHash {
        let mut hasher = ContentHasher::new(member, &mut holes_left);
        stored.chunks(3).for_each(|part| hasher.update(part));
        hasher.finish()
    }

    fn plain(content: &[u8]) -> ContentHash {
        let mut hash = ContentHash::default();
        hash.copy_from_slice(&blake3::hash(content).as_bytes()[..16]);
        hash
    }

    #[test]
    fn a_sparse_file_has_the_hash_of_its_content_however_it_is_stored() {
        let mut content = vec![0; 10_000];
        content[5_000..5_004].copy_from_slice(b"data");
        let want = plain(&content);
        assert_eq!(hash(&file(10_000, &[(5_000, 4)]), b"data", MAX_HOLES), want);
        assert_eq!(
            hash(&file(10_000, &[(5_000, 2), (5_002, 2), (10_000, 0)]), b"data", MAX_HOLES),
            want
        );
        assert_eq!(hash(&file(10_000, &[(4_998, 6)]), b"\0\0data", MAX_HOLES), want);
        assert_eq!(hash(&file(3, &[]), b"", MAX_HOLES), plain(&[0; 3]));
    }

    #[test]
    fn claims_beyond_the_limit_and_unsound_maps_fill_nothing() {
        let huge = file(u64::MAX, &[(0, 4)]);
        assert_eq!(hash(&huge, b"data", MAX_HOLES), hash(&huge, b"data", 0));
        let backwards = file(100, &[(50, 2), (0, 2)]);
        assert_ne!(hash(&backwards, b"data", MAX_HOLES), plain(b"data"));
        let beyond = file(3, &[(0, 4)]);
        assert_ne!(hash(&beyond, b"data", MAX_HOLES), plain(b"data"));
        let mut left = 10;
        ContentHasher::new(&file(12, &[(0, 4)]), &mut left);
        assert_eq!(left, 2, "all files of a layer share the limit");
    }
}
