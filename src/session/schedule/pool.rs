//! The layer workers: which exist, and what each does.
//!
//! - As many as the machine has cores do background work and search contents. One more may start for what the user
//!   looks at, so that a file's content does not wait for these.
//! - A worker's memory never shrinks: idle workers are ended when there is nothing left to do.
//! - No job runs twice at once, nor do two jobs that read the same layer, except ranges of it, or that hold more than so
//!   many bytes of files together.

use super::command::Command;
use super::expected::{Expected, unexpected};
use super::ids::{JobId, SpillId, WorkerId};
use super::outbox::Outbox;
use crate::problem::Problem;
use crate::protocol::{RequestId, SlowRead};
use crate::session::jobs::{Job, Work};
use crate::vocabulary::ImagePosition;
use std::collections::BTreeSet;

/// Bytes of files that are held in whole by jobs beside each other. A larger file is held alone.
const MAX_HELD_TOGETHER: u64 = 96 << 20;

/// What a job is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// A stage, or several of them.
    Background,
    /// A file's content.
    Content { request: RequestId, slow: Option<SlowRead> },
    /// Part of a search in contents.
    Search { request: RequestId, image: ImagePosition },
    /// A file of advisories.
    Advisories { request: RequestId, image: ImagePosition, file: OpenedAdvisories },
    /// What is taken out of an image.
    Extraction { request: RequestId },
}

/// A file of advisories that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedAdvisories {
    pub name: String,
    /// Time of the last change, milliseconds since 1970.
    pub modified: u64,
}

impl Task {
    /// The request that waits for it alone.
    pub fn request(&self) -> Option<RequestId> {
        match self {
            Task::Background => None,
            Task::Content { request, .. }
            | Task::Search { request, .. }
            | Task::Advisories { request, .. }
            | Task::Extraction { request } => Some(*request),
        }
    }

    /// Many jobs of this kind are started at once: they leave a worker to others.
    pub fn is_one_of_many(&self) -> bool {
        matches!(self, Task::Background | Task::Search { .. })
    }
}

/// A job that a worker runs.
#[derive(Debug)]
pub struct RunningJob {
    pub job: Job,
    pub task: Task,
    pub spill: Option<SpillId>,
    /// Bytes of the blob read so far.
    done: u64,
}

#[derive(Debug)]
struct Worker {
    id: WorkerId,
    job: Option<JobId>,
    /// Bytes of the largest file that it held: it still has the memory.
    held: u64,
}

/// The layer workers of a session.
#[derive(Debug)]
pub struct Pool {
    cores: usize,
    workers: Vec<Worker>,
    jobs: Expected<JobId, RunningJob>,
    /// Workers that were ended: news of their loss may be on the way.
    ended: BTreeSet<WorkerId>,
}

impl Pool {
    /// No worker is started yet.
    pub fn new(cores: usize) -> Pool {
        let (workers, jobs, ended) = Default::default();
        Pool { cores: cores.max(1), workers, jobs, ended }
    }

    /// Whether background work can start now, or a job of a search.
    pub fn has_room_for_many(&self) -> bool {
        let many = self.jobs.iter().filter(|(_, job)| job.task.is_one_of_many()).count();
        many < self.cores && self.has_room()
    }

    /// Whether anything can start now.
    pub fn has_room(&self) -> bool {
        self.workers.len() <= self.cores || self.workers.iter().any(|worker| worker.job.is_none())
    }

    /// Gives a job to an idle worker, or to a new one. A large file goes to the one that held the largest, and what
    /// other idle ones have is given back first.
    pub fn start(&mut self, job: Job, task: Task, out: &mut Outbox) -> JobId {
        let (id, held): (JobId, u64) = (out.id(), job.work.held_bytes());
        let idle = self.workers.iter_mut().rev().filter(|worker| worker.job.is_none());
        let worker = match idle.max_by_key(|worker| worker.held) {
            Some(worker) => {
                (worker.job, worker.held) = (Some(id), worker.held.max(held));
                worker.id
            }
            None => {
                let worker = out.id();
                self.workers.push(Worker { id: worker, job: Some(id), held });
                worker
            }
        };
        if held > 0 {
            self.shrink(out);
        }
        let keeps = task == Task::Background && job.may_spill().is_some();
        let spills = keeps || job.must_spill();
        let spill = spills.then(|| out.id());
        out.push(Command::RunJob { id, worker, job: Box::new(job.clone()), spill });
        self.jobs.insert(id, RunningJob { job, task, spill, done: 0 });
        id
    }

    /// A job has read so many bytes. `Ok(None)`: the job was ended.
    pub fn progress(&mut self, id: JobId, done: u64) -> Result<Option<&RunningJob>, Problem> {
        Ok(self.jobs.get(id)?.map(|job| {
            job.done = done;
            &*job
        }))
    }

    /// A job has ended by itself. `Ok(None)`: it was ended before.
    pub fn take(&mut self, id: JobId) -> Result<Option<RunningJob>, Problem> {
        let job = self.jobs.take(id)?;
        for worker in self.workers.iter_mut().filter(|worker| worker.job == Some(id)) {
            worker.job = None;
        }
        Ok(job)
    }

    /// A worker failed. Gives what it did, if anything.
    pub fn lose(
        &mut self,
        id: WorkerId,
        out: &mut Outbox,
    ) -> Result<Option<(JobId, RunningJob)>, Problem> {
        let Some(at) = self.workers.iter().position(|worker| worker.id == id) else {
            return if self.ended.remove(&id) { Ok(None) } else { Err(unexpected(id)) };
        };
        let worker = self.end_worker(at, out);
        let Some(job) = worker.job else { return Ok(None) };
        Ok(self.jobs.take(job)?.map(|running| (job, running)))
    }

    /// Ends a job with its worker. What it has spilled is not needed.
    pub fn end(&mut self, id: JobId, out: &mut Outbox) {
        let spill = self.jobs.iter().find(|(job, _)| *job == id).and_then(|(_, job)| job.spill);
        if !self.jobs.cancel(id) {
            return;
        }
        if let Some(at) = self.workers.iter().position(|worker| worker.job == Some(id)) {
            self.end_worker(at, out);
        }
        spill.into_iter().for_each(|spill| out.push(Command::RemoveSpill(spill)));
    }

    /// Ends the jobs that are not wanted, with their workers.
    pub fn retain(&mut self, wanted: impl Fn(&RunningJob) -> bool, out: &mut Outbox) {
        let unwanted = self.jobs.iter().filter(|(_, job)| !wanted(job)).map(|(id, _)| id);
        for id in unwanted.collect::<Vec<_>>() {
            self.end(id, out);
        }
    }

    /// Ends the idle workers.
    pub fn shrink(&mut self, out: &mut Outbox) {
        while let Some(at) = self.workers.iter().position(|worker| worker.job.is_none()) {
            self.end_worker(at, out);
        }
    }

    /// Whether a running job does this work too.
    pub fn runs(&self, work: &Work) -> bool {
        self.background().any(|(_, job)| job.job.work.covers(work))
    }

    /// Whether this work must wait for a running job: one that reads the same layer, or others that hold large files.
    pub fn blocks(&self, work: &Work) -> bool {
        let layer = work.layer_read();
        let held = self.background().map(|(_, job)| job.job.work.held_bytes());
        let held = held.fold(0, u64::saturating_add);
        // Ranges of a layer are read beside each other, but not beside all of it.
        let is_range = |work: &Work| work.range().is_some();
        let reads = |other: &Work| {
            other.layer_read() == layer && !(is_range(work) && is_range(other) && work != other)
        };
        let is_read = || self.background().any(|(_, job)| reads(&job.job.work));
        let is_large = work.held_bytes() > 0 && held > 0;
        is_large && held.saturating_add(work.held_bytes()) > MAX_HELD_TOGETHER
            || layer.is_some() && is_read()
    }

    /// The job that gives way to others: of those with the highest `rank`, if that is at least `least`, the
    /// one that has read the fewest bytes.
    pub fn least_wanted<R: Ord>(
        &self,
        least: R,
        rank: impl Fn(&Work) -> R,
    ) -> Option<(JobId, &Work)> {
        let jobs = self.background().map(|(id, job)| (rank(&job.job.work), job, id));
        let jobs = jobs.filter(|(rank, ..)| *rank >= least);
        let worst = jobs.max_by(|(a, x, _), (b, y, _)| a.cmp(b).then(y.done.cmp(&x.done)));
        worst.map(|(_, job, id)| (id, &job.job.work))
    }

    /// The jobs that run.
    pub fn running(&self) -> impl Iterator<Item = &RunningJob> {
        self.jobs.iter().map(|(_, job)| job)
    }

    /// Nothing runs.
    pub fn is_idle(&self) -> bool {
        self.jobs.is_empty()
    }

    fn background(&self) -> impl Iterator<Item = (JobId, &RunningJob)> {
        self.jobs.iter().filter(|(_, job)| job.task == Task::Background)
    }

    fn end_worker(&mut self, at: usize, out: &mut Outbox) -> Worker {
        let worker = self.workers.swap_remove(at);
        self.ended.insert(worker.id);
        out.push(Command::EndWorker(worker.id));
        worker
    }
}

/// What becomes of a job whose worker failed.
pub fn lost(job: &Job, words: &str) -> Problem {
    let problem =
        Problem::new("worker-failed", "The worker that was reading failed, or ran out of memory.")
            .found(words);
    match crate::vocabulary::LayerNumber::new(job.layer) {
        Some(layer) => problem.in_layer(layer.position()),
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{BlobPart, Checkpoints, Compression};
    use crate::layer::FilePlace;
    use crate::session::jobs::FileRange;

    /// Reads a file of so many bytes by itself.
    fn look(length: u64) -> Job {
        let part = BlobPart::plain(0, 0, 1 << 40);
        let range = FileRange {
            part,
            compression: Compression::None,
            points: Checkpoints::default(),
            place: FilePlace::default(),
            offset: 0,
            length,
        };
        let (asked, entry) = (Default::default(), length as u32);
        let work = Work::Look { part, range, in_parts: false, entry, asked };
        Job { blob_bytes: length, layer: 1, work, outer: Checkpoints::default() }
    }

    #[test]
    fn large_files_are_held_one_after_the_other_in_one_worker() {
        let (mut pool, mut out) = (Pool::new(2), Outbox::default());
        let (large, small) = (look(70 << 20), look(40 << 20));
        let index = Work::SourceDigest { size: 1 };
        let id = pool.start(large.clone(), Task::Background, &mut out);
        assert!(pool.blocks(&small.work) && !pool.blocks(&index), "110 MiB together");
        let other = Job { work: index, ..small.clone() };
        let beside = pool.start(other, Task::Background, &mut out);
        for id in [beside, id] {
            pool.take(id).unwrap().unwrap();
        }
        assert!(!pool.blocks(&small.work));
        pool.start(small.clone(), Task::Background, &mut out);
        let commands: Vec<_> = std::iter::from_fn(|| out.pop()).collect();
        let worker = |command: &Command| match command {
            Command::RunJob { worker, .. } => Some(*worker),
            _ => None,
        };
        let workers: Vec<_> = commands.iter().filter_map(worker).collect();
        assert_eq!(workers[2], workers[0], "it has the memory already");
        assert!(matches!(commands[2], Command::EndWorker(ended) if ended == workers[1]));
        assert!(!pool.blocks(&look(40 << 20).work), "80 MiB together");
    }
}
