//! Jobs on threads. Threads cannot be ended: what an ended worker still computes is dropped, as a browser drops
//! it.

use crate::extract::unwritten;
use crate::problem::Problem;
use crate::protocol::{ContentInfo, SignatureVerdict, SignaturesToVerify};
use crate::session::jobs::{self, Job, JobResult};
use crate::session::schedule::{JobEnd, JobId, ScheduleInput, VerifierFailure, WorkerId};
use crate::session::{Files, ReadSeek};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Scope;

/// A source's files, opened again for each job: readers are not shared.
pub type NativeSource<'a> = &'a (dyn Files + Sync);

/// What a job reads and writes.
pub struct JobFiles<'a> {
    pub source: NativeSource<'a>,
    /// Files that are not of the source, by number.
    pub added: BTreeMap<u32, Arc<[u8]>>,
    /// Where it may write.
    pub spill: Option<PathBuf>,
}

/// The threads that run jobs.
pub struct JobThreads {
    /// Which job each worker does.
    workers: BTreeMap<WorkerId, JobId>,
    /// Jobs that panicked.
    panics: u32,
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
    Content { bytes: Vec<u8>, info: ContentInfo },
    Panicked(String),
}

/// What a thread reported, as an input of the schedule, with a content that it read.
pub struct ThreadNews {
    pub input: ScheduleInput,
    pub content: Option<(JobId, Vec<u8>)>,
}

impl JobThreads {
    pub fn new() -> JobThreads {
        let (sender, receiver) = channel();
        JobThreads { workers: BTreeMap::new(), panics: 0, sender, receiver }
    }

    /// Runs a job on a thread of its own.
    pub fn start<'scope>(
        &mut self,
        scope: &'scope Scope<'scope, '_>,
        (worker, id): (WorkerId, JobId),
        job: Box<Job>,
        files: JobFiles<'scope>,
    ) {
        self.workers.insert(worker, id);
        let sender = self.sender.clone();
        scope.spawn(move || {
            let say = |news| {
                // Without a receiver the result is not needed.
                let _ = sender.send(FromThread { worker, id, news });
            };
            say(run(&job, files, &|done| say(News::Progress(done))));
        });
    }

    /// What a worker does is not wanted any more.
    pub fn end(&mut self, worker: WorkerId) {
        self.workers.remove(&worker);
    }

    /// Jobs that panicked.
    pub fn panics(&self) -> u32 {
        self.panics
    }

    /// No job runs that is still wanted.
    pub fn is_idle(&self) -> bool {
        self.workers.is_empty()
    }

    /// Waits for what a thread says, unless its worker was ended: then `None`.
    pub fn wait(&mut self) -> Option<ThreadNews> {
        let FromThread { worker, id, news } = self.receiver.recv().ok()?;
        self.panics += u32::from(matches!(news, News::Panicked(_)));
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
            News::Ended(Ok(result)) => JobEnd::Result { spilled: result.is_extraction(), result },
            News::Ended(Err(problem)) => JobEnd::Failed(problem),
            News::Content { bytes, info } => {
                content = Some((id, bytes));
                JobEnd::Content { info }
            }
        };
        Some(ThreadNews { input: ScheduleInput::JobEnded { id, end }, content })
    }
}

fn run(job: &Job, files: JobFiles<'_>, progress: &dyn Fn(u64)) -> News {
    let JobFiles { source, added, spill } = files;
    let mut open = |number: u32| match added.get(&number) {
        Some(bytes) => Ok(Box::new(Cursor::new(Arc::clone(bytes))) as Box<dyn ReadSeek>),
        None => source.open(number),
    };
    let run = || {
        // Streams without checkpoints are read from their beginning, natively.
        let mut out = match spill.as_ref().filter(|_| job.must_spill()) {
            Some(path) => Some(File::create_new(path).map_err(unwritten)?),
            None => None,
        };
        let spill = out.as_mut().map(|out| out as &mut dyn Write);
        jobs::run(job, &mut open, spill, &mut |done| progress(done))
    };
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(result)) if job.work.reads_content() => {
            let (bytes, info) = result.into_content().unwrap_or_default();
            News::Content { bytes, info }
        }
        Ok(result) => News::Ended(result.map(Box::new)),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().cloned();
            let words = words.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
            News::Panicked(words.unwrap_or_default())
        }
    }
}

/// Verifies signatures on a thread of their own: a defect of the verifier costs its answer only.
#[cfg(feature = "verify")]
pub fn verify(request: SignaturesToVerify) -> Result<Vec<SignatureVerdict>, VerifierFailure> {
    let verified = std::thread::spawn(move || crate::verify::verify(&request)).join();
    verified.map_err(|_| VerifierFailure::Lost("it panicked".to_owned()))
}

/// A build without the verifier.
#[cfg(not(feature = "verify"))]
pub fn verify(_: SignaturesToVerify) -> Result<Vec<SignatureVerdict>, VerifierFailure> {
    let problem = Problem::new("verifier-failed", "This build cannot verify signatures.");
    Err(VerifierFailure::Unavailable(problem))
}
