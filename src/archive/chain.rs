//! The form before Docker 1.10: one directory per layer with `json` and `layer.tar`. Each `json` names its
//! parent, and `repositories` names the top of each chain.
//!
//! Source: moby, image/spec/v1.md. There is no config: the image ID is the digest of the top `json`, and the
//! chain's commands replace the history and are marked as such.

use super::claims::{platform, warn_of_missing};
use super::contents::{ArchiveContents, document, fault_problem, json};
use super::images::{Archive, ImageSource, LayerSource};
use super::layer_json::LayerJson;
use super::limits::{MAX_IMAGES, MAX_LAYERS};
use crate::oci::{Digest, Faults, HistoryEntry, ImageConfig, Texts};
use crate::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};

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
        let repositories: BTreeMap<String, Texts> = json(&bytes, "repositories")?;
        let mut faults = Faults::default();
        for (repository, tags) in repositories {
            for (tag, id) in faults.texts(&repository, tags) {
                tops.entry(id).or_default().push(format!("{repository}:{tag}"));
            }
        }
        for fault in faults.into_list() {
            archive.warn(fault_problem("repositories", &fault));
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
        if let Some(parent) = layer_json(contents, &id).ok().as_ref().and_then(LayerJson::parent) {
            tops.remove(parent);
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
    let mut warnings = Vec::new();
    let config: ImageConfig = document(&bytes, &name, &mut warnings)?;
    let image_id = Some(Digest::of(&bytes));
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
        let json = layer_json(contents, &id).unwrap_or_else(|problem| {
            warnings.push(problem);
            LayerJson::default()
        });
        next = json.parent().map(str::to_owned);
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
