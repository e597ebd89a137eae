//! A world in memory that executes a schedule's commands, each when the test wants it.
//!
//! - Commands without a result happen at once. The others become `Open` ones, which `run` executes in their
//!   order, and tests out of it: hold them back, finish one, lose a worker.
//! - Time stands still while anything can be done, then jumps to the alarm.
//! - What holds for every run is asserted in `world_commands.rs`: no worker does two jobs, no layer is read
//!   twice at once, answers come once. What holds at its end is in `world_results.rs`.

use super::registry::Registry;
use crate::http::HttpRequest;
use crate::oci::Digest;
use crate::protocol::{
    Ask, DownloadRequest, Event, FirstImage, NetworkSettings, OrderProgress, RequestId,
    SignaturesToVerify, SourceRequest, ToSession,
};
use crate::session::Files;
use crate::session::jobs::Job;
use crate::session::native::Memory;
use crate::session::schedule::{
    Beside, CacheId, CacheKey, CallId, FileNumber, JobId, OfferedFile, Schedule, ScheduleInput,
    ScheduleOptions, SpillId, TransferId, TurnId, VerificationId, WorkerId, WriteTarget,
};
use crate::vocabulary::{ImagePosition, LayerNumber};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A command whose result has not been given yet.
#[derive(Clone, Debug, PartialEq)]
pub enum Open {
    Source {
        name: String,
        paths: Vec<String>,
    },
    Inspection {
        name: String,
        file: FileNumber,
    },
    Job {
        id: JobId,
        worker: WorkerId,
        job: Box<Job>,
        spill: Option<SpillId>,
    },
    Call {
        call: CallId,
        request: Box<HttpRequest>,
    },
    /// The rest of a body: `None` at its end, if it does not break off.
    Body {
        call: CallId,
        pieces: Vec<Vec<u8>>,
        breaks: bool,
    },
    /// A result that is ready.
    Cache {
        id: CacheId,
        keys: Vec<CacheKey>,
    },
    Count {
        id: CacheId,
    },
    Clear {
        id: CacheId,
    },
    Blob {
        transfer: TransferId,
        digest: Digest,
        size: u64,
        file: FileNumber,
    },
    Begin {
        transfer: TransferId,
        target: WriteTarget,
    },
    Written {
        transfer: TransferId,
        offset: u64,
        length: u64,
    },
    Finish {
        transfer: TransferId,
        size: u64,
        keep: bool,
        file: FileNumber,
    },
    NoRoom {
        transfer: TransferId,
    },
    Spill {
        spill: SpillId,
        file: FileNumber,
    },
    Turn {
        turn: TurnId,
    },
    Verify {
        id: VerificationId,
        request: Box<SignaturesToVerify>,
    },
}

/// What is written of a download.
pub struct Writing {
    pub target: WriteTarget,
    pub bytes: Vec<u8>,
    /// There was no room for something.
    pub full: bool,
}

/// The world around one schedule.
pub struct World {
    pub schedule: Schedule,
    pub now: u64,
    /// Each command as one short line.
    pub log: Vec<String>,
    pub events: Vec<Event>,
    pub answers: BTreeMap<RequestId, (Vec<u8>, Beside)>,
    pub progress: Vec<(RequestId, OrderProgress)>,
    pub open: Vec<Open>,
    pub registry: Registry,
    pub cache: BTreeMap<CacheKey, Vec<u8>>,
    /// Blobs that the cache has whole, and those of which it has a part.
    pub blobs: BTreeMap<Digest, Vec<u8>>,
    pub parts: BTreeMap<Digest, Vec<u8>>,
    /// Blobs of the cache that can be opened, but not read.
    pub broken: BTreeSet<Digest>,
    /// So is what is written again in their place.
    pub broken_disk: bool,
    pub unreadable: BTreeSet<FileNumber>,
    /// Bytes that fit on the disk.
    pub room: usize,
    /// Contents that jobs have read, by job.
    pub contents: BTreeMap<JobId, Vec<u8>>,
    pub files: BTreeMap<FileNumber, Arc<[u8]>>,
    /// What jobs wrote.
    pub spilled: BTreeMap<SpillId, Vec<u8>>,
    /// What jobs have begun to write.
    pub spilling: BTreeSet<SpillId>,
    /// Files that went beside answers.
    pub handed_over: BTreeMap<FileNumber, Arc<[u8]>>,
    pub offered: BTreeMap<RequestId, Vec<Vec<u8>>>,
    pub writing: BTreeMap<TransferId, Writing>,
    pub workers: BTreeMap<WorkerId, Option<JobId>>,
    pub alarm: Option<u64>,
    pub cancelled: BTreeSet<RequestId>,
    pub next_request: u32,
    source: Memory,
}

/// A schedule with two cores, and nothing open.
pub fn world() -> World {
    world_with(ScheduleOptions { cores: 2, ..ScheduleOptions::default() })
}

/// A schedule with these options.
pub fn world_with(options: ScheduleOptions) -> World {
    World {
        schedule: Schedule::new(options),
        now: 1_000_000,
        log: Vec::new(),
        events: Vec::new(),
        answers: BTreeMap::new(),
        progress: Vec::new(),
        open: Vec::new(),
        registry: Registry::default(),
        cache: BTreeMap::new(),
        blobs: BTreeMap::new(),
        parts: BTreeMap::new(),
        broken: BTreeSet::new(),
        broken_disk: false,
        unreadable: BTreeSet::new(),
        room: usize::MAX,
        contents: BTreeMap::new(),
        files: BTreeMap::new(),
        spilled: BTreeMap::new(),
        spilling: BTreeSet::new(),
        handed_over: BTreeMap::new(),
        offered: BTreeMap::new(),
        writing: BTreeMap::new(),
        workers: BTreeMap::new(),
        alarm: None,
        cancelled: BTreeSet::new(),
        next_request: 1,
        source: Memory::default(),
    }
}

impl World {
    /// Says that these files are opened.
    pub fn open_files(&mut self, source: Memory) {
        self.open_for(source, FirstImage::default());
    }

    /// The same, with a wish for the first image.
    pub fn open_for(&mut self, source: Memory, first: FirstImage) {
        let paths: Vec<String> = source.list().into_iter().map(|(path, _)| path).collect();
        for (at, (_, bytes)) in source.0.iter().enumerate() {
            self.files.insert(FileNumber(at as u32), Arc::clone(bytes));
        }
        self.source = source;
        self.say(ToSession::Open(SourceRequest::Files { name: "x".to_owned(), paths, first }));
    }

    /// Says that an image in the world's registry is opened.
    pub fn open_reference(&mut self, reference: &str) {
        self.say(ToSession::Open(SourceRequest::Registry {
            reference: reference.to_owned(),
            platform: None,
            preferred_platform: None,
            network: NetworkSettings::default(),
        }));
    }

    /// A message of the page.
    pub fn say(&mut self, message: ToSession) {
        self.take(ScheduleInput::FromPage { message, files: Vec::new() });
    }

    /// What to do about layers that are not downloaded.
    pub fn download(&mut self, request: DownloadRequest) {
        self.say(ToSession::Download(request));
    }

    /// Asks something.
    pub fn ask(&mut self, question: impl Ask) -> RequestId {
        self.ask_with(question, Vec::new())
    }

    /// Asks something, with files beside it.
    pub fn ask_with(&mut self, question: impl Ask, files: Vec<Vec<u8>>) -> RequestId {
        let id = RequestId(self.next_request);
        self.next_request += 1;
        let offered = files
            .iter()
            .map(|bytes| OfferedFile { size: bytes.len() as u64, modified: 1_700_000_000_000 });
        let files_beside: Vec<OfferedFile> = offered.collect();
        self.offered.insert(id, files);
        let message = ToSession::Ask { id, request: question.into() };
        self.take(ScheduleInput::FromPage { message, files: files_beside });
        id
    }

    /// Takes a request back.
    pub fn cancel(&mut self, request: RequestId) {
        self.cancelled.insert(request);
        self.say(ToSession::Cancel { id: request });
    }

    /// Gives an input, and does what can be done at once.
    pub fn take(&mut self, input: ScheduleInput) {
        self.schedule.take(input, self.now);
        self.obey();
        self.offered.clear(); // drivers keep them no longer
    }

    /// Ends the schedule.
    pub fn close(&mut self) {
        self.schedule.close();
        self.obey();
    }

    /// Executes everything in order until nothing is left to do, alarms included.
    pub fn run(&mut self) {
        self.run_but(|_| false);
    }

    /// Executes everything but what is held back.
    pub fn run_but(&mut self, held: impl Fn(&Open) -> bool) {
        for _ in 0..20_000 {
            if let Some(at) = self.open.iter().position(|open| !held(open)) {
                self.finish(at);
            } else if !self.ring() {
                return;
            }
        }
        panic!("it never ends: {:#?}", &self.log[self.log.len() - 20..]);
    }

    /// Executes in order until something holds. Panics if that never happens.
    pub fn run_until(&mut self, holds: impl Fn(&World) -> bool) {
        for _ in 0..20_000 {
            if holds(self) {
                return;
            }
            if self.open.is_empty() {
                assert!(self.ring(), "it never holds: {:#?}", self.log);
            } else {
                self.finish(0);
            }
        }
        panic!("it never holds: {:#?}", self.log);
    }

    /// Executes one open command and gives its result.
    pub fn finish(&mut self, at: usize) {
        let open = self.open.remove(at);
        for input in self.execute(open) {
            self.take(input);
        }
    }

    /// Executes the first open command of a kind.
    pub fn finish_first(&mut self, is: impl Fn(&Open) -> bool) {
        let at = self.open.iter().position(is);
        self.finish(at.unwrap_or_else(|| panic!("none is open: {:#?}", self.open)));
    }

    /// A worker fails.
    pub fn lose_worker(&mut self, is: impl Fn(&Open) -> bool) {
        let at = self.open.iter().position(is).expect("it runs");
        self.lose_worker_at(at);
    }

    /// The worker of an open job fails.
    pub fn lose_worker_at(&mut self, at: usize) {
        let Open::Job { worker, .. } = self.open.remove(at) else { panic!("it is not a job") };
        self.take(ScheduleInput::WorkerLost { worker, words: "out of memory".to_owned() });
        self.take(ScheduleInput::WorkerLost { worker, words: "its error event".to_owned() });
    }

    /// Jumps to the alarm. False if none is set.
    pub fn ring(&mut self) -> bool {
        let Some(at) = self.alarm.take() else { return false };
        self.now = self.now.max(at);
        self.take(ScheduleInput::Time);
        true
    }
}

/// A position of an image.
pub fn image(position: u32) -> ImagePosition {
    ImagePosition(position)
}

/// A number of a layer.
pub fn layer(number: u32) -> LayerNumber {
    LayerNumber::new(number).expect("layers count from 1")
}

/// Whether an open command is a job of a kind, as the log names it.
pub fn runs(kind: &str) -> impl Fn(&Open) -> bool {
    let kind = kind.to_owned();
    move |open| match open {
        Open::Job { job, .. } => super::lines::job_line(job) == kind,
        _ => false,
    }
}
