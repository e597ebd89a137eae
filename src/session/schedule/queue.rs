//! All background work: which image is in which stage, and which job starts next.
//!
//! - Order: opening the source, the image that is shown, other images (the one shown last first), reports.
//! - A job's result counts for everything that needs the same work.

use super::ids::TurnId;
use super::stage_jobs::StageJobs;
use crate::protocol::{Event, Progress, Stage};
use crate::session::jobs::{Job, Work};
use crate::vocabulary::ImagePosition;

/// How urgent background work is: the less, the sooner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    Opening,
    Shown,
    Other,
    Report,
    /// Nothing needs it any more.
    Unwanted,
}

/// An image that is being worked on.
#[derive(Debug)]
pub struct ImageWork {
    pub image: ImagePosition,
    pub jobs: StageJobs,
    /// There are results that the page was not told about.
    pub changed: bool,
    /// The stage is work of the session itself, which begins with this turn.
    pub turn: Option<TurnId>,
}

impl ImageWork {
    /// The stage is over.
    pub fn is_over(&self) -> bool {
        self.turn.is_none() && self.jobs.all_ended()
    }

    /// The event that tells the page about new results.
    pub fn news(&mut self) -> Option<Event> {
        let image = self.image;
        let event = match self.jobs.stage() {
            Stage::Indexing | Stage::Verifying => Event::LayerRead { image },
            _ => Event::Changed { image },
        };
        std::mem::take(&mut self.changed).then_some(event)
    }
}

/// All background work of a session.
#[derive(Debug, Default)]
pub struct Queue {
    /// Reading a source that is compressed as a whole.
    pub opening: Option<StageJobs>,
    pub shown: Option<ImagePosition>,
    /// The image worked on last is first.
    pub images: Vec<ImageWork>,
    pub report: Option<StageJobs>,
}

impl Queue {
    /// No stage is in progress.
    pub fn is_empty(&self) -> bool {
        self.opening.is_none() && self.images.is_empty() && self.report.is_none()
    }

    /// The next job that is `ready`, and how urgent it is.
    pub fn next(&self, ready: impl Fn(&Job) -> bool) -> Option<(Rank, &Job)> {
        self.stages().find_map(|(rank, jobs)| Some((rank, jobs.next(&ready)?)))
    }

    /// How urgent this work is.
    pub fn rank(&self, work: &Work) -> Rank {
        let wants = self.stages().find(|(_, jobs)| jobs.wants(work));
        wants.map_or(Rank::Unwanted, |(rank, _)| rank)
    }

    /// A job was started.
    pub fn start(&mut self, work: &Work) {
        self.stages_mut().for_each(|jobs| jobs.start(work));
    }

    /// A job was ended before its time.
    pub fn put_back(&mut self, work: &Work) {
        self.stages_mut().for_each(|jobs| jobs.put_back(work));
    }

    /// A job has read so many bytes.
    pub fn progress(&mut self, work: &Work, done: u64) {
        self.stages_mut().for_each(|jobs| jobs.progress(work, done));
    }

    /// A job has ended.
    pub fn end(&mut self, work: &Work) {
        for image in &mut self.images {
            let is_news = image.jobs.stage() != Stage::Analysing; // told when all is analysed
            image.changed |= image.jobs.end(work) && is_news;
        }
        for jobs in self.opening.iter_mut().chain(&mut self.report) {
            jobs.end(work);
        }
    }

    /// The jobs that wait for a file, each once.
    pub fn waiting_for(&self, file: u32) -> Vec<Job> {
        let mut jobs: Vec<Job> = Vec::new();
        for job in self.stages().flat_map(|(_, jobs)| jobs.waiting_for(file)) {
            if !jobs.iter().any(|there| there.work == job.work) {
                jobs.push(job);
            }
        }
        jobs
    }

    /// Puts an image's work before that of others.
    pub fn show(&mut self, image: ImagePosition) {
        self.shown = Some(image);
        if let Some(at) = self.images.iter().position(|work| work.image == image) {
            self.images[..=at].rotate_right(1);
        }
    }

    /// The work on an image.
    pub fn image(&mut self, image: ImagePosition) -> Option<&mut ImageWork> {
        self.images.iter_mut().find(|work| work.image == image)
    }

    /// Starts a stage of an image, whatever was done for it before.
    pub fn enter(&mut self, image: ImagePosition, jobs: StageJobs) {
        match self.image(image) {
            Some(work) => (work.jobs, work.turn) = (jobs, None),
            None => self.images.insert(0, ImageWork { image, jobs, changed: false, turn: None }),
        }
    }

    /// All work on an image has ended.
    pub fn remove(&mut self, image: ImagePosition) {
        self.images.retain(|work| work.image != image);
    }

    /// How far the most urgent work is.
    pub fn numbers(&self) -> Option<Progress> {
        let shown = self.images.iter().find(|work| Some(work.image) == self.shown);
        let image = shown.or(self.images.first());
        let of_image = image.map(|work| work.jobs.numbers(Some(work.image)));
        let other = |jobs: &Option<StageJobs>| jobs.as_ref().map(|jobs| jobs.numbers(None));
        other(&self.opening).or(of_image).or_else(|| other(&self.report))
    }

    /// Stages by urgency.
    fn stages(&self) -> impl Iterator<Item = (Rank, &StageJobs)> {
        let opening = self.opening.iter().map(|jobs| (Rank::Opening, jobs));
        let is_shown = |work: &&ImageWork| Some(work.image) == self.shown;
        let shown = self.images.iter().filter(is_shown).map(|work| (Rank::Shown, &work.jobs));
        let others = self.images.iter().filter(move |work| !is_shown(work));
        let others = others.map(|work| (Rank::Other, &work.jobs));
        let report = self.report.iter().map(|jobs| (Rank::Report, jobs));
        opening.chain(shown).chain(others).chain(report)
    }

    fn stages_mut(&mut self) -> impl Iterator<Item = &mut StageJobs> {
        let images = self.images.iter_mut().map(|work| &mut work.jobs);
        self.opening.iter_mut().chain(images).chain(&mut self.report)
    }
}
