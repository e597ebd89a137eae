//! A vulnerability of a package, as views and exports show it: one row for each, whatever number of records
//! speak of it.
//!
//! - Records that name each other as aliases are one vulnerability: a CVE, GitHub's advisory, a language's
//!   own record. A distribution's record of one CVE (`DEBIAN-CVE-…`) counts as that CVE's alias; its
//!   notices, which are about several, do not.
//! - The row is called by the record that matched: a CVE before GitHub's ID before others, these in the
//!   alphabet's order. The other names are aliases, in the same order.
//! - Severity is of the newest version of CVSS that can be computed, in any of the records; else a word
//!   that a database has for it. Its source is said.

use super::cvss::{self, Score, Word};
use super::ecosystem::Query;
use super::osv::{Affected, Record, affects};
use super::{versions, vex};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// The package that has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Its PURL, by which its locations are found.
    pub purl: String,
    /// As it is installed.
    pub name: String,
    pub version: String,
}

/// How bad it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// `None`: a database has only a word.
    pub score: Option<Score>,
    pub word: Word,
    /// What the score was computed from; empty: none.
    pub vector: String,
    /// Who says so: `CVSS 3.1, GHSA-…`; `Debian`.
    pub source: String,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub id: String,
    /// Its other names, `id` not among them.
    pub aliases: Vec<String>,
    /// The IDs of OSV's records of it.
    pub records: Vec<String>,
    /// One line; empty: the records have none.
    pub summary: String,
    pub package: Subject,
    /// Versions that fix it, in their order; none: no fix is known.
    pub fixed: Vec<String>,
    /// `None`: nobody says.
    pub severity: Option<Rating>,
    /// Where to read about it, always `https:`.
    pub link: String,
    /// RFC 3339; empty: not said.
    pub published: String,
    /// RFC 3339; empty: not said.
    pub modified: String,
    /// OSV's name of the database without a release: `Debian`, `npm`.
    pub database: String,
    /// What a VEX document says of it.
    pub vex: Option<vex::Said>,
}

/// What is known of a package: its questions, each with the records that may be about it. Those that are
/// not are left out, so that both ways to records end in the same.
pub fn findings<'a>(
    subject: &Subject,
    matches: impl IntoIterator<Item = (&'a Query, &'a Record)>,
) -> Vec<Finding> {
    let mut found: Vec<Match<'_>> = Vec::new();
    for (query, record) in matches {
        let Some(fixed) = affects(record, query) else { continue };
        match found.iter_mut().find(|known| known.record.id == record.id) {
            Some(known) => known.fixed.extend(fixed),
            None => found.push(Match { query, record, fixed }),
        }
    }
    let found = super::sorted(found, &|a, b| rank(&a.record.id).cmp(&rank(&b.record.id)));
    let findings = groups(&found).into_iter().filter_map(|group| finding(subject, group));
    super::sorted(findings.collect(), &|a, b| rank(&a.id).cmp(&rank(&b.id)))
}

struct Match<'a> {
    query: &'a Query,
    record: &'a Record,
    fixed: Vec<String>,
}

/// CVEs first, then GitHub's, then the alphabet.
fn rank(id: &str) -> (u8, &str) {
    let class = if id.starts_with("CVE-") {
        0
    } else if id.starts_with("GHSA-") {
        1
    } else {
        2
    };
    (class, id)
}

/// The names of a record's vulnerability, its own first.
fn names(record: &Record) -> impl Iterator<Item = &String> {
    // `DEBIAN-CVE-2021-1` was made of CVE-2021-1, and is about nothing else.
    let made_of = record.upstream.iter().filter(|name| {
        let own = record.id.strip_suffix(name.as_str());
        own.is_some_and(|own| own.ends_with('-'))
    });
    std::iter::once(&record.id).chain(&record.aliases).chain(made_of)
}

/// Records that share a name, directly or by way of others.
fn groups<'a, 'b>(found: &'b [Match<'a>]) -> Vec<Vec<&'b Match<'a>>> {
    let mut groups: Vec<(BTreeSet<&String>, Vec<&Match<'_>>)> = Vec::new();
    for one in found {
        let mut merged = (BTreeSet::new(), vec![one]);
        merged.0.extend(names(one.record));
        // Groups share no names among each other, so one look at each is enough.
        let (joined, apart): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|(names, _)| !names.is_disjoint(&merged.0));
        groups = apart;
        for (names, members) in joined {
            merged.0.extend(names);
            merged.1.extend(members);
        }
        groups.push(merged);
    }
    groups.into_iter().map(|(_, members)| members).collect()
}

fn finding(subject: &Subject, group: Vec<&Match<'_>>) -> Option<Finding> {
    let group = super::sorted(group, &|a, b| rank(&a.record.id).cmp(&rank(&b.record.id)));
    let first = group.first()?;
    let records = || group.iter().map(|one| one.record);
    let aliases: Vec<String> = records().flat_map(names).cloned().collect();
    let mut aliases = super::sorted(aliases, &|a, b| rank(a).cmp(&rank(b)));
    aliases.dedup();
    aliases.retain(|name| *name != first.record.id);
    let fixed: Vec<String> = group.iter().flat_map(|one| one.fixed.iter().cloned()).collect();
    let order = |a: &String, b: &String| versions::compare(&first.query.ecosystem, a, b);
    let mut fixed = super::sorted(fixed, &|a, b| order(a, b).unwrap_or(Ordering::Equal));
    fixed.dedup();
    let text = |of: fn(&Record) -> &String| {
        records().map(of).find(|text| !text.is_empty()).cloned().unwrap_or_default()
    };
    Some(Finding {
        id: first.record.id.clone(),
        aliases,
        records: records().map(|record| record.id.clone()).collect(),
        summary: summary(records()),
        package: subject.clone(),
        fixed,
        severity: severity(&group),
        link: link(first.record),
        published: text(|record| &record.published),
        modified: records().map(|record| &record.modified).max().cloned().unwrap_or_default(),
        database: first.query.database().to_owned(),
        vex: None,
    })
}

/// The first summary; where none has one, the first line of the details.
fn summary<'a>(records: impl Iterator<Item = &'a Record> + Clone) -> String {
    let lines = records.clone().map(|record| record.summary.lines().next());
    let lines = lines.chain(records.map(|record| {
        record.details.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#'))
    }));
    let line = lines.flatten().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    if line.chars().nth(300).is_none() {
        return line.to_owned();
    }
    line.chars().take(299).chain(['…']).collect()
}

fn severity(group: &[&Match<'_>]) -> Option<Rating> {
    let mut ratings: Vec<(u8, Rating)> = Vec::new();
    for one in group {
        let record = one.record;
        for affected in record.matching(one.query) {
            let of_package = affected.severity.iter().chain(&record.severity);
            ratings.extend(of_package.filter_map(|said| rated(said, record)));
            ratings.extend(words(affected, record, one.query));
        }
    }
    // The first of the highest rank.
    let best = ratings.iter().map(|(rank, _)| *rank).max()?;
    ratings.into_iter().find(|(rank, _)| *rank == best).map(|(_, rating)| rating)
}

/// A computed score, or the word of a type of its own; the rank is CVSS's version.
fn rated(said: &super::osv::Severity, record: &Record) -> Option<(u8, Rating)> {
    let vector = said.score.trim();
    if let Some(score) = cvss::score(vector) {
        let version = vector.get(5..8).unwrap_or_default();
        let rank = version.bytes().next().unwrap_or(b'1') - b'0';
        let source = format!("CVSS {version}, {}", record.id);
        let vector = vector.to_owned();
        return Some((rank, Rating { score: Some(score), word: score.word(), vector, source }));
    }
    let word = Word::of_text(vector).filter(|_| !said.kind.starts_with("CVSS"))?;
    let source = said.kind.clone();
    Some((1, Rating { score: None, word, vector: String::new(), source }))
}

/// The words that databases have in places of their own.
fn words<'a>(
    affected: &'a Affected,
    record: &'a Record,
    query: &Query,
) -> impl Iterator<Item = (u8, Rating)> + 'a {
    let places = [
        &affected.ecosystem_specific.severity,
        &affected.database_specific.severity,
        &affected.ecosystem_specific.urgency,
        &affected.database_specific.urgency,
        &record.database_specific.severity,
    ];
    let source =
        if record.id.starts_with("GHSA-") { "GitHub" } else { query.database() }.to_owned();
    places.into_iter().filter_map(move |text| {
        let word = Word::of_text(text)?;
        let (vector, source) = (String::new(), source.clone());
        Some((0, Rating { score: None, word, vector, source }))
    })
}

/// The advisory that the record names, else OSV's page of it.
fn link(record: &Record) -> String {
    let good = |url: &str| {
        let rest = url.strip_prefix("https://");
        rest.is_some_and(|rest| !rest.is_empty())
            && url.len() < 2000
            && url.bytes().all(|c| c.is_ascii_graphic())
    };
    let mut advisories = record.references.iter().filter(|reference| reference.kind == "ADVISORY");
    match advisories.find(|reference| good(&reference.url)) {
        Some(reference) => reference.url.clone(),
        None => format!(
            "https://osv.dev/vulnerability/{}",
            crate::text::percent_encode(record.id.as_bytes())
        ),
    }
}

#[cfg(test)]
mod tests;
