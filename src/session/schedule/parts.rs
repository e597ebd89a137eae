//! The parts of a schedule. Each has its own file and its own state; what they share is in `SharedParts`.

use super::advisory_files::AdvisoryFiles;
use super::attached::AttachedDocuments;
use super::checks::Checks;
use super::contents::ContentRequests;
use super::expected::Expected;
use super::ids::{FileNumber, SpillId};
use super::lists::Lists;
use super::opening::{Opening, ScheduleOptions};
use super::reports::Reports;
use super::requested::RequestedJobs;
use super::shared::SharedParts;
use crate::protocol::RequestId;
use crate::session::job::Work;

/// All that a schedule consists of.
pub struct Parts {
    pub shared: SharedParts,
    pub opening: Opening,
    pub requested: RequestedJobs,
    pub contents: ContentRequests,
    pub advisories: AdvisoryFiles,
    pub reports: Reports,
    pub checks: Checks,
    pub attached: AttachedDocuments,
    pub lists: Lists,
    /// Files of uncompressed bytes on their way, with the work that left them.
    pub spills: Expected<SpillId, (Work, FileNumber)>,
    /// Inspections that are being read, with the requests that wait for them.
    pub inspections: Expected<FileNumber, RequestId>,
}

impl Parts {
    pub fn new(options: ScheduleOptions) -> Parts {
        Parts {
            shared: SharedParts::new(options.cores),
            opening: Opening::new(options),
            requested: RequestedJobs::default(),
            contents: ContentRequests::default(),
            advisories: AdvisoryFiles::default(),
            reports: Reports::default(),
            checks: Checks::default(),
            attached: AttachedDocuments::default(),
            lists: Lists::default(),
            spills: Expected::default(),
            inspections: Expected::default(),
        }
    }
}
