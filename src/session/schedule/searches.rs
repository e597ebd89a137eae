//! Searches in contents: their jobs run beside each other, but leave a worker to what else the user looks at.
//!
//! - Layers that are known by their table of contents alone are downloaded and read first.
//! - One search an image: a new one takes the place of the last. One that is cancelled keeps what it found.

use super::ids::{FileNumber, JobId};
use super::pool::Task;
use super::requested::RequestedJobs;
use super::shared::SharedParts;
use crate::problem::Problem;
use crate::protocol::{OrderProgress, RequestId, SearchContents, SearchSpec};
use crate::session::jobs::{Job, JobResult};
use crate::vocabulary::ImagePosition;
use std::collections::BTreeMap;

/// The page is told how far a search is no more often than this, in milliseconds.
const TELL_EVERY: u64 = 100;

/// Searches that wait or run.
#[derive(Default)]
pub struct Searches {
    open: BTreeMap<RequestId, OpenSearch>,
}

struct OpenSearch {
    image: ImagePosition,
    /// What is searched, until its jobs are known.
    waiting: Option<SearchSpec>,
    /// Jobs that have not ended.
    jobs: usize,
    /// Bytes of jobs that have ended, and of those that run.
    ended: u64,
    running: BTreeMap<JobId, u64>,
    total: u64,
    told_at: u64,
}

impl Searches {
    /// Starts to search.
    pub fn request(
        &mut self,
        request: RequestId,
        order: SearchContents,
        jobs: &mut RequestedJobs,
        shared: &mut SharedParts,
    ) {
        let SearchContents { image, spec } = order;
        let before = self.open.iter().filter(|(_, search)| search.image == image);
        for id in before.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.stop(
                id,
                Problem::new("search-replaced", "Another search took its place."),
                jobs,
                shared,
            );
        }
        match shared.session().map(|session| session.is_searched(image, &spec)) {
            Ok(true) => return shared.out.answer(request, &Ok(())),
            Ok(false) => {}
            Err(problem) => return shared.out.refuse(request, problem),
        }
        match shared.session().and_then(|session| session.begin_search(image, &spec)) {
            Ok(()) => {
                let search = OpenSearch {
                    image,
                    waiting: Some(spec),
                    jobs: 0,
                    ended: 0,
                    running: BTreeMap::new(),
                    total: 0,
                    told_at: 0,
                };
                self.open.insert(request, search);
                self.try_plan(request, jobs, shared); // downloads that it needs are started next
            }
            Err(problem) => shared.out.refuse(request, problem),
        }
    }

    /// Starts the jobs of searches that need not wait any more.
    pub fn advance(&mut self, jobs: &mut RequestedJobs, shared: &mut SharedParts) {
        let waiting = self.open.iter().filter(|(_, search)| search.waiting.is_some());
        for request in waiting.map(|(request, _)| *request).collect::<Vec<_>>() {
            self.try_plan(request, jobs, shared);
        }
    }

    fn try_plan(&mut self, request: RequestId, jobs: &mut RequestedJobs, shared: &mut SharedParts) {
        if let Err(problem) = self.plan(request, jobs, shared) {
            self.stop(request, problem, jobs, shared);
        }
    }

    fn plan(
        &mut self,
        request: RequestId,
        jobs: &mut RequestedJobs,
        shared: &mut SharedParts,
    ) -> Result<(), Problem> {
        let Some(search) = self.open.get_mut(&request) else { return Ok(()) };
        let Some(spec) = &search.waiting else { return Ok(()) };
        let image = search.image;
        if let Some(listed) = shared.session()?.search_waits(image, spec)? {
            return listed.into_iter().try_for_each(|file| shared.need_file(FileNumber(file)));
        }
        let planned = shared.session()?.search_jobs(image, spec)?;
        search.waiting = None;
        (search.jobs, search.total) = (planned.len(), 0);
        for job in planned {
            search.total = search.total.saturating_add(job.blob_bytes);
            shared.need_file(FileNumber(job.file()))?;
            jobs.push(job, Task::Search { request, image });
        }
        self.finish_if_over(request, shared);
        Ok(())
    }

    /// A job has searched so many bytes.
    pub fn progress(
        &mut self,
        request: RequestId,
        job: JobId,
        done: u64,
        shared: &mut SharedParts,
    ) {
        if let Some(search) = self.open.get_mut(&request) {
            search.running.insert(job, done);
            search.tell(request, shared);
        }
    }

    /// A job has ended, well or not. `id`: `None` if it never ran.
    pub fn take(
        &mut self,
        request: RequestId,
        id: Option<JobId>,
        job: &Job,
        result: Result<JobResult, Problem>,
        shared: &mut SharedParts,
    ) {
        let Some(search) = self.open.get_mut(&request) else { return };
        let image = search.image;
        let result = result.and_then(JobResult::into_searched);
        let taken = shared.session().and_then(|session| session.take_searched(image, job, result));
        if let Some(id) = id {
            search.running.remove(&id);
        }
        search.ended = search.ended.saturating_add(job.blob_bytes);
        search.jobs = search.jobs.saturating_sub(1);
        search.tell(request, shared);
        match taken {
            Ok(()) => self.finish_if_over(request, shared),
            Err(problem) => shared.out.defect(problem),
        }
    }

    fn finish_if_over(&mut self, request: RequestId, shared: &mut SharedParts) {
        let over = |search: &OpenSearch| search.waiting.is_none() && search.jobs == 0;
        if !self.open.get(&request).is_some_and(over) {
            return;
        }
        let Some(search) = self.open.remove(&request) else { return };
        if let Ok(session) = shared.session() {
            session.end_search(search.image);
        }
        search.tell_now(request, shared);
        shared.out.answer(request, &Ok(()));
    }

    /// A request was cancelled; its jobs were ended.
    pub fn cancel(&mut self, request: RequestId) {
        self.open.remove(&request);
    }

    fn stop(
        &mut self,
        request: RequestId,
        why: Problem,
        jobs: &mut RequestedJobs,
        shared: &mut SharedParts,
    ) {
        self.open.remove(&request);
        jobs.cancel(request, shared);
        shared.out.refuse(request, why);
    }
}

impl OpenSearch {
    /// Tells the page how far it is, if it is time.
    fn tell(&mut self, request: RequestId, shared: &mut SharedParts) {
        let now = shared.out.now();
        if now.abs_diff(self.told_at) >= TELL_EVERY {
            self.told_at = now;
            self.tell_now(request, shared);
        }
    }

    fn tell_now(&self, request: RequestId, shared: &mut SharedParts) {
        let running = self.running.values().fold(self.ended, |sum, done| sum.saturating_add(*done));
        let done = running.min(self.total);
        shared.out.tell_progress(request, OrderProgress { done, total: self.total, slow: None });
    }
}
