//! Requests for contents of files that the user looks at or compares.
//!
//! - A file of a layer that is known by its table of contents alone is fetched by itself, where the table
//!   says that it is a stream of its own. Else its layer is downloaded first.

use super::command::{AddedFile, Beside};
use super::ids::{FileNumber, JobId};
use super::input::JobEnd;
use super::outbox::Outbox;
use super::pool::Task;
use super::purpose::TransferPurpose;
use super::requested::RequestedJobs;
use super::shared::SharedParts;
use crate::problem::Problem;
use crate::protocol::{ComputeDigest, MemberAddress, OrderProgress, RequestId};
use crate::session::jobs::{Job, MemberWish, Outcome};
use crate::session::{Reading, Session};
use std::collections::{BTreeMap, VecDeque};

/// Readings whose bytes are being fetched.
#[derive(Default)]
pub struct ContentRequests {
    fetched: BTreeMap<RequestId, Reading>,
    /// Digests of files, while the recorded one is looked for.
    digests: BTreeMap<RequestId, DigestOrder>,
}

/// A digest of a file that is compared with the recorded one.
struct DigestOrder {
    order: ComputeDigest,
    /// The lists that were not tried yet.
    lists: VecDeque<Job>,
}

impl ContentRequests {
    /// Starts to read what the session plans.
    pub fn request(
        &mut self,
        request: RequestId,
        plan: impl FnOnce(&Session) -> Result<Reading, Problem>,
        jobs: &mut RequestedJobs,
        shared: &mut SharedParts,
    ) {
        let reading = shared.session().and_then(|session| plan(session));
        let started = reading.and_then(|reading| self.start(request, reading, jobs, shared));
        if let Err(problem) = started {
            shared.out.refuse(request, problem);
        }
    }

    /// Starts to list or read a member of the archive that a file is.
    pub fn member(
        &mut self,
        request: RequestId,
        of: MemberAddress,
        wish: MemberWish,
        jobs: &mut RequestedJobs,
        shared: &mut SharedParts,
    ) {
        self.request(request, |session| session.member(of, wish), jobs, shared);
    }

    /// Looks for the digest that a package manager recorded about a file, where that can be read at once, and computes the
    /// file's.
    pub fn digest(
        &mut self,
        request: RequestId,
        order: ComputeDigest,
        jobs: &mut RequestedJobs,
        shared: &mut SharedParts,
    ) {
        let session = shared.session().ok();
        let mut lists = session.map_or_else(Vec::new, |session| session.recorded_digests(&order));
        lists.retain(|job| shared.files.has_for(job));
        self.try_list(request, DigestOrder { order, lists: lists.into() }, jobs, shared);
    }

    /// Reads the next list of recorded digests; after the last one, computes the file's.
    fn try_list(
        &mut self,
        request: RequestId,
        mut digest: DigestOrder,
        jobs: &mut RequestedJobs,
        shared: &mut SharedParts,
    ) {
        match digest.lists.pop_front() {
            Some(job) => {
                self.digests.insert(request, digest);
                jobs.push(job, Task::Content { request, slow: None });
            }
            None => {
                let plan = |session: &Session| session.content_digest(digest.order, None);
                self.request(request, plan, jobs, shared);
            }
        }
    }

    /// A job has ended. A recorded digest leads to the file's own.
    pub fn take(
        &mut self,
        request: RequestId,
        id: JobId,
        end: JobEnd,
        jobs: &mut RequestedJobs,
        shared: &mut SharedParts,
    ) {
        let Some(digest) = self.digests.remove(&request) else {
            return answer(request, id, end, &mut shared.out);
        };
        let recorded = match end {
            JobEnd::Result { result, .. } => match result.0 {
                Outcome::Recorded(recorded) => recorded,
                _ => None,
            },
            _ => None,
        };
        match recorded {
            None => self.try_list(request, digest, jobs, shared),
            recorded => {
                let plan = |session: &Session| session.content_digest(digest.order, recorded);
                self.request(request, plan, jobs, shared);
            }
        }
    }

    fn start(
        &mut self,
        request: RequestId,
        reading: Reading,
        jobs: &mut RequestedJobs,
        shared: &mut SharedParts,
    ) -> Result<(), Problem> {
        let file = FileNumber(reading.job.file());
        let listed = shared.session()?.is_listed(file.0);
        if let (true, Some(range)) = (listed, reading.needs)
            && let Some((downloads, means)) = shared.downloads()
            && let Some(blob) = downloads.blob(file)
        {
            let purpose = TransferPurpose::Content(request);
            means.ranges.start(downloads.place(), blob, range, purpose, means.network, means.out);
            self.fetched.insert(request, reading);
            return Ok(());
        }
        shared.need_file(file)?;
        jobs.push(reading.job, Task::Content { request, slow: reading.slow });
        Ok(())
    }

    /// The bytes of one file are here, or cannot be fetched.
    pub fn take_range(
        &mut self,
        request: RequestId,
        bytes: Result<Vec<u8>, Problem>,
        jobs: &mut RequestedJobs,
        shared: &mut SharedParts,
    ) {
        let Some(mut reading) = self.fetched.remove(&request) else { return };
        match bytes {
            Ok(bytes) => {
                let file = shared.out.added_file();
                shared.add_file(file, AddedFile::Bytes(bytes));
                reading.moved(file.0);
                jobs.push(reading.job, Task::Content { request, slow: reading.slow });
            }
            Err(problem) => shared.out.refuse(request, problem),
        }
    }

    /// A content was cancelled.
    pub fn cancel(&mut self, request: RequestId, shared: &mut SharedParts) {
        self.digests.remove(&request);
        if self.fetched.remove(&request).is_some() {
            let SharedParts { ranges, network, out, .. } = shared;
            ranges.cancel(TransferPurpose::Content(request), network, out);
        }
    }
}

/// Tells how far a content is.
pub fn tell_progress(task: &Task, done: u64, total: u64, out: &mut Outbox) {
    let (request, slow) = match task {
        Task::Content { request, slow } => (*request, *slow),
        Task::Extraction { request } => (*request, None),
        Task::Background | Task::Search { .. } | Task::Advisories { .. } => return,
    };
    out.tell_progress(request, OrderProgress { done, total, slow });
}

/// Answers with a content that a job has read, of which the driver holds the bytes, or with what it compared.
fn answer(request: RequestId, id: JobId, end: JobEnd, out: &mut Outbox) {
    match end {
        JobEnd::Content { info } => {
            out.answer_beside(request, info, Beside::Content(id));
        }
        JobEnd::Result { result, .. } => match result.0 {
            Outcome::Compared(comparison) => out.answer(request, &Ok(comparison)),
            Outcome::ContentDigest(digest) => out.answer(request, &Ok(digest)),
            Outcome::Outline(outline) => out.answer(request, &Ok(outline)),
            Outcome::Members(members) => out.answer(request, &Ok(members)),
            _ => out.refuse(request, of_another_kind()),
        },
        JobEnd::Failed(problem) => out.refuse(request, problem),
    }
}

/// A result that the job's work does not have.
pub fn of_another_kind() -> Problem {
    Problem::new("worker-answer", "A worker's answer cannot be read.")
}
