//! The docker-archive form: `manifest.json` lists images, each with its config and layers by name.
//!
//! Source: moby, image/tarexport; the form since Docker 1.10. `Layers` may name directories (`ID/layer.tar`,
//! also as a symbolic link to another layer's), blobs of an OCI layout (`blobs/sha256/…`) or anything else;
//! a layer's bytes tell its compression. Jib writes the keys in lower case.

use super::claims::{claim_diff_ids, limit_layers, platform, read_config};
use super::contents::{ArchiveContents, json};
use super::images::{Archive, ImageSource, LayerSource};
use super::limits::{MAX_IMAGES, MAX_NAMES};
use crate::oci::{AtMost, Descriptor, Digest};
use crate::problem::Problem;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ManifestItem {
    #[serde(rename = "Config", alias = "config")]
    config: Option<String>,
    #[serde(rename = "RepoTags", alias = "repoTags", deserialize_with = "nulls")]
    repo_tags: Vec<Option<String>>,
    #[serde(rename = "Layers", alias = "layers", deserialize_with = "nulls")]
    layers: Vec<Option<String>>,
    #[serde(rename = "LayerSources")]
    layer_sources: Option<BTreeMap<String, Descriptor>>,
}

fn nulls<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Option<String>>, D::Error> {
    Ok(Option::deserialize(d)?.unwrap_or_default())
}

/// Adds the images of `manifest.json`. An image that an index names as well gets its tags from here.
pub fn read(
    contents: &mut ArchiveContents<'_>,
    manifest: &[u8],
    archive: &mut Archive,
) -> Result<(), Problem> {
    let items: AtMost<ManifestItem, MAX_IMAGES> = json(manifest, "manifest.json")?;
    for item in items.0 {
        match image(contents, item) {
            Ok(image) => join(archive, image),
            Err(problem) => archive.warn(problem),
        }
    }
    Ok(())
}

/// Adds an image; its tags replace those from an index's annotations.
fn join(archive: &mut Archive, image: ImageSource) {
    let same = |there: &&mut ImageSource| there.image_id == image.image_id;
    match archive.images.iter_mut().find(same) {
        Some(there) if there.manifest_digest.is_some() => {
            if !image.tags.is_empty() {
                there.tags = image.tags;
                there.tags.truncate(MAX_NAMES);
            }
        }
        _ => archive.add(image),
    }
}

fn image(contents: &mut ArchiveContents<'_>, item: ManifestItem) -> Result<ImageSource, Problem> {
    let missing = |found: String, expected: &str| {
        Problem::new("config-missing", "An image's configuration is not in the archive.")
            .expected(expected)
            .found(found)
    };
    let Some(name) = item.config else {
        return Err(missing("an item of manifest.json without Config".into(), "Config"));
    };
    let Some(blob) = contents.find(&name) else {
        return Err(missing(contents.listing.summary(), &name));
    };
    let claimed = claimed_digest(&name);
    let read = read_config(contents, blob, &name, claimed.as_ref())?;
    let config = read.config;
    let sources = item.layer_sources.unwrap_or_default();
    let mut warnings: Vec<Problem> = read.mismatch.into_iter().collect();
    let mut names = item.layers;
    limit_layers(&mut names, &mut warnings);
    let mut layers: Vec<LayerSource> = Vec::new();
    for (at, name) in names.into_iter().map(Option::unwrap_or_default).enumerate() {
        let diff_id = config.rootfs.diff_ids.get(at).and_then(Option::as_ref);
        let source = diff_id.and_then(|diff_id| sources.get(diff_id.as_str()));
        layers.push(LayerSource {
            blob: contents.find(&name),
            media_type: source.map(|source| source.media_type.clone()),
            digest: blob_path_digest(&name),
            diff_id: None,
            name: name.into(),
        });
    }
    claim_diff_ids(&mut layers, &config, &mut warnings);
    Ok(ImageSource {
        tags: item.repo_tags.into_iter().flatten().collect(),
        image_id: Some(read.digest),
        platform: platform(&config, None),
        config,
        layers,
        warnings,
        ..ImageSource::default()
    })
}

/// The digest in a config's name: `HEX.json`, `blobs/sha256/HEX`, `sha256:HEX`.
fn claimed_digest(name: &str) -> Option<Digest> {
    let base = name.rsplit('/').next().unwrap_or(name);
    let base = base.strip_suffix(".json").unwrap_or(base);
    blob_path_digest(name).or_else(|| Digest::parse(base)).or_else(|| Digest::from_hex(base))
}

/// The digest in `blobs/ALGORITHM/ENCODED`.
fn blob_path_digest(name: &str) -> Option<Digest> {
    let (algorithm, encoded) = name.strip_prefix("blobs/")?.split_once('/')?;
    Digest::parse(&format!("{algorithm}:{encoded}"))
}
