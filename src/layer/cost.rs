//! What a layer's entries cost beyond their number: a name of 1 KiB may imply five hundred directories, each a
//! node of the tree with a path of its own; names and attributes are held several times on their way to the
//! session; and the map of a sparse file takes more memory than its bytes.

use super::limits::Limits;
use crate::entry::Member;

/// Spans of all sparse files of one layer.
const MAX_SPANS: usize = 8 << 20;
/// Nodes of the tree for each entry that is allowed.
const NODES: u64 = 3;
/// Bytes of the path of a node, on average: real ones have sixty to ninety.
const PATH: u64 = 128;
/// Bytes of names, links and attributes of an entry, on average.
const TEXTS: u64 = 112;
/// Bytes that an attribute costs besides its name and value.
const ATTRIBUTE: usize = 16;
/// Below so many bytes, names and paths of few entries are no matter.
const LITTLE: u64 = 16 << 20;

/// The cost of the entries so far.
#[derive(Default)]
pub struct EntryCost {
    /// At most this many tree nodes: parts of each name that the name before it does not have.
    nodes: u64,
    /// Bytes of the paths of all these nodes.
    path_bytes: u64,
    /// Bytes of names, links and attributes.
    texts: u64,
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
        let attributes = member.xattrs.iter();
        let attributes = attributes.map(|(name, value)| name.len() + value.len() + ATTRIBUTE);
        let texts = attributes.fold(member.name.len() + member.link.len(), usize::saturating_add);
        self.texts = self.texts.saturating_add(texts as u64);
        self.spans += member.sparse.as_ref().map_or(0, |map| map.spans.len());
        self.last_name.clear();
        self.last_name.extend_from_slice(name);
    }

    /// Whether the cost is more than the limits allow.
    pub fn exceeds(&self, limits: Limits) -> bool {
        let entries = u64::from(limits.entries);
        let most = |each: u64| LITTLE.max(entries.saturating_mul(each));
        self.nodes > entries.saturating_mul(NODES)
            || self.path_bytes > most(NODES * PATH)
            || self.texts > most(TEXTS)
            || self.spans > MAX_SPANS
    }
}
