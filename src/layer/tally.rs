//! What a layer's entries cost beside their number: a name of a kilobyte may imply five hundred
//! directories, each a node of the tree, and a sparse file's map takes more memory than its bytes.

use super::pass::Limits;
use crate::entry::Member;

/// Parts of sparse files in one layer.
const MAX_SPANS: usize = 16 << 20;

/// What entries will cost beside their number.
#[derive(Default)]
pub struct Tally {
    /// Places in the tree that names make at most: parts that the name before doesn't have.
    places: u64,
    /// Bytes of the paths of all these.
    paths: u64,
    spans: usize,
    last: Vec<u8>,
}

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, member: &Member) {
        let name = member.name.strip_suffix(b"/").unwrap_or(&member.name);
        let shared = name.iter().zip(&self.last).take_while(|(a, b)| a == b).count();
        let fresh = name[shared..].iter().filter(|&&byte| byte == b'/').count() as u64 + 1;
        self.places = self.places.saturating_add(fresh);
        self.paths = self.paths.saturating_add(fresh.saturating_mul(name.len() as u64));
        self.spans += member.sparse.as_ref().map_or(0, |map| map.spans.len());
        self.last.clear();
        self.last.extend_from_slice(name);
    }

    /// Whether it is more than the limits allow.
    pub fn beyond(&self, limits: Limits) -> bool {
        let places = u64::from(limits.entries).saturating_mul(3);
        self.places > places || self.paths > places.saturating_mul(1024) || self.spans > MAX_SPANS
    }
}
