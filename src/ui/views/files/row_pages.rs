//! Pages of rows: those that have arrived, and those that were requested.

use crate::protocol::TreeRow;
use std::sync::Arc;

/// Rows of one request.
pub const PAGE_ROWS: u32 = 64;
/// Pages that are kept.
const KEPT_PAGES: usize = 64;

/// Rows next to each other.
pub struct RowPage {
    pub position: u32,
    pub revision: u32,
    pub rows: Vec<Arc<TreeRow>>,
}

/// The pages that have arrived, and those that were requested.
#[derive(Default)]
pub struct RowPages {
    here: Vec<RowPage>,
    /// Revision and position.
    pub pending: Vec<(u32, u32)>,
}

impl RowPages {
    /// The page at a position.
    pub fn at(&self, position: u32) -> Option<&RowPage> {
        self.here.iter().find(|page| page.position == position)
    }

    /// Takes the place of the page at its position. The page farthest away goes when there are too many.
    pub fn keep(&mut self, page: RowPage) {
        let position = page.position;
        self.here.retain(|here| here.position != position);
        self.here.push(page);
        if self.here.len() > KEPT_PAGES {
            let distance = |at: &usize| self.here[*at].position.abs_diff(position);
            if let Some(farthest) = (0..self.here.len()).max_by_key(distance) {
                self.here.swap_remove(farthest);
            }
        }
    }

    /// Notes that a page is requested; false if it has arrived or was requested before.
    pub fn request(&mut self, revision: u32, position: u32) -> bool {
        let here = self.at(position).is_some_and(|page| page.revision == revision);
        let missing = !here && !self.pending.contains(&(revision, position));
        if missing {
            self.pending.push((revision, position));
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(position: u32, revision: u32) -> RowPage {
        RowPage { position, revision, rows: Vec::new() }
    }

    #[test]
    fn a_page_is_asked_for_once_a_revision() {
        let mut pages = RowPages::default();
        assert!(pages.request(1, 7));
        assert!(!pages.request(1, 7), "it is pending");
        pages.pending.clear();
        pages.keep(page(7, 1));
        assert!(!pages.request(1, 7), "it is here");
        assert!(pages.request(2, 7), "of an older revision");
    }

    #[test]
    fn the_farthest_page_is_evicted() {
        let mut pages = RowPages::default();
        for position in 0..=KEPT_PAGES as u32 {
            pages.keep(page(position, 1));
        }
        assert_eq!(pages.here.len(), KEPT_PAGES);
        assert!(pages.at(0).is_none() && pages.at(1).is_some());
        pages.keep(page(5, 2));
        assert_eq!(pages.at(5).map(|page| page.revision), Some(2));
        assert_eq!(pages.here.len(), KEPT_PAGES);
    }
}
