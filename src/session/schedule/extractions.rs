//! What the user takes out of an image: a job writes it to a file, and the answer has the file beside it.
//!
//! - The plan needs the tree, and layers that were read themselves and not only their tables of contents: what is
//!   missing is read first, as for a saved inspection. Blobs of a registry that are not here are downloaded.
//! - A file takes room until the session ends: the page may still be saving it. Files that were made some time ago
//!   are removed before another one is made.

use super::command::{Beside, Command};
use super::expected::Expected;
use super::ids::{FileNumber, SpillId};
use super::pool::Task;
use super::purpose::SpillPurpose;
use super::requested::RequestedJobs;
use super::shared::SharedParts;
use super::stages::start_image;
use crate::codec::Checkpoints;
use crate::extract::Extraction;
use crate::problem::Problem;
use crate::protocol::{Extract, ExtractionNotes, RequestId};
use crate::session::cancelled;
use crate::session::jobs::{Job, Work};
use std::collections::BTreeMap;

/// After so long a browser has saved a file, or will not, in milliseconds.
const SAVED_AFTER: u64 = 15 * 60 * 1000;

struct WaitingExtraction {
    request: RequestId,
    order: Extract,
    /// The image's work was started for it, or was in progress.
    started: bool,
}

/// A file that was made for a request.
pub struct ExtractedFile {
    pub request: RequestId,
    pub notes: ExtractionNotes,
    pub spill: SpillId,
    pub file: FileNumber,
}

/// What will be taken out, and what was.
#[derive(Default)]
pub struct Extractions {
    waiting: Vec<WaitingExtraction>,
    /// Of those that are being written.
    notes: BTreeMap<RequestId, ExtractionNotes>,
    /// Files that were made, and when.
    made: Vec<(SpillId, u64)>,
}

impl Extractions {
    /// Takes a part of an image out.
    pub fn request(&mut self, request: RequestId, order: Extract, shared: &mut SharedParts) {
        let now = shared.out.now();
        for (spill, _) in self.made.extract_if(.., |(_, at)| now.abs_diff(*at) >= SAVED_AFTER) {
            shared.out.push(Command::RemoveSpill(spill));
        }
        self.waiting.push(WaitingExtraction { request, order, started: false });
    }

    /// A request was cancelled. What was written of it is removed with its job, or once it is opened.
    pub fn cancel(&mut self, request: RequestId) {
        self.waiting.retain(|waiting| waiting.request != request);
        self.notes.remove(&request);
    }

    /// The user has cancelled all work: what waits for it is not written.
    pub fn refuse_waiting(&mut self, shared: &mut SharedParts) {
        for waiting in self.waiting.drain(..) {
            shared.out.refuse(waiting.request, cancelled("what it needs"));
        }
    }

    /// Starts what can be written, or what must be read for it. False if there was nothing to do.
    pub fn advance(&mut self, jobs: &mut RequestedJobs, shared: &mut SharedParts) -> bool {
        let mut any = false;
        for mut waiting in std::mem::take(&mut self.waiting) {
            let WaitingExtraction { request, order, started } = &mut waiting;
            let ready =
                shared.session().and_then(|session| session.can_extract(order.image, &order.part));
            let missing = match ready {
                Ok(()) => {
                    match self.start(*request, order, jobs, shared) {
                        Ok(()) => {}
                        Err(problem) => shared.out.refuse(*request, problem),
                    }
                    any = true;
                    continue;
                }
                Err(problem) => problem,
            };
            let in_work = shared.queue.image(order.image).is_some();
            *started |= in_work;
            let is_coming = in_work || shared.layers_are_coming() || shared.queue.opening.is_some();
            if missing.code != "layers-not-read" || *started && !is_coming {
                shared.out.refuse(*request, missing);
                any = true;
                continue;
            }
            if !*started && !is_coming {
                start_image(shared, order.image);
                *started = true;
                any = true;
            }
            self.waiting.push(waiting);
        }
        any
    }

    fn start(
        &mut self,
        request: RequestId,
        order: &Extract,
        jobs: &mut RequestedJobs,
        shared: &mut SharedParts,
    ) -> Result<(), Problem> {
        let (extraction, notes) = shared.session()?.extraction(order.image, &order.part)?;
        let job = job(extraction);
        job.files().into_iter().try_for_each(|file| shared.need_file(FileNumber(file)))?;
        self.notes.insert(request, notes);
        jobs.push(job, Task::Extraction { request });
        Ok(())
    }

    /// A job has written the file of a request, or failed.
    pub fn written(
        &mut self,
        request: RequestId,
        written: Result<SpillId, Problem>,
        spills: &mut Expected<SpillId, SpillPurpose>,
        shared: &mut SharedParts,
    ) {
        let Some(notes) = self.notes.remove(&request) else { return };
        match written {
            Ok(spill) => {
                let file = shared.out.added_file();
                spills.insert(spill, SpillPurpose::Extraction { request, notes, file });
                shared.out.push(Command::OpenSpill { spill, file });
            }
            Err(problem) => shared.out.refuse(request, problem),
        }
    }

    /// The file can be handed over, if it was found.
    pub fn opened(&mut self, of: ExtractedFile, found: bool, shared: &mut SharedParts) {
        let ExtractedFile { request, notes, spill, file } = of;
        let is_waited_for = shared.out.is_waiting(request);
        if !found {
            if is_waited_for {
                let problem =
                    Problem::new("no-room", "The file that was made is not there any more.");
                shared.out.refuse(request, problem);
            }
            return;
        }
        match is_waited_for {
            true => {
                shared.out.answer_beside(request, notes, Beside::File(file));
                self.made.push((spill, shared.out.now()));
            }
            false => shared.out.push(Command::RemoveSpill(spill)),
        }
        shared.out.push(Command::RemoveFile(file));
    }
}

fn job(extraction: Extraction) -> Job {
    Job {
        blob_bytes: extraction.content_bytes(),
        layer: 0,
        work: Work::Extract(Box::new(extraction)),
        outer: Checkpoints::default(),
    }
}
