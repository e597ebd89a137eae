//! The docker-archive form: `manifest.json` lists images, each with its config and layers by name.
//!
//! Source: moby, image/tarexport; the form since Docker 1.10. `Layers` may name directories (`ID/layer.tar`,
//! also as a symbolic link to another layer's), blobs of an OCI layout (`blobs/sha256/…`) or anything else;
//! a layer's bytes tell its compression. Jib writes the keys in lower case.

use super::claims::{claim_diff_ids, limit_layers, platform, read_config};
use super::contents::{ArchiveContents, fault_problem, json};
use super::images::{Archive, ImageSource, LayerSource, add_names};
use super::limits::{MAX_IMAGES, MAX_NAMES};
use crate::oci::{AtMost, Descriptor, Digest, Faults, Items, Part};
use crate::problem::Problem;
use crate::vocabulary::LayerPosition;
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};

#[derive(Default, Deserialize)]
#[serde(default)]
struct ManifestItem {
    #[serde(rename = "Config", alias = "config")]
    config: Part<String>,
    #[serde(rename = "RepoTags", alias = "repoTags")]
    repo_tags: Items<String, MAX_NAMES>,
    #[serde(rename = "Layers", alias = "layers")]
    layers: Items<String, MAX_LISTED>,
    #[serde(rename = "LayerSources")]
    layer_sources: Part<BTreeMap<String, Part<Descriptor>>>,
}

/// Layers of one image that are read: more than are shown.
const MAX_LISTED: usize = 10_000;

/// Adds the images of `manifest.json`. An image that an index names as well gets its tags from here.
pub fn read(
    contents: &mut ArchiveContents<'_>,
    manifest: &[u8],
    archive: &mut Archive,
) -> Result<(), Problem> {
    let items: AtMost<Part<ManifestItem>, MAX_IMAGES> = json(manifest, "manifest.json")?;
    let mut faults = Faults::default();
    let mut named = HashSet::new();
    for (at, item) in items.0.into_iter().enumerate() {
        let image = faults.at(at, |faults| {
            let item = faults.here(item)?;
            Some(image(contents, item, faults))
        });
        match image {
            Some(Ok(image)) => join(archive, image, &mut named),
            Some(Err(problem)) => archive.warn(problem),
            None => {}
        }
    }
    for fault in faults.into_list() {
        archive.warn(fault_problem("manifest.json", &fault));
    }
    Ok(())
}

/// Adds an image. Where an index names it, too, its tags replace those from annotations, and of two lists of
/// layers the one that fits the config's diff IDs is used. `named` are the images with tags from here.
fn join(archive: &mut Archive, image: ImageSource, named: &mut HashSet<Digest>) {
    let same = |there: &&mut ImageSource| there.image_id == image.image_id;
    match archive.images.iter_mut().find(same) {
        Some(there) if there.manifest_digest.is_some() => {
            let has_tags = !image.tags.is_empty();
            if has_tags && image.image_id.is_some_and(|id| named.insert(id)) {
                there.tags.clear();
            }
            add_names(&mut there.tags, &image.tags);
            join_layers(there, image.layers, image.warnings);
        }
        _ => archive.add(image),
    }
}

/// Compares the layers of the manifest with those of manifest.json.
fn join_layers(there: &mut ImageSource, layers: Vec<LayerSource>, warnings: Vec<Problem>) {
    let wanted = there.config.rootfs.diff_ids.len();
    if there.layers.len() == layers.len() {
        return take_missing(there, layers);
    }
    let mut problem = Problem::new(
        "manifests-disagree",
        "manifest.json and the OCI manifest name different layers of one image.",
    )
    .expected(format!("{wanted} layers, as the configuration says"))
    .found(format!(
        "{} in manifest.json, {} in the OCI manifest",
        layers.len(),
        there.layers.len()
    ));
    if there.layers.len() != wanted && layers.len() == wanted {
        problem = problem.advice("The layers of manifest.json are shown.");
        there.layers = layers;
        there.warnings = warnings;
    }
    there.warnings.push(problem);
}

/// Layers that are in the archive by their names in manifest.json alone.
fn take_missing(there: &mut ImageSource, layers: Vec<LayerSource>) {
    let mut taken = Vec::new();
    for (at, (layer, other)) in (0..).map(LayerPosition).zip(there.layers.iter_mut().zip(layers)) {
        if layer.blob.is_none() && other.blob.is_some() {
            *layer = LayerSource { media_type: layer.media_type.take(), ..other };
            taken.push(Some(at));
        }
    }
    let of_taken = |problem: &Problem| {
        matches!(&*problem.code, "layer-missing" | "layer-foreign")
            && taken.contains(&problem.layer)
    };
    there.warnings.retain(|problem| !of_taken(problem));
}

fn image(
    contents: &mut ArchiveContents<'_>,
    item: ManifestItem,
    faults: &mut Faults,
) -> Result<ImageSource, Problem> {
    let missing = |found: String, expected: &str| {
        Problem::new("config-missing", "An image's configuration is not in the archive.")
            .expected(expected)
            .found(found)
    };
    let Some(name) = faults.value("Config", item.config) else {
        return Err(missing("an item of manifest.json without Config".into(), "Config"));
    };
    let Some(blob) = contents.find(&name) else {
        return Err(missing(contents.listing.summary(), &name));
    };
    let claimed = claimed_digest(&name);
    let bytes = contents.bytes(blob, &name)?;
    let read = read_config(&bytes, &name, claimed.as_ref())?;
    let config = read.config;
    let sources = faults.value("LayerSources", item.layer_sources).unwrap_or_default();
    let mut warnings = read.warnings;
    let mut names = texts("Layers", item.layers, UnreadText::Kept, faults);
    limit_layers(&mut names, &mut warnings);
    let mut layers: Vec<LayerSource> = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        let diff_id = config.rootfs.diff_ids.get(at).and_then(Option::as_ref);
        let source = match diff_id.and_then(|diff_id| sources.get(diff_id.as_str())) {
            Some(Part::Read(descriptor)) => Some(descriptor),
            _ => None,
        };
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
        tags: texts("RepoTags", item.repo_tags, UnreadText::LeftOut, faults),
        image_id: Some(read.digest),
        platform: platform(&config, None),
        config,
        layers,
        warnings,
        ..ImageSource::default()
    })
}

/// What becomes of an item that is not a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum UnreadText {
    /// It keeps its place, by its beginning.
    Kept,
    LeftOut,
}

/// A list of texts, without nulls.
fn texts<const N: usize>(
    key: &str,
    items: Items<String, N>,
    unread: UnreadText,
    faults: &mut Faults,
) -> Vec<String> {
    let keeps = unread == UnreadText::Kept;
    let parts = faults.items(key, items).into_iter().enumerate();
    faults.within(key, |faults| {
        let text = |(at, part): (usize, Part<String>)| match part {
            Part::Absent => None,
            Part::Read(text) => Some(text),
            Part::Unread(unread) => {
                let text = unread.text.clone();
                faults.at(at, |faults| faults.add(unread));
                Some(text).filter(|_| keeps)
            }
        };
        parts.filter_map(text).collect()
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
