//! What a table says about a layer in a registry, read from a part of its blob.

use super::find::find;
use super::packed::MAX_TABLE;
use crate::codec::{Compression, Partial, ReadSeek, Section};
use crate::layer::layer_scan::LayerScan;
use crate::layer::limits::Limits;
use crate::oci::{Descriptor, Digest};

/// What is known about a layer without its blob.
pub enum ByTable {
    /// Everything that the table claims.
    Layer(Box<LayerScan>),
    /// These bytes of the blob are needed: the first, and the one after the last.
    Needs(u64, u64),
    /// Nothing: the manifest names no table, the table has another digest, or it is too large.
    Nothing,
}

/// Bytes at the end of a blob that are fetched first.
const END: u64 = 64 << 10;

/// Annotations with the digest of a layer's table. zstd:chunked had another name for it until 2021, which Debian's
/// skopeo still writes.
const ANNOTATIONS: [&str; 3] = [
    "containerd.io/snapshot/stargz/toc.digest",
    "io.containers.zstd-chunked.manifest-checksum",
    "io.github.containers.zstd-chunked.manifest-checksum",
];

/// The layer as its table claims, read from the available parts of its blob. The manifest must name the digest of the
/// table, so that the table is as trustworthy as the manifest.
pub fn by_table(blob: &Partial, layer: &Descriptor, limits: Limits) -> ByTable {
    let named = ANNOTATIONS.iter().find_map(|key| Digest::parse(layer.annotations.get(*key)?));
    let (Some(named), Ok(size)) = (named, u64::try_from(layer.size)) else {
        return ByTable::Nothing;
    };
    let compression = match &layer.media_type {
        kind if kind.ends_with("gzip") => Compression::Gzip,
        kind if kind.ends_with("zstd") => Compression::Zstd,
        _ => return ByTable::Nothing,
    };
    let source: Box<dyn ReadSeek> = Box::new(blob.clone());
    let Ok(mut section) = Section::new(source, 0, size) else { return ByTable::Nothing };
    let found = find(&mut section, compression);
    if let Some((first, end)) = blob.take_missing() {
        return match (end == size, end - first) {
            (true, _) => ByTable::Needs(first.min(size.saturating_sub(END)), size),
            (false, length) if length <= MAX_TABLE => ByTable::Needs(first, end),
            _ => ByTable::Nothing,
        };
    }
    let Some(Ok(table)) = found else { return ByTable::Nothing };
    match table.index(limits).filter(|_| table.has_digest(&named)) {
        Some(index) => ByTable::Layer(Box::new(LayerScan {
            index,
            compression,
            form: table.form.to_owned(),
            claimed: true,
            ..LayerScan::default()
        })),
        None => ByTable::Nothing,
    }
}
