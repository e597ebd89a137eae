//! Vulnerability checks, as the schedule drives them: it asks a database or reads files, and passes in the results.

use super::check::{KnownVulnerabilities, all_queries};
use super::jobs::advisories::AdvisoryFile;
use super::jobs::{Job, JobResult, Outcome, Work};
use super::state::Session;
use crate::analysis::vulnerabilities::api;
use crate::analysis::vulnerabilities::ecosystem::OsvQuery;
use crate::analysis::vulnerabilities::record::OsvRecord;
use crate::analysis::vulnerabilities::vulnerability::VexDocument;
use crate::codec::Checkpoints;
use crate::json;
use crate::problem::Problem;
use crate::protocol::CheckState;
use crate::vocabulary::{ImagePosition, VexOrigin};
use std::sync::Arc;

impl Session {
    fn check_mut(&mut self, image: ImagePosition) -> Result<&mut KnownVulnerabilities, Problem> {
        Ok(&mut self.image_mut(image)?.check)
    }

    /// Starts a check of an image's packages by the database on `host` at a time (RFC 3339): the questions to ask. What is
    /// known by now is of another time and is dropped; VEX documents stay.
    pub(super) fn begin_check(
        &mut self,
        image: ImagePosition,
        host: &str,
        now: String,
    ) -> Result<Vec<OsvQuery>, Problem> {
        let questions = all_queries(self.packages_of(image)?.1);
        self.check_mut(image)?.begin(host, now, questions.len() as u32);
        Ok(questions)
    }

    /// Questions answered, of how many.
    pub(super) fn check_progress(&mut self, image: ImagePosition, done: usize, total: usize) {
        if let Ok(check) = self.check_mut(image) {
            (check.done, check.total) = (done as u32, total as u32);
        }
    }

    /// Takes answers to questions.
    pub(super) fn take_answers(
        &mut self,
        image: ImagePosition,
        found: api::LookupResult,
    ) -> Result<(), Problem> {
        self.check_mut(image)?.take_answers(found);
        Ok(())
    }

    /// Records that answers name and that are not here: progress counts these from now on.
    pub(super) fn wanted_records(&mut self, image: ImagePosition) -> Vec<api::RecordVersion> {
        let Ok(check) = self.check_mut(image) else { return Vec::new() };
        let wanted = check.wanted_records();
        (check.done, check.total) = (0, wanted.len() as u32);
        wanted
    }

    /// Takes a record, or why there is none.
    pub(super) fn take_record(
        &mut self,
        image: ImagePosition,
        id: &str,
        record: Result<OsvRecord, Problem>,
    ) {
        if let Ok(check) = self.check_mut(image) {
            check.take_record(id, record);
        }
    }

    /// The check ended or failed; what was found is kept.
    pub(super) fn end_check(&mut self, image: ImagePosition, result: Result<(), Problem>) {
        let Ok(check) = self.check_mut(image) else { return };
        check.state = match result {
            Ok(()) => CheckState::Done,
            Err(problem) => {
                check.warn(problem);
                CheckState::Interrupted
            }
        };
    }

    /// The user has cancelled the check; what was found is kept.
    pub(super) fn stop_check(&mut self, image: ImagePosition) {
        if let Ok(check) = self.check_mut(image)
            && check.state == CheckState::Running
        {
            check.state = CheckState::Interrupted;
        }
    }

    /// The job that reads a file of advisories about an image's packages. `file` is its number among the
    /// files of jobs, outside of the source.
    pub(super) fn advisories_job(
        &self,
        image: ImagePosition,
        file: u32,
        name: &str,
        size: u64,
    ) -> Result<Job, Problem> {
        let queries = all_queries(self.packages_of(image)?.1);
        let work = Work::Advisories { file, name: name.to_owned(), size, queries };
        Ok(Job { blob_bytes: size, layer: 0, work, outer: Checkpoints::default() })
    }

    /// Takes what such a job gave. `dated`: when the file was last changed (RFC 3339), which stands for the
    /// date of records without dates.
    pub(super) fn take_advisories(
        &mut self,
        image: ImagePosition,
        name: &str,
        dated: &str,
        result: JobResult,
    ) -> Result<(), Problem> {
        let file = match result.0 {
            Outcome::Advisories(file) => json::from_text(&file).ok(),
            _ => None,
        };
        let unreadable = || Problem::new("worker-answer", "A worker's answer cannot be read.");
        let file: AdvisoryFile = file.ok_or_else(unreadable)?;
        let check = self.check_mut(image)?;
        if let Some(mut matched) = file.export {
            if matched.newest.is_empty() {
                matched.newest = dated.to_owned();
            }
            check.take_matched(name, matched);
        }
        if !file.vex.is_empty() {
            let document = VexDocument { origin: VexOrigin::Opened, name: name.to_owned() };
            check.take_vex(document, Arc::new(file.vex));
        }
        Ok(())
    }
}
