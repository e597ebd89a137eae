//! The form before Docker 1.10: a directory a layer with `json` and `layer.tar`, each `json` naming its
//! parent, and `repositories` naming the top of each chain.
//!
//! Source: moby, image/spec/v1.md. There is no config: the image ID is the digest of the top `json`, and
//! the chain's commands take the place of a history, marked as what they are.

use super::contents::{Contents, json};
use super::{Archive, ImageSource, LayerSource, MAX_IMAGES, missing_layers, platform};
use crate::oci::{Digest, HistoryEntry, ImageConfig};
use crate::problem::Problem;
use crate::text;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// More layers than this no chain has: Docker's own limit was 127.
const MAX_CHAIN: usize = super::MAX_LAYERS;

/// What a layer's own `json` says of how it was made; schema 1 keeps the same.
#[derive(Default, Deserialize)]
pub struct Step {
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
    /// Schema 1: the layer holds nothing.
    #[serde(default)]
    pub throwaway: bool,
}

#[derive(Default, Deserialize)]
struct ContainerConfig {
    #[serde(rename = "Cmd", default)]
    cmd: Option<Vec<String>>,
}

impl Step {
    /// As Docker turns a layer's configuration into a history entry.
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

/// True if there are layers of this form.
pub fn is_there(contents: &Contents<'_>) -> bool {
    ids(contents).next().is_some()
}

/// Layers' IDs: directories that have a `json` and a `layer.tar`.
fn ids<'c>(contents: &'c Contents<'_>) -> impl Iterator<Item = &'c str> {
    contents.listing.names().filter_map(|name| {
        let id = std::str::from_utf8(name.strip_suffix(b"/json")?).ok()?;
        (!id.contains('/') && contents.has(&format!("{id}/layer.tar"))).then_some(id)
    })
}

/// Adds an image for each name in `repositories`, or for each chain's top where there is none.
pub fn read(contents: &mut Contents<'_>, archive: &mut Archive) -> Result<(), Problem> {
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

fn childless(contents: &mut Contents<'_>) -> BTreeSet<String> {
    let mut tops: BTreeSet<String> = ids(contents).take(MAX_CHAIN).map(str::to_owned).collect();
    for id in tops.clone() {
        // What can't be read here is told of where the chain is read.
        if let Some(parent) = step(contents, &id).ok().and_then(|step| step.parent) {
            tops.remove(&parent);
        }
    }
    tops
}

fn image(
    contents: &mut Contents<'_>,
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
        if layers.len() >= MAX_CHAIN {
            warnings.push(
                Problem::new("chain-too-long", "A chain of layers has no end.")
                    .expected(format!("at most {MAX_CHAIN} layers")),
            );
            break;
        }
        let layer_tar = format!("{id}/layer.tar");
        layers.push(LayerSource {
            blob: contents.find(&layer_tar),
            name: text::show(layer_tar.as_bytes()),
            ..LayerSource::default()
        });
        let mut step = step(contents, &id).unwrap_or_else(|problem| {
            warnings.push(problem);
            Step::default()
        });
        next = step.parent.take().filter(|parent| !parent.is_empty());
        // Here every link of the chain has a layer.
        chain.push(HistoryEntry { empty_layer: false, ..step.history() });
    }
    layers.reverse();
    chain.reverse();
    missing_layers(&layers, &mut warnings);
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

fn step(contents: &mut Contents<'_>, id: &str) -> Result<Step, Problem> {
    let name = format!("{id}/json");
    json(&contents.named(&name)?, &name)
}
