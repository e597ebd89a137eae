//! Blobs that descriptors have in `data`: files beside those of the source, for the jobs that read them.

use crate::codec::BlobPart;
use crate::oci::Digest;
use std::collections::HashMap;

/// The number of the first such file: behind those of any source, and before those that a schedule adds.
pub const FIRST_INLINE_FILE: u32 = 1 << 30;
/// Bytes of all of them: real ones have a few thousand.
const MAX_BYTES: usize = 32 << 20;

/// The blobs, each once.
#[derive(Clone, Debug, Default)]
pub struct InlineBlobs {
    list: Vec<Vec<u8>>,
    by_digest: HashMap<Digest, BlobPart>,
    bytes: usize,
}

impl InlineBlobs {
    /// Adds a blob; `None` if there is no room for it.
    pub fn add(&mut self, digest: &Digest, bytes: Vec<u8>) -> Option<BlobPart> {
        if let Some(part) = self.by_digest.get(digest) {
            return Some(*part);
        }
        if self.bytes + bytes.len() > MAX_BYTES {
            return None;
        }
        let file = FIRST_INLINE_FILE + self.list.len() as u32;
        let part = BlobPart::plain(file, 0, bytes.len() as u64);
        self.bytes += bytes.len();
        self.by_digest.insert(digest.clone(), part);
        self.list.push(bytes);
        Some(part)
    }

    /// Whether a blob is in such a file.
    pub fn has(part: &BlobPart) -> bool {
        part.file >= FIRST_INLINE_FILE
    }

    /// The blobs with the numbers of their files.
    pub fn into_files(self) -> impl Iterator<Item = (u32, Vec<u8>)> {
        (FIRST_INLINE_FILE..).zip(self.list)
    }
}

#[test]
fn a_blob_is_added_once_and_within_bounds() {
    let mut blobs = InlineBlobs::default();
    let first = blobs.add(&Digest::of(b"a"), b"a".to_vec());
    assert_eq!(blobs.add(&Digest::of(b"a"), b"a".to_vec()), first);
    let part = blobs.add(&Digest::of(b"bb"), b"bb".to_vec()).unwrap();
    assert_eq!((part.file, part.len), (FIRST_INLINE_FILE + 1, 2));
    assert_eq!(blobs.add(&Digest::of(b"c"), vec![0; MAX_BYTES]), None);
    let files: Vec<_> = blobs.into_files().collect();
    assert_eq!(
        files,
        [(FIRST_INLINE_FILE, b"a".to_vec()), (FIRST_INLINE_FILE + 1, b"bb".to_vec())]
    );
}
