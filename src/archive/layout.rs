//! The OCI image layout: `index.json`, nested indexes and manifests, all by digest under `blobs/`.
//!
//! Source: OCI image-spec, image-layout.md; BuildKit's attestation storage for what makes a manifest an
//! attestation.

use super::claims::{claim_diff_ids, described_layer, limit_layers, platform, read_config};
use super::contents::{ArchiveContents, json};
use super::images::{Archive, ArtifactDocument, ImageSource, OtherKind, OtherSource};
use super::limits::MAX_NAME;
use crate::oci::{
    Descriptor, Digest, ImageIndex, ImageManifest, is_image_config, is_index, is_manifest,
};
use crate::problem::Problem;
use std::collections::HashSet;

/// Levels of nested indexes that are followed; two are usual.
const MAX_DEPTH: usize = 8;
/// Documents of one artifact.
const MAX_DOCUMENTS: usize = 50;
/// Bytes of a document of an artifact that is read while the archive is opened.
const MAX_READ_DOCUMENT: u64 = 1 << 20;
/// Manifests of all indexes.
const MAX_MANIFESTS: usize = 10_000;

/// Adds the images and other manifests that `index.json` leads to.
pub fn read(contents: &mut ArchiveContents<'_>, archive: &mut Archive) -> Result<(), Problem> {
    let bytes = contents.named("index.json")?;
    let index: ImageIndex = json(&bytes, "index.json")?;
    walk(contents, archive, &index);
    Ok(())
}

/// Adds what an index leads to.
pub fn walk(contents: &mut ArchiveContents<'_>, archive: &mut Archive, index: &ImageIndex) {
    let mut walk = Walk { contents, archive, seen: HashSet::new(), count: 0, parent: None };
    walk.index(index, &[], 0);
}

/// Adds what one manifest says that no index names.
pub fn one(
    contents: &mut ArchiveContents<'_>,
    archive: &mut Archive,
    descriptor: &Descriptor,
    manifest: ImageManifest,
) -> Result<(), Problem> {
    let mut walk = Walk { contents, archive, seen: HashSet::new(), count: 0, parent: None };
    walk.manifest(descriptor, manifest, Vec::new())
}

/// A walk through indexes and manifests.
struct Walk<'a, 'b> {
    contents: &'a mut ArchiveContents<'b>,
    archive: &'a mut Archive,
    seen: HashSet<Digest>,
    count: usize,
    /// The index blob that names the current manifests.
    parent: Option<Digest>,
}

impl Walk<'_, '_> {
    fn index(&mut self, index: &ImageIndex, names: &[String], depth: usize) {
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
            names.extend(names_of(descriptor));
            if let Err(problem) = self.descriptor(descriptor, names, depth) {
                self.archive.warn(problem);
            }
        }
    }

    fn descriptor(
        &mut self,
        descriptor: &Descriptor,
        names: Vec<String>,
        depth: usize,
    ) -> Result<(), Problem> {
        let Some((blob, part)) = self.contents.blob(&descriptor.digest) else {
            self.other(OtherKind::Absent, descriptor, names, None, "");
            return Ok(());
        };
        let media_type = &descriptor.media_type;
        if !media_type.is_empty() && !is_index(media_type) && !is_manifest(media_type) {
            self.other(OtherKind::Artifact, descriptor, names, None, media_type);
            return Ok(());
        }
        let bytes = self.contents.bytes(part, &blob)?;
        let found = Digest::of(&bytes);
        if descriptor.digest.algorithm() == "sha256" && found != descriptor.digest {
            self.archive.warn(
                Problem::new(
                    "manifest-digest-mismatch",
                    "The digest of a manifest does not match.",
                )
                .expected(descriptor.digest.to_string())
                .found(found.to_string())
                .in_blob(blob.clone()),
            );
        }
        if is_index(media_type) {
            if self.seen.insert(descriptor.digest.clone()) {
                let index: ImageIndex = json(&bytes, &blob)?;
                let parent = self.parent.replace(descriptor.digest.clone());
                self.index(&index, &names, depth + 1);
                self.parent = parent;
            }
            return Ok(());
        }
        let manifest: ImageManifest = json(&bytes, &blob)?;
        self.manifest(descriptor, manifest, names)
    }

    fn manifest(
        &mut self,
        descriptor: &Descriptor,
        mut manifest: ImageManifest,
        names: Vec<String>,
    ) -> Result<(), Problem> {
        let in_toto = |layer: &Descriptor| layer.media_type == "application/vnd.in-toto+json";
        let attestation = descriptor.is_attestation()
            || (!manifest.layers.is_empty() && manifest.layers.iter().all(in_toto));
        let subject = manifest.subject.as_ref().map(|subject| subject.digest.clone());
        let kind = artifact_type(&manifest);
        if attestation || !manifest.is_image() {
            let is = if attestation { OtherKind::Attestation } else { OtherKind::Artifact };
            self.other(is, descriptor, names, subject, kind);
            self.documents(&descriptor.digest, &manifest.layers);
            return Ok(());
        }
        let Some((blob, part)) = self.contents.blob(&manifest.config.digest) else {
            self.other(OtherKind::Absent, descriptor, names, subject, "");
            return Ok(());
        };
        let claimed = Some(&manifest.config.digest);
        let read = read_config(self.contents, part, &blob, claimed)?;
        let config = read.config;
        let mut warnings: Vec<Problem> = read.mismatch.into_iter().collect();
        limit_layers(&mut manifest.layers, &mut warnings);
        let contents = &*self.contents;
        let mut layers: Vec<_> =
            manifest.layers.iter().map(|layer| described_layer(contents, layer)).collect();
        claim_diff_ids(&mut layers, &config, &mut warnings);
        let of_image = |key: &String, value: &mut String| {
            key.starts_with("org.opencontainers.image.") && value.len() <= MAX_NAME
        };
        manifest.annotations.retain(of_image);
        self.archive.add(ImageSource {
            tags: names,
            manifest_digest: Some(descriptor.digest.clone()),
            index_digest: self.parent.clone(),
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

    /// Lists the documents of an artifact that is already listed, and reads the small ones, which are then
    /// among those kept.
    fn documents(&mut self, artifact: &Digest, layers: &[Descriptor]) {
        for layer in layers.iter().take(MAX_DOCUMENTS).filter(|layer| is_json(&layer.media_type)) {
            let small = self.contents.blob(&layer.digest);
            if let Some((name, part)) = small.filter(|(_, part)| part.len <= MAX_READ_DOCUMENT) {
                // What cannot be read is a problem only to those who ask for it.
                let _ = self.contents.bytes(part, &name);
            }
        }
        let contents = &*self.contents;
        let document = |layer: &Descriptor| ArtifactDocument {
            name: document_name(layer).to_owned(),
            digest: layer.digest.clone(),
            blob: contents.blob(&layer.digest).map(|(_, part)| part),
        };
        if let Some(other) = self.archive.others.iter_mut().find(|o| o.digest == *artifact) {
            other.documents = layers.iter().take(MAX_DOCUMENTS).map(document).collect();
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
        if self.archive.others.iter().any(|other| other.digest == descriptor.digest) {
            return;
        }
        self.archive.others.push(OtherSource {
            kind,
            digest: descriptor.digest.clone(),
            platform: descriptor.platform.as_ref().map(ToString::to_string),
            names,
            subject: subject.or_else(|| descriptor.attested()),
            artifact_type: artifact_type.to_owned(),
            documents: Vec::new(),
        });
    }
}

/// The type of an artifact's document: its predicate type, or else its media type.
pub fn document_name(layer: &Descriptor) -> &str {
    let predicate = layer.annotations.get("in-toto.io/predicate-type");
    predicate.filter(|name| name.len() <= MAX_NAME).unwrap_or(&layer.media_type)
}

/// The type of an artifact. Where its config says nothing (the empty config, or an image's, which old tools
/// use instead), the type of its first layer.
fn artifact_type(manifest: &ImageManifest) -> &str {
    let config = &manifest.config.media_type[..];
    let silent = config == "application/vnd.oci.empty.v1+json" || is_image_config(config);
    match (&manifest.artifact_type[..], manifest.layers.first()) {
        ("", Some(layer)) if silent => &layer.media_type,
        ("", _) => config,
        (kind, _) => kind,
    }
}

/// Whether a media type says that its documents are JSON: `application/vnd.in-toto+json`.
fn is_json(media_type: &str) -> bool {
    media_type.ends_with("+json") || media_type.ends_with("/json")
}

/// The name in the annotations: containerd's full name, or else the specification's (often only a tag).
fn names_of(descriptor: &Descriptor) -> Option<String> {
    // All manifests below an index get its name, so a long one would multiply.
    let is_name = |name: &&String| !name.is_empty() && name.len() <= MAX_NAME;
    let annotation = |key: &str| descriptor.annotations.get(key).filter(is_name);
    annotation("io.containerd.image.name")
        .or_else(|| annotation("org.opencontainers.image.ref.name"))
        .cloned()
}
