//! Jobs that a request waits for: contents of files, files of advisories, and searches after these. They run before
//! background work.

use super::ids::FileNumber;
use super::outbox::Outbox;
use super::pool::Task;
use super::shared::SharedParts;
use crate::problem::Problem;
use crate::protocol::RequestId;
use crate::session::jobs::Job;

/// Jobs that no worker has yet, in the order of the requests.
#[derive(Debug, Default)]
pub struct RequestedJobs {
    waiting: Vec<(Job, Task)>,
}

impl RequestedJobs {
    pub fn push(&mut self, job: Job, task: Task) {
        self.waiting.push((job, task));
    }

    /// Starts jobs as far as there is room.
    pub fn start(&mut self, shared: &mut SharedParts) {
        while shared.pool.has_room() {
            let many = shared.pool.has_room_for_many();
            let first = |of_many: bool| {
                let is_next = |(job, task): &(Job, Task)| {
                    task.is_one_of_many() == of_many && shared.files.has_for(job)
                };
                self.waiting.iter().position(is_next)
            };
            let ready = first(false).or_else(|| if many { first(true) } else { None });
            let Some(at) = ready else { return };
            let (job, task) = self.waiting.remove(at);
            shared.pool.start(job, task, &mut shared.out);
        }
    }

    /// A file is not available, so requests that wait for it fail. Gives the jobs of searches, which go on without
    /// them.
    pub fn give_up(
        &mut self,
        file: u32,
        problem: &Problem,
        out: &mut Outbox,
    ) -> Vec<(Job, RequestId)> {
        let mut of_searches = Vec::new();
        for (job, task) in self.waiting.extract_if(.., |(job, _)| job.files().contains(&file)) {
            match task {
                Task::Search { request, .. } => of_searches.push((job, request)),
                task => {
                    task.request().into_iter().for_each(|id| out.refuse(id, problem.clone()));
                }
            }
        }
        of_searches
    }

    /// A request was cancelled.
    pub fn cancel(&mut self, request: RequestId, shared: &mut SharedParts) {
        let is_its = |task: &Task| task.request() == Some(request);
        let its = self.waiting.extract_if(.., |(_, task)| is_its(task));
        let mut files: Vec<u32> = its.map(|(job, _)| job.file()).collect();
        let running = shared.pool.running().filter(|running| is_its(&running.task));
        files.extend(running.map(|running| running.job.file()));
        shared.pool.retain(|running| !is_its(&running.task), &mut shared.out);
        files.into_iter().for_each(|file| shared.remove_file(FileNumber(file)));
    }
}
