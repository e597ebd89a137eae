//! Lists of known violations in `xtask/src/tidy/known/`: a rule passes over what its list names.
//!
//! - One entry a line; `#` starts a comment.
//! - The lists only shrink: an entry that breaks its rule no longer is a failure.

use std::collections::BTreeSet;

use super::{Finding, Source};

pub struct Known<'a> {
    source: Option<&'a Source>,
    /// With line numbers from 1.
    entries: Vec<(usize, &'a str)>,
}

impl<'a> Known<'a> {
    /// The list at this path; an absent list is empty.
    pub fn read(sources: &'a [Source], path: &str) -> Self {
        let source = sources.iter().find(|source| source.path == path);
        let lines = source.iter().flat_map(|source| source.text.lines().enumerate());
        let entries = lines
            .map(|(index, line)| (index + 1, line.split('#').next().unwrap_or_default().trim()))
            .filter(|(_, entry)| !entry.is_empty())
            .collect();
        Self { source, entries }
    }

    pub fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(_, entry)| *entry == name)
    }

    /// A failure for each entry that is not among the current violations.
    pub fn outdated(&self, current: &BTreeSet<&str>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (line, entry) in &self.entries {
            if let Some(source) = self.source.filter(|_| !current.contains(entry)) {
                let message = format!("{entry} no longer breaks the rule: remove this line");
                findings.push(Finding::failure(source, *line, message));
            }
        }
        findings
    }
}
