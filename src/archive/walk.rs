//! A walk through indexes and manifests.
//!
//! Source: OCI image-spec, image-index.md and manifest.md; BuildKit's attestation storage for what makes a
//! manifest an attestation.
//!
//! - What a descriptor leads to is decided by its bytes. A media type that does not fit them is overruled.
//! - A descriptor, manifest or index that cannot be read costs itself: it is listed and warned of.

use super::claims::{claim_diff_ids, described_layers, limit_layers, platform, read_config};
use super::contents::{ArchiveContents, document, invalid};
use super::described::{self, FoundBlob, may_be_layer};
use super::images::{Archive, ArtifactDocument, ImageSource, NamedDigest, OtherKind, OtherSource};
use super::limits::MAX_NAME;
use super::schema_one;
use crate::oci::{
    Descriptor, Digest, DocumentShape, ImageIndex, ImageManifest, ManifestClaim, Role,
    UnreadDescriptor, is_image_config, tagged_subject,
};
use crate::problem::Problem;
use crate::text::{Shown, text_as_utf8};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Levels of nested indexes that are followed; two are usual.
const MAX_DEPTH: usize = 8;
/// Documents of one artifact.
const MAX_DOCUMENTS: usize = 50;
/// Bytes of a document of an artifact that is read while the archive is opened. SBOMs that are larger are read later.
const MAX_READ_DOCUMENT: u64 = 4 << 20;
const MAX_READ_SBOM: u64 = 1 << 20;
/// Bytes of a blob that may be a manifest although its media type does not say so.
const MAX_UNTYPED: u64 = 4 << 20;
/// Manifests of all indexes.
const MAX_MANIFESTS: usize = 10_000;

/// A walk through indexes and manifests.
pub struct Walk<'a, 'b> {
    contents: &'a mut ArchiveContents<'b>,
    archive: &'a mut Archive,
    count: usize,
    /// The index blobs that lead to the current manifest, the outermost first.
    parents: Vec<Digest>,
    /// Every index that was entered, with the manifests below it.
    below: HashMap<Digest, BTreeSet<Digest>>,
}

impl<'a, 'b> Walk<'a, 'b> {
    /// At the top.
    pub fn new(contents: &'a mut ArchiveContents<'b>, archive: &'a mut Archive) -> Walk<'a, 'b> {
        Walk { contents, archive, count: 0, parents: Vec::new(), below: HashMap::new() }
    }

    /// Adds what an index leads to. What it names has `names`, too.
    pub fn index(&mut self, index: &ImageIndex, names: &[String], depth: usize) {
        for descriptor in &index.manifests {
            self.count += 1;
            if self.count > MAX_MANIFESTS || depth > MAX_DEPTH {
                let problem =
                    Problem::new("index-too-large", "The index names too many manifests.")
                        .expected(format!("at most {MAX_MANIFESTS} manifests, {MAX_DEPTH} deep"));
                if !self.archive.warnings.contains(&problem) {
                    self.archive.warn(problem);
                }
                return;
            }
            let mut names = names.to_vec();
            names.extend(name_of(&descriptor.annotations));
            if let Err(problem) = self.descriptor(descriptor, names.clone(), depth) {
                self.archive.warn(problem);
                self.other(OtherKind::Artifact, descriptor, names, None, &descriptor.media_type);
            }
        }
        for unread in &index.unread {
            self.unread(unread, names);
        }
    }

    fn descriptor(
        &mut self,
        descriptor: &Descriptor,
        names: Vec<String>,
        depth: usize,
    ) -> Result<(), Problem> {
        if self.seen(descriptor, &names) {
            return Ok(());
        }
        let mut warnings = Vec::new();
        let found = described::find(self.contents, descriptor, &mut warnings);
        warnings.into_iter().for_each(|warning| self.archive.warn(warning));
        let Some(found) = found else {
            self.other(OtherKind::Absent, descriptor, names, None, "");
            return Ok(());
        };
        let role = Role::of(&descriptor.media_type);
        let typed = matches!(role, Role::Index | Role::Manifest);
        if !typed && !found.may_be_document(self.contents, MAX_UNTYPED) {
            self.other(OtherKind::Artifact, descriptor, names, None, &descriptor.media_type);
            return Ok(());
        }
        let bytes = found.bytes(self.contents)?;
        self.check_digest(descriptor, &found, &bytes);
        let text = text_as_utf8(&bytes);
        match DocumentShape::of(&text) {
            DocumentShape::Index => self.nested(descriptor, &bytes, &found, &names, depth),
            DocumentShape::Manifest => {
                let manifest = self.read(&bytes, found.name())?;
                self.manifest(descriptor, manifest, names)
            }
            DocumentShape::SchemaOne => {
                let image = schema_one::image(self.contents, &bytes, found.name())?;
                self.archive.add(ImageSource { tags: names, ..image });
                Ok(())
            }
            DocumentShape::Both => {
                Err(invalid(&text, found.name(), "an index or a manifest, not both"))
            }
            DocumentShape::Config | DocumentShape::Other if typed => {
                Err(invalid(&text, found.name(), "an index or a manifest"))
            }
            DocumentShape::Config | DocumentShape::Other => {
                self.other(OtherKind::Artifact, descriptor, names, None, &descriptor.media_type);
                Ok(())
            }
        }
    }

    /// Whether an index was entered before: then what is below it gets its new names, and nothing else
    /// happens.
    fn seen(&mut self, descriptor: &Descriptor, names: &[String]) -> bool {
        let Some(manifests) = self.below.get(&descriptor.digest) else { return false };
        if names.is_empty() && self.parents.is_empty() {
            return true;
        }
        // Each is looked for among all: they count as if they were named again.
        self.count += manifests.len();
        for manifest in manifests.clone() {
            self.archive.name(&manifest, names);
            self.reach(&manifest);
        }
        true
    }

    /// A manifest is below all indexes that lead to it.
    fn reach(&mut self, manifest: &Digest) {
        for parent in &self.parents {
            if let Some(manifests) = self.below.get_mut(parent) {
                manifests.insert(manifest.clone());
            }
        }
    }

    fn check_digest(&mut self, descriptor: &Descriptor, found: &FoundBlob, bytes: &[u8]) {
        let digest = Digest::of(bytes);
        if descriptor.digest.algorithm() == "sha256" && digest != descriptor.digest {
            let message = "The digest of a manifest does not match.";
            let problem = Problem::new("manifest-digest-mismatch", message);
            let problem = problem.expected(descriptor.digest.as_str()).found(digest.as_str());
            self.archive.warn(problem.in_blob(found.name()));
        }
    }

    fn nested(
        &mut self,
        descriptor: &Descriptor,
        bytes: &[u8],
        found: &FoundBlob,
        names: &[String],
        depth: usize,
    ) -> Result<(), Problem> {
        let index: ImageIndex = self.read(bytes, found.name())?;
        self.below.insert(descriptor.digest.clone(), BTreeSet::new());
        self.parents.push(descriptor.digest.clone());
        self.index(&index, names, depth + 1);
        self.parents.pop();
        Ok(())
    }

    /// Reads a document; what cannot be read of it is warned of.
    fn read<T: crate::oci::LenientDocument>(
        &mut self,
        bytes: &[u8],
        name: &str,
    ) -> Result<T, Problem> {
        let mut warnings = Vec::new();
        let read = document(bytes, name, &mut warnings);
        warnings.into_iter().for_each(|warning| self.archive.warn(warning));
        read
    }

    /// Adds what a manifest describes.
    pub fn manifest(
        &mut self,
        descriptor: &Descriptor,
        mut manifest: ImageManifest,
        names: Vec<String>,
    ) -> Result<(), Problem> {
        self.reach(&descriptor.digest);
        let in_toto = |layer: &Descriptor| layer.media_type == "application/vnd.in-toto+json";
        let attestation = descriptor.is_attestation()
            || (!manifest.layers.is_empty() && manifest.layers.iter().all(in_toto));
        let subject = manifest.subject.as_ref().map(|subject| subject.digest.clone());
        if attestation || !self.is_image(&manifest) {
            let is = if attestation { OtherKind::Attestation } else { OtherKind::Artifact };
            self.other(is, descriptor, names, subject, artifact_type(&manifest));
            self.documents(&descriptor.digest, &manifest);
            return Ok(());
        }
        let mut warnings = Vec::new();
        let Some(found) = described::find(self.contents, &manifest.config, &mut warnings) else {
            self.other(OtherKind::Absent, descriptor, names, subject, "");
            return Ok(());
        };
        let bytes = found.bytes(self.contents)?;
        let read = read_config(&bytes, found.name(), Some(&manifest.config.digest))?;
        let config = read.config;
        warnings.extend(read.warnings);
        limit_layers(&mut manifest.layers, &mut warnings);
        let mut layers = described_layers(self.contents, &manifest, &mut warnings);
        claim_diff_ids(&mut layers, &config, &mut warnings);
        let of_image = |key: &String, value: &mut String| {
            key.starts_with("org.opencontainers.image.") && value.len() <= MAX_NAME
        };
        manifest.annotations.retain(of_image);
        self.archive.add(ImageSource {
            tags: names,
            manifest_digest: Some(descriptor.digest.clone()),
            index_digest: self.parents.last().cloned(),
            image_id: Some(read.digest),
            platform: platform(&config, descriptor.platform.as_ref()),
            config,
            layers,
            chain: Vec::new(),
            annotations: manifest.annotations,
            warnings,
        });
        Ok(())
    }

    /// Whether a manifest describes an image: by its media types, or by the bytes where these say nothing.
    fn is_image(&mut self, manifest: &ImageManifest) -> bool {
        match manifest.claims() {
            ManifestClaim::Image => true,
            ManifestClaim::Artifact => false,
            ManifestClaim::Nothing => {
                self.is_config(&manifest.config)
                    && manifest.layers.iter().all(|layer| self.is_layer(layer))
            }
        }
    }

    fn is_config(&mut self, descriptor: &Descriptor) -> bool {
        if Role::of(&descriptor.media_type) == Role::Config {
            return true;
        }
        let found = described::find(self.contents, descriptor, &mut Vec::new());
        let found = found.filter(|found| found.may_be_document(self.contents, MAX_UNTYPED));
        let bytes = found.and_then(|found| found.bytes(self.contents).ok());
        bytes.is_some_and(|bytes| DocumentShape::of(&text_as_utf8(&bytes)) == DocumentShape::Config)
    }

    fn is_layer(&mut self, descriptor: &Descriptor) -> bool {
        Role::of(&descriptor.media_type) == Role::Layer
            || match self.contents.blob(&descriptor.digest) {
                Some((_, part)) => may_be_layer(self.contents, part),
                None => true,
            }
    }

    /// Lists the documents of an artifact that is already listed, and reads the small ones, which are then
    /// among those kept.
    fn documents(&mut self, artifact: &Digest, manifest: &ImageManifest) {
        let mut documents = Vec::new();
        for layer in manifest.layers.iter().take(MAX_DOCUMENTS) {
            let name = document_name(layer, &manifest.annotations);
            let mut found = described::find(self.contents, layer, &mut Vec::new());
            let is_sbom = name.contains("spdx") || name.contains("cyclonedx");
            let most = if is_sbom { MAX_READ_SBOM } else { MAX_READ_DOCUMENT };
            if let Some(found) = found.as_mut()
                && (is_json(&layer.media_type) && found.may_be_document(self.contents, most)
                    || is_signature(&layer.media_type) && found.size() <= most)
            {
                // What cannot be read is a problem only to those who ask for it.
                let _ = found.bytes(self.contents);
            }
            documents.push(ArtifactDocument {
                name: name.to_owned(),
                digest: layer.digest.clone(),
                blob: found.and_then(|found| found.place(&layer.digest, self.contents)),
            });
        }
        if let Some(other) = self.archive.others.iter_mut().find(|o| o.digest == *artifact) {
            other.documents = documents;
        }
    }

    /// Lists a manifest that is not an image.
    fn other(
        &mut self,
        kind: OtherKind,
        descriptor: &Descriptor,
        names: Vec<String>,
        subject: Option<Digest>,
        artifact_type: &str,
    ) {
        self.reach(&descriptor.digest);
        if self.archive.others.iter().any(|other| other.digest == descriptor.digest) {
            return self.archive.name(&descriptor.digest, &names);
        }
        let tagged = || names.iter().find_map(|name| tagged_subject(name));
        self.archive.others.push(OtherSource {
            kind,
            digest: NamedDigest::Read(descriptor.digest.clone()),
            platform: descriptor.platform.as_ref().map(ToString::to_string),
            subject: subject.or_else(|| descriptor.attested()).or_else(tagged),
            artifact_type: artifact_type.to_owned(),
            documents: Vec::new(),
            names,
        });
    }

    /// Lists what an index names by a descriptor that cannot be read; a warning says so already.
    fn unread(&mut self, unread: &UnreadDescriptor, names: &[String]) {
        let mut names = names.to_vec();
        names.extend(name_of(&unread.annotations));
        self.archive.others.push(OtherSource {
            kind: OtherKind::Absent,
            digest: NamedDigest::Unread(Shown::new(&unread.digest)),
            platform: unread.platform.as_ref().map(ToString::to_string),
            names,
            subject: None,
            artifact_type: String::new(),
            documents: Vec::new(),
        });
    }
}

/// The type of an artifact's document: its predicate type, or else its media type. The manifest's annotations say it
/// for its only layer.
///
/// Sources: BuildKit, docs/attestations/attestation-storage.md; cosign, specs/ATTESTATION_SPEC.md and BUNDLE_SPEC.md.
pub fn document_name<'a>(layer: &'a Descriptor, manifest: &'a BTreeMap<String, String>) -> &'a str {
    const KEYS: [&str; 3] =
        ["in-toto.io/predicate-type", "predicateType", "dev.sigstore.bundle.predicateType"];
    let predicate = |annotations: &'a BTreeMap<String, String>| {
        let mut named = KEYS.iter().filter_map(|key| annotations.get(*key));
        named.find(|name| !name.is_empty() && name.len() <= MAX_NAME)
    };
    predicate(&layer.annotations).or_else(|| predicate(manifest)).unwrap_or(&layer.media_type)
}

/// The type of an artifact. Where its config says nothing (the empty config, or an image's, which old tools
/// use instead), the type of its first layer.
pub fn artifact_type(manifest: &ImageManifest) -> &str {
    let config = &manifest.config.media_type[..];
    let silent = config == "application/vnd.oci.empty.v1+json" || is_image_config(config);
    match (&manifest.artifact_type[..], manifest.layers.first()) {
        ("", Some(layer)) if silent => &layer.media_type,
        ("", _) => config,
        (kind, _) => kind,
    }
}

/// Whether a media type says that its documents are JSON: `application/vnd.in-toto+json`; parameters may follow.
fn is_json(media_type: &str) -> bool {
    let media_type = media_type.split(';').next().unwrap_or_default();
    media_type.ends_with("+json") || media_type.ends_with("/json")
}

/// Whether a media type is that of a signature that is not JSON: Notation's.
fn is_signature(media_type: &str) -> bool {
    media_type == "application/cose"
}

/// The name in annotations: containerd's full name, or else the specification's (often only a tag).
fn name_of(annotations: &BTreeMap<String, String>) -> Option<String> {
    // All manifests below an index get its name, so a long one would multiply.
    let is_name = |name: &&String| !name.is_empty() && name.len() <= MAX_NAME;
    let annotation = |key: &str| annotations.get(key).filter(is_name);
    annotation("io.containerd.image.name")
        .or_else(|| annotation("org.opencontainers.image.ref.name"))
        .cloned()
}

#[cfg(test)]
mod tests;
