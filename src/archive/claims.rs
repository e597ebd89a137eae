//! What manifests and configs claim about an image's config, platform and layers.

use super::contents::{ArchiveContents, document};
use super::described;
use super::documents::blob_name;
use super::images::LayerSource;
use super::limits::MAX_LAYERS;
use crate::oci::{Descriptor, Digest, ImageConfig, ImageManifest, Platform, is_foreign};
use crate::problem::{Problem, TOO_MANY_LAYERS};
use crate::vocabulary::LayerPosition;

/// An image's config as it was read.
pub struct ReadConfig {
    pub config: ImageConfig,
    /// Its digest, computed.
    pub digest: Digest,
    /// The digest differs from the claimed one, or parts cannot be read.
    pub warnings: Vec<Problem>,
}

/// Reads a config and compares its digest with the claimed one.
pub fn read_config(
    bytes: &[u8],
    name: &str,
    claimed: Option<&Digest>,
) -> Result<ReadConfig, Problem> {
    let digest = Digest::of(bytes);
    let mut warnings = Vec::new();
    if let Some(claimed) =
        claimed.filter(|claimed| claimed.algorithm() == "sha256" && **claimed != digest)
    {
        let message = "The digest of the configuration does not match.";
        let problem = Problem::new("config-digest-mismatch", message);
        let problem = problem.expected(claimed.as_str()).found(digest.as_str());
        warnings.push(problem.in_blob(name));
    }
    let config = document(bytes, name, &mut warnings)?;
    Ok(ReadConfig { config, digest, warnings })
}

/// The config's platform; the index's where the config says nothing.
pub fn platform(config: &ImageConfig, index: Option<&Platform>) -> Platform {
    let index = index.cloned().unwrap_or_default();
    let or = |own: &Option<String>, other: String| match own {
        Some(own) if !own.is_empty() => Platform::part(own),
        _ => other,
    };
    Platform {
        os: or(&config.os, index.os),
        architecture: or(&config.architecture, index.architecture),
        variant: or(&config.variant, index.variant),
    }
}

/// The layers that a manifest names; one whose descriptor cannot be read keeps its place.
pub fn described_layers(
    contents: &mut ArchiveContents<'_>,
    manifest: &ImageManifest,
    warnings: &mut Vec<Problem>,
) -> Vec<LayerSource> {
    let mut unread = manifest.unread.iter().peekable();
    let mut described = manifest.layers.iter();
    let mut layers = Vec::new();
    while layers.len() < manifest.layers.len() + manifest.unread.len() {
        match unread.next_if(|unread| unread.position == layers.len()) {
            Some(unread) => layers.push(LayerSource {
                name: unread.digest.as_str().into(),
                ..LayerSource::default()
            }),
            None => match described.next() {
                Some(descriptor) => {
                    layers.push(described_layer(contents, descriptor, warnings));
                }
                None => break,
            },
        }
    }
    layers
}

fn described_layer(
    contents: &mut ArchiveContents<'_>,
    descriptor: &Descriptor,
    warnings: &mut Vec<Problem>,
) -> LayerSource {
    let found = described::find(contents, descriptor, warnings);
    let name = match &found {
        Some(found) => found.name().into(),
        None => blob_name(&descriptor.digest).into(),
    };
    LayerSource {
        name,
        blob: found.and_then(|found| found.place(&descriptor.digest, contents)),
        media_type: Some(descriptor.media_type.clone()).filter(|name| !name.is_empty()),
        digest: Some(descriptor.digest.clone()),
        diff_id: None,
    }
}

/// Shortens a list of layers to the limit, with a warning.
pub fn limit_layers<T>(layers: &mut Vec<T>, warnings: &mut Vec<Problem>) {
    if layers.len() > MAX_LAYERS {
        warnings.push(
            Problem::new(TOO_MANY_LAYERS, "The image has too many layers.")
                .expected(format!("at most {MAX_LAYERS} layers"))
                .found(layers.len().to_string())
                .advice("The lowest ones are shown."),
        );
        layers.truncate(MAX_LAYERS);
    }
}

/// Gives layers the diff IDs that the config claims for them; warns where the numbers differ.
pub fn claim_diff_ids(
    layers: &mut [LayerSource],
    config: &ImageConfig,
    warnings: &mut Vec<Problem>,
) {
    let claimed = &config.rootfs.diff_ids;
    for (layer, diff_id) in layers.iter_mut().zip(claimed) {
        layer.diff_id = diff_id.clone();
    }
    if claimed.len() != layers.len() {
        let message = "Configuration and manifest disagree on the number of layers.";
        warnings.push(
            Problem::new("layer-count", message)
                .expected(format!("{} diff IDs", layers.len()))
                .found(claimed.len().to_string()),
        );
    }
    let filled = config.history.iter().filter(|entry| !entry.empty_layer).count();
    if !config.history.is_empty() && filled != layers.len() {
        let message = "History and layers do not match. They are joined starting with the base.";
        warnings.push(
            Problem::new("history-count", message)
                .expected(format!("{} history entries with a layer", layers.len()))
                .found(filled.to_string()),
        );
    }
    warn_of_missing(layers, warnings);
}

/// Warns of each layer that is not in the archive.
pub fn warn_of_missing(layers: &[LayerSource], warnings: &mut Vec<Problem>) {
    for (at, layer) in layers.iter().enumerate().filter(|(_, layer)| layer.blob.is_none()) {
        let problem = if layer.media_type.as_deref().is_some_and(is_foreign) {
            let message = "A foreign layer is not in the archive: its licence allows only its \
                           publisher to distribute it.";
            Problem::new("layer-foreign", message)
                .advice("Everything but this layer's files is shown.")
        } else {
            Problem::new("layer-missing", "A layer is not in the archive.")
                .advice("Save the image again, with all its layers.")
        };
        let layer_position = LayerPosition(at as u32);
        let name = if layer.name.is_empty() { "a layer with a name" } else { &layer.name };
        warnings.push(problem.expected(name).found("no such member").in_layer(layer_position));
    }
}
