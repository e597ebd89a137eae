//! The overview: what an image is, what was checked, and what was found. The page makes the sentences.

use super::{ProvenanceNumbers, RiskNumbers, RunFacts, SecretNumbers};
use crate::problem::Problem;
use crate::text::Shown;
use crate::vocabulary::{ClassTallies, LayerNumber};
use serde::{Deserialize, Serialize};

/// The overview of one image. `None` means: not known yet, or not there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OverviewFacts {
    /// All names, as written in the archive.
    pub names: Vec<Shown>,
    /// The configuration's digest; `None` for a bare layer or root file system.
    pub image_id: Option<String>,
    pub manifest_digest: Option<String>,
    /// The digest of the index that names the manifest, where the index is a blob of its own.
    pub index_digest: Option<String>,
    pub platform: Shown,
    /// RFC 3339.
    pub created: Option<Shown>,
    pub author: Option<Shown>,
    /// `PRETTY_NAME` of os-release in the final tree: `Debian GNU/Linux 12 (bookworm)`.
    pub distribution: Option<Shown>,
    /// Labels and annotations that say who built it from what (`org.opencontainers.image.*`), key and value.
    pub origin: Vec<(Shown, Shown)>,
    /// How many more of these there are.
    pub origin_left_out: u64,
    /// Number of layers.
    pub layers: u32,
    /// Sum of the layers' sizes.
    pub size: Option<u64>,
    /// Sum of the blobs' bytes as stored, and whether any of them is compressed: only then is it a
    /// download size.
    pub blob_size: Option<u64>,
    pub any_compressed: bool,
    /// Size of the final tree.
    pub tree_size: Option<u64>,
    /// Paths of the final tree.
    pub tree_entries: Option<u64>,
    pub run: RunFacts,
    pub digests: DigestCheck,
    pub hidden: Option<HiddenBytes>,
    pub dive: Option<DiveEfficiency>,
    /// Installed packages; `None` until contents were read.
    pub packages: Option<u32>,
    /// Secrets in all layers and the configuration; `None` until contents were read.
    pub secrets: Option<SecretNumbers>,
    /// The same for risks.
    pub risks: Option<RiskNumbers>,
    pub provenance: ProvenanceNumbers,
    /// Layers whose files or contents are not known, once the tree is built.
    pub unread: Vec<LayerNumber>,
    /// Problems of source, image, layers and tree, digest mismatches of layers left out (`digests` has them).
    pub warnings: Vec<Problem>,
}

/// Whether layers are what their digests say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestCheck {
    pub matching: Vec<LayerNumber>,
    pub mismatching: Vec<LayerNumber>,
    /// Nothing is claimed that could be checked.
    pub unclaimed: Vec<LayerNumber>,
    /// Reading failed or ended at a limit, so nothing could be checked.
    pub incomplete: Vec<LayerNumber>,
    /// Still to be checked.
    pub pending: Vec<LayerNumber>,
    /// Not downloaded: known by a table of contents, or not at all.
    pub not_downloaded: Vec<LayerNumber>,
    /// Not in the archive.
    pub missing: Vec<LayerNumber>,
    /// A saved inspection: its digests were checked where it was saved, and cannot be checked here.
    pub saved_inspection: bool,
}

/// Bytes that layers contain and the final tree does not show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HiddenBytes {
    /// Sum of the layers' sizes.
    pub size: u64,
    pub classes: ClassTallies,
}

/// dive 0.13's figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DiveEfficiency {
    /// 0 to 1.
    pub score: f64,
    pub wasted_bytes: u64,
    /// Number of paths counted as wasted.
    pub paths: u32,
}
