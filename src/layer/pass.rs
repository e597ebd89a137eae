//! What a pass over a layer is asked for, and what it finds.

use super::index::LayerIndex;
use super::looks::Notes;
use super::whiteout::{Marker, classify};
use crate::codec::{Checkpoints, Compression};
use crate::oci::{DiffId, Digest};
use crate::problem::Problem;
use crate::vocabulary::NodeKind;
use serde::{Deserialize, Serialize};

/// Where a pass over a layer ends though the layer goes on. Compression can make little into anything;
/// what is beyond a limit is read when the user says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// A layer may decompress to this many bytes, whatever it is…
    pub bytes: u64,
    /// … or to this many times its blob, if that is more. Real layers stay below 20.
    pub ratio: u64,
    /// Entries: those of a million take some 100 MB. Names may imply three directories for each, and
    /// together be as long as that many paths of a kilobyte.
    pub entries: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 2 << 30, ratio: 100, entries: 3_000_000 }
    }
}

impl Limits {
    /// As far as memory goes: the columns of thirty million entries take most of a worker's.
    pub const LIFTED: Limits = Limits { bytes: u64::MAX, ratio: u64::MAX, entries: 30_000_000 };

    /// Bytes to which a blob of `size` bytes may decompress.
    pub fn bytes_for(&self, size: u64) -> u64 {
        self.bytes.max(size.saturating_mul(self.ratio))
    }
}

/// What a pass is to find beside the index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScanOptions {
    /// Where it ends.
    pub limits: Limits,
    /// The index that a table of contents gives will do: what it claims is compared later.
    pub table: bool,
    /// Hash the contents of an uncompressed layer, too.
    pub hash_contents: bool,
    /// Digest of the blob by these algorithms; none: not asked for.
    pub blob_digests: Vec<String>,
    /// Digest of the uncompressed bytes by these algorithms; none: not asked for.
    pub diff_ids: Vec<String>,
}

/// The form of a layer that is known by a table beside it.
pub const BESIDE: &str = "SOCI";

/// What a pass found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LayerScan {
    /// The members. Left out where the rest is serialised: an index has a form of its own.
    #[serde(skip)]
    pub index: LayerIndex,
    /// How the blob is compressed.
    pub compression: Compression,
    /// What the blob is beside a compressed tar: `eStargz`, `zstd:chunked`; empty for most. `SOCI`: what
    /// is known of it was read beside it.
    pub form: String,
    /// The index is what a table of contents claims, the blob was not read.
    pub claimed: bool,
    /// Bytes of the uncompressed tar; `None` if it could not be read to its end.
    pub tar_size: Option<u64>,
    /// Digests of the blob, as asked for.
    pub blob_digests: Vec<Digest>,
    /// Digests of the uncompressed bytes, as asked for.
    pub diff_ids: Vec<DiffId>,
    /// Where the compressed stream can be entered again.
    pub checkpoints: Checkpoints,
    /// All uncompressed bytes that there were have gone to the spill.
    pub spilled: bool,
    /// The pass ended at one of its limits.
    pub limited: bool,
    /// What was made of contents on their way.
    pub notes: Notes,
    /// What was passed over, and why the pass ended early if it did.
    pub warnings: Vec<Problem>,
}

impl LayerScan {
    /// Where data lies is said of the blob, where each file's is a stream of its own; else it is said of
    /// the uncompressed tar.
    pub fn has_streams(&self) -> bool {
        self.claimed && self.form != BESIDE
    }
}

/// What is counted of a layer. Source: CONTRACTS.md, "Layers".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Members but extension records.
    pub entries: u32,
    /// Regular files, whiteout markers and members of unknown types among them.
    pub files: u32,
    pub directories: u32,
    pub symlinks: u32,
    pub hard_links: u32,
    /// Whiteout markers.
    pub whiteouts: u32,
    /// Opaque markers.
    pub opaque_directories: u32,
    /// Σ logical sizes, in bytes.
    pub size: u64,
}

impl Counts {
    /// Counts an index.
    pub fn of(index: &LayerIndex) -> Counts {
        let mut counts = Counts::default();
        for entry in index.entries() {
            counts.entries += 1;
            counts.size = counts.size.saturating_add(entry.size());
            match entry.kind() {
                NodeKind::File => counts.files += 1,
                NodeKind::Directory => counts.directories += 1,
                NodeKind::Symlink => counts.symlinks += 1,
                NodeKind::HardLink => counts.hard_links += 1,
                NodeKind::CharDevice | NodeKind::BlockDevice | NodeKind::Fifo => {}
            }
            let base = crate::entry::path::parts(entry.name()).pop().unwrap_or(b"");
            match classify(base) {
                Marker::Whiteout(_) => counts.whiteouts += 1,
                Marker::Opaque => counts.opaque_directories += 1,
                Marker::None | Marker::Reserved => {}
            }
        }
        counts
    }
}
