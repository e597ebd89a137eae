//! How much of a layer is read before the user is asked. Compression can make little into anything.

use serde::{Deserialize, Serialize};

/// Where a pass over a layer ends although the layer continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Any layer may decompress to this many bytes…
    pub bytes: u64,
    /// … or to this many times the size of its blob, if that is more. Real layers stay below 20.
    pub ratio: u64,
    /// Number of entries: a million take about 100 MB. Their names may imply three directories for each
    /// entry, and names, links, attributes and paths have a size on average (`cost.rs`).
    pub entries: u32,
    /// Bytes of the files that are read separately, holes included. A layer of a framework for machine learning
    /// has some gigabytes of large libraries.
    pub large: u64,
    /// Bytes that are taken out of archives in files, beyond a multiple of the files' sizes.
    pub unpacked: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            bytes: 2 << 30,
            ratio: 100,
            entries: 3_000_000,
            large: 16 << 30,
            unpacked: 1 << 30,
        }
    }
}

impl Limits {
    /// Limits after the user has lifted them: as much as memory allows. The columns of thirty million
    /// entries take most of a worker's memory; what costs time alone has no limit.
    pub const LIFTED: Limits = Limits {
        bytes: u64::MAX,
        ratio: u64::MAX,
        entries: 30_000_000,
        large: u64::MAX,
        unpacked: u64::MAX,
    };

    /// Bytes to which a blob of `size` bytes may decompress.
    pub fn bytes_for(&self, size: u64) -> u64 {
        self.bytes.max(size.saturating_mul(self.ratio))
    }
}
