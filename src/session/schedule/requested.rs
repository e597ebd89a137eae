//! Jobs that a request waits for: contents of files, and files of advisories. They run before background
//! work.

use super::ids::FileNumber;
use super::outbox::Outbox;
use super::pool::Task;
use super::shared::SharedParts;
use crate::problem::Problem;
use crate::protocol::RequestId;
use crate::session::jobs::Job;
use std::collections::VecDeque;

/// Jobs that no worker has yet, in the order of the requests.
#[derive(Debug, Default)]
pub struct RequestedJobs {
    waiting: VecDeque<(Job, Task)>,
}

impl RequestedJobs {
    pub fn push(&mut self, job: Job, task: Task) {
        self.waiting.push_back((job, task));
    }

    /// Starts jobs as far as there is room.
    pub fn start(&mut self, shared: &mut SharedParts) {
        while shared.pool.has_room() {
            let ready = self.waiting.iter().position(|(job, _)| shared.files.has_for(job));
            let Some((job, task)) = ready.and_then(|at| self.waiting.remove(at)) else { return };
            shared.pool.start(job, task, &mut shared.out);
        }
    }

    /// A file is not available, so requests that wait for it fail.
    pub fn give_up(&mut self, file: u32, problem: &Problem, out: &mut Outbox) {
        self.waiting.retain(|(job, task)| {
            let lost = job.file() == file;
            if let (true, Some(request)) = (lost, task.request()) {
                out.refuse(request, problem.clone());
            }
            !lost
        });
    }

    /// A request was cancelled.
    pub fn cancel(&mut self, request: RequestId, shared: &mut SharedParts) {
        let is_its = |task: &Task| task.request() == Some(request);
        let (its, others) = self.waiting.drain(..).partition(|(_, task)| is_its(task));
        self.waiting = others;
        let its: VecDeque<(Job, Task)> = its;
        let mut files: Vec<u32> = its.iter().map(|(job, _)| job.file()).collect();
        let running = shared.pool.running().filter(|running| is_its(&running.task));
        files.extend(running.map(|running| running.job.file()));
        shared.pool.retain(|running| !is_its(&running.task), &mut shared.out);
        files.into_iter().for_each(|file| shared.remove_file(FileNumber(file)));
    }
}
