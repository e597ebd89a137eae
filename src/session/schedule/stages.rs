//! The stages of background work: which jobs start, what their results change, which stage is next.
//!
//! - Order of an image's stages: index, merge, read contents, analyse, conclude, ready, verify. A stage ends when all its
//!   jobs have ended, with or without success.
//! - Digests come last, with the contents of large files that nothing waits for. Only what must be decompressed for its
//!   contents is digested by the same pass, and an image that is named by its digest.
//! - Merging and concluding are the session's own work. Nothing interrupts it, so the page is told of it and
//!   heard before it begins.
//! - The image that is shown does not wait for the work of others: their jobs give way, and start again
//!   later.

use super::ids::FileNumber;
use super::outbox::Outbox;
use super::pool::{Pool, Task};
use super::queue::Rank;
use super::shared::SharedParts;
use super::stage_jobs::StageJobs;
use crate::problem::Problem;
use crate::protocol::{Event, Stage};
use crate::session::jobs::{Job, JobResult};
use crate::vocabulary::ImagePosition;

/// How the work on an image ended.
#[derive(Debug, PartialEq)]
pub enum StageEvent {
    /// Everything that runs without being asked has ended for this image.
    Ready(ImagePosition),
    /// The image's layers cannot be merged.
    Failed(Problem),
}

/// Starts the work on an image from its first stage; what is known about its layers stays known.
pub fn start_image(shared: &mut SharedParts, image: ImagePosition) {
    let Some(session) = &mut shared.session else { return };
    session.set_cancelled(image, false);
    let jobs = session.index_jobs(image);
    enter(shared, image, Stage::Indexing, jobs);
    shared.end_unwanted_jobs();
}

/// Ends all background work, for the user. What was read stays; showing an image begins its work again. A source
/// whose images are not known goes on: the page closes it.
pub fn cancel_work(shared: &mut SharedParts) {
    let SharedParts { session: Some(session), queue, out, .. } = shared else { return };
    let works = std::mem::take(&mut queue.images);
    let mut images: Vec<ImagePosition> = works.iter().map(|work| work.image).collect();
    if let (Some(shown), Some(_)) = (queue.shown, &queue.opening) {
        queue.opening = None; // the archive was being read again
        images.push(shown);
    }
    queue.report = None;
    for image in images {
        let is_ready = session.is_built(image)
            && session.is_analysed(image)
            && session.check_jobs(image).is_empty();
        session.set_cancelled(image, !is_ready);
        out.tell(match is_ready {
            true => Event::Ready { image },
            false => Event::Cancelled { image },
        });
    }
    shared.end_unwanted_jobs();
}

/// Shows an image: its work comes before that of others. An image that is ready stays so; what is left of its digests is
/// checked.
pub fn show_image(shared: &mut SharedParts, image: ImagePosition) {
    let Some(session) = &mut shared.session else { return };
    let ready = session.is_built(image) && session.is_analysed(image);
    let checks = if ready { session.check_jobs(image) } else { Vec::new() };
    let in_work = shared.queue.image(image).is_some();
    shared.queue.show(image);
    if in_work {
        return;
    }
    if !ready {
        start_image(shared, image);
    } else if !checks.is_empty() {
        session.set_cancelled(image, false);
        enter(shared, image, Stage::Verifying, checks);
    }
    shared.queue.show(image);
}

/// Starts background jobs as far as there is room.
pub fn start_jobs(shared: &mut SharedParts) {
    let SharedParts { out, pool, queue, files, .. } = shared;
    loop {
        let ready = |job: &Job| files.has_for(job) && !pool.blocks(&job.work);
        let Some((rank, job)) = queue.next(ready) else { return };
        let job = job.clone();
        if !pool.has_room_for_many() && !make_room(rank, pool, queue, out) {
            return;
        }
        queue.start(&job.work);
        pool.start(job, Task::Background, out);
    }
}

/// Ends a less urgent job. False if there is none.
fn make_room(
    rank: Rank,
    pool: &mut Pool,
    queue: &mut super::queue::Queue,
    out: &mut Outbox,
) -> bool {
    let least = match rank {
        Rank::Opening | Rank::Shown => Rank::Other,
        Rank::Other | Rank::Report | Rank::Unwanted => return false,
    };
    let Some((id, work)) = pool.least_wanted(least, |work| queue.rank(work)) else { return false };
    let work = work.clone();
    pool.end(id, out);
    queue.put_back(&work);
    true
}

/// Takes the result of a background job, except the opening one.
pub fn finish_job(shared: &mut SharedParts, job: &Job, result: Result<JobResult, Problem>) {
    let Some(session) = &mut shared.session else { return };
    session.finish(job, result);
    shared.queue.end(&job.work);
    if let Some(downloads) = &mut shared.downloads {
        downloads.layer_read(FileNumber(job.file()), session, &mut shared.out);
    }
    shared.tell_progress_sometimes();
}

/// Goes to the next stage of an image whose stage is over. `None`: there is none.
pub fn next_stage(shared: &mut SharedParts) -> Option<Option<StageEvent>> {
    let over = shared.queue.images.iter_mut().find(|work| work.is_over())?;
    let (image, stage, had_jobs) = (over.image, over.jobs.stage(), over.jobs.any());
    if let Some(news) = over.news() {
        shared.out.tell(news);
    }
    let session = shared.session.as_ref()?;
    let needs_tree = !matches!(stage, Stage::Indexing | Stage::Merging | Stage::Verifying);
    if needs_tree && !session.is_built(image) {
        start_image(shared, image); // it was evicted, or a layer must be read again
        return Some(None);
    }
    match stage {
        Stage::Indexing => {
            enter(shared, image, Stage::Merging, Vec::new());
            Some(None)
        }
        // Ranges of a layer's entries that depend on each other: it is read in one pass.
        Stage::Reading if had_jobs && read_again(shared, image) => Some(None),
        Stage::Reading => {
            let jobs = look_jobs(shared, image);
            enter(shared, image, Stage::Analysing, jobs);
            Some(None)
        }
        // What one file says can lead to another: a database is read once its log is known.
        Stage::Analysing if had_jobs && look_again(shared, image) => Some(None),
        Stage::Analysing => {
            enter(shared, image, Stage::Concluding, Vec::new());
            Some(None)
        }
        Stage::Concluding => {
            let session = shared.session.as_mut()?;
            if session.analyse(image) {
                shared.out.tell(Event::Changed { image });
            }
            let checks = session.check_jobs(image);
            keep_indexes(shared);
            match checks.is_empty() {
                true => shared.queue.remove(image),
                // Without a word: that the image is ready comes first.
                false => {
                    let jobs =
                        StageJobs::new(Stage::Verifying, checks, |work| shared.pool.runs(work));
                    shared.queue.enter(image, jobs);
                }
            }
            Some(Some(StageEvent::Ready(image)))
        }
        Stage::Verifying => {
            if shared.session.as_mut()?.renew_waste(image) {
                shared.out.tell(Event::Changed { image });
            }
            keep_indexes(shared);
            shared.queue.remove(image);
            Some(None)
        }
        _ => match shared.session.as_mut()?.build_tree(image) {
            Ok(()) => {
                let session = shared.session.as_ref()?;
                let jobs = session.content_jobs(image);
                shared.out.tell(Event::TreeReady { image });
                enter(shared, image, Stage::Reading, jobs);
                Some(None)
            }
            Err(problem) => {
                shared.queue.remove(image);
                Some(Some(StageEvent::Failed(problem)))
            }
        },
    }
}

/// What analyses asked for and have not seen yet, as far as it is here.
fn look_jobs(shared: &SharedParts, image: ImagePosition) -> Vec<Job> {
    let mut jobs = shared.session.as_ref().map_or(Vec::new(), |session| session.look_jobs(image));
    jobs.retain(|job| shared.files.can_look(job));
    jobs
}

/// Adds to the analyses what has come up in them. False if there is nothing.
fn look_again(shared: &mut SharedParts, image: ImagePosition) -> bool {
    let jobs = look_jobs(shared, image);
    add(shared, image, jobs)
}

/// Adds to the reading of contents what its jobs have left. False if there is nothing.
fn read_again(shared: &mut SharedParts, image: ImagePosition) -> bool {
    let jobs = shared.session.as_ref().map_or(Vec::new(), |session| session.content_jobs(image));
    add(shared, image, jobs)
}

/// Adds jobs to a stage, except those that it had. False if there is none.
fn add(shared: &mut SharedParts, image: ImagePosition, jobs: Vec<Job>) -> bool {
    let SharedParts { queue, pool, .. } = shared;
    let work = queue.images.iter_mut().find(|work| work.image == image);
    work.is_some_and(|work| work.jobs.add(jobs, |work| pool.runs(work)))
}

/// Enters a stage of an image.
fn enter(shared: &mut SharedParts, image: ImagePosition, stage: Stage, jobs: Vec<Job>) {
    let jobs = StageJobs::new(stage, jobs, |work| shared.pool.runs(work));
    shared.queue.enter(image, jobs);
    shared.tell_progress();
    if stage == Stage::Concluding {
        // The session is about to need the most memory, and workers, whose memory never shrinks, are done.
        shared.pool.shrink(&mut shared.out);
    }
    if matches!(stage, Stage::Merging | Stage::Concluding) {
        let turn = shared.await_turn(image);
        if let Some(work) = shared.queue.image(image) {
            work.turn = Some(turn);
        }
    }
}

/// Keeps what is known about layers in a registry for the next visit, as far as their digests were checked.
fn keep_indexes(shared: &mut SharedParts) {
    let (Some(downloads), Some(session)) = (&mut shared.downloads, &shared.session) else { return };
    for (digest, bytes) in downloads.indexes_to_keep(session) {
        let key = super::command::CacheKey::LayerIndex(digest);
        shared.out.push(super::command::Command::WriteCache { key, bytes });
    }
}
