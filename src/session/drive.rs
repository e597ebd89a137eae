//! Drives a session natively: jobs on threads, results handed back. What the session worker does in a
//! browser, without its events.

use super::jobs::{self, Job, JobResult};
use super::{Files, Session};
use crate::problem::Problem;
use crate::vocabulary::ImagePosition;
use std::sync::Mutex;

/// A source's files, opened anew for each job: readers are not shared.
pub type Source<'a> = &'a (dyn Files + Sync);

/// Opens a source, reading it through once where it is compressed as a whole.
pub fn open(name: &str, source: Source<'_>) -> Result<Session, Problem> {
    read_through(Session::open(name, source)?, source)
}

/// As `open`, with everything read, however much it decompresses to.
pub fn open_unlimited(name: &str, source: Source<'_>) -> Result<Session, Problem> {
    let mut session = Session::open(name, source)?;
    session.lift_all();
    read_through(session, source)
}

fn read_through(mut session: Session, source: Source<'_>) -> Result<Session, Problem> {
    while let Some(job) = session.opening_job() {
        let result = run(&job, source);
        session.opened(result)?;
    }
    Ok(session)
}

fn run(job: &Job, source: Source<'_>) -> Result<JobResult, Problem> {
    let reader = source.open(job.file()).map_err(|error| {
        Problem::new("read-failed", "The file cannot be opened.").found(error.to_string())
    })?;
    jobs::run(job, reader, None, &mut |_| {})
}

/// Runs jobs on up to `threads` threads and hands their results to the session.
pub fn run_jobs(session: &mut Session, jobs: Vec<Job>, source: Source<'_>, threads: usize) {
    let session = Mutex::new(session);
    let queue = Mutex::new(jobs.into_iter());
    let work = || {
        loop {
            let next = queue.lock().ok().and_then(|mut queue| queue.next());
            let Some(job) = next else { break };
            let result = run(&job, source);
            if let Ok(mut session) = session.lock() {
                session.finish(&job, result);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(work);
        }
    });
}

/// Everything that the page does without being asked, for the default image: index, tree, checks, analyses.
/// Nothing for a source without an image.
pub fn finish_image(
    session: &mut Session,
    source: Source<'_>,
    threads: usize,
) -> Result<(), Problem> {
    match session.image_count() {
        0 => Ok(()),
        _ => finish_one(session, session.default_image(), source, threads),
    }
}

/// The same for one image.
pub fn finish_one(
    session: &mut Session,
    image: ImagePosition,
    source: Source<'_>,
    threads: usize,
) -> Result<(), Problem> {
    let jobs = session.index_jobs(image);
    run_jobs(session, jobs, source, threads);
    session.build_tree(image)?;
    let jobs = session.check_jobs(image);
    run_jobs(session, jobs, source, threads);
    let jobs = session.look_jobs(image);
    run_jobs(session, jobs, source, threads);
    session.analyse(image);
    Ok(())
}

/// Reads everything that a report over all images, or over one image, is made of.
pub fn finish_report(
    session: &mut Session,
    only: Option<ImagePosition>,
    source: Source<'_>,
    threads: usize,
) {
    let jobs = session.report_jobs(only);
    run_jobs(session, jobs, source, threads);
    let jobs = session.late_report_jobs(only);
    run_jobs(session, jobs, source, threads);
}
