//! The form before Docker 1.10: one directory per layer with `json` and `layer.tar`. Each `json` names its
//! parent, and `repositories` names the top of each chain.
//!
//! Source: moby, image/spec/v1.md. There is no config: the image ID is the digest of the top `json`, and the
//! chain's commands replace the history and are marked as such.

use super::claims::{platform, warn_of_missing};
use super::contents::{ArchiveContents, json};
use super::images::{Archive, ImageSource, LayerSource};
use super::limits::{MAX_IMAGES, MAX_LAYERS};
use crate::oci::{Digest, HistoryEntry, ImageConfig};
use crate::problem::Problem;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a layer's own `json` says about how it was made; schema 1 has the same.
#[derive(Default, Deserialize)]
pub struct LayerJson {
    /// The ID of the layer below.
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    created: Option<String>,
    #[serde(default)]
    author: Option<String>,
    #[serde(default)]
    comment: Option<String>,
    #[serde(default)]
    container_config: Option<ContainerConfig>,
    /// Schema 1: the layer is empty.
    #[serde(default)]
    pub throwaway: bool,
}

#[derive(Default, Deserialize)]
struct ContainerConfig {
    #[serde(rename = "Cmd", default)]
    cmd: Option<Vec<String>>,
}

impl LayerJson {
    /// The history entry that Docker makes of it.
    pub fn history(self) -> HistoryEntry {
        let command = self.container_config.and_then(|config| config.cmd).unwrap_or_default();
        HistoryEntry {
            created: self.created,
            created_by: Some(command.join(" ")),
            comment: self.comment.or(self.author),
            empty_layer: self.throwaway,
        }
    }
}

/// Whether there are layers of this form.
pub fn is_there(contents: &ArchiveContents<'_>) -> bool {
    ids(contents).next().is_some()
}

/// IDs of layers: directories with a `json` and a `layer.tar`.
fn ids<'c>(contents: &'c ArchiveContents<'_>) -> impl Iterator<Item = &'c str> {
    contents.listing.names().filter_map(|name| {
        let id = std::str::from_utf8(name.strip_suffix(b"/json")?).ok()?;
        (!id.contains('/') && contents.has(&format!("{id}/layer.tar"))).then_some(id)
    })
}

/// Adds an image for each name in `repositories`, or for the top of each chain without that file.
pub fn read(contents: &mut ArchiveContents<'_>, archive: &mut Archive) -> Result<(), Problem> {
    let mut tops: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if contents.has("repositories") {
        let bytes = contents.named("repositories")?;
        let repositories: BTreeMap<String, BTreeMap<String, String>> =
            json(&bytes, "repositories")?;
        for (repository, tags) in repositories {
            for (tag, id) in tags {
                tops.entry(id).or_default().push(format!("{repository}:{tag}"));
            }
        }
    }
    if tops.is_empty() {
        tops = childless(contents).into_iter().map(|id| (id, Vec::new())).collect();
    }
    for (id, names) in tops.into_iter().take(MAX_IMAGES) {
        match image(contents, &id, names) {
            Ok(image) => archive.add(image),
            Err(problem) => archive.warn(problem),
        }
    }
    Ok(())
}

/// Layers that are no other layer's parent.
fn childless(contents: &mut ArchiveContents<'_>) -> BTreeSet<String> {
    let mut tops: BTreeSet<String> = ids(contents).take(MAX_LAYERS).map(str::to_owned).collect();
    for id in tops.clone() {
        // A file that cannot be read is reported when the chain is read.
        if let Some(parent) = layer_json(contents, &id).ok().and_then(|json| json.parent) {
            tops.remove(&parent);
        }
    }
    tops
}

fn image(
    contents: &mut ArchiveContents<'_>,
    top: &str,
    tags: Vec<String>,
) -> Result<ImageSource, Problem> {
    let name = format!("{top}/json");
    let bytes = contents.named(&name)?;
    let config: ImageConfig = json(&bytes, &name)?;
    let image_id = Some(Digest::of(&bytes));
    let mut warnings = Vec::new();
    let (mut layers, mut chain) = (Vec::new(), Vec::new());
    let mut next = Some(top.to_owned());
    while let Some(id) = next.take() {
        if layers.len() >= MAX_LAYERS {
            warnings.push(
                Problem::new("chain-too-long", "The chain of layers has no end.")
                    .expected(format!("at most {MAX_LAYERS} layers")),
            );
            break;
        }
        let layer_tar = format!("{id}/layer.tar");
        layers.push(LayerSource {
            blob: contents.find(&layer_tar),
            name: layer_tar.as_str().into(),
            ..LayerSource::default()
        });
        let mut json = layer_json(contents, &id).unwrap_or_else(|problem| {
            warnings.push(problem);
            LayerJson::default()
        });
        next = json.parent.take().filter(|parent| !parent.is_empty());
        // Every step of this chain has a layer.
        chain.push(HistoryEntry { empty_layer: false, ..json.history() });
    }
    layers.reverse();
    chain.reverse();
    warn_of_missing(&layers, &mut warnings);
    Ok(ImageSource {
        tags,
        image_id,
        platform: platform(&config, None),
        config,
        layers,
        chain,
        warnings,
        ..ImageSource::default()
    })
}

fn layer_json(contents: &mut ArchiveContents<'_>, id: &str) -> Result<LayerJson, Problem> {
    let name = format!("{id}/json");
    json(&contents.named(&name)?, &name)
}
