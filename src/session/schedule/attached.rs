//! Documents about an image in its registry (signatures, attestations, SBOMs, VEX), fetched when the page asks.
//!
//! - The registry is the image's own, which the user named. It is searched once.
//! - They cause no question to the user, and a document that cannot be fetched is not an error.
//! - A document is used only if it matches its digest. It is cached by digest.
//! - One request is served after the other: a later one needs what an earlier one found.

use super::command::{CacheKey, Command};
use super::downloads::BlobPlace;
use super::network::Manners;
use super::purpose::{CachePurpose, OperationPurpose, TransferPurpose};
use super::running::{OperationResult, operation};
use super::shared::SharedParts;
use crate::oci::{Descriptor, Digest};
use crate::problem::Problem;
use crate::protocol::{AttachedWish, Event, FetchAttached, RegistrySearch, RequestId};
use crate::registry::blob::Verifier;
use crate::registry::documents::{FindDocuments, FoundDocuments};
use crate::vocabulary::ImagePosition;
use std::collections::VecDeque;

/// Requests in progress.
#[derive(Default)]
pub struct AttachedDocuments {
    /// The first one is being served.
    requests: VecDeque<DocumentRequest>,
    /// Documents that could not be fetched.
    failed: Vec<Digest>,
}

struct DocumentRequest {
    id: RequestId,
    image: ImagePosition,
    wish: AttachedWish,
    registry: String,
    repository: String,
    /// Documents still to be read; the first one is being read.
    left: VecDeque<Descriptor>,
}

impl AttachedDocuments {
    /// Fetches what is attached to an image, unless that was done.
    pub fn request(&mut self, id: RequestId, order: &FetchAttached, shared: &mut SharedParts) {
        let FetchAttached { image, wish } = *order;
        let Some((downloads, means)) = shared.downloads() else {
            return shared.out.answer(id, &Ok(())); // documents in the source are read with the image
        };
        if means.session.manifests(image).is_empty() {
            return means.out.answer(id, &Ok(()));
        }
        let place = downloads.place();
        let (registry, repository) = (place.registry.to_owned(), place.repository.to_owned());
        let left = VecDeque::new();
        let request = DocumentRequest { id, image, wish, registry, repository, left };
        self.requests.push_back(request);
        if self.requests.len() == 1 {
            self.start(shared);
        }
    }

    /// Serves the first request.
    fn start(&mut self, shared: &mut SharedParts) {
        let Some(DocumentRequest { id, image, registry, repository, .. }) = self.requests.front()
        else {
            return;
        };
        let Some(session) = &shared.session else { return };
        if session.registry_search(*image) != &RegistrySearch::NotAsked {
            return self.fetch(shared);
        }
        let subjects = session.manifests(*image);
        let attestations = session.unfetched_attestations(*image);
        let find = FindDocuments::new(registry, repository, &subjects, attestations);
        let find = operation(find, OperationResult::Documents);
        let purpose = OperationPurpose::Documents(*id);
        shared.network.start(find, purpose, Manners::Quiet, &mut shared.out);
    }

    /// Manifests were found.
    pub fn take_found(&mut self, id: RequestId, found: FoundDocuments, shared: &mut SharedParts) {
        let Some(request) = self.served(id) else { return };
        let Some(session) = &mut shared.session else { return };
        for manifest in found.manifests.iter().filter(|manifest| !manifest.is_cached) {
            let key = CacheKey::Document(manifest.digest.clone());
            shared.out.push(Command::WriteCache { key, bytes: manifest.bytes.clone() });
        }
        session.attach_manifests(request.image, found);
        shared.out.tell(Event::Changed { image: request.image });
        self.fetch(shared);
    }

    /// Fetches the documents that are wanted and not here.
    fn fetch(&mut self, shared: &mut SharedParts) {
        let (Some(request), Some(session)) = (self.requests.front_mut(), &shared.session) else {
            return;
        };
        let wanted = session.unfetched_documents(request.image, request.wish);
        let can_be = |document: &Descriptor| !self.failed.contains(&document.digest);
        request.left = wanted.into_iter().filter(can_be).collect();
        self.next(shared);
    }

    /// What the cache has of a document.
    pub fn take_cached(&mut self, id: RequestId, bytes: Option<Vec<u8>>, shared: &mut SharedParts) {
        let Some(request) = self.served(id) else { return };
        let Some(document) = request.left.front() else { return };
        match bytes.filter(|bytes| Verifier::matches(&document.digest, bytes)) {
            Some(bytes) => self.take(Some(bytes), shared),
            None => {
                let whole = (0, document.bytes());
                let place =
                    BlobPlace { registry: &request.registry, repository: &request.repository };
                let purpose = TransferPurpose::Document(id);
                let SharedParts { ranges, network, out, .. } = shared;
                ranges.start(place, document, whole, purpose, network, out);
            }
        }
    }

    /// A document was fetched, or cannot be.
    pub fn take_fetched(
        &mut self,
        id: RequestId,
        bytes: Result<Vec<u8>, Problem>,
        shared: &mut SharedParts,
    ) {
        let Some(document) = self.served(id).and_then(|request| request.left.front()) else {
            return;
        };
        let bytes = bytes.ok().filter(|bytes| Verifier::matches(&document.digest, bytes));
        if let Some(bytes) = &bytes {
            let key = CacheKey::Document(document.digest.clone());
            shared.out.push(Command::WriteCache { key, bytes: bytes.clone() });
        }
        self.take(bytes, shared);
    }

    /// A request was cancelled. What it did not fetch can be requested again.
    pub fn cancel(&mut self, id: RequestId, shared: &mut SharedParts) {
        let Some(at) = self.requests.iter().position(|request| request.id == id) else { return };
        self.requests.remove(at);
        let SharedParts { ranges, network, out, .. } = shared;
        network.cancel_all(|purpose| *purpose == OperationPurpose::Documents(id), out);
        ranges.cancel(TransferPurpose::Document(id), network, out);
        out.forget_lookups(|purpose| *purpose == CachePurpose::Document(id));
        if at == 0 {
            self.start(shared);
        }
    }

    /// The request that is being served, if it is this one.
    fn served(&mut self, id: RequestId) -> Option<&mut DocumentRequest> {
        self.requests.front_mut().filter(|request| request.id == id)
    }

    fn take(&mut self, bytes: Option<Vec<u8>>, shared: &mut SharedParts) {
        let Some(request) = self.requests.front_mut() else { return };
        let (image, document) = (request.image, request.left.pop_front());
        match (document, bytes, &mut shared.session) {
            (Some(document), Some(bytes), Some(session)) => {
                session.attach(image, &document, &bytes);
                shared.out.tell(Event::Changed { image });
            }
            (Some(document), None, _) => self.failed.push(document.digest),
            _ => {}
        }
        self.next(shared);
    }

    /// Reads the next document, or answers and serves the next request.
    fn next(&mut self, shared: &mut SharedParts) {
        let Some(request) = self.requests.front() else { return };
        match request.left.front() {
            Some(document) => {
                let key = CacheKey::Document(document.digest.clone());
                shared.out.read_cache(vec![key], CachePurpose::Document(request.id));
            }
            None => {
                shared.out.answer(request.id, &Ok(()));
                self.requests.pop_front();
                self.start(shared);
            }
        }
    }
}
