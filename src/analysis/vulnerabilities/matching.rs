//! The vulnerabilities of a package, from the records that may apply to it.
//!
//! - Records that name each other as aliases are one vulnerability: a CVE, GitHub's advisory, a language's
//!   own record. A distribution's record of one CVE (`DEBIAN-CVE-…`) counts as an alias of that CVE; its
//!   notices do not, because each covers several.
//! - A vulnerability has the ID of a record that matched: a CVE before a GitHub ID before others, these
//!   alphabetically. The other names are aliases, in the same order.

use super::ecosystem::OsvQuery;
use super::evaluation::affects;
use super::rating::best_rating;
use super::record::OsvRecord;
use super::uncertainty::uncertainty;
use super::versions;
use super::vulnerability::{AffectedPackage, Vulnerability};
use crate::text::percent_encode;
use std::collections::{BTreeMap, HashMap};

/// Most characters of a summary.
const MAX_SUMMARY: usize = 300;
/// Most other names, and most versions that fix it. A record is repeated for each package that it is about.
const MAX_ALIASES: usize = 20;
const MAX_FIXED: usize = 50;
/// Longest URL of an advisory.
const MAX_URL: usize = 2000;

/// The vulnerabilities of `package`, from its queries and the records that may apply to each. Records that
/// do not apply are ignored, so API and export give the same result.
pub fn vulnerabilities<'a>(
    package: &AffectedPackage,
    candidates: impl IntoIterator<Item = (&'a OsvQuery, &'a OsvRecord)>,
) -> Vec<Vulnerability> {
    let mut matches: Vec<Match<'_>> = Vec::new();
    let mut by_id: HashMap<&str, usize> = HashMap::new();
    for (query, record) in candidates {
        let Some(fixed) = affects(record, query) else { continue };
        let at = *by_id.entry(&record.id).or_insert(matches.len());
        match matches.get_mut(at) {
            Some(known) => known.fixed.extend(fixed),
            None => matches.push(Match { query, record, fixed }),
        }
    }
    matches.sort_by(|a, b| rank(&a.record.id).cmp(&rank(&b.record.id)));
    let groups = groups(&matches).into_iter();
    let mut found: Vec<_> = groups.filter_map(|group| vulnerability(package, group)).collect();
    found.sort_by(|a, b| rank(&a.id).cmp(&rank(&b.id)));
    found
}

struct Match<'a> {
    query: &'a OsvQuery,
    record: &'a OsvRecord,
    fixed: Vec<String>,
}

/// Sorts CVEs first, then GitHub's IDs, then the rest alphabetically.
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

/// The names of a record's vulnerability, the record's ID first.
fn names(record: &OsvRecord) -> impl Iterator<Item = &String> {
    // `DEBIAN-CVE-2021-1` was made from CVE-2021-1 and is only about that.
    let made_of = record.upstream.iter().filter(|name| {
        let own = record.id.strip_suffix(name.as_str());
        own.is_some_and(|own| own.ends_with('-'))
    });
    std::iter::once(&record.id).chain(&record.aliases).chain(made_of)
}

/// Groups matches whose records share a name, directly or through others, in the order of their first ones.
fn groups<'a, 'b>(matches: &'b [Match<'a>]) -> Vec<Vec<&'b Match<'a>>> {
    // For each match an earlier one of its group, or itself.
    let mut earlier: Vec<usize> = (0..matches.len()).collect();
    let mut by_name: HashMap<&String, usize> = HashMap::new();
    for (at, one) in matches.iter().enumerate() {
        for name in names(one.record) {
            let first = *by_name.entry(name).or_insert(at);
            let (a, b) = (root(&mut earlier, first), root(&mut earlier, at));
            earlier[a.max(b)] = a.min(b);
        }
    }
    let mut groups: BTreeMap<usize, Vec<&Match<'_>>> = BTreeMap::new();
    for (at, one) in matches.iter().enumerate() {
        groups.entry(root(&mut earlier, at)).or_default().push(one);
    }
    groups.into_values().collect()
}

/// The first match of the group; ways to it become shorter.
fn root(earlier: &mut [usize], mut at: usize) -> usize {
    while earlier[at] != at {
        earlier[at] = earlier[earlier[at]];
        at = earlier[at];
    }
    at
}

fn vulnerability(package: &AffectedPackage, mut group: Vec<&Match<'_>>) -> Option<Vulnerability> {
    group.sort_by(|a, b| rank(&a.record.id).cmp(&rank(&b.record.id)));
    let first = group.first()?;
    let records = || group.iter().map(|one| one.record);
    let mut aliases: Vec<String> = records().flat_map(names).cloned().collect();
    aliases.sort_by(|a, b| rank(a).cmp(&rank(b)));
    aliases.dedup();
    aliases.retain(|name| *name != first.record.id);
    aliases.truncate(MAX_ALIASES);
    let fixed = group.iter().flat_map(|one| one.fixed.iter().cloned()).collect();
    let mut fixed = versions::sorted(&first.query.ecosystem, fixed);
    fixed.dedup();
    fixed.truncate(MAX_FIXED);
    let text = |of: fn(&OsvRecord) -> &String| {
        records().map(of).find(|text| !text.is_empty()).cloned().unwrap_or_default()
    };
    Some(Vulnerability {
        id: first.record.id.clone(),
        aliases,
        records: records().map(|record| record.id.clone()).collect(),
        summary: summary(records()),
        package: package.clone(),
        fixed,
        rating: best_rating(group.iter().map(|one| (one.query, one.record))),
        link: link(first.record),
        published: text(|record| &record.published),
        modified: records().map(|record| &record.modified).max().cloned().unwrap_or_default(),
        database: first.query.database().to_owned(),
        uncertain: uncertainty(first.query),
        vex: None,
    })
}

/// The first summary; without one, the first line of the details.
fn summary<'a>(records: impl Iterator<Item = &'a OsvRecord> + Clone) -> String {
    let lines = records.clone().map(|record| record.summary.lines().next());
    let lines = lines.chain(records.map(|record| {
        record.details.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#'))
    }));
    let line = lines.flatten().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    if line.chars().nth(MAX_SUMMARY).is_none() {
        return line.to_owned();
    }
    line.chars().take(MAX_SUMMARY - 1).chain(['…']).collect()
}

/// The advisory that the record refers to, or OSV's page of the record.
fn link(record: &OsvRecord) -> String {
    let good = |url: &str| {
        let rest = url.strip_prefix("https://");
        rest.is_some_and(|rest| !rest.is_empty())
            && url.len() < MAX_URL
            && url.bytes().all(|c| c.is_ascii_graphic())
    };
    let mut advisories = record.references.iter().filter(|reference| reference.kind == "ADVISORY");
    match advisories.find(|reference| good(&reference.url)) {
        Some(reference) => reference.url.clone(),
        None => {
            format!("https://osv.dev/vulnerability/{}", percent_encode(record.id.as_bytes()))
        }
    }
}

#[cfg(test)]
mod tests;
