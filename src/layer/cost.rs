//! What a layer's entries cost beyond their number: a name of 1 KiB may imply five hundred directories, each a
//! node of the tree with a path of its own; names and attributes are held several times on their way to the
//! session; and the map of a sparse file takes more memory than its bytes.

use super::index::LayerIndex;
use super::limits::Limits;
use crate::entry::{MAX_NAME, MAX_OWNER, Member};

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
        let attributes = member.xattrs.iter().map(|(name, value)| name.len() + value.len());
        let spans = member.sparse.as_ref().map_or(0, |map| map.spans.len());
        self.add_parts(&member.name, member.link.len(), attributes, spans);
    }

    fn add_parts(
        &mut self,
        full_name: &[u8],
        link: usize,
        attributes: impl Iterator<Item = usize>,
        spans: usize,
    ) {
        let name = full_name.strip_suffix(b"/").unwrap_or(full_name);
        let shared = name.iter().zip(&self.last_name).take_while(|(a, b)| a == b).count();
        let fresh = name[shared..].iter().filter(|&&byte| byte == b'/').count() as u64 + 1;
        self.nodes = self.nodes.saturating_add(fresh);
        self.path_bytes = self.path_bytes.saturating_add(fresh.saturating_mul(name.len() as u64));
        let attributes = attributes.map(|bytes| bytes + ATTRIBUTE);
        let texts = attributes.fold(full_name.len() + link, usize::saturating_add);
        self.texts = self.texts.saturating_add(texts as u64);
        self.spans = self.spans.saturating_add(spans);
        self.last_name.clear();
        self.last_name.extend_from_slice(name);
    }

    /// Adds an entry that a table of contents names. `false`: it costs more than the limits allow, or has longer names
    /// than a tar that is read.
    pub fn takes(&mut self, member: &Member, limits: Limits) -> bool {
        self.add(member);
        [&member.name, &member.link].iter().all(|path| path.len() <= MAX_NAME)
            && [&member.user, &member.group].iter().all(|owner| owner.len() <= MAX_OWNER)
            && !self.exceeds(limits)
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

/// Whether an index that was made elsewhere costs no more than a pass within the limits allows. It is judged entry by
/// entry: many may name the same bytes, which the index has once.
pub fn fits(index: &LayerIndex, limits: Limits) -> bool {
    let mut cost = EntryCost::default();
    index.len() <= limits.entries as usize
        && index.entries().all(|entry| {
            let attributes = entry.xattrs().map(|(name, value)| name.len() + value.len());
            let spans = entry.sparse().map_or(0, |map| map.spans.len());
            cost.add_parts(entry.name(), entry.link().len(), attributes, spans);
            !cost.exceeds(limits)
        })
}

#[test]
fn entries_that_share_their_bytes_cost_as_much_as_others() {
    let costs_little = |name: &str, count: usize| {
        let mut index = LayerIndex::default();
        assert!(index.push(&Member::file(name, 1)));
        index.repeat_last(count - 1);
        fits(&index, Limits { entries: 1000, ..Limits::default() })
    };
    let long = "x".repeat(MAX_NAME);
    assert!(costs_little("a", 1000));
    assert!(!costs_little("a", 1001));
    assert!(costs_little(&long, 1000), "so few bytes do not matter");
    let deep = |depth| "a/".repeat(depth);
    assert!(costs_little(&deep(2000), 1000), "each names the same directories");
    let shallow = Limits { entries: 600, ..Limits::default() };
    let mut index = LayerIndex::default();
    assert!(index.push(&Member::file(deep(2000), 1)));
    assert!(!fits(&index, shallow), "it implies 2,000 directories");
    let mut index = LayerIndex::default();
    let xattrs = vec![(b"user.k".to_vec(), vec![0; 17 << 20])];
    assert!(index.push(&Member { xattrs, ..Member::file("a", 1) }));
    let few = Limits { entries: 1000, ..Limits::default() };
    assert!(!fits(&index, few));
}
