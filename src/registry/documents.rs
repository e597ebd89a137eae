//! Documents about an image in a registry: from attestations in its index, and from its referrers.
//!
//! Source: BuildKit, docs/attestations/attestation-storage.md (a manifest in the index that names its
//! subject); OCI distribution-spec, "Listing Referrers".
//!
//! - Manifests are used only if their digests match. A manifest that is not available is left out.
//! - Only lists the documents: the caller decides which of them to fetch.

use super::endpoint::manifest_path;
use super::limits::MAX_MANIFEST;
use super::manifest::{self, ACCEPT_MANIFESTS, ManifestDocument};
use super::referrers::ListReferrers;
use super::{Call, Need, Operation, RegistryError};
use crate::http::{HttpResponse, ResponseBody};
use crate::oci::{Descriptor, Digest};
use std::collections::VecDeque;

/// Manifests that are read.
const MAX_MANIFESTS: usize = 20;
/// Documents of one manifest.
const MAX_DOCUMENTS: usize = 50;

/// Finds documents; finding none is not an error.
#[derive(Debug)]
pub struct FindDocuments {
    registry: String,
    repository: String,
    /// The list of referrers, until it is complete.
    referrers: Option<Box<ListReferrers>>,
    /// Manifests that are not read yet.
    manifests: VecDeque<Digest>,
    found: Vec<Descriptor>,
}

impl FindDocuments {
    /// Documents about the manifest `subject`; `attestations` are those that the index names.
    pub fn new(
        registry: &str,
        repository: &str,
        subject: Digest,
        attestations: Vec<Digest>,
    ) -> FindDocuments {
        let referrers = ListReferrers::new(registry, repository, subject);
        FindDocuments {
            registry: registry.to_owned(),
            repository: repository.to_owned(),
            referrers: Some(Box::new(referrers)),
            manifests: attestations.into(),
            found: Vec::new(),
        }
    }

    fn take_referrers(&mut self, descriptors: Vec<Descriptor>) {
        for descriptor in descriptors {
            let room = self.manifests.len() < MAX_MANIFESTS;
            if room && !self.manifests.contains(&descriptor.digest) {
                self.manifests.push_back(descriptor.digest);
            }
        }
    }

    /// The documents in a manifest; none if its digest does not match.
    fn documents(&self, digest: &Digest, response: &HttpResponse) -> Vec<Descriptor> {
        if response.status != 200 || manifest::verify(&response.body, digest, "a manifest").is_err()
        {
            return Vec::new();
        }
        match manifest::parse(&response.body, &response.media_type()) {
            Ok(ManifestDocument::Manifest(manifest)) if !manifest.is_image() => {
                manifest.layers.into_iter().take(MAX_DOCUMENTS).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Operation for FindDocuments {
    type Output = Vec<Descriptor>;

    fn next(&mut self) -> Need<Vec<Descriptor>> {
        if let Some(list) = &mut self.referrers {
            match list.next() {
                Need::Call(call) => return Need::Call(call),
                Need::Cached(digest) => return Need::Cached(digest),
                Need::Done(found) => {
                    self.referrers = None;
                    self.take_referrers(found.map(|found| found.descriptors).unwrap_or_default());
                }
            }
        }
        match self.manifests.front() {
            None => Need::Done(Ok(std::mem::take(&mut self.found))),
            Some(digest) => {
                let path = manifest_path(&self.repository, &digest.to_string());
                let body = ResponseBody::Keep(MAX_MANIFEST);
                let call = Call::pull(&self.registry, &self.repository, path, body);
                Need::Call(Call { accept: Some(ACCEPT_MANIFESTS), ..call })
            }
        }
    }

    fn take(&mut self, result: Result<HttpResponse, RegistryError>, now: u64) {
        if let Some(list) = &mut self.referrers {
            return list.take(result, now);
        }
        let Some(digest) = self.manifests.pop_front() else { return };
        if let Ok(response) = result {
            let documents = self.documents(&digest, &response);
            self.found.extend(documents);
        }
    }
}
