//! Manifests in a registry that say something about an image: attestations of its index, what refers to it, and
//! what cosign's tags name.
//!
//! Source: BuildKit, docs/attestations/attestation-storage.md (a manifest in the index that names its
//! subject); OCI distribution-spec, "Listing Referrers"; cosign, specs/SIGNATURE_SPEC.md (tags).
//!
//! - A manifest by digest is used only if its digest matches, and comes from the cache if it is there. What a
//!   tag names is what the registry says at this moment.
//! - What is not there is no error. Why something could not be looked for is kept: then nobody may say that there is
//!   nothing.
//! - Only lists the manifests: the caller decides which of their documents to fetch.

use super::endpoint::{host_of, manifest_path};
use super::limits::MAX_MANIFEST;
use super::manifest::{self, ACCEPT_MANIFESTS, ManifestDocument};
use super::referrers::ListReferrers;
use super::{Call, Need, Operation, RegistryError, errors};
use crate::http::{HttpResponse, ResponseBody};
use crate::oci::{Digest, ImageManifest, attached_tags};
use crate::problem::Problem;
use std::collections::VecDeque;

/// Manifests that are read.
const MAX_MANIFESTS: usize = 20;

/// A manifest about an image.
#[derive(Clone, Debug)]
pub struct FoundManifest {
    pub digest: Digest,
    /// The manifest or index that it was found by.
    pub subject: Digest,
    /// The tag under which it stands, for cosign's.
    pub tag: Option<String>,
    pub bytes: Vec<u8>,
    /// The bytes come from the cache.
    pub is_cached: bool,
    pub manifest: ImageManifest,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct FoundDocuments {
    pub manifests: Vec<FoundManifest>,
    /// Why there may be more.
    pub problem: Option<Problem>,
}

/// One thing to look for.
#[derive(Debug)]
enum Lookup {
    Referrers(Box<ListReferrers>, Digest),
    /// By its digest, and whether the cache does not have it.
    Manifest {
        digest: Digest,
        subject: Digest,
        not_cached: bool,
    },
    Tag {
        tag: String,
        subject: Digest,
    },
}

/// Finds manifests; finding none is not an error.
#[derive(Debug)]
pub struct FindDocuments {
    registry: String,
    repository: String,
    /// The first one is being looked for.
    left: VecDeque<Lookup>,
    /// Manifests that are read, or will be.
    known: Vec<Digest>,
    found: FoundDocuments,
}

impl FindDocuments {
    /// Manifests about `subjects`: the image's manifest and its index. `attestations` are those that the index
    /// names, with their subjects.
    pub fn new(
        registry: &str,
        repository: &str,
        subjects: &[Digest],
        attestations: Vec<(Digest, Digest)>,
    ) -> FindDocuments {
        let mut find = FindDocuments {
            registry: registry.to_owned(),
            repository: repository.to_owned(),
            left: VecDeque::new(),
            known: Vec::new(),
            found: FoundDocuments::default(),
        };
        for (digest, subject) in attestations {
            find.add_manifest(digest, subject);
        }
        for subject in subjects {
            let list = Box::new(ListReferrers::new(registry, repository, subject.clone()));
            find.left.push_back(Lookup::Referrers(list, subject.clone()));
            for tag in attached_tags(subject) {
                find.left.push_back(Lookup::Tag { tag, subject: subject.clone() });
            }
        }
        find
    }

    fn add_manifest(&mut self, digest: Digest, subject: Digest) {
        if self.known.contains(&digest) {
            return;
        }
        if self.known.len() >= MAX_MANIFESTS {
            let message = "More documents refer to the image than are read.";
            let problem = Problem::new("provenance-limit", message);
            let problem = problem.expected(format!("at most {MAX_MANIFESTS}"));
            return self.fail(problem);
        }
        self.known.push(digest.clone());
        self.left.push_back(Lookup::Manifest { digest, subject, not_cached: false });
    }

    fn take_manifest(&mut self, lookup: Lookup, response: HttpResponse, now: u64, is_cached: bool) {
        let (digest, subject, tag) = match lookup {
            Lookup::Manifest { digest, subject, .. } => (Some(digest), subject, None),
            Lookup::Tag { tag, subject } => (None, subject, Some(tag)),
            Lookup::Referrers(..) => return,
        };
        match response.status {
            200 => {}
            // Registries have several words for "there is no such thing".
            400 | 404 | 406 => return,
            _ => {
                let host = host_of(&self.registry);
                let error = errors::of_response(&response, &host, &self.repository, now);
                return self.fail(error.problem);
            }
        }
        let right =
            digest.as_ref().map(|digest| manifest::verify(&response.body, digest, "a manifest"));
        if let Some(Err(problem)) = right {
            return self.fail(problem);
        }
        let digest = digest.unwrap_or_else(|| Digest::of(&response.body));
        let is_new = !self.found.manifests.iter().any(|known| known.digest == digest);
        if let Ok(ManifestDocument::Manifest(manifest)) =
            manifest::parse(&response.body, &response.media_type())
            && !manifest.is_image()
            && is_new
        {
            let (bytes, manifest) = (response.body, *manifest);
            let found = FoundManifest { digest, subject, tag, bytes, is_cached, manifest };
            self.found.manifests.push(found);
        }
    }

    fn fail(&mut self, problem: Problem) {
        self.found.problem.get_or_insert(problem);
    }

    fn call(&self, by: &str) -> Call {
        let path = manifest_path(&self.repository, by);
        let body = ResponseBody::Keep(MAX_MANIFEST);
        let call = Call::pull(&self.registry, &self.repository, path, body);
        Call { accept: Some(ACCEPT_MANIFESTS), ..call }
    }
}

impl Operation for FindDocuments {
    type Output = FoundDocuments;

    fn next(&mut self) -> Need<FoundDocuments> {
        loop {
            match self.left.front_mut() {
                None => return Need::Done(Ok(std::mem::take(&mut self.found))),
                Some(Lookup::Referrers(list, subject)) => match list.next() {
                    Need::Call(call) => return Need::Call(call),
                    Need::Cached(digest) => return Need::Cached(digest),
                    Need::Done(referrers) => {
                        let subject = subject.clone();
                        self.left.pop_front();
                        match referrers {
                            Ok(found) => found
                                .descriptors
                                .into_iter()
                                .for_each(|one| self.add_manifest(one.digest, subject.clone())),
                            Err(error) => self.fail(error.problem),
                        }
                    }
                },
                Some(Lookup::Manifest { digest, not_cached: false, .. }) => {
                    return Need::Cached(digest.clone());
                }
                Some(Lookup::Manifest { digest, .. }) => {
                    let by = digest.to_string();
                    return Need::Call(self.call(&by));
                }
                Some(Lookup::Tag { tag, .. }) => {
                    let by = tag.clone();
                    return Need::Call(self.call(&by));
                }
            }
        }
    }

    fn take(&mut self, result: Result<HttpResponse, RegistryError>, now: u64) {
        if let Some(Lookup::Referrers(list, _)) = self.left.front_mut() {
            return list.take(result, now);
        }
        let Some(lookup) = self.left.pop_front() else { return };
        match result {
            Ok(response) => self.take_manifest(lookup, response, now, false),
            Err(error) => self.fail(error.problem),
        }
    }

    /// Bytes from the cache are used only if their digest matches; otherwise they are fetched.
    fn take_cached(&mut self, bytes: Option<Vec<u8>>) {
        let Some(Lookup::Manifest { digest, not_cached, .. }) = self.left.front_mut() else {
            return;
        };
        *not_cached = true;
        let right = bytes.filter(|bytes| manifest::verify(bytes, digest, "a manifest").is_ok());
        if let Some(body) = right
            && let Some(lookup) = self.left.pop_front()
        {
            let response = HttpResponse { status: 200, headers: Vec::new(), body };
            self.take_manifest(lookup, response, 0, true);
        }
    }
}

#[cfg(test)]
mod tests;
