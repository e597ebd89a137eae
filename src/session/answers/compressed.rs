//! How many bytes of the image as stored a path takes: an estimate from the places where its layer's compressed stream
//! can be entered.
//!
//! - Not known of layers that are stored uncompressed, that are compressed more than once, or that were not read to
//!   their end.
//! - Headers of members and padding count for no path.

use crate::codec::Compression;
use crate::layer::LayerScan;
use crate::problem::Problem;
use crate::session::state::{Session, blob_size};
use crate::tree::NOT_KNOWN;
use crate::vocabulary::ImagePosition;

/// A compressed layer that was read to its end.
struct CompressedLayer<'a> {
    scan: &'a LayerScan,
    tar_size: u64,
    /// Bytes as stored.
    stored: u64,
}

/// Compressed bytes of each inode of an image's tree, `NOT_KNOWN` where they are not known.
pub(super) fn bytes_by_inode(session: &Session, image: ImagePosition) -> Result<Vec<u64>, Problem> {
    let layers = layers(session, image)?;
    let tree = &session.built(image)?.tree;
    let bytes = |number: usize| {
        let inode = tree.inode_at(number as u32)?;
        let layer = layers.get(inode.layer.index())?.as_ref()?;
        let entry = tree.content_entry(inode);
        let (from, points) = (entry.data_offset(), &layer.scan.checkpoints);
        let to = from.saturating_add(entry.stored());
        Some(points.stored_between(from, to, layer.tar_size, layer.stored))
    };
    Ok((0..tree.inode_count()).map(|number| bytes(number).unwrap_or(NOT_KNOWN)).collect())
}

/// Bytes of an image's layers as stored; `None` if not all are here, or none is compressed.
pub(super) fn image_bytes(session: &Session, image: ImagePosition) -> Result<Option<u64>, Problem> {
    let any = layers(session, image)?.iter().any(Option::is_some);
    Ok(blob_size(&session.image(image)?.source).filter(|_| any))
}

fn layers(
    session: &Session,
    image: ImagePosition,
) -> Result<Vec<Option<CompressedLayer<'_>>>, Problem> {
    let layers = session.image(image)?.source.layers.iter().map(|layer| {
        let blob = session.blobs.get(layer).filter(|blob| !blob.failed)?;
        let scan = &blob.scan;
        let is_read = !scan.claimed && scan.compression != Compression::None;
        let (tar_size, stored) = (scan.tar_size?, layer.blob?.len);
        (is_read && scan.checkpoints.again() == 0).then_some(CompressedLayer {
            scan,
            tar_size,
            stored,
        })
    });
    Ok(layers.collect())
}
