//! A record of OSV's database.
//!
//! Source: OSV schema 1.7 (ossf/osv-schema, docs/schema.md).
//!
//! Tolerant: a field of the wrong type counts as missing, and so does an element of a list. Only a record
//! without an ID is rejected.

use super::ecosystem::normalised;
use super::json::{cut, objects, text, texts};
use crate::text::text_as_utf8;
use serde_json::Value;
use std::collections::HashMap;

/// Most bytes of a record. The largest published ones, with all versions listed, have a tenth of it.
pub const MAX_RECORD: u64 = 16 << 20;
/// Most bytes of `details` that are kept.
const MAX_DETAILS: usize = 64 << 10;
/// Most aliases, and most ratings, references or other records of a record. Real ones have some ten.
const MAX_NAMES: usize = 200;
/// A record about fewer packages needs no index of their names.
const FEW: usize = 16;

/// The fields of a record that are used here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OsvRecord {
    pub id: String,
    pub aliases: Vec<String>,
    pub related: Vec<String>,
    /// Records that this one was made from: a distribution's record names the CVE here.
    pub upstream: Vec<String>,
    pub summary: String,
    /// Markdown.
    pub details: String,
    /// RFC 3339.
    pub modified: String,
    /// RFC 3339; may be empty.
    pub published: String,
    /// RFC 3339; empty if the record is valid.
    pub withdrawn: String,
    pub affected: Vec<AffectedVersions>,
    pub severity: Vec<OsvSeverity>,
    pub references: Vec<RecordReference>,
    pub database_specific: DatabaseSpecific,
    /// Positions in `affected` by normalised package name, where there are many.
    by_name: HashMap<String, Vec<u32>>,
}

/// A package and its affected versions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AffectedVersions {
    pub package: OsvPackage,
    pub ranges: Vec<VersionRange>,
    pub versions: Vec<String>,
    pub severity: Vec<OsvSeverity>,
    pub ecosystem_specific: DatabaseSpecific,
    pub database_specific: DatabaseSpecific,
}

/// A package as OSV names it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OsvPackage {
    pub ecosystem: String,
    pub name: String,
}

/// Affected versions, as the events between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VersionRange {
    /// `SEMVER`, `ECOSYSTEM`, `GIT`.
    pub kind: String,
    pub events: Vec<RangeEvent>,
}

/// An event at a version.
#[derive(Clone, Debug, PartialEq)]
pub enum RangeEvent {
    /// Versions from here on are affected; `0` precedes every version.
    Introduced(String),
    /// Versions from here on are not affected.
    Fixed(String),
    /// Versions after this one are not affected.
    LastAffected(String),
    /// The range ends before this version; `*` means that it does not end.
    Limit(String),
}

/// A severity as a record gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OsvSeverity {
    /// `CVSS_V3`, `CVSS_V4`, `CVSS_V2`, `Ubuntu`.
    pub kind: String,
    /// A CVSS vector, or a word.
    pub score: String,
}

/// A link to further information.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordReference {
    /// `ADVISORY`, `WEB`, `FIX`, …
    pub kind: String,
    pub url: String,
}

/// Fields that databases defined for themselves: GitHub's `severity`, Debian's `urgency`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DatabaseSpecific {
    pub severity: String,
    pub urgency: String,
    /// GitHub's: up to which version a package is known to be affected, where no version is known to fix
    /// it: `<= 1.2.3`. Empty: nothing is said.
    pub last_known_affected_version_range: String,
}

impl OsvRecord {
    /// Reads a record. The error says what is wrong with it, to follow a colon.
    pub fn parse(json: &[u8]) -> Result<OsvRecord, String> {
        let value: Value = serde_json::from_slice(&text_as_utf8(json))
            .map_err(|error| format!("it is not an OSV record: {error}"))?;
        let mut record = OsvRecord::of(&value);
        if record.id.is_empty() || record.id.len() > 256 {
            return Err("it has no ID".to_owned());
        }
        // Go's repository has this placeholder, which OSV's server replaces by the real date.
        for date in [&mut record.modified, &mut record.published] {
            if date.starts_with("0001-") {
                date.clear();
            }
        }
        cut(&mut record.details, MAX_DETAILS);
        for list in [&mut record.aliases, &mut record.related, &mut record.upstream] {
            list.truncate(MAX_NAMES);
        }
        record.severity.truncate(MAX_NAMES);
        record.references.truncate(MAX_NAMES);
        record.index();
        Ok(record)
    }

    /// Makes the index of names again, after `affected` has changed: a record may be about a million packages,
    /// and is asked about each.
    pub fn index(&mut self) {
        self.by_name.clear();
        if self.affected.len() > FEW {
            for (at, affected) in (0..).zip(&self.affected) {
                self.by_name.entry(normalised(&affected.package.name)).or_default().push(at);
            }
        }
    }

    /// What may be about a package of this name.
    pub fn about(&self, name: &str) -> impl Iterator<Item = &AffectedVersions> {
        let all = if self.by_name.is_empty() { &self.affected[..] } else { &[] };
        let named = (!self.by_name.is_empty()).then(|| self.by_name.get(&normalised(name)));
        let named = named.flatten().into_iter().flatten();
        let named = named.filter_map(|at| self.affected.get(*at as usize));
        all.iter().chain(named)
    }

    fn of(value: &Value) -> OsvRecord {
        OsvRecord {
            id: text(value, "id"),
            aliases: texts(value, "aliases"),
            related: texts(value, "related"),
            upstream: texts(value, "upstream"),
            summary: text(value, "summary"),
            details: text(value, "details"),
            modified: text(value, "modified"),
            published: text(value, "published"),
            withdrawn: text(value, "withdrawn"),
            affected: objects(value, "affected").map(AffectedVersions::of).collect(),
            severity: objects(value, "severity").map(OsvSeverity::of).collect(),
            references: objects(value, "references")
                .map(|value| RecordReference { kind: text(value, "type"), url: text(value, "url") })
                .collect(),
            database_specific: DatabaseSpecific::of(value, "database_specific"),
            by_name: HashMap::new(),
        }
    }
}

impl AffectedVersions {
    fn of(value: &Value) -> AffectedVersions {
        let package = value.get("package").unwrap_or(&Value::Null);
        AffectedVersions {
            package: OsvPackage {
                ecosystem: text(package, "ecosystem"),
                name: text(package, "name"),
            },
            ranges: objects(value, "ranges")
                .map(|value| VersionRange {
                    kind: text(value, "type"),
                    events: objects(value, "events").filter_map(RangeEvent::of).collect(),
                })
                .collect(),
            versions: texts(value, "versions"),
            severity: objects(value, "severity").map(OsvSeverity::of).collect(),
            ecosystem_specific: DatabaseSpecific::of(value, "ecosystem_specific"),
            database_specific: DatabaseSpecific::of(value, "database_specific"),
        }
    }
}

impl RangeEvent {
    /// The version of the event.
    pub fn version(&self) -> &str {
        match self {
            RangeEvent::Introduced(at)
            | RangeEvent::Fixed(at)
            | RangeEvent::LastAffected(at)
            | RangeEvent::Limit(at) => at,
        }
    }

    /// An event object has exactly one field.
    fn of(value: &Value) -> Option<RangeEvent> {
        let at = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let event = at("introduced").map(RangeEvent::Introduced);
        let event = event.or_else(|| at("fixed").map(RangeEvent::Fixed));
        let event = event.or_else(|| at("last_affected").map(RangeEvent::LastAffected));
        event.or_else(|| at("limit").map(RangeEvent::Limit))
    }
}

impl OsvSeverity {
    fn of(value: &Value) -> OsvSeverity {
        OsvSeverity { kind: text(value, "type"), score: text(value, "score") }
    }
}

impl DatabaseSpecific {
    fn of(value: &Value, key: &str) -> DatabaseSpecific {
        let value = value.get(key).unwrap_or(&Value::Null);
        DatabaseSpecific {
            severity: text(value, "severity"),
            urgency: text(value, "urgency"),
            last_known_affected_version_range: text(value, "last_known_affected_version_range"),
        }
    }
}

#[test]
fn fields_of_the_wrong_type_count_as_missing() {
    let json = serde_json::json!({"id": "T-1", "aliases": "CVE-1", "summary": 5, "affected": [
        7,
        {"package": "p", "ranges": {}},
        {"package": {"ecosystem": "npm", "name": "p"}, "ranges": [
            {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": null}, {"later": "1"}, 3]}]},
    ], "database_specific": []});
    let record = OsvRecord::parse(json.to_string().as_bytes()).unwrap();
    assert_eq!((record.aliases.len(), &record.summary[..], record.affected.len()), (0, "", 2));
    let events = &record.affected[1].ranges[0].events;
    assert_eq!(*events, [RangeEvent::Introduced("0".to_owned())]);
    assert!(OsvRecord::parse(b"{}").is_err());
    assert!(OsvRecord::parse(b"[").is_err());
}
