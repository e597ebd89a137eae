//! Documents attached to images of a session: which there are, and the results of reading them.

use super::jobs::attached::{AttachedContent, AttachedDocument, content, is_of_use};
use super::jobs::{Job, Work};
use super::state::Session;
use crate::archive::{ArtifactDocument, OtherKind, OtherSource, blob_name};
use crate::oci::Digest;
use crate::problem::Problem;
use crate::vocabulary::ImagePosition;

/// Documents that are read of one image.
const MAX_DOCUMENTS: usize = 20;

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
        self.others.iter().filter(move |other| other.subject.as_ref().is_some_and(&is_about))
    }

    /// Attestations of an image in a registry that are not fetched yet.
    pub(super) fn unfetched_attestations(&self, image: ImagePosition) -> Vec<Digest> {
        let about = self
            .others_about(image)
            .filter(|other| other.kind == OtherKind::Attestation && other.documents.is_empty());
        about.filter_map(|other| other.digest.read().cloned()).collect()
    }

    /// Keeps a document that came from a registry beside those of the image, so that it can be shown: the
    /// manifest of an attestation.
    pub(super) fn keep_document(&mut self, digest: &Digest, bytes: &[u8]) {
        self.documents.keep(&blob_name(digest), bytes);
    }

    /// Takes a document about an image that came from a registry.
    pub(super) fn attach(&mut self, image: ImagePosition, digest: &str, name: &str, bytes: &[u8]) {
        if let Some(digest) = Digest::parse(digest) {
            self.keep_document(&digest, bytes);
        }
        self.keep_attached(image, digest, content(name, bytes));
        self.apply_attached(image);
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
        let read = || -> Result<AttachedContent, Problem> {
            let json = document.as_ref().map_err(Clone::clone)?;
            serde_json::from_str(json)
                .map_err(|_| Problem::new("worker-answer", "A worker's answer cannot be read."))
        };
        for image in self.positions() {
            let of_image = self.attached_documents(image);
            if of_image.iter().any(|document| document.digest.as_str() == digest) {
                self.keep_attached(image, digest, read());
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

    /// Applies the statements of attached VEX documents to an image's vulnerabilities.
    pub(super) fn apply_attached(&mut self, image: ImagePosition) {
        let Ok(open) = self.image_mut(image) else { return };
        for document in &open.attached {
            if let Ok(AttachedContent::Vex(statements)) = &document.content {
                let name = format!("attached: {}", document.digest);
                open.check.take_vex(&name, statements.clone());
            }
        }
    }
}
