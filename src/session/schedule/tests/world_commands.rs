//! How the world executes commands: its disk, its cache, its network, its workers.

use super::lines::line;
use super::registry::FakeResponse;
use super::world::{Open, World, Writing};
use crate::http::{HttpFailure, HttpRequest};
use crate::problem::Problem;
use crate::protocol::{CacheNumbers, SignatureOutcome, SignatureVerdict, SignaturesToVerify};
use crate::session::jobs::{self, Job, JobResult, Work};
use crate::session::native::Memory;
use crate::session::schedule::{
    AddedFile, Beside, CacheResult, CallId, Command, FileNumber, JobEnd, JobId, RequestAnswer,
    ScheduleInput, SpillId, TransferId, TransferResult, VerifierFailure, WorkerId, WriteTarget,
};
use crate::session::{Inspection, ReadSeek, Session};
use std::io::Cursor;
use std::sync::Arc;

impl World {
    /// Executes what can be done at once.
    pub fn obey(&mut self) {
        while let Some(command) = self.schedule.step() {
            let line = line(&command);
            self.log.push(line);
            self.do_at_once(command);
        }
    }

    fn do_at_once(&mut self, command: Command) {
        match command {
            Command::Tell(event) => self.events.push(event),
            Command::Answer(RequestAnswer { request, answer, beside }) => {
                if let Beside::File(file) = &beside {
                    self.handed_over.insert(*file, Arc::clone(&self.files[file]));
                }
                assert!(!self.cancelled.contains(&request), "request {} is taken back", request.0);
                let twice = self.answers.insert(request, (answer, beside));
                assert!(twice.is_none(), "request {} is answered twice", request.0);
            }
            Command::TellProgress { request, progress } => self.progress.push((request, progress)),
            Command::Log(_) => {}
            Command::ReadSource { name, paths } => self.open.push(Open::Source { name, paths }),
            Command::ReadInspection { name, file } => {
                self.open.push(Open::Inspection { name, file });
            }
            Command::AddFile { file, content } => self.add_file(file, content),
            Command::RemoveFile(file) => self.remove_file(file),
            Command::RunJob { id, worker, job, spill } => self.start_job(id, worker, job, spill),
            Command::EndWorker(worker) => self.end_worker(worker),
            Command::OpenSpill { spill, file } => self.open.push(Open::Spill { spill, file }),
            Command::RemoveSpill(spill) => {
                self.spilling.remove(&spill);
                self.spilled.remove(&spill);
            }
            Command::Verify { id, request } => self.open.push(Open::Verify { id, request }),
            Command::Send { call, request } => self.open.push(Open::Call { call, request }),
            Command::Abort(call) => self.open.retain(|open| match open {
                Open::Call { call: c, .. } | Open::Body { call: c, .. } => *c != call,
                _ => true,
            }),
            Command::ReadCache { id, keys } => self.open.push(Open::Cache { id, keys }),
            Command::WriteCache { key, bytes } => drop(self.cache.insert(key, bytes)),
            Command::CountCache { id } => self.open.push(Open::Count { id }),
            Command::ClearCache { id } => self.open.push(Open::Clear { id }),
            Command::OpenBlob { transfer, digest, size, file } => {
                self.open.push(Open::Blob { transfer, digest, size, file });
            }
            Command::BeginWrite { transfer, target } => {
                self.open.push(Open::Begin { transfer, target });
            }
            Command::ReadWritten { transfer, offset, length } => {
                self.open.push(Open::Written { transfer, offset, length });
            }
            Command::Write { transfer, bytes } => self.write(transfer, &bytes),
            Command::Restart { transfer } => {
                self.writing.get_mut(&transfer).expect("it is open").bytes.clear();
            }
            Command::FinishWrite { transfer, size, keep, file } => {
                self.open.push(Open::Finish { transfer, size, keep, file });
            }
            Command::EndWrite { transfer, keep } => {
                if let Some(Writing { target: WriteTarget::Blob { digest, .. }, bytes, .. }) =
                    self.writing.remove(&transfer)
                    && keep
                {
                    self.parts.insert(digest, bytes);
                }
            }
            Command::Wake { at } => self.alarm = at,
            Command::Yield { turn } => self.open.push(Open::Turn { turn }),
        }
    }

    fn start_job(&mut self, id: JobId, worker: WorkerId, job: Box<Job>, spill: Option<SpillId>) {
        let busy = self.workers.insert(worker, Some(id));
        assert!(matches!(busy, None | Some(None)), "{worker} does two jobs");
        let layer = |work: &Work| match work {
            Work::Index { part, .. } | Work::Check { part, .. } => Some(*part),
            _ => None,
        };
        let is_range =
            |work: &Work| matches!(work, Work::Index { options, .. } if options.entries.is_some());
        let same = |open: &Open| match open {
            Open::Job { job: other, .. } => {
                other.work == job.work
                    || layer(&job.work).is_some_and(|part| layer(&other.work) == Some(part))
                        && !(is_range(&job.work) && is_range(&other.work))
            }
            _ => false,
        };
        let is_requested = matches!(
            job.work,
            Work::Content(_)
                | Work::Compare { .. }
                | Work::ContentDigest { .. }
                | Work::RecordedDigest { .. }
                | Work::Outline(_)
                | Work::Member { .. }
                | Work::Advisories { .. }
                | Work::Extract(_)
        );
        assert!(is_requested || !self.open.iter().any(same), "{job:?} runs twice");
        let has = |file: &u32| self.files.contains_key(&FileNumber(*file));
        assert!(job.files().iter().all(has), "{job:?} has no file");
        self.spilling.extend(spill);
        self.open.push(Open::Job { id, worker, job, spill });
    }

    fn add_file(&mut self, file: FileNumber, content: AddedFile) {
        let bytes = match content {
            AddedFile::Bytes(bytes) => bytes,
            AddedFile::Offered { request, files } => {
                let offered = &self.offered[&request];
                match &files[..] {
                    [one] => offered[*one].clone(),
                    several => {
                        several.iter().flat_map(|at| [&offered[*at][..], b"\n"].concat()).collect()
                    }
                }
            }
        };
        self.files.insert(file, bytes.into());
    }

    fn remove_file(&mut self, file: FileNumber) {
        let reads =
            |open: &Open| matches!(open, Open::Job { job, .. } if job.files().contains(&file.0));
        assert!(!self.open.iter().any(reads), "a job reads {file}");
        assert!(self.files.remove(&file).is_some(), "{file} is not there");
    }

    fn end_worker(&mut self, worker: WorkerId) {
        self.workers.remove(&worker);
        let runs = |open: &Open| matches!(open, Open::Job { worker: w, .. } if *w == worker);
        self.open.retain(|open| !runs(open));
    }

    fn write(&mut self, transfer: TransferId, bytes: &[u8]) {
        let writing = self.writing.get_mut(&transfer).expect("it is open");
        if writing.full {
            return;
        }
        writing.full = writing.bytes.len() + bytes.len() > self.room;
        match writing.full {
            true => self.open.push(Open::NoRoom { transfer }),
            false => writing.bytes.extend_from_slice(bytes),
        }
    }

    /// The results of a command.
    pub fn execute(&mut self, open: Open) -> Vec<ScheduleInput> {
        match open {
            Open::Source { name, paths } => {
                let files = (0..)
                    .zip(paths)
                    .map(|(at, path)| (path, Arc::clone(&self.files[&FileNumber(at)])));
                let source = Memory(files.collect());
                vec![ScheduleInput::SourceRead(Session::open(&name, &source).map(Box::new))]
            }
            Open::Inspection { name, file } => {
                let source = Memory::one(Arc::clone(&self.files[&file]));
                let result = Inspection::read(&name, &source).map(Box::new);
                vec![ScheduleInput::InspectionRead { file, result }]
            }
            Open::Job { id, worker, job, spill } => {
                self.workers.insert(worker, None);
                self.spilling.retain(|begun| Some(*begun) != spill);
                vec![ScheduleInput::JobEnded { id, end: self.run_job(id, &job, spill) }]
            }
            Open::Call { call, request } => self.send(call, &request),
            Open::Body { call, mut pieces, breaks } => {
                if pieces.is_empty() {
                    let result = if breaks { Err(HttpFailure::Network) } else { Ok(()) };
                    return vec![ScheduleInput::StreamEnded { call, result }];
                }
                let bytes = pieces.remove(0);
                self.open.push(Open::Body { call, pieces, breaks });
                vec![ScheduleInput::Piece { call, bytes }]
            }
            Open::Cache { id, keys } => {
                let values = keys.iter().map(|key| self.cache.get(key).cloned()).collect();
                vec![ScheduleInput::Cache { id, result: CacheResult::Values(values) }]
            }
            Open::Count { id } => {
                let entries = self.cache.len() as u64;
                let numbers = CacheNumbers { entries, ..CacheNumbers::default() };
                vec![ScheduleInput::Cache { id, result: CacheResult::Numbers(numbers) }]
            }
            Open::Clear { id } => {
                self.cache.clear();
                vec![ScheduleInput::Cache { id, result: CacheResult::Cleared }]
            }
            Open::Blob { transfer, digest, size, file } => {
                let found = self.blobs.get(&digest).filter(|bytes| bytes.len() as u64 == size);
                if let Some(bytes) = found {
                    self.files.insert(file, bytes.clone().into());
                    if self.broken.contains(&digest) {
                        self.unreadable.insert(file);
                    }
                }
                vec![ScheduleInput::Transfer {
                    id: transfer,
                    result: TransferResult::Looked { found: found.is_some() },
                }]
            }
            Open::Begin { transfer, target } => {
                let bytes = match &target {
                    WriteTarget::Blob { digest, .. } => {
                        let part = self.parts.remove(digest);
                        part.or_else(|| self.blobs.get(digest).cloned()) // both are one file
                    }
                    WriteTarget::Scratch => None,
                };
                let bytes = bytes.unwrap_or_default();
                let length = bytes.len() as u64;
                self.writing.insert(transfer, Writing { target, bytes, full: false });
                vec![ScheduleInput::Transfer {
                    id: transfer,
                    result: TransferResult::Begun { length },
                }]
            }
            Open::Written { transfer, offset, length } => {
                let bytes = &self.writing[&transfer].bytes;
                let bytes = bytes.get(offset as usize..(offset + length) as usize);
                vec![ScheduleInput::Transfer {
                    id: transfer,
                    result: TransferResult::Read { bytes: bytes.map(<[u8]>::to_vec) },
                }]
            }
            Open::Finish { transfer, size, keep, file } => {
                let Some(Writing { target, bytes, full }) = self.writing.remove(&transfer) else {
                    return vec![ScheduleInput::Transfer {
                        id: transfer,
                        result: TransferResult::Finished { found: false },
                    }];
                };
                let found = !full && bytes.len() as u64 == size;
                if let (WriteTarget::Blob { digest, .. }, true) = (target, keep && found) {
                    self.blobs.insert(digest, bytes.clone());
                }
                if found {
                    self.files.insert(file, bytes.into());
                    if !self.broken_disk {
                        self.unreadable.remove(&file);
                    }
                }
                vec![ScheduleInput::Transfer {
                    id: transfer,
                    result: TransferResult::Finished { found },
                }]
            }
            Open::NoRoom { transfer } => {
                vec![ScheduleInput::Transfer { id: transfer, result: TransferResult::NoRoom }]
            }
            Open::Turn { turn } => vec![ScheduleInput::Turn { turn }],
            Open::Verify { id, request } => {
                vec![ScheduleInput::Verified { id, result: verify(&request) }]
            }
            Open::Spill { spill, file } => {
                if let Some(bytes) = self.spilled.get(&spill) {
                    self.files.insert(file, bytes.clone().into());
                }
                let found = self.files.contains_key(&file);
                vec![ScheduleInput::SpillOpened { spill, found }]
            }
        }
    }

    fn run_job(&mut self, id: JobId, job: &Job, spill: Option<SpillId>) -> JobEnd {
        if job.files().iter().any(|file| self.unreadable.contains(&FileNumber(*file))) {
            return JobEnd::Failed(Problem::new("read-failed", "The file cannot be read."));
        }
        let mut open = |file: u32| -> std::io::Result<Box<dyn ReadSeek>> {
            Ok(Box::new(Cursor::new(Arc::clone(&self.files[&FileNumber(file)]))))
        };
        let mut written = spill.filter(|_| job.must_spill()).map(|_| Vec::<u8>::new());
        let out = written.as_mut().map(|out| out as &mut dyn std::io::Write);
        let result = jobs::run(job, &mut open, out, &mut |_| {});
        if let (Some(spill), Some(written)) = (spill, written) {
            self.spilled.insert(spill, written);
        }
        match result {
            Err(problem) => JobEnd::Failed(problem),
            Ok(result) if job.work.reads_content() => {
                let (bytes, info) = result.into_content().expect("a content");
                self.contents.insert(id, bytes);
                JobEnd::Content { info }
            }
            Ok(result) => {
                // As it crosses from worker to worker in a browser.
                let result = JobResult::from_buffer(&result.into_buffer()).expect("our own buffer");
                JobEnd::Result { spilled: result.is_extraction(), result: Box::new(result) }
            }
        }
    }

    fn send(&mut self, call: CallId, request: &HttpRequest) -> Vec<ScheduleInput> {
        let FakeResponse { result, pieces, breaks } = self.registry.answer(request);
        let streams = !pieces.is_empty() || breaks;
        if streams {
            self.open.push(Open::Body { call, pieces, breaks });
        }
        vec![ScheduleInput::Response { call, result }]
    }
}

/// A verifier that does not look: it calls all documents valid, but is lost over one with the content `trap`, and
/// cannot be started for one with the content `offline`.
fn verify(request: &SignaturesToVerify) -> Result<Vec<SignatureVerdict>, VerifierFailure> {
    let has = |content: &[u8]| request.documents.iter().any(|one| one.content == content);
    if has(b"offline") {
        let problem = Problem::new("verifier-failed", "The verifier could not be started.");
        return Err(VerifierFailure::Unavailable(problem));
    }
    if has(b"trap") {
        return Err(VerifierFailure::Lost("unreachable".to_owned()));
    }
    let valid =
        SignatureVerdict { outcome: SignatureOutcome::Valid, ..SignatureVerdict::default() };
    Ok(request.documents.iter().map(|_| valid.clone()).collect())
}
