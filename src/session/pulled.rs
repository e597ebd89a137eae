//! An image in a registry as a source: an OCI image layout whose layers arrive later.
//!
//! What was pulled (index, manifest, configuration) and what is still missing (layers) are presented as the files
//! of a layout, so all later code reads it like any archive. A layer that is not here yet can't be opened; the
//! schedule downloads it before its job runs.

use super::jobs::{JobResult, Outcome};
use super::state::Session;
use super::{Files, ReadSeek};
use crate::archive::{OtherKind, blob_name};
use crate::codec::BlobPart;
use crate::layer::LayerScan;
use crate::oci::{Descriptor, Digest, Reference};
use crate::problem::Problem;
use crate::protocol::{PullLimit, RegistryInfo};
use crate::registry::pull::Pulled;
use crate::registry::rate_limit::RateLimit;
use crate::vocabulary::SourceFormat;
use serde_json::json;
use std::collections::HashSet;
use std::io::{self, Cursor};

/// A layer's blob that must be fetched.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteBlob {
    /// Its place among the layout's files.
    pub file: u32,
    /// Digest, bytes and media type, as the manifest claims them.
    pub descriptor: Descriptor,
}

/// The files of a pulled image.
#[derive(Debug, Default)]
pub struct Layout {
    /// Paths and bytes of the documents.
    documents: Vec<(String, Vec<u8>)>,
    /// The layers, each blob once, base first.
    pub blobs: Vec<RemoteBlob>,
    /// Full name and digest, for links.
    registry: RegistryInfo,
    /// Manifests of the index that are attestations, and their subjects, as the index says; none is fetched.
    attestations: Vec<(Digest, Option<Digest>)>,
    warnings: Vec<Problem>,
}

impl Layout {
    /// Lays out what a reference led to, under the name by which it was requested.
    pub fn of(pulled: Pulled, reference: &Reference) -> Layout {
        let name = match reference.tag() {
            Some(tag) => {
                reference.with_tag(tag).map_or_else(|_| reference.name(), |r| r.familiar())
            }
            None => reference.familiar(),
        };
        let top = pulled.documents.iter().find(|(digest, _)| *digest == pulled.digest);
        let index = json!({
            "schemaVersion": 2,
            "manifests": [{
                "digest": pulled.digest.to_string(),
                "size": top.map_or(0, |(_, bytes)| bytes.len()),
                "annotations": {"io.containerd.image.name": name},
            }],
        });
        let mut documents = vec![("index.json".to_owned(), index.to_string().into_bytes())];
        let registry = RegistryInfo {
            reference: name,
            name: reference.name(),
            registry: reference.registry().to_owned(),
            digest: pulled.digest.to_string(),
            is_index: !pulled.choices.is_empty(),
            moved_to: pulled.moved_to.map(|digest| digest.to_string()),
            proxied: false,
            rate_limit: None,
            from_cache: false,
        };
        let place = |(digest, bytes): (Digest, Vec<u8>)| (blob_name(&digest), bytes);
        documents.extend(pulled.documents.into_iter().map(place));
        let (mut blobs, mut known) = (Vec::<RemoteBlob>::new(), HashSet::new());
        for descriptor in pulled.image.into_iter().flat_map(|image| image.manifest.layers) {
            // One that has the blob in itself is read from there.
            let inline = descriptor.inline().is_some_and(|data| data.is_ok());
            if !inline && known.insert(descriptor.digest.clone()) {
                let file = (documents.len() + blobs.len()) as u32;
                blobs.push(RemoteBlob { file, descriptor });
            }
        }
        let attestations = pulled.others.into_iter().filter(|other| other.attestation);
        let attestations = attestations.map(|other| (other.descriptor.digest, other.subject));
        let attestations = attestations.collect();
        Layout { documents, blobs, registry, attestations, warnings: pulled.warnings }
    }

    /// As links and the session name the source.
    pub fn reference(&self) -> &str {
        &self.registry.reference
    }

    /// It was requested through the proxy.
    pub fn is_proxied(&mut self) {
        self.registry.proxied = true;
    }

    /// What the registry said about its rate limit.
    pub fn has_limit(&mut self, limit: RateLimit) {
        self.registry.rate_limit = limit.remaining.map(|remaining| PullLimit {
            remaining,
            limit: limit.limit,
            window_seconds: limit.window,
        });
    }

    /// The registry did not answer: what the cache of an earlier visit has is shown.
    pub fn is_from_cache(&mut self, problem: Problem) {
        self.registry.from_cache = true;
        self.warnings.push(problem);
    }

    /// Number of documents: the files before the layers.
    pub fn document_count(&self) -> u32 {
        self.documents.len() as u32
    }

    /// The bytes of a document; `None` for a layer.
    pub fn document(&self, file: u32) -> Option<&[u8]> {
        self.documents.get(file as usize).map(|(_, bytes)| &bytes[..])
    }
}

impl Files for Layout {
    fn list(&self) -> Vec<(String, u64)> {
        let documents =
            self.documents.iter().map(|(path, bytes)| (path.clone(), bytes.len() as u64));
        let blobs = self
            .blobs
            .iter()
            .map(|blob| (blob_name(&blob.descriptor.digest), blob.descriptor.bytes()));
        documents.chain(blobs).collect()
    }

    fn open(&self, file: u32) -> io::Result<Box<dyn ReadSeek>> {
        let bytes = self.document(file).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Cursor::new(bytes.to_vec())))
    }
}

impl Session {
    /// The session of a pulled image.
    pub(super) fn of_layout(layout: &Layout) -> Result<Session, Problem> {
        let mut session = Session::open(layout.reference(), layout)?;
        session.formats = vec![SourceFormat::Registry];
        session.registry = Some(layout.registry.clone());
        for other in &mut session.others {
            other.names.clear(); // they are the index's, and the same for all
            let attestation =
                layout.attestations.iter().find(|(digest, _)| other.digest == *digest);
            if let Some((_, subject)) = attestation {
                other.kind = OtherKind::Attestation;
                other.subject.clone_from(subject);
            }
        }
        session.warnings.extend(layout.warnings.iter().cloned());
        Ok(session)
    }

    /// A layer's blob was downloaded, and its bytes match its digest.
    pub(super) fn arrived(&mut self, file: u32, digest: Digest) {
        if let Some(part) = self.blob_of(file) {
            self.blobs.arrived(part, digest);
        }
    }

    /// A layer's blob cannot be read, and is downloaded again.
    pub(super) fn lost(&mut self, file: u32) {
        if let Some(part) = self.blob_of(file) {
            self.blobs.lost(&part);
        }
    }

    /// A layer whose download failed may be tried again.
    pub(super) fn forget(&mut self, file: u32) {
        if let Some(part) = self.blob_of(file) {
            self.blobs.forget(&part);
            self.discard_built_with(&part);
        }
    }

    /// Whether a layer's index is known.
    pub(super) fn has_index(&self, file: u32) -> bool {
        self.blob_of(file).is_some_and(|part| self.blobs.has_index(&part))
    }

    /// All that is known about a layer, for the cache of the next visit; `None` while a result is missing.
    pub(super) fn to_keep(&self, file: u32) -> Option<Vec<u8>> {
        let (scan, index) = self.blobs.complete(&self.blob_of(file)?)?;
        Some(JobResult::scan_buffer(scan, index))
    }

    /// Takes what `to_keep` gave on an earlier visit; false if it cannot be used.
    pub(super) fn take_kept(&mut self, file: u32, buffer: &[u8]) -> bool {
        let scan = JobResult::from_buffer(buffer).map(|result| result.0);
        let (Some(part), Ok(Outcome::Scan(scan))) = (self.blob_of(file), scan) else {
            return false;
        };
        match scan.claimed {
            _ if self.blobs.has_index(&part) => return false,
            true => self.blobs.list(part, *scan),
            false if !self.blobs.wants_no_more_than(&part, &scan) => return false,
            false => {
                self.blobs.finish(part, *scan, true);
            }
        }
        true
    }

    /// Takes what a layer's table says instead of the layer: claims, until the layer is here.
    pub(super) fn list(&mut self, file: u32, scan: LayerScan) {
        if let Some(part) = self.blob_of(file) {
            self.blobs.list(part, scan);
        }
    }

    /// Whether a layer is known by its table alone.
    pub(super) fn is_listed(&self, file: u32) -> bool {
        self.blob_of(file).is_some_and(|part| self.blobs.is_listed(&part))
    }

    /// A layer that is known by its table is here now, and must be read.
    pub(super) fn unlist(&mut self, file: u32) {
        if let Some(part) = self.blob_of(file) {
            self.blobs.unlist(&part);
        }
    }

    fn blob_of(&self, file: u32) -> Option<BlobPart> {
        self.blobs.in_file(file)
    }
}
