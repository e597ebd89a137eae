//! Finds the table that is embedded in a blob, by the blob's compression.

use super::embedded::EmbeddedTable;
use super::packed::BlobSection;
use super::{estargz, zstd_chunked};
use crate::codec::Compression;
use crate::problem::Problem;

/// Looks for a table at the end of a blob. `Some(Err)`: there is one that cannot be read.
pub fn find(
    blob: &mut BlobSection,
    compression: Compression,
) -> Option<Result<EmbeddedTable, Problem>> {
    let (form, bytes) = match compression {
        Compression::Gzip => ("eStargz", estargz::table(blob)?),
        Compression::Zstd => ("zstd:chunked", zstd_chunked::table(blob)?),
        _ => return None,
    };
    let table = bytes.map_err(|error| error.to_string());
    let table = table.and_then(|bytes| EmbeddedTable::read(form, &bytes));
    Some(table.map_err(|found| {
        let message = format!("The layer's {form} table of contents cannot be read.");
        Problem::new("toc-unreadable", message)
            .expected("JSON with the layer's entries")
            .found(found)
    }))
}
