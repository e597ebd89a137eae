//! The OCI image layout: `index.json`, indexes nested in it, manifests, all by digest under `blobs/`.
//!
//! Source: OCI image-spec, image-layout.md; BuildKit's attestation storage for what sets an
//! attestation manifest apart.

use super::contents::{Contents, json};
use super::{
    Archive, Document, ImageSource, MAX_NAME, Other, OtherKind, claim_diff_ids, config, cut_layers,
    described, platform,
};
use crate::oci::{Descriptor, Digest, Index, Manifest, is_image_config, is_index, is_manifest};
use crate::problem::Problem;
use std::collections::HashSet;

/// Indexes are followed so deep; two levels are usual.
const MAX_DEPTH: usize = 8;
/// Documents of one artifact that are listed.
const MAX_DOCUMENTS: usize = 50;
/// Manifests beyond this number are not followed.
const MAX_MANIFESTS: usize = 10_000;

/// Adds the images and other manifests that `index.json` leads to.
pub fn read(contents: &mut Contents<'_>, archive: &mut Archive) -> Result<(), Problem> {
    let bytes = contents.named("index.json")?;
    let index: Index = json(&bytes, "index.json")?;
    walk(contents, archive, &index);
    Ok(())
}

/// Adds what an index leads to.
pub fn walk(contents: &mut Contents<'_>, archive: &mut Archive, index: &Index) {
    let mut walk = Walk { contents, archive, seen: HashSet::new(), count: 0, parent: None };
    walk.index(index, &[], 0);
}

/// Adds what one manifest, named by no index, says.
pub fn one(
    contents: &mut Contents<'_>,
    archive: &mut Archive,
    descriptor: &Descriptor,
    manifest: Manifest,
) -> Result<(), Problem> {
    let mut walk = Walk { contents, archive, seen: HashSet::new(), count: 0, parent: None };
    walk.manifest(descriptor, manifest, Vec::new())
}

struct Walk<'a, 'b> {
    contents: &'a mut Contents<'b>,
    archive: &'a mut Archive,
    seen: HashSet<Digest>,
    count: usize,
    /// The index blob that is being read.
    parent: Option<Digest>,
}

impl Walk<'_, '_> {
    fn index(&mut self, index: &Index, names: &[String], depth: usize) {
        for descriptor in &index.manifests {
            self.count += 1;
            if self.count > MAX_MANIFESTS || depth > MAX_DEPTH {
                let problem =
                    Problem::new("index-too-large", "The index names more than is followed.")
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
                Problem::new("manifest-digest-mismatch", "A manifest is not what its digest says.")
                    .expected(descriptor.digest.to_string())
                    .found(found.to_string())
                    .in_blob(blob.clone()),
            );
        }
        if is_index(media_type) {
            if self.seen.insert(descriptor.digest.clone()) {
                let index: Index = json(&bytes, &blob)?;
                let parent = self.parent.replace(descriptor.digest.clone());
                self.index(&index, &names, depth + 1);
                self.parent = parent;
            }
            return Ok(());
        }
        let manifest: Manifest = json(&bytes, &blob)?;
        self.manifest(descriptor, manifest, names)
    }

    fn manifest(
        &mut self,
        descriptor: &Descriptor,
        mut manifest: Manifest,
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
        let (config, image_id, mismatch) = config(self.contents, part, &blob, claimed)?;
        let mut warnings: Vec<Problem> = mismatch.into_iter().collect();
        cut_layers(&mut manifest.layers, &mut warnings);
        let contents = &*self.contents;
        let mut layers: Vec<_> =
            manifest.layers.iter().map(|layer| described(contents, layer)).collect();
        claim_diff_ids(&mut layers, &config, &mut warnings);
        let of_image = |key: &String, value: &mut String| {
            key.starts_with("org.opencontainers.image.") && value.len() <= MAX_NAME
        };
        manifest.annotations.retain(of_image);
        self.archive.add(ImageSource {
            tags: names,
            manifest_digest: Some(descriptor.digest.clone()),
            index_digest: self.parent.clone(),
            image_id: Some(image_id),
            platform: platform(&config, descriptor.platform.as_ref()),
            config,
            layers,
            chain: Vec::new(),
            annotations: manifest.annotations,
            warnings,
        });
        Ok(())
    }

    /// What an artifact that was just listed holds.
    fn documents(&mut self, artifact: &Digest, layers: &[Descriptor]) {
        let contents = &*self.contents;
        let document = |layer: &Descriptor| Document {
            name: document_name(layer).to_owned(),
            digest: layer.digest.clone(),
            blob: contents.blob(&layer.digest).map(|(_, part)| part),
        };
        if let Some(other) = self.archive.others.iter_mut().find(|o| o.digest == *artifact) {
            other.documents = layers.iter().take(MAX_DOCUMENTS).map(document).collect();
        }
    }

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
        self.archive.others.push(Other {
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

/// What a document of an artifact is said to be.
pub fn document_name(layer: &Descriptor) -> &str {
    let predicate = layer.annotations.get("in-toto.io/predicate-type");
    predicate.filter(|name| name.len() <= MAX_NAME).unwrap_or(&layer.media_type)
}

/// What an artifact says that it is. Where its config says nothing (the empty one, or an image's, which
/// old tools put in its place), its first layer does.
fn artifact_type(manifest: &Manifest) -> &str {
    let config = &manifest.config.media_type[..];
    let silent = config == "application/vnd.oci.empty.v1+json" || is_image_config(config);
    match (&manifest.artifact_type[..], manifest.layers.first()) {
        ("", Some(layer)) if silent => &layer.media_type,
        ("", _) => config,
        (kind, _) => kind,
    }
}

/// The name that annotations give: containerd's whole one, else the specification's (often a tag alone).
fn names_of(descriptor: &Descriptor) -> Option<String> {
    // A name goes to all that an index leads to: a long one would be everywhere.
    let is_name = |name: &&String| !name.is_empty() && name.len() <= MAX_NAME;
    let annotation = |key: &str| descriptor.annotations.get(key).filter(is_name);
    annotation("io.containerd.image.name")
        .or_else(|| annotation("org.opencontainers.image.ref.name"))
        .cloned()
}
