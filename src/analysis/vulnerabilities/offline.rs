//! An export of OSV's database, dropped on the page: matched without asking anybody.
//!
//! Source: google.github.io/osv.dev, "Data dumps": a ZIP for each ecosystem, a file of JSON for each record;
//! or these files unpacked.
//!
//! - Read through once, record by record: what is about none of the packages is let go at once. Only the
//!   package names are read of such a record.
//! - What is kept of a record is what is about packages that were asked for.
//! - Hostile: entries that share their data, records of any size, names of any kind.

use super::ecosystem::OsvQuery;
use super::evaluation::affects;
use super::record::{AffectedVersions, MAX_RECORD, OsvRecord};
use crate::codec::zip::Zip;
use crate::problem::Problem;
use crate::text::show;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};
use std::ops::ControlFlow;

/// Bytes uncompressed of an export at most: all ecosystems together have a fraction.
const MAX_TOTAL: u64 = 64 << 30;
/// Records that are kept at most, and matches.
const MAX_KEPT: usize = 200_000;
/// Bytes of their texts at most.
const MAX_TEXTS: usize = 256 << 20;
/// Damaged records that are named.
const NAMED: usize = 5;
/// Ecosystems that are named.
const MAX_ECOSYSTEMS: usize = 1000;

/// How far it is, in bytes of what was dropped; break to stop.
pub type ExportProgress<'a> = dyn FnMut(u64, u64) -> ControlFlow<()> + 'a;

/// What an export knows of the packages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExportMatches {
    /// The records that are about some, reduced to what is about them, in the order of the export.
    #[serde(skip)]
    pub records: Vec<OsvRecord>,
    /// The same as they were read, for whoever is in another thread.
    pub texts: Vec<String>,
    /// Each question once, sorted, with the indexes of its records.
    pub answers: Vec<(OsvQuery, Vec<usize>)>,
    /// How many records were read.
    pub read: u64,
    /// Ecosystems that the export speaks of, without releases: of others it knows nothing.
    pub ecosystems: BTreeSet<String>,
    /// When the newest of its records was changed (RFC 3339): the export is no older. Empty: not said.
    pub newest: String,
    /// True if it was stopped before its end.
    pub stopped: bool,
    pub warnings: Vec<Problem>,
}

/// Takes records, from one export or several.
#[derive(Debug)]
pub struct ExportMatcher {
    matched: ExportMatches,
    /// By name without case, for a record's first look.
    names: BTreeMap<String, Vec<usize>>,
    /// IDs that were there: the same record in two exports counts once.
    ids: BTreeMap<String, usize>,
    damaged: u64,
    named: Vec<String>,
    /// Matches that are not kept.
    lost: u64,
    matches: usize,
    /// Bytes of the texts that are kept.
    kept: usize,
}

/// What is looked at first.
#[derive(Deserialize)]
struct RecordHead<'a> {
    #[serde(borrow, default)]
    id: Cow<'a, str>,
    #[serde(borrow, default)]
    modified: Cow<'a, str>,
    #[serde(borrow, default)]
    affected: Vec<AffectedHead<'a>>,
}

#[derive(Deserialize)]
struct AffectedHead<'a> {
    #[serde(borrow)]
    package: Option<PackageHead<'a>>,
}

#[derive(Deserialize)]
struct PackageHead<'a> {
    #[serde(borrow, default)]
    ecosystem: Cow<'a, str>,
    #[serde(borrow, default)]
    name: Cow<'a, str>,
}

impl ExportMatcher {
    /// For these packages.
    pub fn new(queries: impl IntoIterator<Item = OsvQuery>) -> ExportMatcher {
        let mut all = BTreeSet::new();
        all.extend(queries);
        let queries = all;
        let mut names: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, query) in queries.iter().enumerate() {
            names.entry(folded(&query.name)).or_default().push(at);
        }
        let answers = queries.into_iter().map(|query| (query, Vec::new())).collect();
        ExportMatcher {
            matched: ExportMatches { answers, ..ExportMatches::default() },
            names,
            ids: BTreeMap::new(),
            damaged: 0,
            named: Vec::new(),
            lost: 0,
            matches: 0,
            kept: 0,
        }
    }

    /// Reads the ZIP of an ecosystem. An error: it is none. What comes after a damaged place is lost, with
    /// a warning.
    pub fn read_zip(
        &mut self,
        name: &str,
        source: impl Read + Seek,
        progress: &mut ExportProgress<'_>,
    ) -> Result<(), Problem> {
        let mut source = source;
        let size = source.seek(std::io::SeekFrom::End(0)).unwrap_or(0);
        let open = |error: std::io::Error| {
            Problem::new("vulnerabilities-export-damaged", "The export cannot be read.")
                .found(error.to_string())
                .in_blob(show(name.as_bytes()))
        };
        let zip = Zip::open(source).map_err(open)?;
        let (mut done, mut total) = (0_u64, 0_u64);
        let mut stopped = false;
        let walked = zip.walk(|entry| {
            if !entry.name.ends_with(b".json") {
                return ControlFlow::Continue(());
            }
            match zip.content(entry.place, MAX_RECORD) {
                Ok(json) => {
                    total = total.saturating_add(json.len() as u64);
                    self.add(entry.name, &json);
                }
                Err(error) => self.damaged(entry.name, &error.to_string()),
            }
            done = done.saturating_add(entry.compressed).min(size);
            stopped = progress(done, size).is_break() || total > MAX_TOTAL;
            if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        self.matched.stopped |= stopped;
        if let Err(error) = walked {
            self.matched.warnings.push(open(error));
        }
        Ok(())
    }

    /// A file of JSON: a record, or a list of some.
    pub fn add(&mut self, name: &[u8], json: &[u8]) {
        let first = json.iter().find(|byte| !byte.is_ascii_whitespace());
        if first != Some(&b'[') {
            return self.record(name, json);
        }
        match serde_json::from_slice::<Vec<&serde_json::value::RawValue>>(json) {
            Ok(records) => {
                for record in records {
                    self.record(name, record.get().as_bytes());
                }
            }
            Err(error) => self.damaged(name, &error.to_string()),
        }
    }

    /// All that was found.
    pub fn finish(mut self, name: &str) -> ExportMatches {
        let mut warn = |code, message: String| {
            let problem = Problem::new(code, message).in_blob(show(name.as_bytes()));
            self.matched.warnings.push(problem);
        };
        if self.damaged > 0 {
            let (count, named) = (self.damaged, self.named.join("; "));
            let message = format!("{count} records of the export cannot be read: {named}");
            let more = if self.damaged > self.named.len() as u64 { "; …" } else { "." };
            warn("vulnerabilities-export-damaged", message + more);
        }
        if self.lost > 0 {
            let message = format!("{} records are about these packages, but too many.", self.lost);
            warn("vulnerabilities-incomplete", message);
        }
        if self.matched.read == 0 && !self.matched.stopped {
            let message = "There is no record of a vulnerability in the export.".to_owned();
            warn("vulnerabilities-export-empty", message);
        }
        self.matched
    }

    fn record(&mut self, name: &[u8], json: &[u8]) {
        let glance = match serde_json::from_slice::<RecordHead<'_>>(json) {
            Ok(glance) => glance,
            // Not as the schema has it: then the whole record must say what it is.
            Err(_) => return self.whole(name, json, None),
        };
        if glance.id.is_empty() {
            return self.damaged(name, "it has no ID");
        }
        let mut asked = BTreeSet::new();
        for package in glance.affected.iter().filter_map(|affected| affected.package.as_ref()) {
            self.ecosystem(&package.ecosystem);
            asked.extend(self.names.get(&folded(&package.name)).into_iter().flatten().copied());
        }
        self.newest(&glance.modified);
        if asked.is_empty() {
            self.matched.read = self.matched.read.saturating_add(1);
            return;
        }
        self.whole(name, json, Some(asked));
    }

    fn newest(&mut self, modified: &str) {
        // Go's repository has this date where OSV's server puts the true one.
        if modified.len() < 64 && !modified.starts_with("0001-") && *modified > *self.matched.newest
        {
            self.matched.newest = modified.to_owned();
        }
    }

    fn ecosystem(&mut self, ecosystem: &str) {
        let name = ecosystem.split(':').next().unwrap_or_default();
        let known = &mut self.matched.ecosystems;
        if !known.contains(name) && known.len() < MAX_ECOSYSTEMS && (1..100).contains(&name.len()) {
            known.insert(name.to_owned());
        }
    }

    fn whole(&mut self, name: &[u8], json: &[u8], asked: Option<BTreeSet<usize>>) {
        let mut record = match OsvRecord::parse(json) {
            Ok(record) => record,
            Err(error) => return self.damaged(name, &error),
        };
        self.matched.read = self.matched.read.saturating_add(1);
        if asked.is_none() {
            self.newest(&record.modified);
        }
        let of_name = |affected: &AffectedVersions| {
            self.names.get(&folded(&affected.package.name)).into_iter().flatten().copied()
        };
        let asked = asked.unwrap_or_else(|| record.affected.iter().flat_map(of_name).collect());
        let queries = &self.matched.answers;
        let about = |at: &usize| {
            queries.get(*at).is_some_and(|(query, _)| affects(&record, query).is_some())
        };
        let asked: Vec<usize> = asked.into_iter().filter(about).collect();
        if asked.is_empty() || self.ids.contains_key(&record.id) {
            return;
        }
        self.matches = self.matches.saturating_add(asked.len());
        let full = self.matched.records.len() >= MAX_KEPT || self.kept > MAX_TEXTS;
        if full || self.matches > MAX_KEPT {
            self.lost = self.lost.saturating_add(1);
            return;
        }
        let place = self.matched.records.len();
        self.ids.insert(record.id.clone(), place);
        reduce(&mut record, asked.iter().filter_map(|at| Some(&queries.get(*at)?.0)));
        self.matched.records.push(record);
        self.kept = self.kept.saturating_add(json.len());
        self.matched.texts.push(String::from_utf8_lossy(json).into_owned());
        for at in asked {
            if let Some((_, records)) = self.matched.answers.get_mut(at) {
                records.push(place);
            }
        }
    }

    fn damaged(&mut self, name: &[u8], error: &str) {
        self.damaged = self.damaged.saturating_add(1);
        if self.named.len() < NAMED {
            let name = show(name.get(..200).unwrap_or(name));
            let error: String = error.chars().take(200).collect();
            self.named.push(format!("{name}: {}", show(error.as_bytes())));
        }
    }
}

/// To what is about these packages: records list versions by the thousand, and packages too.
fn reduce<'a>(record: &mut OsvRecord, queries: impl Iterator<Item = &'a OsvQuery> + Clone) {
    record.affected.retain(|affected| {
        queries.clone().any(|query| affected.package.is(&query.ecosystem, &query.name))
    });
    for affected in &mut record.affected {
        affected.versions.retain(|version| queries.clone().any(|query| query.version == *version));
    }
}

/// A name as it is looked up: some ecosystems' names have no case, and Python's several spellings.
fn folded(name: &str) -> String {
    super::ecosystem::normalised(name)
}

#[cfg(test)]
mod tests;
