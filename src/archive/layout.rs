//! The OCI image layout: `index.json`, nested indexes and manifests, all by digest under `blobs/`.
//!
//! Source: OCI image-spec, image-layout.md.

use super::contents::{ArchiveContents, document as read_document, invalid};
use super::images::Archive;
use super::schema_one;
use super::walk::Walk;
use crate::oci::{Descriptor, Digest, DocumentShape};
use crate::problem::Problem;
use crate::text::text_as_utf8;

/// Adds the images and other manifests that `index.json` leads to.
pub fn read(contents: &mut ArchiveContents<'_>, archive: &mut Archive) -> Result<(), Problem> {
    let bytes = contents.named("index.json")?;
    document(contents, archive, &bytes, "index.json")
}

/// Adds what a document leads to that no descriptor names: an index, or a manifest.
pub fn document(
    contents: &mut ArchiveContents<'_>,
    archive: &mut Archive,
    bytes: &[u8],
    name: &str,
) -> Result<(), Problem> {
    let mut warnings = Vec::new();
    let text = text_as_utf8(bytes);
    match DocumentShape::of(&text) {
        DocumentShape::Manifest => {
            let manifest = read_document(bytes, name, &mut warnings)?;
            warnings.into_iter().for_each(|warning| archive.warn(warning));
            // The manifest is not under its own digest: it is this file itself.
            let descriptor = Descriptor::of(Digest::of(bytes));
            Walk::new(contents, archive).manifest(&descriptor, manifest, Vec::new())
        }
        DocumentShape::SchemaOne => {
            archive.add(schema_one::image(contents, bytes, name)?);
            Ok(())
        }
        DocumentShape::Index | DocumentShape::Other => {
            let index = read_document(bytes, name, &mut warnings)?;
            warnings.into_iter().for_each(|warning| archive.warn(warning));
            Walk::new(contents, archive).index(&index, &[], 0);
            Ok(())
        }
        DocumentShape::Both => Err(invalid(&text, name, "an index or a manifest, not both")),
        DocumentShape::Config => Err(invalid(&text, name, "an index or a manifest")),
    }
}
