//! Documents of an archive, kept as they were read so that they can be shown: indexes, manifests,
//! configurations, and small documents of attestations.
//!
//! - Exact bytes, by the digest that they have and by the name under which they are stored: content that is
//!   not what its digest says is found by its name.
//! - Bounded: what does not fit is not kept. The archive is read all the same.

use crate::oci::{Digest, Hasher};
use std::collections::HashMap;

/// Bytes of one document that is kept: real ones have some ten thousand, SBOMs a few million.
const MAX_DOCUMENT: usize = 4 << 20;
/// Bytes of all documents that are kept.
const MAX_ALL: usize = 32 << 20;

/// A document as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceDocument {
    /// The member's name in the archive; for what came from a registry, its blob's.
    pub name: String,
    /// The digest that the bytes have.
    pub digest: Digest,
    pub bytes: Vec<u8>,
}

impl SourceDocument {
    /// Whether its bytes have this digest: it may only be stored under its name.
    pub fn has(&self, digest: &Digest) -> bool {
        if digest.algorithm() == self.digest.algorithm() {
            return self.digest == *digest;
        }
        let hasher = Hasher::of_algorithm(digest.algorithm());
        hasher.is_some_and(|mut hasher| {
            hasher.update(&self.bytes);
            hasher.finish() == *digest
        })
    }
}

/// The documents that are kept.
#[derive(Clone, Debug, Default)]
pub struct SourceDocuments {
    list: Vec<SourceDocument>,
    by_digest: HashMap<Digest, usize>,
    by_name: HashMap<String, usize>,
    bytes: usize,
}

impl SourceDocuments {
    /// Keeps a document, if it fits. The same bytes are kept once, under their first name.
    pub fn keep(&mut self, name: &str, bytes: &[u8]) {
        if bytes.len() > MAX_DOCUMENT || self.bytes + bytes.len() > MAX_ALL {
            return;
        }
        let digest = Digest::of(bytes);
        if self.by_digest.contains_key(&digest) {
            return;
        }
        self.bytes += bytes.len();
        self.by_digest.insert(digest.clone(), self.list.len());
        self.by_name.entry(name.to_owned()).or_insert(self.list.len());
        self.list.push(SourceDocument { name: name.to_owned(), digest, bytes: bytes.to_vec() });
    }

    /// The document that a digest names: the one that has it, or else the one stored as its blob.
    pub fn find(&self, digest: &Digest) -> Option<&SourceDocument> {
        let at = self.by_digest.get(digest).or_else(|| self.by_name.get(&blob_name(digest)));
        self.list.get(*at?)
    }

    /// The document stored under a name.
    pub fn named(&self, name: &str) -> Option<&SourceDocument> {
        self.list.get(*self.by_name.get(name)?)
    }
}

/// The name of a blob in an OCI image layout.
pub fn blob_name(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm(), digest.encoded())
}

#[test]
fn documents_are_kept_once_and_within_bounds() {
    let mut documents = SourceDocuments::default();
    let wrong = Digest::of(b"what its name says");
    documents.keep("index.json", b"{}");
    documents.keep("again.json", b"{}");
    documents.keep(&blob_name(&wrong), b"what it is");
    documents.keep("large", &vec![b' '; MAX_DOCUMENT + 1]);
    assert_eq!(documents.find(&Digest::of(b"{}")).unwrap().name, "index.json");
    assert_eq!(documents.named("again.json"), None);
    assert_eq!(documents.find(&wrong).unwrap().bytes, b"what it is");
    assert!(!documents.find(&wrong).unwrap().has(&wrong));
    let mut longer = Hasher::of_algorithm("sha512").unwrap();
    longer.update(b"{}");
    let plain = documents.named("index.json").unwrap();
    assert!(plain.has(&Digest::of(b"{}")) && plain.has(&longer.finish()));
    assert_eq!(documents.named("large"), None);
    for at in 0..20u8 {
        documents.keep("many", &vec![at; MAX_DOCUMENT]);
    }
    assert!(documents.bytes <= MAX_ALL && documents.list.len() > 5);
}
