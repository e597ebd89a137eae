//! The second step of a view: which of the selected paths match the filter.
//!
//! - A match makes visible what is above it and what is below it.

use super::selected::Selected;
use crate::tree::file_tree::FileTree;

/// What a filter shows: one value per node in each column.
pub struct Filtered {
    /// The filter matches the node itself.
    pub matched: Vec<bool>,
    /// The filter matches something below the node.
    pub matched_below: Vec<bool>,
    /// The node is part of the view.
    pub visible: Vec<bool>,
    /// Number of paths that match; all paths without a filter.
    pub matches: u32,
}

impl Filtered {
    /// Applies `filter` to what a selection shows; an empty filter matches everything.
    pub fn new(tree: &FileTree, selected: &Selected, filter: &[u8]) -> Filtered {
        let count = tree.node_count();
        let mut filtered = Filtered {
            matched: vec![false; count],
            matched_below: vec![false; count],
            visible: selected.included.clone(),
            matches: selected.summary.paths,
        };
        if !filter.is_empty() {
            filtered.find(tree, &selected.included, filter);
            filtered.show(tree, &selected.included);
        }
        filtered
    }

    /// Finds the nodes that match.
    fn find(&mut self, tree: &FileTree, included: &[bool], filter: &[u8]) {
        let case_sensitive = filter.iter().any(u8::is_ascii_uppercase);
        let needle = if case_sensitive { filter.to_vec() } else { filter.to_ascii_lowercase() };
        let by_path = needle.contains(&b'/');
        self.matches = 0;
        let mut name = Vec::new();
        for node in (1..tree.node_count()).filter(|&node| included[node]) {
            name.clear();
            if by_path {
                name.push(b'/');
                name.extend(tree.path(node as u32));
            } else {
                name.extend_from_slice(tree.name(node as u32));
            }
            if !case_sensitive {
                name.make_ascii_lowercase();
            }
            self.matched[node] = contains(&name, &needle);
            self.matches += u32::from(self.matched[node]);
        }
    }

    /// Makes matches visible, with what is above and below them.
    fn show(&mut self, tree: &FileTree, included: &[bool]) {
        let count = tree.node_count();
        for node in (1..count).rev() {
            if included[node] && (self.matched[node] || self.matched_below[node]) {
                self.matched_below[tree.parent(node as u32) as usize] = true;
            }
        }
        let mut inside = vec![false; count];
        for node in 1..count {
            inside[node] = self.matched[node] || inside[tree.parent(node as u32) as usize];
            self.visible[node] = included[node] && (inside[node] || self.matched_below[node]);
        }
    }
}

fn contains(text: &[u8], needle: &[u8]) -> bool {
    let Some((&first, rest)) = needle.split_first() else { return true };
    let mut from = 0;
    while let Some(at) = text[from..].iter().position(|&b| b == first) {
        let start = from + at + 1;
        if text[start..].starts_with(rest) {
            return true;
        }
        from = start;
    }
    false
}
