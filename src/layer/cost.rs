//! What a layer's entries cost beyond their number: a name of 1 KiB may imply five hundred directories, each a
//! node of the tree, and the map of a sparse file takes more memory than its bytes.

use super::limits::Limits;
use crate::entry::Member;

/// Spans of all sparse files of one layer.
const MAX_SPANS: usize = 16 << 20;

/// The cost of the entries so far.
#[derive(Default)]
pub struct EntryCost {
    /// At most this many tree nodes: parts of each name that the name before it does not have.
    nodes: u64,
    /// Bytes of the paths of all these nodes.
    path_bytes: u64,
    spans: usize,
    last_name: Vec<u8>,
}

impl EntryCost {
    /// Adds an entry.
    pub fn add(&mut self, member: &Member) {
        let name = member.name.strip_suffix(b"/").unwrap_or(&member.name);
        let shared = name.iter().zip(&self.last_name).take_while(|(a, b)| a == b).count();
        let fresh = name[shared..].iter().filter(|&&byte| byte == b'/').count() as u64 + 1;
        self.nodes = self.nodes.saturating_add(fresh);
        self.path_bytes = self.path_bytes.saturating_add(fresh.saturating_mul(name.len() as u64));
        self.spans += member.sparse.as_ref().map_or(0, |map| map.spans.len());
        self.last_name.clear();
        self.last_name.extend_from_slice(name);
    }

    /// Whether the cost is more than the limits allow.
    pub fn exceeds(&self, limits: Limits) -> bool {
        let nodes = u64::from(limits.entries).saturating_mul(3);
        self.nodes > nodes || self.path_bytes > nodes.saturating_mul(1024) || self.spans > MAX_SPANS
    }
}
