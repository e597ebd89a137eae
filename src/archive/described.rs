//! The blob that a descriptor names: in the archive, or in the descriptor itself; checked against the size
//! that is claimed. Digests are compared where the bytes are read.

use super::contents::ArchiveContents;
use super::documents::blob_name;
use crate::codec::{BlobPart, Compression, HEAD};
use crate::entry::{BLOCK, is_header};
use crate::oci::{Descriptor, Digest};
use crate::problem::Problem;
use crate::text::text_as_utf8;

/// Where a descriptor's blob is.
pub enum FoundBlob {
    /// The member's name, and its place.
    Member(String, BlobPart),
    /// The name that it would have, and its bytes, which match the digest.
    Inline(String, Vec<u8>),
}

/// Finds the blob; `None` if it is nowhere.
pub fn find(
    contents: &ArchiveContents<'_>,
    descriptor: &Descriptor,
    warnings: &mut Vec<Problem>,
) -> Option<FoundBlob> {
    let inline =
        descriptor.inline().and_then(|data| data.map_err(|wrong| warnings.push(wrong)).ok());
    match (contents.blob(&descriptor.digest), inline) {
        (Some((name, part)), _) => {
            warnings.extend(wrong_size(descriptor, &name, part.len));
            Some(FoundBlob::Member(name, part))
        }
        (None, Some(bytes)) => Some(FoundBlob::Inline(blob_name(&descriptor.digest), bytes)),
        (None, None) => None,
    }
}

/// A warning if the descriptor claims another size. What it names is read all the same.
fn wrong_size(descriptor: &Descriptor, name: &str, found: u64) -> Option<Problem> {
    let claimed = descriptor.size;
    // Without a size, it is 0.
    (claimed != 0 && u64::try_from(claimed) != Ok(found)).then(|| {
        Problem::new("descriptor-size", "A descriptor's size is not that of its blob.")
            .expected(format!("{claimed} bytes"))
            .found(format!("{found} bytes"))
            .in_blob(name)
    })
}

impl FoundBlob {
    /// The blob's bytes, if they are few enough to be JSON.
    pub fn bytes(&self, contents: &mut ArchiveContents<'_>) -> Result<Vec<u8>, Problem> {
        match self {
            FoundBlob::Member(name, part) => contents.bytes(*part, name),
            FoundBlob::Inline(name, bytes) => {
                contents.keep(name, bytes);
                Ok(bytes.clone())
            }
        }
    }

    /// The member's name, or the one that it would have.
    pub fn name(&self) -> &str {
        match self {
            FoundBlob::Member(name, _) | FoundBlob::Inline(name, _) => name,
        }
    }

    /// Bytes.
    pub fn size(&self) -> u64 {
        match self {
            FoundBlob::Member(_, part) => part.len,
            FoundBlob::Inline(_, bytes) => bytes.len() as u64,
        }
    }

    /// Where jobs read it; `None` if there is no room for it.
    pub fn place(self, digest: &Digest, contents: &mut ArchiveContents<'_>) -> Option<BlobPart> {
        match self {
            FoundBlob::Member(_, part) => Some(part),
            FoundBlob::Inline(_, bytes) => contents.inline.add(digest, bytes),
        }
    }

    /// Whether it may be JSON: it is small, and begins like an object.
    pub fn may_be_document(&self, contents: &mut ArchiveContents<'_>, most: u64) -> bool {
        let mut head = [0; 16];
        let (count, size) = match self {
            FoundBlob::Member(_, part) => (contents.head(*part, &mut head).unwrap_or(0), part.len),
            FoundBlob::Inline(_, bytes) => {
                let count = bytes.len().min(head.len());
                head[..count].copy_from_slice(&bytes[..count]);
                (count, bytes.len() as u64)
            }
        };
        let text = text_as_utf8(&head[..count]);
        size <= most && text.trim_ascii_start().first() == Some(&b'{')
    }
}

/// Whether a blob can be a layer by its first bytes; unknown is yes.
pub fn may_be_layer(contents: &mut ArchiveContents<'_>, part: BlobPart) -> bool {
    let mut head = [0; BLOCK as usize];
    let count = contents.head(part, &mut head).unwrap_or(0);
    let head = &head[..count];
    Compression::detect(&head[..count.min(HEAD)]) != Compression::None
        || is_header(head)
        || head.iter().all(|&byte| byte == 0)
}
