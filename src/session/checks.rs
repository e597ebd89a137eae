//! What is asked about the packages of the image that is shown, and what came: of an OSV database, or out
//! of files.
//!
//! Records from both ways end in one place and one matching, so that both give the same for the same data.
//! Findings are made anew when something came; until then they are those of the last time.

use super::state::{Merged, Session};
use crate::analysis::packages::{FoundPackage, Inventory};
use crate::analysis::vulnerabilities::api;
use crate::analysis::vulnerabilities::ecosystem::{OsvQuery, Unchecked, queries};
use crate::analysis::vulnerabilities::matching::vulnerabilities;
use crate::analysis::vulnerabilities::offline::ExportMatches;
use crate::analysis::vulnerabilities::record::OsvRecord;
use crate::analysis::vulnerabilities::vex::{self, VexStatement};
use crate::analysis::vulnerabilities::vulnerability::{AffectedPackage, Vulnerability};
use crate::problem::Problem;
use crate::session::query::CheckState;
use std::collections::{BTreeMap, BTreeSet};

/// Warnings that are kept: a database that is gone fails for each of a thousand records.
const MAX_WARNINGS: usize = 20;

/// A check of the packages of one image.
#[derive(Default)]
pub struct Check {
    /// Who was asked: a host, or the names of files; empty: nobody yet.
    pub source: String,
    /// RFC 3339.
    pub as_of: String,
    pub state: CheckState,
    /// Of packages, then of records.
    pub done: u32,
    pub all: u32,
    pub warnings: Vec<Problem>,
    /// Databases that were asked; `None`: all that there are.
    pub ecosystems: Option<BTreeSet<String>>,
    /// VEX documents by name.
    pub vex: Vec<(String, Vec<VexStatement>)>,
    /// IDs that are known of each question.
    answers: BTreeMap<OsvQuery, BTreeSet<String>>,
    /// When a record was changed, as the answer says.
    changed: BTreeMap<String, String>,
    records: BTreeMap<String, OsvRecord>,
    /// Records that could not be had.
    lost: BTreeSet<String>,
    findings: Option<Vec<Vulnerability>>,
}

/// A package and what is asked about it.
pub struct Asked<'a> {
    pub found: &'a FoundPackage,
    pub queries: Result<Vec<OsvQuery>, Unchecked>,
}

/// What is installed, each with its questions.
pub fn asked(inventory: &Inventory) -> Vec<Asked<'_>> {
    let release = inventory.release.as_ref();
    let installed = |found: &&FoundPackage| !found.package.declared && !found.removed();
    let asked = |found| Asked { found, queries: queries(&found.package, release) };
    inventory.packages.iter().filter(installed).map(asked).collect()
}

impl Check {
    /// Whether a question could be answered by what was asked.
    pub fn covers(&self, query: &OsvQuery) -> bool {
        self.ecosystems.as_ref().is_none_or(|all| all.contains(query.database()))
    }

    fn warn(&mut self, problem: Problem) {
        if self.warnings.len() < MAX_WARNINGS && !self.warnings.contains(&problem) {
            self.warnings.push(problem);
        }
    }

    /// Findings of all packages, made anew if something came.
    fn make(&mut self, inventory: &Inventory) {
        if self.findings.is_some() {
            return;
        }
        let mut all = Vec::new();
        for Asked { found, queries } in asked(inventory) {
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
        for (_, statements) in &self.vex {
            vex::apply(&mut all, statements, &[]);
        }
        self.findings = Some(all);
    }
}

fn not_yet() -> Problem {
    Problem::new("layers-not-read", "The packages are not known yet.")
        .advice("Wait until everything is read.")
}

impl Session {
    /// What is known of vulnerabilities, and the packages that they are of.
    pub(super) fn check(&mut self) -> Result<(&mut Check, &Inventory), Problem> {
        match &mut self.merged {
            Some(Merged { check, inventory: Some(inventory), .. }) => Ok((check, inventory)),
            _ => Err(not_yet()),
        }
    }

    /// Findings, as far as records are here.
    pub(super) fn vulnerabilities_found(&mut self) -> Result<(&[Vulnerability], &Check), Problem> {
        let (check, inventory) = self.check()?;
        check.make(inventory);
        let check = &*check;
        Ok((check.findings.as_deref().unwrap_or_default(), check))
    }

    /// Begins to ask `source` at a time (RFC 3339): gives what is to be asked. What is known by now is of
    /// another time, and goes; VEX documents stay.
    pub fn begin_check(&mut self, source: String, now: String) -> Result<Vec<OsvQuery>, Problem> {
        let (check, inventory) = self.check()?;
        let asked = asked(inventory).into_iter().filter_map(|asked| asked.queries.ok()).flatten();
        let questions: BTreeSet<OsvQuery> = asked.collect();
        let vex = std::mem::take(&mut check.vex);
        let all = questions.len() as u32;
        let state = CheckState::Asking;
        *check = Check { source, as_of: now, state, all, vex, ..Check::default() };
        Ok(questions.into_iter().collect())
    }

    /// Questions answered, of how many.
    pub fn check_progress(&mut self, done: usize, all: usize) {
        if let Ok((check, _)) = self.check() {
            (check.done, check.all) = (done as u32, all as u32);
        }
    }

    /// Takes answers to questions.
    pub fn take_answers(&mut self, found: api::LookupResult) -> Result<(), Problem> {
        let (check, _) = self.check()?;
        for (query, known) in found.answers {
            let ids = check.answers.entry(query).or_default();
            for api::RecordVersion { id, modified } in known {
                ids.insert(id.clone());
                check.changed.insert(id, modified);
            }
        }
        found.warnings.into_iter().for_each(|problem| check.warn(problem));
        check.findings = None;
        Ok(())
    }

    /// Records that are named and not here.
    pub fn wanted_records(&mut self) -> Vec<api::RecordVersion> {
        let Ok((check, _)) = self.check() else { return Vec::new() };
        let wanted = |id: &&String| !check.records.contains_key(*id) && !check.lost.contains(*id);
        let known = |id: &String| api::RecordVersion {
            id: id.clone(),
            modified: check.changed.get(id).cloned().unwrap_or_default(),
        };
        let ids: BTreeSet<&String> = check.answers.values().flatten().filter(wanted).collect();
        let wanted: Vec<_> = ids.into_iter().map(known).collect();
        (check.done, check.all) = (0, wanted.len() as u32);
        wanted
    }

    /// Takes a record, or why there is none.
    pub fn take_record(&mut self, id: &str, record: Result<OsvRecord, Problem>) {
        let Ok((check, _)) = self.check() else { return };
        check.done += 1;
        match record {
            Ok(record) => {
                check.records.insert(record.id.clone(), record);
                check.findings = None;
            }
            Err(problem) => {
                check.lost.insert(id.to_owned());
                check.warn(problem);
            }
        }
    }

    /// All was asked, or it failed; what was found stands.
    pub fn end_check(&mut self, result: Result<(), Problem>) {
        let Ok((check, _)) = self.check() else { return };
        check.state = match result {
            Ok(()) => CheckState::Done,
            Err(problem) => {
                check.warn(problem);
                CheckState::Stopped
            }
        };
    }

    /// The user has stopped it; what was found stands.
    pub fn stop_check(&mut self) {
        if let Ok((check, _)) = self.check()
            && check.state == CheckState::Asking
        {
            check.state = CheckState::Stopped;
        }
    }

    /// Takes what an export knows of the packages, beside what other exports do.
    pub fn take_matched(&mut self, name: &str, matched: ExportMatches) -> Result<(), Problem> {
        let (check, _) = self.check()?;
        let by_files = check.ecosystems.is_some();
        if !by_files {
            let vex = std::mem::take(&mut check.vex);
            *check = Check { vex, ecosystems: Some(BTreeSet::new()), ..Check::default() };
        }
        let name = crate::text::show(name.as_bytes());
        check.source = match check.source.as_str() {
            "" => name,
            others => format!("{others}, {name}"),
        };
        // The oldest of several exports is what all of them know.
        if check.as_of.is_empty() || matched.newest < check.as_of {
            check.as_of = matched.newest;
        }
        check.state = if matched.stopped { CheckState::Stopped } else { CheckState::Done };
        check.ecosystems.get_or_insert_default().extend(matched.ecosystems);
        // They were read by whoever sent them.
        let texts = matched.texts.iter();
        let records: Vec<_> = texts.map(|text| OsvRecord::parse(text.as_bytes()).ok()).collect();
        for (query, at) in matched.answers {
            let ids = at.iter().filter_map(|at| records.get(*at)?.as_ref()).map(|r| r.id.clone());
            check.answers.entry(query).or_default().extend(ids);
        }
        for record in records.into_iter().flatten() {
            check.records.insert(record.id.clone(), record);
        }
        matched.warnings.into_iter().for_each(|problem| check.warn(problem));
        check.findings = None;
        Ok(())
    }

    /// Takes a VEX document.
    pub fn take_vex(&mut self, name: &str, statements: Vec<VexStatement>) -> Result<(), Problem> {
        let (check, _) = self.check()?;
        check.vex.retain(|(there, _)| there != name);
        check.vex.push((name.to_owned(), statements));
        check.findings = None;
        Ok(())
    }

    /// The record of an ID.
    pub(super) fn record(&self, id: &str) -> Option<&OsvRecord> {
        self.merged.as_ref()?.check.records.get(id)
    }
}
