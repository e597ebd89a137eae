//! An export of OSV's database, opened as a file and matched without any request.
//!
//! Source: google.github.io/osv.dev, "Data dumps": a ZIP for each ecosystem with one JSON file per record;
//! or these files unpacked.
//!
//! - The export is read once, record by record. Of a record about none of the packages, only the package
//!   names are read.
//! - A kept record is reduced to what is about the queried packages.
//! - Hostile input: entries that share their data, records of any size, names of any kind.

mod record_head;

use super::ecosystem::{OsvQuery, normalised};
use super::evaluation::affects;
use super::record::{AffectedVersions, MAX_RECORD, OsvRecord};
use crate::codec::zip::Zip;
use crate::problem::Problem;
use crate::text::{show, text_as_utf8};
use record_head::RecordHead;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{Error, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

/// Most uncompressed bytes of an export; all ecosystems together have a fraction of it.
const MAX_TOTAL: u64 = 64 << 30;
/// Entries may share their data: so many uncompressed bytes are read in any case…
const MIN_TOTAL: u64 = 1 << 30;
/// … or so many times the size of the file. Real exports hold some eight times their size.
const MAX_RATIO: u64 = 50;
/// Most records that are kept, and most matches.
const MAX_KEPT: usize = 200_000;
/// Most bytes of the kept records' texts.
const MAX_TEXTS: usize = 256 << 20;
/// Most damaged records that are named in a warning.
const MAX_NAMED: usize = 5;
/// Most ecosystems that are listed.
const MAX_ECOSYSTEMS: usize = 1000;

/// Called with the bytes of the file that were read, and with all of them; break stops the reading.
pub type ExportProgress<'a> = dyn FnMut(u64, u64) -> ControlFlow<()> + 'a;

/// The records of exports that are about the packages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExportMatches {
    /// Records about any of the packages, reduced to these, in the order of the export.
    #[serde(skip)]
    pub records: Vec<OsvRecord>,
    /// The JSON of each of these records, for another thread.
    pub texts: Vec<String>,
    /// Each query once, sorted, with the indexes of its records.
    pub answers: Vec<(OsvQuery, Vec<usize>)>,
    /// Number of records that were read.
    pub read: u64,
    /// Ecosystems that the export covers, without releases.
    pub ecosystems: BTreeSet<String>,
    /// Time of the latest change to any record (RFC 3339); the export is at least as new. May be empty.
    pub newest: String,
    /// Reading was stopped before the end.
    pub stopped: bool,
    pub warnings: Vec<Problem>,
}

/// Matches the records of one or several exports against queries.
#[derive(Debug)]
pub struct ExportMatcher {
    matched: ExportMatches,
    /// Indexes of queries by normalised package name, for the first look at a record.
    names: BTreeMap<String, Vec<usize>>,
    /// IDs of kept records: a record that is in two exports counts once.
    ids: BTreeSet<String>,
    damaged: u64,
    /// Descriptions of the first damaged records.
    named: Vec<String>,
    /// Number of records that were dropped at a limit.
    dropped: u64,
    matches: usize,
    /// Bytes of the kept texts.
    kept: usize,
}

impl ExportMatcher {
    /// Matches records against these queries.
    pub fn new(queries: impl IntoIterator<Item = OsvQuery>) -> ExportMatcher {
        let queries: BTreeSet<OsvQuery> = queries.into_iter().collect();
        let mut names: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, query) in queries.iter().enumerate() {
            names.entry(lookup_name(&query.name)).or_default().push(at);
        }
        let answers = queries.into_iter().map(|query| (query, Vec::new())).collect();
        ExportMatcher {
            matched: ExportMatches { answers, ..ExportMatches::default() },
            names,
            ids: BTreeSet::new(),
            damaged: 0,
            named: Vec::new(),
            dropped: 0,
            matches: 0,
            kept: 0,
        }
    }

    /// Reads the ZIP of an ecosystem. Returns an error if it is not a ZIP. Damage in the ZIP loses what
    /// follows it and gives a warning.
    pub fn read_zip(
        &mut self,
        name: &str,
        mut source: impl Read + Seek,
        progress: &mut ExportProgress<'_>,
    ) -> Result<(), Problem> {
        let size = source.seek(SeekFrom::End(0)).unwrap_or(0);
        let damaged = |error: Error| {
            Problem::new("vulnerabilities-export-damaged", "The export cannot be read.")
                .found(error.to_string())
                .in_blob(name)
        };
        let zip = Zip::open(source).map_err(damaged)?;
        let (mut done, mut total) = (0_u64, 0_u64);
        let most = size.saturating_mul(MAX_RATIO).clamp(MIN_TOTAL, MAX_TOTAL);
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
                Err(error) => self.count_damaged(entry.name, &error.to_string()),
            }
            done = done.saturating_add(entry.compressed).min(size);
            stopped = progress(done, size).is_break() || total > most;
            if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        self.matched.stopped |= stopped;
        if let Err(error) = walked {
            self.matched.warnings.push(damaged(error));
        }
        Ok(())
    }

    /// Reads a JSON file with a record or a list of records.
    pub fn add(&mut self, name: &[u8], json: &[u8]) {
        let json = text_as_utf8(json);
        let json = json.as_ref();
        let first = json.iter().find(|byte| !byte.is_ascii_whitespace());
        if first != Some(&b'[') {
            return self.add_record(name, json);
        }
        match serde_json::from_slice::<Vec<&serde_json::value::RawValue>>(json) {
            Ok(records) => {
                for record in records.into_iter().filter(|record| record.get() != "null") {
                    self.add_record(name, record.get().as_bytes());
                }
            }
            Err(error) => self.count_damaged(name, &error.to_string()),
        }
    }

    /// The result, with warnings about `name`, the file.
    pub fn finish(mut self, name: &str) -> ExportMatches {
        let mut warn = |code, message: String| {
            self.matched.warnings.push(Problem::new(code, message).in_blob(name));
        };
        if self.damaged > 0 {
            let (count, named) = (self.damaged, self.named.join("; "));
            let message = format!("{count} records of the export cannot be read: {named}");
            let more = if self.damaged > self.named.len() as u64 { "; …" } else { "." };
            warn("vulnerabilities-export-damaged", message + more);
        }
        if self.dropped > 0 {
            let message =
                format!("The export has too many matches: {} records were dropped.", self.dropped);
            warn("vulnerabilities-incomplete", message);
        }
        if self.matched.read == 0 && !self.matched.stopped {
            let message = "The export has no records of vulnerabilities.".to_owned();
            warn("vulnerabilities-export-empty", message);
        }
        self.matched
    }

    fn add_record(&mut self, name: &[u8], json: &[u8]) {
        let head = match serde_json::from_slice::<RecordHead<'_>>(json) {
            Ok(head) => head,
            // The record has another structure than the schema, so all of it has to be read.
            Err(_) => return self.add_whole_record(name, json, None),
        };
        if head.id.is_empty() {
            return self.count_damaged(name, "it has no ID");
        }
        let mut queries = BTreeSet::new();
        for package in head.packages() {
            self.add_ecosystem(&package.ecosystem);
            let named = self.names.get(&lookup_name(&package.name));
            queries.extend(named.into_iter().flatten().copied());
        }
        self.add_time(&head.modified);
        if queries.is_empty() {
            self.matched.read = self.matched.read.saturating_add(1);
            return;
        }
        self.add_whole_record(name, json, Some(queries));
    }

    fn add_time(&mut self, modified: &str) {
        // Go's repository has a placeholder, which OSV's server replaces by the real date.
        if modified.len() < 64 && !modified.starts_with("0001-") && *modified > *self.matched.newest
        {
            self.matched.newest = modified.to_owned();
        }
    }

    fn add_ecosystem(&mut self, ecosystem: &str) {
        let name = ecosystem.split(':').next().unwrap_or_default();
        let known = &mut self.matched.ecosystems;
        if !known.contains(name) && known.len() < MAX_ECOSYSTEMS && (1..100).contains(&name.len()) {
            known.insert(name.to_owned());
        }
    }

    /// `queries` has the indexes of those with a package of the record; `None` if they are not known yet.
    fn add_whole_record(&mut self, name: &[u8], json: &[u8], queries: Option<BTreeSet<usize>>) {
        let record = match OsvRecord::parse(json) {
            Ok(record) => record,
            Err(error) => return self.count_damaged(name, &error),
        };
        self.matched.read = self.matched.read.saturating_add(1);
        if queries.is_none() {
            self.add_time(&record.modified);
        }
        let of_name = |affected: &AffectedVersions| {
            let named = self.names.get(&lookup_name(&affected.package.name));
            named.into_iter().flatten().copied()
        };
        let queries = queries.unwrap_or_else(|| record.affected.iter().flat_map(of_name).collect());
        let answers = &self.matched.answers;
        let applies = |at: &usize| {
            answers.get(*at).is_some_and(|(query, _)| affects(&record, query).is_some())
        };
        let queries: Vec<usize> = queries.into_iter().filter(applies).collect();
        if !queries.is_empty() && !self.ids.contains(&record.id) {
            self.keep(record, json, &queries);
        }
    }

    fn keep(&mut self, mut record: OsvRecord, json: &[u8], queries: &[usize]) {
        self.matches = self.matches.saturating_add(queries.len());
        let full = self.matched.records.len() >= MAX_KEPT || self.kept > MAX_TEXTS;
        if full || self.matches > MAX_KEPT {
            self.dropped = self.dropped.saturating_add(1);
            return;
        }
        self.ids.insert(record.id.clone());
        let answers = &mut self.matched.answers;
        reduce(&mut record, queries.iter().filter_map(|at| Some(&answers.get(*at)?.0)));
        for at in queries {
            if let Some((_, records)) = answers.get_mut(*at) {
                records.push(self.matched.records.len());
            }
        }
        self.matched.records.push(record);
        self.kept = self.kept.saturating_add(json.len());
        self.matched.texts.push(String::from_utf8_lossy(json).into_owned());
    }

    fn count_damaged(&mut self, name: &[u8], error: &str) {
        self.damaged = self.damaged.saturating_add(1);
        if self.named.len() < MAX_NAMED {
            let name = show(name.get(..200).unwrap_or(name));
            let error: String = error.chars().take(200).collect();
            self.named.push(format!("{name}: {error}"));
        }
    }
}

/// Reduces a record to what is about these packages: records may list thousands of versions and packages.
fn reduce<'a>(record: &mut OsvRecord, queries: impl Iterator<Item = &'a OsvQuery>) {
    let mut by_name: HashMap<String, Vec<&OsvQuery>> = HashMap::new();
    for query in queries {
        by_name.entry(lookup_name(&query.name)).or_default().push(query);
    }
    record.affected.retain_mut(|affected| {
        let Some(queries) = by_name.get(&lookup_name(&affected.package.name)) else { return false };
        let versions: HashSet<&str> = queries.iter().map(|query| &query.version[..]).collect();
        affected.versions.retain(|version| versions.contains(&version[..]));
        queries.iter().any(|query| affected.package.is(&query.ecosystem, &query.name))
    });
    record.index();
}

/// A name in the form of the index. Names are case-insensitive in some ecosystems, and Python's have
/// several spellings.
fn lookup_name(name: &str) -> String {
    normalised(name)
}

#[cfg(test)]
mod tests;
