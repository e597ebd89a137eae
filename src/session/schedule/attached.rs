//! Documents attached to an image in its registry (SBOMs, VEX), fetched once when the page asks.
//!
//! - They cause no question to the user, and a document that cannot be fetched is not an error.
//! - A document is used only if it matches its digest. It is cached by digest.

use super::command::{CacheKey, Command};
use super::downloads::BlobPlace;
use super::network::Manners;
use super::purpose::{CachePurpose, OperationPurpose, TransferPurpose};
use super::running::{OperationResult, operation};
use super::shared::SharedParts;
use crate::archive::document_name;
use crate::oci::{Descriptor, Digest};
use crate::problem::Problem;
use crate::protocol::{Event, RequestId};
use crate::registry::blob::Verifier;
use crate::registry::documents::FindDocuments;
use crate::session::jobs::attached::is_of_use;
use crate::vocabulary::ImagePosition;
use std::collections::{BTreeMap, VecDeque};

/// Bytes of a document that is fetched without the user requesting it by name.
const MAX_BYTES: u64 = 32 << 20;

/// Requests in progress.
#[derive(Default)]
pub struct AttachedDocuments {
    open: BTreeMap<RequestId, DocumentSearch>,
    /// Manifests for which it was found out what is attached to them.
    known: Vec<Digest>,
}

struct DocumentSearch {
    image: ImagePosition,
    subject: Digest,
    registry: String,
    repository: String,
    /// Documents still to be read; the first one is being read.
    left: VecDeque<Descriptor>,
}

impl AttachedDocuments {
    /// Fetches what is attached to an image, unless that was done.
    pub fn request(&mut self, request: RequestId, image: ImagePosition, shared: &mut SharedParts) {
        let Some((downloads, means)) = shared.downloads() else {
            return shared.out.answer(request, &Ok(())); // documents in the source are read with the image
        };
        let place = downloads.place();
        let subject = means.session.manifests(image).into_iter().next();
        let Some(subject) = subject.filter(|subject| !self.known.contains(subject)) else {
            return means.out.answer(request, &Ok(()));
        };
        self.known.push(subject.clone());
        let attestations = means.session.unfetched_attestations(image);
        let (registry, repository) = (place.registry.to_owned(), place.repository.to_owned());
        let find = FindDocuments::new(&registry, &repository, subject.clone(), attestations);
        let find = operation(find, OperationResult::Documents);
        let search = DocumentSearch { image, subject, registry, repository, left: VecDeque::new() };
        self.open.insert(request, search);
        let purpose = OperationPurpose::Documents(request);
        means.network.start(find, purpose, Manners::Quiet, means.out);
    }

    /// Documents were found.
    pub fn take_found(
        &mut self,
        request: RequestId,
        found: Vec<Descriptor>,
        shared: &mut SharedParts,
    ) {
        if let Some(search) = self.open.get_mut(&request) {
            let of_use = |document: &Descriptor| {
                is_of_use(document_name(document)) && document.bytes() <= MAX_BYTES
            };
            search.left = found.into_iter().filter(of_use).collect();
            self.next(request, shared);
        }
    }

    /// What the cache has of a document.
    pub fn take_cached(
        &mut self,
        request: RequestId,
        bytes: Option<Vec<u8>>,
        shared: &mut SharedParts,
    ) {
        let Some(search) = self.open.get(&request) else { return };
        let Some(document) = search.left.front() else { return };
        match bytes {
            Some(bytes) => self.take(request, Some(bytes), shared),
            None => {
                let whole = (0, document.bytes());
                let place =
                    BlobPlace { registry: &search.registry, repository: &search.repository };
                let purpose = TransferPurpose::Document(request);
                let SharedParts { ranges, network, out, .. } = shared;
                ranges.start(place, document, whole, purpose, network, out);
            }
        }
    }

    /// A document was fetched, or cannot be.
    pub fn take_fetched(
        &mut self,
        request: RequestId,
        bytes: Result<Vec<u8>, Problem>,
        shared: &mut SharedParts,
    ) {
        let Some(document) = self.open.get(&request).and_then(|search| search.left.front()) else {
            return;
        };
        let bytes = bytes.ok().filter(|bytes| Verifier::matches(&document.digest, bytes));
        if let Some(bytes) = &bytes {
            let key = CacheKey::Document(document.digest.clone());
            shared.out.push(Command::WriteCache { key, bytes: bytes.clone() });
        }
        self.take(request, bytes, shared);
    }

    /// A request was cancelled. What it did not fetch can be requested again.
    pub fn cancel(&mut self, request: RequestId, shared: &mut SharedParts) {
        let Some(search) = self.open.remove(&request) else { return };
        self.known.retain(|subject| *subject != search.subject);
        let SharedParts { ranges, network, out, .. } = shared;
        network.cancel_all(|purpose| *purpose == OperationPurpose::Documents(request), out);
        ranges.cancel(TransferPurpose::Document(request), network, out);
        out.forget_lookups(|purpose| *purpose == CachePurpose::Document(request));
    }

    fn take(&mut self, request: RequestId, bytes: Option<Vec<u8>>, shared: &mut SharedParts) {
        let Some(search) = self.open.get_mut(&request) else { return };
        let document = search.left.pop_front();
        if let (Some(document), Some(bytes), Some(session)) = (document, bytes, &mut shared.session)
        {
            let name = document_name(&document).to_owned();
            session.attach(search.image, document.digest.as_str(), &name, &bytes);
            shared.out.tell(Event::Changed { image: search.image });
        }
        self.next(request, shared);
    }

    /// Reads the next document, or answers.
    fn next(&mut self, request: RequestId, shared: &mut SharedParts) {
        let Some(search) = self.open.get(&request) else { return };
        match search.left.front() {
            Some(document) => {
                let key = CacheKey::Document(document.digest.clone());
                shared.out.read_cache(vec![key], CachePurpose::Document(request));
            }
            None => {
                self.open.remove(&request);
                shared.out.answer(request, &Ok(()));
            }
        }
    }
}
