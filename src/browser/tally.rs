//! The jobs of one stage, and how far each has come.
//!
//! A job is known by its work, not by its layer's number: when another image is chosen, or a report wants
//! all of them, a job that runs already is taken over instead of being run twice.

use crate::session::{
    job::{Job, Work},
    query::{LayerProgress, Progress, Stage},
};
use std::collections::BTreeMap;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Running,
    Finished,
}

struct Line {
    job: Job,
    state: State,
    done_bytes: u64,
}

/// All jobs of a stage, in the order in which they are to be begun.
#[derive(Default)]
pub struct Tally {
    stage: Stage,
    lines: Vec<Line>,
}

impl Tally {
    pub fn new(stage: Stage, jobs: Vec<Job>, running: &[Work]) -> Tally {
        let line = |job: Job| {
            let state = if running.contains(&job.work) { State::Running } else { State::Waiting };
            Line { job, state, done_bytes: 0 }
        };
        Tally { stage, lines: jobs.into_iter().map(line).collect() }
    }

    /// The next job to begin whose file is `there`.
    pub fn next(&self, there: impl Fn(u32) -> bool) -> Option<Job> {
        let ready = |line: &&Line| line.state == State::Waiting && there(line.job.file());
        self.lines.iter().find(ready).map(|line| line.job.clone())
    }

    /// The jobs that wait for a file.
    pub fn waiting_for(&self, file: u32) -> Vec<Job> {
        let waits = |line: &&Line| line.state == State::Waiting && line.job.file() == file;
        self.lines.iter().filter(waits).map(|line| line.job.clone()).collect()
    }

    pub fn wants(&self, work: &Work) -> bool {
        self.lines.iter().any(|line| line.job.work == *work)
    }

    pub fn started(&mut self, work: &Work) {
        self.each(work, |line| line.state = State::Running);
    }

    pub fn progressed(&mut self, work: &Work, done_bytes: u64) {
        self.each(work, |line| line.done_bytes = done_bytes.min(line.job.blob_bytes));
    }

    pub fn finished(&mut self, work: &Work) {
        self.each(work, |line| {
            line.state = State::Finished;
            line.done_bytes = line.job.blob_bytes;
        });
    }

    pub fn all_finished(&self) -> bool {
        self.lines.iter().all(|line| line.state == State::Finished)
    }

    /// In numbers, layers in their order and each once.
    pub fn progress(&self) -> Progress {
        let mut layers = BTreeMap::<u32, LayerProgress>::new();
        for line in self.lines.iter().filter(|line| line.job.layer > 0) {
            let number = line.job.layer;
            let layer = layers.entry(number).or_insert(LayerProgress {
                number,
                done: 0,
                all: 0,
                finished: true,
            });
            layer.done += line.done_bytes;
            layer.all += line.job.blob_bytes;
            layer.finished &= line.state == State::Finished;
        }
        Progress {
            stage: self.stage,
            done: self.lines.iter().map(|line| line.done_bytes).sum(),
            all: self.lines.iter().map(|line| line.job.blob_bytes).sum(),
            layers: layers.into_values().collect(),
        }
    }

    fn each(&mut self, work: &Work, change: impl Fn(&mut Line)) {
        self.lines.iter_mut().filter(|line| line.job.work == *work).for_each(change);
    }
}
