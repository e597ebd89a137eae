//! The `dir:` form: `manifest.json` is the image's own manifest, and blobs are beside it, named by the
//! hexadecimal digits of their digests.
//!
//! Source: containers/image, docs/containers-transports.5.md, `dir:`. If it was copied from a manifest list,
//! `manifest.json` is the list and each manifest is `HEX.manifest.json`. The manifest may be Docker's schema
//! 1, in which history, configuration and layers are one list, the newest first.

use super::chain::LayerJson;
use super::claims::{limit_layers, platform, warn_of_missing};
use super::contents::{ArchiveContents, json};
use super::images::{Archive, ImageSource, LayerSource};
use super::layout;
use crate::oci::{Descriptor, Digest, ImageConfig, ImageIndex, is_index};
use crate::problem::Problem;
use serde::Deserialize;

/// Enough of a manifest to tell its kind.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ManifestShape {
    #[serde(default)]
    schema_version: i64,
    #[serde(default)]
    media_type: Option<String>,
    #[serde(default)]
    manifests: Option<serde::de::IgnoredAny>,
}

/// Adds the images of `manifest.json`, which is a JSON object.
pub fn read(
    contents: &mut ArchiveContents<'_>,
    manifest: &[u8],
    archive: &mut Archive,
) -> Result<(), Problem> {
    let shape: ManifestShape = json(manifest, "manifest.json")?;
    let media_type = shape.media_type.unwrap_or_default();
    if shape.schema_version == 1 {
        let image = schema_one(contents, manifest)?;
        archive.add(image);
        return Ok(());
    }
    if is_index(&media_type) || shape.manifests.is_some() {
        let index: ImageIndex = json(manifest, "manifest.json")?;
        layout::walk(contents, archive, &index);
        return Ok(());
    }
    // The manifest is not under its own digest: it is `manifest.json` itself.
    let descriptor = Descriptor { media_type, ..Descriptor::of(Digest::of(manifest)) };
    layout::one(contents, archive, &descriptor, json(manifest, "manifest.json")?)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SchemaOne {
    #[serde(default)]
    name: String,
    #[serde(default)]
    tag: String,
    fs_layers: Vec<FsLayer>,
    #[serde(default)]
    history: Vec<Compatibility>,
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

fn schema_one(contents: &ArchiveContents<'_>, manifest: &[u8]) -> Result<ImageSource, Problem> {
    let SchemaOne { name, tag, mut fs_layers, mut history } = json(manifest, "manifest.json")?;
    let newest = history.first().map_or("{}", |newest| &newest.v1_compatibility);
    let config: ImageConfig = json(newest.as_bytes(), "manifest.json, v1Compatibility")?;
    fs_layers.reverse();
    history.reverse();
    let mut warnings = vec![
        Problem::new(
            "schema-one",
            "The manifest has Docker's schema 1, without a configuration and diff IDs.",
        )
        .expected("an image manifest, version 2")
        .found("schemaVersion 1"),
    ];
    limit_layers(&mut fs_layers, &mut warnings);
    let mut layers = Vec::new();
    let mut chain = Vec::new();
    for (at, layer) in fs_layers.into_iter().enumerate() {
        let step = match history.get(at) {
            Some(text) => json(text.v1_compatibility.as_bytes(), "manifest.json, v1Compatibility")?,
            None => LayerJson::default(),
        };
        let throwaway = step.throwaway;
        chain.push(step.history());
        if throwaway {
            continue;
        }
        let found = contents.blob(&layer.blob_sum);
        layers.push(LayerSource {
            name: layer.blob_sum.as_str().into(),
            blob: found.map(|(_, part)| part),
            digest: Some(layer.blob_sum),
            ..LayerSource::default()
        });
    }
    warn_of_missing(&layers, &mut warnings);
    let names = [name, tag];
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
