//! What is known about the vulnerabilities of one image's packages: from an OSV database, or from files.
//!
//! Records of both origins end in one place and are matched by one function, so that both give the same for
//! the same data.

use super::found::installed;
use crate::analysis::packages::{FoundPackage, Inventory};
use crate::analysis::vulnerabilities::api;
use crate::analysis::vulnerabilities::ecosystem::{OsvQuery, queries};
use crate::analysis::vulnerabilities::matching::vulnerabilities;
use crate::analysis::vulnerabilities::offline::ExportMatches;
use crate::analysis::vulnerabilities::record::OsvRecord;
use crate::analysis::vulnerabilities::vex::{self, VexStatements};
use crate::analysis::vulnerabilities::vulnerability::{
    AffectedPackage, VexDocument, Vulnerability,
};
use crate::problem::Problem;
use crate::protocol::{CheckSource, CheckState};
use crate::text::Shown;
use crate::vocabulary::UncheckedReason;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Warnings that are kept: a database that is down fails for each of a thousand records.
const MAX_WARNINGS: usize = 20;

/// A check of the packages of one image.
#[derive(Default)]
pub(super) struct KnownVulnerabilities {
    /// `None`: no database was asked yet.
    pub source: Option<CheckSource>,
    /// RFC 3339; empty: not known.
    pub as_of: String,
    pub state: CheckState,
    /// Of packages, then of records.
    pub done: u32,
    pub total: u32,
    pub warnings: Vec<Problem>,
    /// Databases that were asked; `None`: every database.
    pub ecosystems: Option<BTreeSet<String>>,
    /// VEX documents: those of the user after those of the image, over which they count.
    pub vex: Vec<(VexDocument, Arc<VexStatements>)>,
    /// IDs that are known for each question.
    answers: BTreeMap<OsvQuery, BTreeSet<String>>,
    /// When a record was changed, as the answer says.
    changed: BTreeMap<String, String>,
    records: BTreeMap<String, OsvRecord>,
    /// Records that could not be fetched.
    lost: BTreeSet<String>,
    /// Made of the records when they are needed.
    vulnerabilities: OnceCell<Vec<Vulnerability>>,
}

/// A package and the questions about it.
pub(super) struct PackageQueries<'a> {
    pub found: &'a FoundPackage,
    pub queries: Result<Vec<OsvQuery>, UncheckedReason>,
}

/// Installed packages, each with its questions.
pub(super) fn package_queries(inventory: &Inventory) -> Vec<PackageQueries<'_>> {
    let release = inventory.release.as_ref();
    let with_queries = |found| PackageQueries { found, queries: queries(&found.package, release) };
    installed(inventory).map(with_queries).collect()
}

/// Every question about installed packages, once.
pub(super) fn all_queries(inventory: &Inventory) -> Vec<OsvQuery> {
    let all = package_queries(inventory).into_iter().filter_map(|package| package.queries.ok());
    all.flatten().collect::<BTreeSet<OsvQuery>>().into_iter().collect()
}

impl KnownVulnerabilities {
    /// Whether a question could be answered by what was asked.
    pub fn covers(&self, query: &OsvQuery) -> bool {
        self.ecosystems.as_ref().is_none_or(|all| all.contains(query.database()))
    }

    /// Whether a database answered a question, with records or without.
    pub fn has_answer(&self, query: &OsvQuery) -> bool {
        self.answers.contains_key(query)
    }

    /// The record of an ID.
    pub fn record(&self, id: &str) -> Option<&OsvRecord> {
        self.records.get(id)
    }

    /// What is known about the packages, as far as records are here.
    pub fn vulnerabilities(&self, inventory: &Inventory) -> &[Vulnerability] {
        self.vulnerabilities.get_or_init(|| self.find(inventory))
    }

    /// Packages or records have changed: vulnerabilities must be matched again.
    pub fn forget_vulnerabilities(&mut self) {
        self.vulnerabilities = OnceCell::new();
    }

    fn find(&self, inventory: &Inventory) -> Vec<Vulnerability> {
        let mut all = Vec::new();
        for PackageQueries { found, queries } in package_queries(inventory) {
            let queries = queries.unwrap_or_default();
            let subject = AffectedPackage {
                purl: found.purl.clone(),
                name: found.package.name.clone(),
                version: found.package.version.clone(),
            };
            let of = |query| {
                let ids = self.answers.get(query).into_iter().flatten();
                ids.filter_map(|id| self.records.get(id)).map(move |record| (query, record))
            };
            all.extend(vulnerabilities(&subject, queries.iter().flat_map(of)));
        }
        for (document, statements) in &self.vex {
            vex::apply(&mut all, document, statements, &[]);
        }
        all
    }

    /// Keeps a warning, unless it is known or there are too many.
    pub fn warn(&mut self, problem: Problem) {
        if self.warnings.len() < MAX_WARNINGS && !self.warnings.contains(&problem) {
            self.warnings.push(problem);
        }
    }

    /// A check by the database on `host` starts, at a time (RFC 3339). Only VEX documents stay: the rest is of another
    /// time.
    pub fn begin(&mut self, host: &str, now: String, total: u32) {
        let vex = std::mem::take(&mut self.vex);
        let source = Some(CheckSource::Database(Shown::new(host)));
        let state = CheckState::Running;
        *self =
            KnownVulnerabilities { source, as_of: now, state, total, vex, ..Default::default() };
    }

    /// Takes answers to questions.
    pub fn take_answers(&mut self, found: api::LookupResult) {
        for (query, known) in found.answers {
            let ids = self.answers.entry(query).or_default();
            for api::RecordVersion { id, modified } in known {
                ids.insert(id.clone());
                self.changed.insert(id, modified);
            }
        }
        found.warnings.into_iter().for_each(|problem| self.warn(problem));
        self.forget_vulnerabilities();
    }

    /// Records that answers name and that are not here.
    pub fn wanted_records(&self) -> Vec<api::RecordVersion> {
        let wanted = |id: &&String| !self.records.contains_key(*id) && !self.lost.contains(*id);
        let known = |id: &String| api::RecordVersion {
            id: id.clone(),
            modified: self.changed.get(id).cloned().unwrap_or_default(),
        };
        let ids: BTreeSet<&String> = self.answers.values().flatten().filter(wanted).collect();
        ids.into_iter().map(known).collect()
    }

    /// Takes a record, or why there is none.
    pub fn take_record(&mut self, id: &str, record: Result<OsvRecord, Problem>) {
        self.done = self.done.saturating_add(1);
        match record {
            Ok(record) => {
                self.records.insert(record.id.clone(), record);
                self.forget_vulnerabilities();
            }
            Err(problem) => {
                self.lost.insert(id.to_owned());
                self.warn(problem);
            }
        }
    }

    /// Takes what an export says about the packages, beside what other exports say.
    pub fn take_matched(&mut self, name: &str, matched: ExportMatches) {
        if self.ecosystems.is_none() {
            let vex = std::mem::take(&mut self.vex);
            let ecosystems = Some(BTreeSet::new());
            *self = KnownVulnerabilities { vex, ecosystems, ..Default::default() };
        }
        let name = Shown::new(name);
        match &mut self.source {
            Some(CheckSource::Files(names)) => names.push(name),
            source => *source = Some(CheckSource::Files(vec![name])),
        }
        // What all of several exports know is as old as the oldest of them.
        if self.as_of.is_empty() || matched.newest < self.as_of {
            self.as_of = matched.newest;
        }
        self.state = match matched.stopped {
            true => CheckState::Interrupted,
            false => CheckState::Done,
        };
        // The worker that read the file parsed them already; those that fail here are skipped.
        let texts = matched.texts.iter();
        let records: Vec<_> = texts.map(|text| OsvRecord::parse(text.as_bytes()).ok()).collect();
        for (query, at) in matched.answers {
            // No record is an answer only from an export of that ecosystem that was read to its end.
            let complete = !matched.stopped && matched.ecosystems.contains(query.database());
            if complete || !at.is_empty() {
                let ids = at.iter().filter_map(|at| records.get(*at)?.as_ref());
                self.answers.entry(query).or_default().extend(ids.map(|one| one.id.clone()));
            }
        }
        self.ecosystems.get_or_insert_default().extend(matched.ecosystems);
        for record in records.into_iter().flatten() {
            self.records.insert(record.id.clone(), record);
        }
        matched.warnings.into_iter().for_each(|problem| self.warn(problem));
        self.forget_vulnerabilities();
    }

    /// Takes a VEX document; one of the same origin and name is replaced.
    pub fn take_vex(&mut self, document: VexDocument, statements: Arc<VexStatements>) {
        self.vex.retain(|(known, _)| *known != document);
        self.vex.push((document, statements));
        self.vex.sort_by_key(|(document, _)| document.origin); // stable
        self.forget_vulnerabilities();
    }
}

#[test]
fn a_document_of_the_user_counts_over_those_of_the_image() {
    use crate::vocabulary::VexOrigin::{Attached, Opened};
    let mut check = KnownVulnerabilities::default();
    for (origin, name) in [(Opened, "a"), (Attached, "b"), (Attached, "c"), (Attached, "b")] {
        let document = VexDocument { origin, name: name.to_owned() };
        check.take_vex(document, Arc::default());
    }
    let names: Vec<_> = check.vex.iter().map(|(document, _)| &document.name[..]).collect();
    assert_eq!(names, ["c", "b", "a"], "the last one counts");
}
