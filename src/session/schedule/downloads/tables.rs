//! Looks up a layer's table of contents, which stands in for its blob: in the blob, or beside the image.

use crate::codec::Partial;
use crate::layer::{self, ByTable, LayerScan, Limits};
use crate::oci::Descriptor;
use crate::registry::blob::Verifier;

/// Ranges of a blob that are fetched for its table at most.
const MAX_RANGES: usize = 4;
/// A longer table beside the image is not fetched: those of 100,000 entries have some 30 MB.
const MAX_TABLE: u64 = 64 << 20;

/// A lookup in progress.
pub enum TableLookup {
    /// In the blob: the parts that are here, where the last range began, and how many were fetched.
    InBlob { here: Partial, first: u64, ranges: usize },
    /// Beside the image.
    Beside(Descriptor),
}

/// What a lookup needs next.
pub enum TableStep {
    /// These bytes of the blob, from the first up to the one before the second.
    BlobRange(u64, u64),
    /// This blob.
    Whole(Descriptor),
    Found(Box<LayerScan>),
    Nothing,
}

/// Whether the manifest says that the layer has a table of contents.
pub fn names_table(blob: &Descriptor) -> bool {
    let nothing_here = Partial::new(blob.bytes());
    matches!(layer::by_table(&nothing_here, blob, Limits::default()), ByTable::Needs(..))
}

impl TableLookup {
    /// In the blob.
    pub fn in_blob(blob: &Descriptor) -> (TableLookup, TableStep) {
        let here = Partial::new(blob.bytes());
        let mut lookup = TableLookup::InBlob { here, first: 0, ranges: 0 };
        let step = lookup.next(blob);
        (lookup, step)
    }

    /// Beside the image.
    pub fn beside(table: Descriptor) -> (TableLookup, TableStep) {
        let step = match u64::try_from(table.size) {
            Ok(size) if size <= MAX_TABLE => TableStep::Whole(table.clone()),
            _ => TableStep::Nothing,
        };
        (TableLookup::Beside(table), step)
    }

    /// The bytes that were needed.
    pub fn take(&mut self, bytes: Vec<u8>, blob: &Descriptor) -> TableStep {
        match self {
            TableLookup::InBlob { here, first, .. } => {
                here.add(*first, bytes);
                self.next(blob)
            }
            TableLookup::Beside(table) => {
                let matches = Verifier::matches(&table.digest, &bytes);
                let scan = matches.then(|| layer::soci::by_soci(&bytes, blob, Limits::default()));
                scan.flatten().map_or(TableStep::Nothing, |scan| TableStep::Found(Box::new(scan)))
            }
        }
    }

    fn next(&mut self, blob: &Descriptor) -> TableStep {
        let TableLookup::InBlob { here, first, ranges } = self else { return TableStep::Nothing };
        match layer::by_table(here, blob, Limits::default()) {
            ByTable::Needs(from, end) if *ranges < MAX_RANGES => {
                (*first, *ranges) = (from, *ranges + 1);
                TableStep::BlobRange(from, end)
            }
            ByTable::Layer(scan) => TableStep::Found(scan),
            ByTable::Needs(..) | ByTable::Nothing => TableStep::Nothing,
        }
    }
}
