//! Reports, and images saved as inspections: both are made of what was read, so they wait for it.
//!
//! - A saved image is read first, if it was not. A report reads what is missing of all its images, after
//!   all other background work.
//! - Layers that are being downloaded are awaited first.

use super::command::Beside;
use super::shared::SharedParts;
use super::stage_jobs::StageJobs;
use super::stages::start_image;
use crate::protocol::{RequestId, Stage};
use crate::session::cancelled;
use crate::vocabulary::ImagePosition;

struct WaitingReport {
    request: RequestId,
    /// `None`: all images of the source.
    image: Option<ImagePosition>,
}

struct WaitingSave {
    request: RequestId,
    image: ImagePosition,
    /// The image's work was started for it, or was in progress.
    started: bool,
}

/// What waits to be written.
#[derive(Default)]
pub struct Reports {
    reports: Vec<WaitingReport>,
    saves: Vec<WaitingSave>,
}

impl Reports {
    /// A report over one image, or all images of the source.
    pub fn report(&mut self, request: RequestId, image: Option<ImagePosition>) {
        self.reports.push(WaitingReport { request, image });
    }

    /// One image as a saved inspection.
    pub fn save(&mut self, request: RequestId, image: ImagePosition) {
        self.saves.push(WaitingSave { request, image, started: false });
    }

    /// A request was cancelled.
    pub fn cancel(&mut self, request: RequestId, shared: &mut SharedParts) {
        let read_for = self.reports.first().map(|report| report.request);
        self.reports.retain(|report| report.request != request);
        self.saves.retain(|save| save.request != request);
        let still = self.reports.first().map(|report| report.request);
        if read_for.is_some() && read_for != still {
            self.stop_reading(shared); // the next one may be over other images
        }
    }

    /// The user has cancelled all work: nothing is written.
    pub fn refuse_all(&mut self, shared: &mut SharedParts) {
        let reports = self.reports.drain(..).map(|report| report.request);
        for request in reports.chain(self.saves.drain(..).map(|save| save.request)) {
            shared.out.refuse(request, cancelled("what it needs"));
        }
    }

    /// Writes what can be written, or starts what must be read for it. False if there was nothing to do.
    pub fn advance(&mut self, shared: &mut SharedParts) -> bool {
        if shared.session.is_none() || shared.queue.opening.is_some() || shared.layers_are_coming()
        {
            return false;
        }
        let saved = self.advance_saves(shared);
        if !shared.queue.images.is_empty() {
            self.stop_reading(shared);
            return saved;
        }
        saved | self.advance_reports(shared)
    }

    fn advance_saves(&mut self, shared: &mut SharedParts) -> bool {
        let mut any = false;
        for save in &mut self.saves {
            let in_work = shared.queue.image(save.image).is_some();
            save.started |= in_work;
            if !save.started && !is_read(shared, save.image) {
                start_image(shared, save.image);
                (save.started, any) = (true, true);
            }
        }
        let is_ready = |save: &mut WaitingSave| shared.queue.image(save.image).is_none();
        for WaitingSave { request, image, .. } in
            self.saves.extract_if(.., is_ready).collect::<Vec<_>>()
        {
            match shared.session().and_then(|session| session.save(image)) {
                Ok(bytes) => shared.out.answer_beside(request, (), Beside::Bytes(bytes)),
                Err(problem) => shared.out.refuse(request, problem),
            }
            any = true;
        }
        any
    }

    fn advance_reports(&mut self, shared: &mut SharedParts) -> bool {
        let Some(WaitingReport { image, .. }) = self.reports.first() else { return false };
        let image = *image;
        let SharedParts { session: Some(session), queue, pool, files, .. } = shared else {
            return false;
        };
        let runs = |work: &_| pool.runs(work);
        let Some(jobs) = &mut queue.report else {
            let jobs = session.report_jobs(image);
            queue.report = Some(StageJobs::new(Stage::Reporting, jobs, runs));
            shared.tell_progress();
            return true;
        };
        if !jobs.all_ended() {
            return false;
        }
        // Files that the passes found too large to be read on their way, or that have further names.
        let mut late = session.late_report_jobs(image);
        late.retain(|job| files.can_look(job));
        if !jobs.add(late, runs) {
            queue.report = None;
            self.write(image, shared);
        }
        true
    }

    /// Answers all reports over the same images.
    fn write(&mut self, image: Option<ImagePosition>, shared: &mut SharedParts) {
        let report = shared.session().and_then(|session| session.report(image));
        for WaitingReport { request, .. } in
            self.reports.extract_if(.., |report| report.image == image)
        {
            match &report {
                Ok(text) => {
                    let beside = Beside::Bytes(text.clone().into_bytes());
                    shared.out.answer_beside(request, (), beside);
                }
                Err(problem) => shared.out.refuse(request, problem.clone()),
            }
        }
    }

    fn stop_reading(&mut self, shared: &mut SharedParts) {
        if shared.queue.report.take().is_some() {
            shared.end_unwanted_jobs();
        }
    }
}

/// Everything of an image was read.
fn is_read(shared: &SharedParts, image: ImagePosition) -> bool {
    let Some(session) = &shared.session else { return false };
    session.index_jobs(image).is_empty()
        && session.check_jobs(image).is_empty()
        && session.look_jobs(image).is_empty()
}
