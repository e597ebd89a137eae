//! The jobs of one stage, and how far each is.
//!
//! - A job is known by its work, not by an ID: a job that already runs for something else is not run twice.
//! - A job is started once in a stage, so a job that never ends cannot hold up the others.

use crate::protocol::{LayerProgress, Progress, Stage};
use crate::session::jobs::{Job, Work};
use crate::vocabulary::{ImagePosition, LayerNumber};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum JobState {
    Waiting,
    Running,
    Ended,
}

#[derive(Debug)]
struct StageJob {
    job: Job,
    state: JobState,
    /// Bytes of the blob.
    done: u64,
}

/// All jobs of a stage, in the order in which they start.
#[derive(Debug)]
pub struct StageJobs {
    stage: Stage,
    jobs: Vec<StageJob>,
}

impl StageJobs {
    /// `runs` says whether something that runs already does this work too.
    pub fn new(stage: Stage, jobs: Vec<Job>, runs: impl Fn(&Work) -> bool) -> StageJobs {
        let job = |job: Job| {
            let state = if runs(&job.work) { JobState::Running } else { JobState::Waiting };
            StageJob { job, state, done: 0 }
        };
        StageJobs { stage, jobs: jobs.into_iter().map(job).collect() }
    }

    /// Adds jobs, except those with work that the stage had before. False if none is left.
    pub fn add(&mut self, jobs: Vec<Job>, runs: impl Fn(&Work) -> bool) -> bool {
        let had = |work: &Work| self.jobs.iter().any(|job| job.job.work == *work);
        let fresh = jobs.into_iter().filter(|job| !had(&job.work)).collect();
        let more = StageJobs::new(self.stage, fresh, runs);
        let any = !more.jobs.is_empty();
        self.jobs.extend(more.jobs);
        any
    }

    /// Whether the stage has or had jobs.
    pub fn any(&self) -> bool {
        !self.jobs.is_empty()
    }

    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// The first job that waits and is `ready`.
    pub fn next(&self, ready: impl Fn(&Job) -> bool) -> Option<&Job> {
        let waiting = self.jobs.iter().filter(|job| job.state == JobState::Waiting);
        waiting.map(|job| &job.job).find(|job| ready(job))
    }

    /// The jobs that wait for a file.
    pub fn waiting_for(&self, file: u32) -> Vec<Job> {
        let waits = |job: &&StageJob| job.state == JobState::Waiting && job.job.file() == file;
        self.jobs.iter().filter(waits).map(|job| job.job.clone()).collect()
    }

    /// Whether this work is still needed for the stage.
    pub fn wants(&self, work: &Work) -> bool {
        self.jobs.iter().any(|job| job.state != JobState::Ended && work.covers(&job.job.work))
    }

    /// A job with this work was started.
    pub fn start(&mut self, work: &Work) {
        self.each(work, |job| {
            if job.state == JobState::Waiting {
                job.state = JobState::Running;
            }
        });
    }

    /// A job with this work was ended before its time.
    pub fn put_back(&mut self, work: &Work) {
        self.each(work, |job| {
            if job.state == JobState::Running {
                (job.state, job.done) = (JobState::Waiting, 0);
            }
        });
    }

    /// A job with this work has read so many bytes.
    pub fn progress(&mut self, work: &Work, done: u64) {
        self.each(work, |job| {
            if job.state == JobState::Running {
                job.done = done.min(job.job.blob_bytes);
            }
        });
    }

    /// A job with this work has ended, with or without success. True if the stage has such a job.
    pub fn end(&mut self, work: &Work) -> bool {
        let mut any = false;
        self.each(work, |job| {
            any |= job.state != JobState::Ended;
            (job.state, job.done) = (JobState::Ended, job.job.blob_bytes);
        });
        any
    }

    /// The stage is over.
    pub fn all_ended(&self) -> bool {
        self.jobs.iter().all(|job| job.state == JobState::Ended)
    }

    /// In numbers: layers in their order, each once.
    pub fn numbers(&self, image: Option<ImagePosition>) -> Progress {
        let mut layers = BTreeMap::<LayerNumber, LayerProgress>::new();
        for job in &self.jobs {
            let Some(layer) = LayerNumber::new(job.job.layer) else { continue };
            let empty = LayerProgress { layer, done: 0, total: 0, finished: true };
            let line = layers.entry(layer).or_insert(empty);
            line.done = line.done.saturating_add(job.done);
            line.total = line.total.saturating_add(job.job.blob_bytes);
            line.finished &= job.state == JobState::Ended;
        }
        let sum = |bytes: fn(&StageJob) -> u64| {
            self.jobs.iter().map(bytes).fold(0u64, |sum, bytes| sum.saturating_add(bytes))
        };
        Progress {
            image,
            stage: self.stage,
            done: sum(|job| job.done),
            total: sum(|job| job.job.blob_bytes),
            layers: layers.into_values().collect(),
        }
    }

    fn each(&mut self, work: &Work, change: impl FnMut(&mut StageJob)) {
        self.jobs.iter_mut().filter(|job| work.covers(&job.job.work)).for_each(change);
    }
}
