//! What a pass over a layer is asked to find, and what it finds.

use super::entry_range::EntryRange;
use super::hook::Notes;
use super::index::LayerIndex;
use super::limits::Limits;
use crate::codec::{Checkpoints, Compression};
use crate::oci::{DiffId, Digest, at_most};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};

/// What a pass finds in addition to the index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScanOptions {
    /// Where it ends.
    pub limits: Limits,
    /// The index from a table of contents is enough; its claims are checked later.
    pub table: bool,
    /// Whether the contents of files are read, too.
    pub contents: Contents,
    /// Positions of files, in order, whose contents are read by another pass than the one that reads the others. The
    /// pass that reads the others leaves them unread, except for what the analyses need.
    pub later: Vec<u32>,
    /// Only these entries of an uncompressed layer, without digests: the index of the scan has these alone, and its notes
    /// name them by their positions in the layer.
    pub entries: Option<EntryRange>,
    /// Algorithms of the blob's digests to compute; may be empty.
    pub blob_digests: Vec<String>,
    /// Algorithms of the diff IDs to compute; may be empty.
    pub diff_ids: Vec<String>,
}

/// Which passes read contents: they hash them and show them to the analyses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Contents {
    /// None: members are all that is wanted, as soon as possible.
    #[default]
    Skipped,
    /// A pass that must decompress the layer, since no other pass will.
    IfDecompressed,
    /// Only those that an earlier pass left unread: they are hashed, and not shown to the analyses.
    LeftUnread,
    /// Every pass.
    Read,
}

/// Which files a pass that reads contents reads, by their positions in the index, in order.
#[derive(Clone, Copy)]
pub(super) enum FilesRead<'a> {
    All,
    /// All but these, except for what the hook requests of them.
    But(&'a [u32]),
    Only(&'a [u32]),
}

impl ScanOptions {
    /// The files that a pass which reads contents reads.
    pub(super) fn files(&self) -> FilesRead<'_> {
        match self.contents {
            Contents::LeftUnread => FilesRead::Only(&self.later),
            _ if self.later.is_empty() => FilesRead::All,
            _ => FilesRead::But(&self.later),
        }
    }
}

/// The form of a layer whose table of contents is stored beside it.
pub const BESIDE: &str = "SOCI";

/// What a pass found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LayerScan {
    /// The members. Not serialised with the rest: an index has a form of its own.
    #[serde(skip)]
    pub index: LayerIndex,
    /// The compression of the blob.
    pub compression: Compression,
    /// `eStargz` or `zstd:chunked` for a blob that contains a table of contents, `SOCI` for one whose table
    /// is stored beside it; usually empty.
    pub form: String,
    /// The index comes from a table of contents; the blob was not read.
    pub claimed: bool,
    /// Bytes of the uncompressed tar; `None` if it could not be read to its end.
    pub tar_size: Option<u64>,
    /// Digests of the blob, as requested.
    pub blob_digests: Vec<Digest>,
    /// Digests of the uncompressed bytes, as requested; behind them, those of the streams between if the blob
    /// is compressed more than once.
    pub diff_ids: Vec<DiffId>,
    /// Where decompression can begin in the middle of the blob.
    pub checkpoints: Checkpoints,
    /// The tar has a global header, on which entries behind it may depend.
    pub has_global_header: bool,
    /// All uncompressed bytes were written to the spill.
    pub spilled: bool,
    /// The pass ended at one of its limits.
    pub limited: bool,
    /// What hooks noted about contents.
    pub notes: Notes,
    /// What was skipped, and why the pass ended early if it did.
    #[serde(deserialize_with = "at_most::<_, _, MAX_WARNINGS>")]
    pub warnings: Vec<Problem>,
}

/// Warnings of one layer that are read back; a pass makes few more than a tar's hundred.
const MAX_WARNINGS: usize = 200;

impl LayerScan {
    /// Whether data offsets are bytes of the blob, where each file has a compressed stream of its own;
    /// otherwise they are bytes of the uncompressed tar.
    pub fn has_streams(&self) -> bool {
        self.claimed && self.form != BESIDE
    }
}
