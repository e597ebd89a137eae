//! Sources without an index: a root file system, a single layer, or a folder of layers.
//!
//! `docker export` and a layer blob are the same, a tar; it is shown as one unnamed layer without a config.
//! A tar that looks like an image archive without its index is shown in the same way, with a warning that
//! says what is missing: it may be truncated.

use super::contents::ArchiveContents;
use super::images::{Archive, ImageSource, LayerSource};
use super::listing::ArchiveListing;
use crate::codec::{BlobPart, Compression, HEAD};
use crate::entry;
use crate::problem::Problem;

/// A tar as an archive of one layer.
pub fn tar(contents: &ArchiveContents<'_>, whole: BlobPart, mut archive: Archive) -> Archive {
    archive.formats = vec!["tar"];
    if let Some(form) = looks_like(contents).filter(|_| !is_incomplete(&archive)) {
        let missing = if form == "an OCI image layout" { "index.json" } else { "manifest.json" };
        archive.warnings.push(
            Problem::new(
                "no-image-named",
                format!("This looks like {form}, but no index names its images."),
            )
            .expected(format!("{missing} with an image whose configuration is in the archive"))
            .found(contents.listing.summary())
            .advice("The files of the archive are shown instead. Save the image again."),
        );
    }
    archive.images.push(ImageSource {
        layers: vec![LayerSource {
            name: "the whole file".into(),
            blob: Some(whole),
            ..LayerSource::default()
        }],
        ..ImageSource::default()
    });
    archive
}

/// Whether it was said that the file ends early: then the index is no riddle.
fn is_incomplete(archive: &Archive) -> bool {
    let first = archive.warnings.first().map(|problem| &*problem.code);
    matches!(first, Some("archive-truncated" | "archive-damaged"))
}

/// The form that a tar without an index resembles.
pub fn looks_like(contents: &ArchiveContents<'_>) -> Option<&'static str> {
    let has = |test: fn(&[u8]) -> bool| contents.listing.names().any(test);
    if contents.has("oci-layout") || has(|name| name.starts_with(b"blobs/sha256/")) {
        return Some("an OCI image layout");
    }
    let docker = contents.has("manifest.json") || has(is_of_docker_save);
    docker.then_some("a docker save archive")
}

/// Whether `docker save` names a member so: `ID/layer.tar`, and what is beside it.
fn is_of_docker_save(name: &[u8]) -> bool {
    let is_id = |id: &[u8]| id.len() == 64 && id.iter().all(u8::is_ascii_hexdigit);
    name.ends_with(b"/layer.tar")
        || [&b"/json"[..], b"/VERSION", b".json"]
            .iter()
            .any(|end| name.strip_suffix(*end).is_some_and(is_id))
}

/// A folder of layers, one file each, in the order of their names.
pub fn folder(
    contents: &mut ArchiveContents<'_>,
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
                name: path.as_str().into(),
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
        Problem::new("order-by-name", "No index gives the order of the layers.")
            .expected("index.json or manifest.json")
            .found(contents.listing.summary())
            .advice("They are shown in the order of their names."),
    );
    archive.images.push(ImageSource { layers, ..ImageSource::default() });
    Ok(archive)
}

/// The problem of a folder without an image.
pub fn no_image(listing: &ArchiveListing) -> Problem {
    Problem::new("folder-no-image", "This folder contains no image.")
        .expected("an OCI image layout, a `dir:` folder, or layers as files")
        .found(listing.summary())
        .advice("Drop the folder that directly contains index.json or manifest.json.")
}
