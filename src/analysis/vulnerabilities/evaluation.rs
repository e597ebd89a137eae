//! Whether a record applies to an installed version, and the versions that fix it.
//!
//! Source: OSV schema 1.7 (ossf/osv-schema, docs/schema.md), "Evaluation".
//!
//! - A withdrawn record applies to nothing.
//! - Ranges of commits are skipped, because packages have versions.
//! - A range of GitHub's without a fix does not end, but may say up to which version the package is known to be
//!   affected. Later versions are not known to be.

use super::ecosystem::{OsvQuery, normalised};
use super::record::{AffectedVersions, OsvPackage, OsvRecord, RangeEvent, VersionRange};
use super::versions;
use std::cmp::Ordering;
use std::collections::HashSet;

/// Most versions that fix a vulnerability in one package: one for each branch that is maintained.
const MAX_FIXED: usize = 200;

/// The versions that fix the record's vulnerability in this package, ascending; empty if no fix is known.
/// `None` if the record does not apply.
pub fn affects(record: &OsvRecord, query: &OsvQuery) -> Option<Vec<String>> {
    let mut affected = record.matching(query).peekable();
    affected.peek()?;
    let mut known = HashSet::new();
    let fixed = affected
        .flat_map(|affected| &affected.ranges)
        .filter_map(|range| range.fixed_after(query))
        .filter(|version| known.insert(*version))
        .take(MAX_FIXED);
    Some(versions::sorted(&query.ecosystem, fixed.map(str::to_owned).collect()))
}

impl OsvRecord {
    /// The parts of the record that apply to this package in this version.
    pub fn matching<'a>(
        &'a self,
        query: &'a OsvQuery,
    ) -> impl Iterator<Item = &'a AffectedVersions> {
        let valid = self.withdrawn.is_empty();
        let affected = self.about(&query.name).filter(move |_| valid);
        affected.filter(|affected| {
            affected.package.is(&query.ecosystem, &query.name) && affected.includes(query)
        })
    }
}

impl OsvPackage {
    /// Whether it is this package. Names are case-sensitive in OSV, except in these ecosystems.
    pub fn is(&self, ecosystem: &str, name: &str) -> bool {
        self.is_in(ecosystem)
            && match ecosystem {
                "PyPI" => normalised(&self.name) == name,
                "NuGet" | "Packagist" => self.name.eq_ignore_ascii_case(name),
                _ => self.name == name,
            }
    }

    /// Whether it is in this ecosystem. If the record or the query has no release, all releases match.
    /// Ubuntu's suffixes for its kinds of support may be missing, as in OSV's server (google/osv.dev,
    /// osv/ecosystems/_ecosystems.py).
    fn is_in(&self, ecosystem: &str) -> bool {
        let own = self.ecosystem.as_str();
        let bare = |text: &str| text.split(':').next().map(str::len);
        own == ecosystem
            || bare(own) == Some(own.len()) && ecosystem.split(':').next() == Some(own)
            || bare(ecosystem) == Some(ecosystem.len()) && own.split(':').next() == Some(ecosystem)
            || own.starts_with("Ubuntu:")
                && own.replace(":Pro", "").replace(":LTS", "") == ecosystem
    }
}

impl AffectedVersions {
    fn includes(&self, query: &OsvQuery) -> bool {
        self.versions.contains(&query.version)
            || self
                .ranges
                .iter()
                .any(|range| range.includes(query) && self.may_be_known(range, query))
    }

    /// False if the version is behind the last one that is known to be affected.
    fn may_be_known(&self, range: &VersionRange, query: &OsvQuery) -> bool {
        let known = self.database_specific.last_known_affected_version_range.trim();
        let ends = known.find(|c| !matches!(c, '<' | '=' | ' ')).unwrap_or(known.len());
        let Some((operator, last)) = known.split_at_checked(ends) else { return true };
        let order = range.compare(query, &query.version, last.trim());
        match (operator.trim(), order) {
            ("<=" | "=", Some(order)) => order.is_le(),
            ("<", Some(order)) => order.is_lt(),
            _ => true,
        }
    }
}

impl VersionRange {
    fn compare(&self, query: &OsvQuery, a: &str, b: &str) -> Option<Ordering> {
        match self.kind.as_str() {
            "SEMVER" => versions::compare_semver(a, b),
            "ECOSYSTEM" => versions::compare(&query.ecosystem, a, b),
            _ => None,
        }
    }

    /// The algorithm of "Evaluation". Events whose version cannot be compared are ignored.
    fn includes(&self, query: &OsvQuery) -> bool {
        let version = query.version.as_str();
        if self.compare(query, version, version).is_none() {
            return false;
        }
        let mut limits = self.events.iter().filter_map(|event| match event {
            RangeEvent::Limit(limit) => Some(limit),
            _ => None,
        });
        let before = |limit: &String| {
            limit == "*" || self.compare(query, version, limit) == Some(Ordering::Less)
        };
        if limits.clone().next().is_some() && !limits.any(before) {
            return false;
        }
        let mut affected = false;
        for event in self.sorted(query) {
            let order = |at: &str| self.compare(query, version, at);
            match event {
                RangeEvent::Introduced(at) if at == "0" => affected = true,
                RangeEvent::Introduced(at) if order(at).is_some_and(Ordering::is_ge) => {
                    affected = true;
                }
                RangeEvent::Fixed(at) if order(at).is_some_and(Ordering::is_ge) => affected = false,
                RangeEvent::LastAffected(at) if order(at).is_some_and(Ordering::is_gt) => {
                    affected = false;
                }
                _ => {}
            }
        }
        affected
    }

    /// Its events except limits, sorted by version.
    fn sorted(&self, query: &OsvQuery) -> Vec<&RangeEvent> {
        let is_comparable = |event: &RangeEvent| {
            !matches!(event, RangeEvent::Limit(_))
                && self.compare(query, event.version(), event.version()).is_some()
        };
        let events = self.events.iter().filter(|event| is_comparable(event)).collect();
        let first = |event: &RangeEvent| matches!(event, RangeEvent::Introduced(at) if at == "0");
        versions::stable_sorted(events, &|a: &&RangeEvent, b: &&RangeEvent| {
            let order = || self.compare(query, a.version(), b.version());
            first(b).cmp(&first(a)).then_with(|| order().unwrap_or(Ordering::Equal))
        })
    }

    /// The next version that fixes it.
    fn fixed_after(&self, query: &OsvQuery) -> Option<&str> {
        self.sorted(query).into_iter().find_map(|event| match event {
            RangeEvent::Fixed(at) => (self.compare(query, at, &query.version)
                == Some(Ordering::Greater))
            .then_some(at.as_str()),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests;
