//! Docker's manifest of schema 1: history, configuration and layers are one list, the newest first.

use super::claims::{limit_layers, platform, warn_of_missing};
use super::contents::{ArchiveContents, fault_problem, json};
use super::images::{ImageSource, LayerSource};
use super::layer_json::LayerJson;
use crate::oci::{AtMost, Digest, Faults, ImageConfig, Part};
use crate::problem::Problem;
use serde::Deserialize;

/// Layers that are read: more than are shown.
const MAX_LAYERS: usize = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SchemaOne {
    #[serde(default)]
    name: Part<String>,
    #[serde(default)]
    tag: Part<String>,
    #[serde(default)]
    fs_layers: Part<AtMost<Part<FsLayer>, MAX_LAYERS>>,
    #[serde(default)]
    history: Part<AtMost<Part<Compatibility>, MAX_LAYERS>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FsLayer {
    blob_sum: Digest,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Compatibility {
    v1_compatibility: String,
}

/// The image of a manifest of schema 1, which is the member `name`.
pub fn image(
    contents: &ArchiveContents<'_>,
    manifest: &[u8],
    name: &str,
) -> Result<ImageSource, Problem> {
    let mut warnings = vec![
        Problem::new(
            "schema-one",
            "The manifest has Docker's schema 1, without a configuration and diff IDs.",
        )
        .expected("an image manifest, version 2")
        .found("schemaVersion 1"),
    ];
    let one: SchemaOne = json(manifest, name)?;
    let mut fs_layers = parts(one.fs_layers, name, "fsLayers", &mut warnings);
    let mut history = parts(one.history, name, "history", &mut warnings);
    let newest = history.first().and_then(Option::as_ref);
    let newest = newest.map_or("{}", |newest| &newest.v1_compatibility);
    let config: ImageConfig = json(newest.as_bytes(), &format!("{name}, v1Compatibility"))?;
    fs_layers.reverse();
    history.reverse();
    limit_layers(&mut fs_layers, &mut warnings);
    let (mut layers, mut chain) = (Vec::new(), Vec::new());
    for (at, layer) in fs_layers.into_iter().enumerate() {
        let text = history.get(at).and_then(Option::as_ref).map(|text| &text.v1_compatibility);
        let step = text.map(|text| json::<LayerJson>(text.as_bytes(), name)).transpose();
        let step = step.unwrap_or_else(|problem| {
            warnings.push(problem);
            None
        });
        let step = step.unwrap_or_default();
        let throwaway = step.throwaway();
        chain.push(step.history());
        if !throwaway {
            layers.push(layer.map_or_else(LayerSource::default, |layer| found(contents, layer)));
        }
    }
    warn_of_missing(&layers, &mut warnings);
    let names = [one.name.read().unwrap_or_default(), one.tag.read().unwrap_or_default()];
    let named = names.iter().all(|part| !part.is_empty());
    Ok(ImageSource {
        tags: if named { vec![names.join(":")] } else { Vec::new() },
        manifest_digest: Some(Digest::of(manifest)),
        platform: platform(&config, None),
        config,
        layers,
        chain,
        warnings,
        ..ImageSource::default()
    })
}

fn found(contents: &ArchiveContents<'_>, layer: FsLayer) -> LayerSource {
    let found = contents.blob(&layer.blob_sum);
    LayerSource {
        name: layer.blob_sum.as_str().into(),
        blob: found.map(|(_, part)| part),
        digest: Some(layer.blob_sum),
        ..LayerSource::default()
    }
}

/// The items of a list: nulls left out, `None` for one that cannot be read, which is named.
fn parts<T, const N: usize>(
    list: Part<AtMost<Part<T>, N>>,
    name: &str,
    key: &str,
    warnings: &mut Vec<Problem>,
) -> Vec<Option<T>> {
    let mut faults = Faults::default();
    let items = faults.items(key, list);
    let read = faults.within(key, |faults| {
        let items = items.into_iter().enumerate().filter(|(_, part)| !matches!(part, Part::Absent));
        items.map(|(at, part)| faults.at(at, |faults| faults.here(part))).collect()
    });
    warnings.extend(faults.into_list().iter().map(|fault| fault_problem(name, fault)));
    read
}
