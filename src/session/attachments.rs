//! Documents attached to images of a session: which there are, and the results of reading SBOMs and VEX documents.
//! What documents say about builders and signers is read in `provenance.rs`.

use super::jobs::attached::{AttachedContent, AttachedDocument, content, is_of_use};
use super::jobs::{Job, Work};
use super::provenance;
use super::state::Session;
use crate::analysis::provenance::{MAX_READ, form_of};
use crate::analysis::vulnerabilities::vulnerability::VexDocument;
use crate::archive::{
    ArtifactDocument, NamedDigest, OtherKind, OtherSource, artifact_type, blob_name, document_name,
};
use crate::json;
use crate::oci::{Descriptor, Digest};
use crate::problem::Problem;
use crate::protocol::{AttachedWish, RegistrySearch};
use crate::registry::documents::{FoundDocuments, FoundManifest};
use crate::vocabulary::{ImagePosition, VexOrigin};
use std::collections::BTreeMap;

/// SBOMs and VEX documents that are read of one image, and documents that are fetched of it.
const MAX_DOCUMENTS: usize = 20;
/// Bytes of an SBOM that is fetched without the user requesting it by name.
const MAX_FETCHED: u64 = 32 << 20;

impl Session {
    /// Digests that a document about an image may name: its manifest's, and that of the index that names the
    /// manifest.
    pub(super) fn manifests(&self, image: ImagePosition) -> Vec<Digest> {
        let Ok(open) = self.image(image) else { return Vec::new() };
        open.source.manifest_digest.iter().chain(&open.source.index_digest).cloned().collect()
    }

    /// What is in the source beside its images and says that it is about this one.
    pub(super) fn others_about(&self, image: ImagePosition) -> impl Iterator<Item = &OtherSource> {
        let subjects = self.manifests(image);
        let is_about = move |subject: &Digest| subjects.contains(subject);
        let all = self.others.iter().chain(&self.referrers);
        all.filter(move |other| other.subject.as_ref().is_some_and(&is_about))
    }

    /// Whether an image's registry was searched for documents about it.
    pub(super) fn registry_search(&self, image: ImagePosition) -> &RegistrySearch {
        self.image(image).map_or(&RegistrySearch::NotAsked, |open| &open.search)
    }

    /// Attestations that the index of an image in a registry names, with their subjects, and that are not here.
    pub(super) fn unfetched_attestations(&self, image: ImagePosition) -> Vec<(Digest, Digest)> {
        let about = self.others_about(image).filter(|other| other.kind == OtherKind::Attestation);
        let pairs =
            about.filter_map(|other| other.digest.read().cloned().zip(other.subject.clone()));
        pairs.filter(|(digest, _)| self.documents.find(digest).is_none()).collect()
    }

    /// Takes what the registry has about an image: manifests, whose documents can be fetched now.
    pub(super) fn attach_manifests(&mut self, image: ImagePosition, found: FoundDocuments) {
        for FoundManifest { digest, subject, tag, bytes, manifest, .. } in found.manifests {
            self.documents.keep(&blob_name(&digest), &bytes);
            let artifact_type = artifact_type(&manifest).to_owned();
            let (layers, _) = provenance::layers(manifest);
            for layer in &layers {
                if let Some(Ok(bytes)) = layer.inline() {
                    self.documents.keep(&blob_name(&layer.digest), &bytes);
                }
            }
            let document = |layer: &Descriptor| ArtifactDocument {
                name: document_name(layer, &BTreeMap::new()).to_owned(),
                digest: layer.digest.clone(),
                blob: None,
            };
            let documents = layers.iter().map(document).collect();
            let mut known = self.others.iter_mut().chain(&mut self.referrers);
            match known.find(|known| known.digest == digest) {
                Some(known) => known.documents = documents,
                None => self.referrers.push(OtherSource {
                    kind: OtherKind::Artifact,
                    digest: NamedDigest::Read(digest),
                    platform: None,
                    names: tag.into_iter().collect(),
                    subject: Some(subject),
                    artifact_type,
                    documents,
                }),
            }
        }
        if let Ok(open) = self.image_mut(image) {
            open.search = match found.problem {
                None => RegistrySearch::Complete,
                Some(problem) => RegistrySearch::Incomplete(problem),
            };
        }
        self.forget_provenance();
    }

    /// Documents about an image in a registry that are not here and can be.
    pub(super) fn unfetched_documents(
        &self,
        image: ImagePosition,
        wish: AttachedWish,
    ) -> Vec<Descriptor> {
        let mut wanted: Vec<Descriptor> = Vec::new();
        for other in self.others_about(image).filter(|other| other.kind != OtherKind::Absent) {
            for layer in self.named_documents(other) {
                let known = wanted.iter().any(|known| known.digest == layer.digest)
                    || self.documents.find(&layer.digest).is_some()
                    || self.is_attached(image, &layer.digest);
                if !known && wanted.len() < MAX_DOCUMENTS && is_wanted(&layer, wish) {
                    wanted.push(layer);
                }
            }
        }
        wanted
    }

    /// Whether an SBOM or a VEX document was read: large ones are not kept.
    fn is_attached(&self, image: ImagePosition, digest: &Digest) -> bool {
        let attached = self.image(image).map_or(&[][..], |open| &open.attached);
        attached.iter().any(|known| known.digest == digest.as_str())
    }

    /// What a document says, if it was read for any image.
    fn known_content(&self, digest: &Digest) -> Option<AttachedContent> {
        let mut attached = self.images.iter().flat_map(|open| &open.attached);
        attached.find(|known| known.digest == digest.as_str())?.content.clone().ok()
    }

    /// Takes a document about an image that came from a registry.
    pub(super) fn attach(&mut self, image: ImagePosition, document: &Descriptor, bytes: &[u8]) {
        self.documents.keep(&blob_name(&document.digest), bytes);
        let name = document_name(document, &document.annotations);
        if is_of_use(name) {
            let known = self.known_content(&document.digest);
            let content = known.map_or_else(|| content(name, bytes), Ok);
            self.keep_attached(image, document.digest.as_str(), content);
            self.apply_attached(image);
        }
        self.forget_provenance();
    }

    /// Jobs that read the documents about an image that are in the source and were not read yet.
    pub(super) fn attached_jobs(&self, image: ImagePosition) -> Vec<Job> {
        let Ok(open) = self.image(image) else { return Vec::new() };
        let known = |document: &&ArtifactDocument| {
            open.attached.iter().any(|known| known.digest == document.digest.as_str())
        };
        let unread = self.attached_documents(image).into_iter().filter(|one| !known(one));
        unread
            .filter_map(|document| {
                let part = document.blob?;
                let (digest, name) = (document.digest.to_string(), document.name.clone());
                let work = Work::Attached { part, digest, name };
                Some(self.blobs.job(part, 0, work, part.start))
            })
            .collect()
    }

    /// Documents about an image that are in the source and can be read.
    fn attached_documents(&self, image: ImagePosition) -> Vec<&ArtifactDocument> {
        let about = self.others_about(image).filter(|other| other.kind != OtherKind::Absent);
        let documents = about.flat_map(|other| &other.documents);
        documents.filter(|document| is_of_use(&document.name)).take(MAX_DOCUMENTS).collect()
    }

    /// Takes what such a job gave, for every image that the document is about.
    pub(super) fn take_attached(&mut self, digest: &str, document: Result<String, Problem>) {
        let content = document.and_then(|json| {
            json::from_text::<AttachedContent>(&json)
                .map_err(|_| Problem::new("worker-answer", "A worker's answer cannot be read."))
        });
        for image in self.positions() {
            let of_image = self.attached_documents(image);
            if of_image.iter().any(|document| document.digest.as_str() == digest) {
                self.keep_attached(image, digest, content.clone());
            }
        }
    }

    fn keep_attached(
        &mut self,
        image: ImagePosition,
        digest: &str,
        content: Result<AttachedContent, Problem>,
    ) {
        let Ok(open) = self.image_mut(image) else { return };
        open.attached.retain(|known| known.digest != digest);
        open.attached.push(AttachedDocument { digest: digest.to_owned(), content });
    }

    /// Applies the statements of attached VEX documents to an image's vulnerabilities. They are claims that an image
    /// makes about itself, so whatever they leave out is told as such, and never reads as if nothing was found.
    pub(super) fn apply_attached(&mut self, image: ImagePosition) {
        let Ok(open) = self.image_mut(image) else { return };
        for document in &open.attached {
            if let Ok(AttachedContent::Vex(statements)) = &document.content {
                let name = document.digest.clone();
                let document = VexDocument { origin: VexOrigin::Attached, name };
                open.check.take_vex(document, statements.clone());
            }
        }
    }
}

/// Whether a document is fetched: signatures and provenance, and SBOMs and VEX documents where they are shown.
fn is_wanted(layer: &Descriptor, wish: AttachedWish) -> bool {
    match is_of_use(document_name(layer, &layer.annotations)) {
        true => wish == AttachedWish::All && layer.bytes() <= MAX_FETCHED,
        false => form_of(layer).is_some() && layer.bytes() <= MAX_READ,
    }
}

#[test]
fn a_document_about_an_index_is_kept_once_for_all_its_images() {
    use super::state::OpenImage;
    use crate::archive::ImageSource;
    use std::sync::Arc;
    let (index, digest) = (Digest::of(b"index"), Digest::of(b"sbom"));
    let name = "application/spdx+json".to_owned();
    let documents = vec![ArtifactDocument { name, digest: digest.clone(), blob: None }];
    let mut session = Session::empty("x", Vec::new());
    session.others.push(OtherSource {
        kind: OtherKind::Artifact,
        digest: NamedDigest::Read(Digest::of(b"artifact")),
        platform: None,
        names: Vec::new(),
        subject: Some(index.clone()),
        artifact_type: String::new(),
        documents,
    });
    for _ in 0..2 {
        let index_digest = Some(index.clone());
        session.images.push(OpenImage::new(ImageSource { index_digest, ..Default::default() }));
    }
    let sbom = AttachedContent::Sbom(Arc::default());
    session.take_attached(digest.as_str(), Ok(serde_json::to_string(&sbom).unwrap()));
    let kept = session.images.iter().map(|open| match &open.attached[0].content {
        Ok(AttachedContent::Sbom(sbom)) => Arc::as_ptr(sbom),
        _ => panic!("it is an SBOM"),
    });
    let kept: Vec<_> = kept.collect();
    assert_eq!((kept.len(), kept[0]), (2, kept[1]));
}
