//! Requests for contents of files that the user looks at.
//!
//! - A file of a layer that is known by its table of contents alone is fetched by itself, where the table
//!   says that it is a stream of its own. Else its layer is downloaded first.

use super::command::{AddedFile, Beside};
use super::ids::{FileNumber, JobId};
use super::outbox::Outbox;
use super::pool::Task;
use super::purpose::TransferPurpose;
use super::requested::RequestedJobs;
use super::shared::SharedParts;
use crate::problem::Problem;
use crate::protocol::{ContentInfo, OrderProgress, ReadContent, RequestId};
use crate::session::Reading;
use std::collections::BTreeMap;

/// Readings whose bytes are being fetched.
#[derive(Default)]
pub struct ContentRequests {
    fetched: BTreeMap<RequestId, Reading>,
}

impl ContentRequests {
    /// Starts to read.
    pub fn request(
        &mut self,
        request: RequestId,
        content: &ReadContent,
        jobs: &mut RequestedJobs,
        shared: &mut SharedParts,
    ) {
        if let Err(problem) = self.try_request(request, content, jobs, shared) {
            shared.out.refuse(request, problem);
        }
    }

    fn try_request(
        &mut self,
        request: RequestId,
        content: &ReadContent,
        jobs: &mut RequestedJobs,
        shared: &mut SharedParts,
    ) -> Result<(), Problem> {
        let reading = shared.session()?.read_content(content)?;
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
        if !shared.files.has(file)
            && let Some((downloads, _)) = shared.downloads()
        {
            downloads.look_into(file)?;
        }
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
        if self.fetched.remove(&request).is_some() {
            let SharedParts { ranges, network, out, .. } = shared;
            ranges.cancel(TransferPurpose::Content(request), network, out);
        }
    }
}

/// Tells how far a content is.
pub fn tell_progress(task: &Task, done: u64, total: u64, out: &mut Outbox) {
    if let Task::Content { request, slow } = task {
        out.tell_progress(*request, OrderProgress { done, total, slow: *slow });
    }
}

/// Answers with a content that a job has read; the driver holds its bytes.
pub fn answer(request: RequestId, id: JobId, size: Result<u64, Problem>, out: &mut Outbox) {
    match size {
        Ok(size) => out.answer_beside(request, ContentInfo { size }, Beside::Content(id)),
        Err(problem) => out.refuse(request, problem),
    }
}
