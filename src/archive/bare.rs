//! No index at all: a root file system, one layer alone, or a folder of layers.
//!
//! What `docker export` writes and what a layer blob holds are the same, a tar; it is shown as one
//! unnamed layer without a config. A tar that looks like an image archive without its index is shown so,
//! too, with a word for what is missing: it may have been cut short.

use super::contents::Contents;
use super::listing::Listing;
use super::{Archive, ImageSource, LayerSource};
use crate::codec::{BlobPart, Compression, HEAD};
use crate::entry;
use crate::problem::Problem;
use crate::text;

/// The archive that a tar is by itself.
pub fn tar(contents: &Contents<'_>, whole: BlobPart, mut archive: Archive) -> Archive {
    archive.formats = vec!["tar"];
    if let Some(form) = looks_like(contents) {
        let missing = if form == "an OCI image layout" { "index.json" } else { "manifest.json" };
        archive.warnings.push(
            Problem::new(
                "no-image-named",
                format!("This looks like {form}, but nothing names its images."),
            )
            .expected(format!("{missing} that names an image whose config is there"))
            .found(contents.listing.summary())
            .advice("Its files are shown instead. Save the image again."),
        );
    }
    archive.images.push(ImageSource {
        layers: vec![LayerSource {
            name: "the whole file".to_owned(),
            blob: Some(whole),
            ..LayerSource::default()
        }],
        ..ImageSource::default()
    });
    archive
}

/// The form that a tar without an index has most of.
fn looks_like(contents: &Contents<'_>) -> Option<&'static str> {
    let has = |test: fn(&[u8]) -> bool| contents.listing.names().any(test);
    if contents.has("oci-layout") || has(|name| name.starts_with(b"blobs/sha256/")) {
        return Some("an OCI image layout");
    }
    let docker = contents.has("manifest.json") || has(|name| name.ends_with(b"/layer.tar"));
    docker.then_some("a docker save archive")
}

/// A folder of layers, each a file; their order is that of their names.
pub fn folder(
    contents: &mut Contents<'_>,
    files: &[(String, u64)],
    mut archive: Archive,
) -> Result<Archive, Problem> {
    let mut layers: Vec<LayerSource> = Vec::new();
    for (at, (path, size)) in (0u32..).zip(files) {
        let part = BlobPart::plain(at, 0, *size);
        let mut head = [0; entry::BLOCK as usize];
        let count = contents.head(part, &mut head)?;
        let packed = Compression::detect(&head[..count.min(HEAD)]) != Compression::None;
        if packed || entry::is_header(&head[..count]) {
            layers.push(LayerSource {
                name: text::show(path.as_bytes()),
                blob: Some(part),
                ..LayerSource::default()
            });
        }
    }
    layers.sort_by(|a, b| a.name.cmp(&b.name));
    if layers.is_empty() {
        let first = archive.warnings.into_iter().next();
        return Err(first.unwrap_or_else(|| no_image(&contents.listing)));
    }
    archive.formats = vec!["tar"];
    archive.warnings.push(
        Problem::new("order-by-name", "No index says in which order the layers lie.")
            .expected("index.json or manifest.json")
            .found(contents.listing.summary())
            .advice("They are taken in the order of their names."),
    );
    archive.images.push(ImageSource { layers, ..ImageSource::default() });
    Ok(archive)
}

/// A folder in which nothing was found.
pub fn no_image(listing: &Listing) -> Problem {
    Problem::new("folder-no-image", "This folder holds no image.")
        .expected("an OCI image layout, a folder of `dir:`, or layers as files")
        .found(listing.summary())
        .advice("Drop the folder that holds index.json or manifest.json itself.")
}
