//! The `dir:` form: `manifest.json` is the image's own manifest, and blobs are beside it, named by the
//! hexadecimal digits of their digests.
//!
//! Source: containers/image, docs/containers-transports.5.md, `dir:`. If it was copied from a manifest list,
//! `manifest.json` is the list and each manifest is `HEX.manifest.json`. The manifest may be Docker's schema
//! 1.

use super::contents::ArchiveContents;
use super::images::Archive;
use super::layout;
use crate::problem::Problem;

/// Adds the images of `manifest.json`, which is a JSON object.
pub fn read(
    contents: &mut ArchiveContents<'_>,
    manifest: &[u8],
    archive: &mut Archive,
) -> Result<(), Problem> {
    layout::document(contents, archive, manifest, "manifest.json")
}
