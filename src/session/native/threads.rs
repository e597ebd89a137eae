//! Jobs on threads. Threads cannot be ended: what an ended worker still computes is dropped, as a browser drops
//! it.

use super::executor::NativeSource;
use crate::problem::Problem;
use crate::session::ReadSeek;
use crate::session::job::{self, Job, JobResult, Work};
use crate::session::schedule::{JobEnd, JobId, ScheduleInput, WorkerId};
use std::collections::BTreeMap;
use std::io::{self, Cursor};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Scope;

/// The threads that run jobs.
pub struct JobThreads {
    /// Which job each worker does.
    workers: BTreeMap<WorkerId, JobId>,
    sender: Sender<FromThread>,
    receiver: Receiver<FromThread>,
}

/// What a thread says.
struct FromThread {
    worker: WorkerId,
    id: JobId,
    news: News,
}

enum News {
    Progress(u64),
    Ended(Result<Box<JobResult>, Problem>),
    Content { bytes: Vec<u8>, size: u64 },
    Panicked(String),
}

/// What a thread said, as the schedule hears it, with a content that it read.
pub struct ThreadNews {
    pub input: ScheduleInput,
    pub content: Option<(JobId, Vec<u8>)>,
}

impl JobThreads {
    pub fn new() -> JobThreads {
        let (sender, receiver) = channel();
        JobThreads { workers: BTreeMap::new(), sender, receiver }
    }

    /// Runs a job on a thread of its own. `file`: what it reads, where that is not a file of the source.
    pub fn start<'scope>(
        &mut self,
        scope: &'scope Scope<'scope, '_>,
        (worker, id): (WorkerId, JobId),
        job: Box<Job>,
        source: NativeSource<'scope>,
        file: Option<Arc<[u8]>>,
    ) {
        self.workers.insert(worker, id);
        let sender = self.sender.clone();
        scope.spawn(move || {
            let say = |news| {
                // Without a receiver nobody wants to know.
                let _ = sender.send(FromThread { worker, id, news });
            };
            say(run(&job, source, file, &|done| say(News::Progress(done))));
        });
    }

    /// What a worker does is not wanted any more.
    pub fn end(&mut self, worker: WorkerId) {
        self.workers.remove(&worker);
    }

    /// No job runs that is still wanted.
    pub fn is_idle(&self) -> bool {
        self.workers.is_empty()
    }

    /// Waits for what a thread says, unless its worker was ended: then `None`.
    pub fn wait(&mut self) -> Option<ThreadNews> {
        let FromThread { worker, id, news } = self.receiver.recv().ok()?;
        if self.workers.get(&worker) != Some(&id) {
            return None;
        }
        if let News::Progress(done) = news {
            let input = ScheduleInput::JobProgress { id, done };
            return Some(ThreadNews { input, content: None });
        }
        self.workers.remove(&worker);
        let mut content = None;
        let end = match news {
            News::Progress(_) => return None,
            News::Panicked(words) => {
                let input = ScheduleInput::WorkerLost { worker, words };
                return Some(ThreadNews { input, content });
            }
            News::Ended(Ok(result)) => JobEnd::Result { result, spilled: false },
            News::Ended(Err(problem)) => JobEnd::Failed(problem),
            News::Content { bytes, size } => {
                content = Some((id, bytes));
                JobEnd::Content { size }
            }
        };
        Some(ThreadNews { input: ScheduleInput::JobEnded { id, end }, content })
    }
}

fn run(
    job: &Job,
    source: NativeSource<'_>,
    file: Option<Arc<[u8]>>,
    progress: &dyn Fn(u64),
) -> News {
    let run = || {
        let reader: Box<dyn ReadSeek> = match file {
            Some(bytes) => Box::new(Cursor::new(bytes)),
            None => source.open(job.file()).map_err(unreadable)?,
        };
        job::run(job, reader, None, &mut |done| progress(done))
    };
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(result)) if matches!(job.work, Work::Content(_)) => {
            let (bytes, size) = result.into_content().unwrap_or_default();
            News::Content { bytes, size }
        }
        Ok(result) => News::Ended(result.map(Box::new)),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().cloned();
            let words = words.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
            News::Panicked(words.unwrap_or_default())
        }
    }
}

fn unreadable(error: io::Error) -> Problem {
    Problem::new("read-failed", "The file cannot be opened.").found(error.to_string())
}
