//! The parts of a schedule. Each has its own file and its own state; what they share is in `SharedParts`.

use super::advisory_files::AdvisoryFiles;
use super::attached::AttachedDocuments;
use super::base_lookups::BaseLookups;
use super::checks::Checks;
use super::contents::ContentRequests;
use super::expected::Expected;
use super::extractions::Extractions;
use super::ids::{FileNumber, SpillId};
use super::lists::Lists;
use super::opening::{Opening, ScheduleOptions};
use super::purpose::SpillPurpose;
use super::reports::Reports;
use super::requested::RequestedJobs;
use super::searches::Searches;
use super::shared::SharedParts;
use super::signatures::Verifications;
use crate::protocol::RequestId;

/// All that a schedule consists of.
pub struct Parts {
    pub shared: SharedParts,
    pub opening: Opening,
    pub requested: RequestedJobs,
    pub contents: ContentRequests,
    pub searches: Searches,
    pub advisories: AdvisoryFiles,
    pub reports: Reports,
    pub checks: Checks,
    pub base_lookups: BaseLookups,
    pub attached: AttachedDocuments,
    pub lists: Lists,
    pub signatures: Verifications,
    pub extractions: Extractions,
    /// Files that jobs wrote, on their way.
    pub spills: Expected<SpillId, SpillPurpose>,
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
            searches: Searches::default(),
            advisories: AdvisoryFiles::default(),
            reports: Reports::default(),
            checks: Checks::default(),
            base_lookups: BaseLookups::default(),
            attached: AttachedDocuments::default(),
            lists: Lists::default(),
            signatures: Verifications::default(),
            extractions: Extractions::default(),
            spills: Expected::default(),
            inspections: Expected::default(),
        }
    }
}
