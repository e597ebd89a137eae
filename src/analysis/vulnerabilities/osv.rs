//! A record of a vulnerability, and whether it is about an installed version.
//!
//! Source: OSV schema 1.7 (ossf/osv-schema, docs/schema.md), "Evaluation" for the matching.
//!
//! - Tolerant: a field of the wrong shape is as if it were not there, an element of a list likewise; only
//!   what has no ID is no record.
//! - A record that was withdrawn is about nothing.
//! - Ranges of commits are not looked at: packages have versions.

use super::json::{objects, text, texts};
use super::{ecosystem::Query, versions};
use serde_json::Value;
use std::cmp::Ordering;

/// Bytes of a record at most; the largest published ones, with all versions listed, have a tenth of it.
pub const MAX_RECORD: u64 = 16 << 20;
/// Bytes of `details` that are kept.
const MAX_DETAILS: usize = 64 << 10;

/// One record, as much of it as is used here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    pub id: String,
    pub aliases: Vec<String>,
    pub related: Vec<String>,
    /// Those that this one was made of: a distribution's names the CVE here.
    pub upstream: Vec<String>,
    pub summary: String,
    /// Markdown.
    pub details: String,
    /// RFC 3339.
    pub modified: String,
    /// RFC 3339; empty: not said.
    pub published: String,
    /// RFC 3339; empty: it holds.
    pub withdrawn: String,
    pub affected: Vec<Affected>,
    pub severity: Vec<OsvSeverity>,
    pub references: Vec<Reference>,
    pub database_specific: Specific,
}

/// A package and its versions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Affected {
    pub package: Package,
    pub ranges: Vec<Range>,
    pub versions: Vec<String>,
    pub severity: Vec<OsvSeverity>,
    pub ecosystem_specific: Specific,
    pub database_specific: Specific,
}

/// A package as OSV names it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Package {
    pub ecosystem: String,
    pub name: String,
}

/// Versions by what happened at some.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Range {
    /// `SEMVER`, `ECOSYSTEM`, `GIT`.
    pub kind: String,
    pub events: Vec<Event>,
}

/// What happened at a version.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// From here on affected; `0` is before every version.
    Introduced(String),
    /// From here on not.
    Fixed(String),
    /// After this one not.
    LastAffected(String),
    /// Versions from here on are not spoken of; `*`: there is no such one.
    Limit(String),
}

/// How bad.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OsvSeverity {
    /// `CVSS_V3`, `CVSS_V4`, `CVSS_V2`, `Ubuntu`.
    pub kind: String,
    /// A vector, or a word.
    pub score: String,
}

/// Something to read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reference {
    /// `ADVISORY`, `WEB`, `FIX`, …
    pub kind: String,
    pub url: String,
}

/// What databases say in places of their own: GitHub's word, Debian's urgency.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Specific {
    pub severity: String,
    pub urgency: String,
}

impl Record {
    /// Reads one. The error is one sentence's end: what is wrong with it.
    pub fn parse(json: &[u8]) -> Result<Record, String> {
        let value: Value = serde_json::from_slice(json)
            .map_err(|error| format!("it is no OSV record: {error}"))?;
        let mut record = Record::of(&value);
        if record.id.is_empty() || record.id.len() > 256 {
            return Err("it has no ID".to_owned());
        }
        // Go's repository has this date where OSV's server puts the true one.
        for date in [&mut record.modified, &mut record.published] {
            if date.starts_with("0001-") {
                date.clear();
            }
        }
        if record.details.len() > MAX_DETAILS {
            let mut end = MAX_DETAILS;
            while !record.details.is_char_boundary(end) {
                end -= 1;
            }
            record.details.truncate(end);
        }
        Ok(record)
    }

    /// Those of its parts that are about this package in this version.
    pub fn matching<'a>(&'a self, query: &'a Query) -> impl Iterator<Item = &'a Affected> {
        let holds = self.withdrawn.is_empty();
        let affected = self.affected.iter().filter(move |_| holds);
        affected.filter(|affected| {
            affected.package.is(&query.ecosystem, &query.name) && affected.includes(query)
        })
    }
}

/// Whether the record is about this package in this version: the versions that fix it, in their order;
/// none, if no fix is known.
pub fn affects(record: &Record, query: &Query) -> Option<Vec<String>> {
    let mut affected = record.matching(query).peekable();
    affected.peek()?;
    let mut fixed: Vec<String> = Vec::new();
    for range in affected.flat_map(|affected| &affected.ranges) {
        let later = range.fixed_after(query).filter(|version| !fixed.iter().any(|f| f == version));
        fixed.extend(later.map(str::to_owned));
    }
    let order = |a: &String, b: &String| versions::compare(&query.ecosystem, a, b);
    Some(super::sorted(fixed, &|a, b| order(a, b).unwrap_or(Ordering::Equal)))
}

impl Package {
    /// Whether it is this package. OSV's names are exact, but for Python's.
    pub fn is(&self, ecosystem: &str, name: &str) -> bool {
        self.is_in(ecosystem)
            && match ecosystem {
                "PyPI" => super::ecosystem::normalised(&self.name) == name,
                "NuGet" | "Packagist" => self.name.eq_ignore_ascii_case(name),
                _ => self.name == name,
            }
    }

    /// Whether it is in this ecosystem. A record may leave the release out, and so speak of all of them;
    /// so may whoever asks. Ubuntu's marks for its kinds of support need not be given, as OSV's server
    /// has it (google/osv.dev, osv/ecosystems/_ecosystems.py).
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

impl Affected {
    fn includes(&self, query: &Query) -> bool {
        self.versions.contains(&query.version)
            || self.ranges.iter().any(|range| range.includes(query))
    }
}

impl Range {
    fn compare(&self, query: &Query, a: &str, b: &str) -> Option<Ordering> {
        match self.kind.as_str() {
            "SEMVER" => versions::compare_semver(a, b),
            "ECOSYSTEM" => versions::compare(&query.ecosystem, a, b),
            _ => None,
        }
    }

    /// "Evaluation". An event that can't be placed did not happen: what is affected stays so.
    fn includes(&self, query: &Query) -> bool {
        let version = query.version.as_str();
        if self.compare(query, version, version).is_none() {
            return false;
        }
        let mut limits = self.events.iter().filter_map(|event| match event {
            Event::Limit(limit) => Some(limit),
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
            let stands = |at: &str| self.compare(query, version, at);
            match event {
                Event::Introduced(at) if at == "0" => affected = true,
                Event::Introduced(at) if stands(at).is_some_and(Ordering::is_ge) => affected = true,
                Event::Fixed(at) if stands(at).is_some_and(Ordering::is_ge) => affected = false,
                Event::LastAffected(at) if stands(at).is_some_and(Ordering::is_gt) => {
                    affected = false;
                }
                _ => {}
            }
        }
        affected
    }

    /// Its events but for limits, in the order of their versions.
    fn sorted(&self, query: &Query) -> Vec<&Event> {
        let mut events: Vec<_> =
            self.events.iter().filter(|event| !matches!(event, Event::Limit(_))).collect();
        // Sorting must not meet what has no place.
        events.retain(|event| self.compare(query, event.version(), event.version()).is_some());
        let first = |event: &Event| matches!(event, Event::Introduced(at) if at == "0");
        super::sorted(events, &|a, b| {
            let order = || self.compare(query, a.version(), b.version());
            first(b).cmp(&first(a)).then_with(|| order().unwrap_or(Ordering::Equal))
        })
    }

    /// The next version that fixes it.
    fn fixed_after(&self, query: &Query) -> Option<&str> {
        self.sorted(query).into_iter().find_map(|event| match event {
            Event::Fixed(at) => (self.compare(query, at, &query.version)
                == Some(Ordering::Greater))
            .then_some(at.as_str()),
            _ => None,
        })
    }
}

impl Event {
    fn version(&self) -> &str {
        match self {
            Event::Introduced(at)
            | Event::Fixed(at)
            | Event::LastAffected(at)
            | Event::Limit(at) => at,
        }
    }
}

impl Record {
    fn of(value: &Value) -> Record {
        Record {
            id: text(value, "id"),
            aliases: texts(value, "aliases"),
            related: texts(value, "related"),
            upstream: texts(value, "upstream"),
            summary: text(value, "summary"),
            details: text(value, "details"),
            modified: text(value, "modified"),
            published: text(value, "published"),
            withdrawn: text(value, "withdrawn"),
            affected: objects(value, "affected").map(Affected::of).collect(),
            severity: objects(value, "severity").map(OsvSeverity::of).collect(),
            references: objects(value, "references")
                .map(|value| Reference { kind: text(value, "type"), url: text(value, "url") })
                .collect(),
            database_specific: Specific::of(value, "database_specific"),
        }
    }
}

impl Affected {
    fn of(value: &Value) -> Affected {
        let package = value.get("package").unwrap_or(&Value::Null);
        Affected {
            package: Package { ecosystem: text(package, "ecosystem"), name: text(package, "name") },
            ranges: objects(value, "ranges")
                .map(|value| Range {
                    kind: text(value, "type"),
                    events: objects(value, "events").filter_map(Event::of).collect(),
                })
                .collect(),
            versions: texts(value, "versions"),
            severity: objects(value, "severity").map(OsvSeverity::of).collect(),
            ecosystem_specific: Specific::of(value, "ecosystem_specific"),
            database_specific: Specific::of(value, "database_specific"),
        }
    }
}

impl Event {
    /// The one thing that it says.
    fn of(value: &Value) -> Option<Event> {
        let at = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let event = at("introduced").map(Event::Introduced);
        let event = event.or_else(|| at("fixed").map(Event::Fixed));
        let event = event.or_else(|| at("last_affected").map(Event::LastAffected));
        event.or_else(|| at("limit").map(Event::Limit))
    }
}

impl OsvSeverity {
    fn of(value: &Value) -> OsvSeverity {
        OsvSeverity { kind: text(value, "type"), score: text(value, "score") }
    }
}

impl Specific {
    fn of(value: &Value, key: &str) -> Specific {
        let value = value.get(key).unwrap_or(&Value::Null);
        Specific { severity: text(value, "severity"), urgency: text(value, "urgency") }
    }
}

#[cfg(test)]
mod tests;
