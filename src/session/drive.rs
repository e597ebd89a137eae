//! Drives a session natively: jobs on threads, results handed back. What the session worker does in a
//! browser, without its events.

use super::job::{self, Job};
use super::{ReadSeek, Session};
use crate::problem::Problem;
use std::sync::Mutex;

/// Opens the source anew for each job: readers are not shared.
pub type OpenSource<'a> = &'a (dyn Fn() -> std::io::Result<Box<dyn ReadSeek>> + Sync);

/// Runs jobs on up to `threads` threads and hands their results to the session.
pub fn run_jobs(session: &mut Session, jobs: Vec<Job>, source: OpenSource<'_>, threads: usize) {
    let session = Mutex::new(session);
    let queue = Mutex::new(jobs.into_iter());
    let work = || {
        loop {
            let next = queue.lock().ok().and_then(|mut queue| queue.next());
            let Some(job) = next else { break };
            let result = source()
                .map_err(|error| {
                    Problem::new("read-failed", "The file cannot be opened.")
                        .found(error.to_string())
                })
                .and_then(|reader| job::run(&job, reader, &mut |_| {}));
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

/// Everything that the page does unasked, for the chosen image: index, tree, checks, analyses.
pub fn finish_image(
    session: &mut Session,
    source: OpenSource<'_>,
    threads: usize,
) -> Result<(), Problem> {
    let jobs = session.index_jobs();
    run_jobs(session, jobs, source, threads);
    session.build_tree()?;
    let jobs = session.verify_jobs();
    run_jobs(session, jobs, source, threads);
    session.analyse();
    Ok(())
}
