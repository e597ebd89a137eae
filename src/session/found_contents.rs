//! What the latest search in an image's contents has found, by path.
//!
//! - The numbers are exact. Lines and paths are kept up to a limit (docs/limits.md).
//! - Paths are kept as they are, so that it outlives the tree.

use crate::grep::{FoundFile, SearchBudget};
use crate::problem::Problem;
use crate::protocol::{SearchSpec, SearchTotals};
use std::sync::Arc;

/// Paths with lines that are kept.
const MAX_PATHS: usize = 20_000;
/// Problems that are told.
const MAX_PROBLEMS: usize = 20;

/// The results of a search.
pub(super) struct FoundContents {
    pub spec: SearchSpec,
    pub totals: SearchTotals,
    /// Sorted by path once `sort` was called.
    pub paths: Vec<FoundPath>,
    budget: SearchBudget,
}

/// A path whose file has lines that match.
pub(super) struct FoundPath {
    /// Relative to the root.
    pub path: Vec<u8>,
    /// The same for all names of a file.
    pub file: Arc<FoundFile>,
}

impl FoundContents {
    /// Nothing was found yet.
    pub fn new(spec: SearchSpec) -> FoundContents {
        let budget = SearchBudget::OF_SEARCH;
        FoundContents { spec, totals: SearchTotals::default(), paths: Vec::new(), budget }
    }

    /// Adds a file under all its names.
    pub fn add(&mut self, mut file: FoundFile, paths: impl Iterator<Item = Vec<u8>>) {
        let count = file.count;
        file.fit(&mut self.budget);
        let file = Arc::new(file);
        for path in paths {
            self.totals.matched_files += 1;
            self.totals.lines = self.totals.lines.saturating_add(count);
            self.totals.cut |= file.cut || self.paths.len() >= MAX_PATHS;
            if self.paths.len() < MAX_PATHS {
                self.paths.push(FoundPath { path, file: Arc::clone(&file) });
            }
        }
    }

    /// Sorts what was added.
    pub fn sort(&mut self) {
        self.paths.sort_by(|a, b| a.path.cmp(&b.path));
    }

    /// Some files could not be read.
    pub fn add_problem(&mut self, problem: Problem) {
        let problems = &mut self.totals.problems;
        if problems.len() < MAX_PROBLEMS && !problems.contains(&problem) {
            problems.push(problem);
        }
    }
}

#[test]
fn numbers_stay_exact_where_paths_are_left_out() {
    let mut found = FoundContents::new(SearchSpec::default());
    let file = FoundFile { count: 2, ..FoundFile::default() };
    let paths = (0..MAX_PATHS + 5).rev().map(|at| format!("{at:06}").into_bytes());
    found.add(file, paths);
    found.sort();
    let SearchTotals { matched_files, lines, cut, .. } = found.totals;
    assert_eq!((matched_files, lines, cut), (20_005, 40_010, true));
    assert_eq!((found.paths.len(), &found.paths[0].path[..]), (MAX_PATHS, &b"000005"[..]));
}
