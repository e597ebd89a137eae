//! The documents that describe an image: which there are, and what each is.
//!
//! Documents are found by the digests that name them, and two by their names: `index.json` of a layout and
//! `manifest.json` of Docker.

use super::state::{OpenImage, Session};
use crate::archive::SourceDocument;
use crate::oci::{Digest, DocumentShape, ImageIndex, ImageManifest, LenientDocument};
use crate::problem::Problem;
use crate::protocol::{DocumentKind, DocumentLine};
use crate::text::{Shown, text_as_utf8};
use crate::vocabulary::{ImagePosition, OtherKind};
use serde::Deserialize;
use std::collections::HashMap;

/// Documents that are listed of one image.
const MAX_LINES: usize = 200;

/// Media types by digest, as the documents claim that name them.
type ClaimedTypes = HashMap<Digest, String>;

impl Session {
    /// The documents of an image that are kept: index, manifest, configuration, attestations.
    pub(super) fn document_lines(
        &self,
        image: ImagePosition,
    ) -> Result<Vec<DocumentLine>, Problem> {
        let open = self.image(image)?;
        if open.saved {
            let lines = open.saved_documents.iter();
            return Ok(lines.filter(|line| self.document_of(line).is_some()).cloned().collect());
        }
        let listed = self.listed_documents(image, open);
        let mut types = ClaimedTypes::new();
        for (_, _, document) in &listed {
            claim_types(&document.bytes, &mut types);
        }
        let line =
            |(kind, digest, document): (DocumentKind, Digest, &SourceDocument)| DocumentLine {
                kind,
                media_type: Shown::new(match types.get(&digest) {
                    Some(claimed) => claimed.clone(),
                    None => suggested_type(&document.bytes),
                }),
                digest: digest.to_string(),
                size: document.bytes.len() as u64,
            };
        Ok(listed.into_iter().map(line).collect())
    }

    /// The document of a line.
    pub(super) fn document_of(&self, line: &DocumentLine) -> Option<&SourceDocument> {
        self.documents.find(&Digest::parse(&line.digest)?)
    }

    /// A line for a document that may be of another image.
    pub(super) fn document_line(&self, digest: &Digest, document: &SourceDocument) -> DocumentLine {
        let is_other = self.others.iter().any(|other| other.digest == *digest);
        let text = text_as_utf8(&document.bytes);
        let shape = DocumentShape::of(&text);
        DocumentLine {
            kind: match shape {
                DocumentShape::Index | DocumentShape::Both => DocumentKind::Index,
                DocumentShape::Manifest if is_other => DocumentKind::AttestationManifest,
                DocumentShape::Manifest | DocumentShape::SchemaOne => DocumentKind::Manifest,
                DocumentShape::Config => DocumentKind::Configuration,
                DocumentShape::Other if text.trim_ascii_start().starts_with(b"[") => {
                    DocumentKind::DockerManifest
                }
                DocumentShape::Other => DocumentKind::Attestation,
            },
            media_type: Shown::new(suggested_type(&document.bytes)),
            digest: digest.to_string(),
            size: document.bytes.len() as u64,
        }
    }

    /// Kind, digest as claimed and document, from the index down; each document once.
    fn listed_documents(
        &self,
        image: ImagePosition,
        open: &OpenImage,
    ) -> Vec<(DocumentKind, Digest, &SourceDocument)> {
        let source = &open.source;
        let mut listed: Vec<(DocumentKind, Digest, &SourceDocument)> = Vec::new();
        let mut list = |kind, digest: Digest, document| {
            let known = listed.iter().any(|(_, known, _)| *known == digest);
            if !known && listed.len() < MAX_LINES {
                listed.push((kind, digest, document));
            }
        };
        // The index.json of a pulled image is made here, from its reference.
        let by_name = |name| self.documents.named(name).filter(|_| self.registry.is_none());
        if let Some(index) = by_name("index.json") {
            list(DocumentKind::Index, index.digest.clone(), index);
        }
        if let Some(manifest) = by_name("manifest.json")
            && source.manifest_digest.as_ref() != Some(&manifest.digest)
        {
            let kind = self.document_line(&manifest.digest, manifest).kind;
            list(kind, manifest.digest.clone(), manifest);
        }
        let mut list_named = |kind, digest: &Digest| {
            if let Some(document) = self.documents.find(digest) {
                list(kind, digest.clone(), document);
            }
        };
        source.index_digest.iter().for_each(|digest| list_named(DocumentKind::Index, digest));
        source.manifest_digest.iter().for_each(|digest| list_named(DocumentKind::Manifest, digest));
        source.image_id.iter().for_each(|digest| list_named(DocumentKind::Configuration, digest));
        let about = self.others_about(image).filter(|other| other.kind != OtherKind::Absent);
        for other in about {
            other
                .digest
                .read()
                .iter()
                .for_each(|digest| list_named(DocumentKind::AttestationManifest, digest));
            for document in &other.documents {
                list_named(DocumentKind::Attestation, &document.digest);
            }
        }
        let attached = open.attached.iter().filter_map(|one| Digest::parse(&one.digest));
        attached.for_each(|digest| list_named(DocumentKind::Attestation, &digest));
        listed
    }
}

/// Adds the media types that an index or a manifest claims of what it names.
fn claim_types(bytes: &[u8], types: &mut ClaimedTypes) {
    let text = text_as_utf8(bytes);
    let descriptors = match DocumentShape::of(&text) {
        DocumentShape::Index => {
            ImageIndex::with_faults(&text).map_or_else(|_| Vec::new(), |(index, _)| index.manifests)
        }
        DocumentShape::Manifest => match ImageManifest::with_faults(&text) {
            Ok((manifest, _)) => std::iter::once(manifest.config).chain(manifest.layers).collect(),
            Err(_) => Vec::new(),
        },
        _ => Vec::new(),
    };
    for descriptor in descriptors.into_iter().filter(|one| !one.media_type.is_empty()) {
        types.entry(descriptor.digest).or_insert(descriptor.media_type);
    }
}

/// The media type that a document's content suggests; empty where it suggests none.
///
/// Source: OCI image-spec, image-index.md and manifest.md: `mediaType` may be absent.
fn suggested_type(bytes: &[u8]) -> String {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct OwnType {
        media_type: Option<String>,
    }
    let text = text_as_utf8(bytes);
    if let Ok(OwnType { media_type: Some(own) }) = serde_json::from_slice(&text) {
        return own;
    }
    match DocumentShape::of(&text) {
        DocumentShape::Index => "application/vnd.oci.image.index.v1+json",
        DocumentShape::SchemaOne => "application/vnd.docker.distribution.manifest.v1+json",
        DocumentShape::Manifest => "application/vnd.oci.image.manifest.v1+json",
        DocumentShape::Both | DocumentShape::Config | DocumentShape::Other => "",
    }
    .to_owned()
}
