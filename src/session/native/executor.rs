//! Executes a schedule's commands with threads and files. Decides nothing.
//!
//! - There is no cache: lookups find nothing, and what is downloaded is kept in memory.

use super::memory::Memory;
use super::spill_files::SpillFiles;
use super::threads::{self, JobFiles, JobThreads, NativeSource};
use super::transport::Transport;
use crate::http::{HttpRequest, ResponseBody};
use crate::problem::Problem;
use crate::protocol::{CacheNumbers, Event, RequestId};
use crate::session::schedule::{
    AddedFile, Beside, CacheResult, CallId, Command, FileNumber, JobId, RequestAnswer,
    ScheduleInput, TransferId, TransferResult,
};
use crate::session::{Inspection, ReadSeek, Session};
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Cursor};
use std::sync::Arc;
use std::thread::Scope;

/// All that commands need of a machine.
pub struct NativeExecutor<'s> {
    pub source: NativeSource<'s>,
    pub transport: Box<dyn Transport + 's>,
    pub threads: JobThreads,
    /// Files beside the message that is being handled.
    pub offered: BTreeMap<RequestId, Vec<Arc<[u8]>>>,
    /// Answers, with the bytes beside them.
    pub answers: BTreeMap<RequestId, (Vec<u8>, Vec<u8>)>,
    /// The problem that ended the session.
    pub failure: Option<Problem>,
    /// Results that are ready.
    pub inputs: VecDeque<ScheduleInput>,
    /// A content that a job has just read.
    pub content: Option<(JobId, Vec<u8>)>,
    /// When `ScheduleInput::Time` is due.
    pub wakes_at: Option<u64>,
    /// Files that were added to the source's.
    added: BTreeMap<FileNumber, Arc<[u8]>>,
    spills: SpillFiles,
    written: BTreeMap<TransferId, Vec<u8>>,
}

impl<'s> NativeExecutor<'s> {
    pub fn new(source: NativeSource<'s>, transport: Box<dyn Transport + 's>) -> NativeExecutor<'s> {
        NativeExecutor {
            source,
            transport,
            threads: JobThreads::new(),
            offered: BTreeMap::new(),
            answers: BTreeMap::new(),
            failure: None,
            inputs: VecDeque::new(),
            content: None,
            wakes_at: None,
            added: BTreeMap::new(),
            spills: SpillFiles::default(),
            written: BTreeMap::new(),
        }
    }

    /// Does what a command says. Threads of jobs end with `scope`.
    pub fn execute<'scope>(&mut self, command: Command, scope: &'scope Scope<'scope, '_>)
    where
        's: 'scope,
    {
        match command {
            Command::Tell(Event::Failed(problem)) => self.failure = Some(problem),
            Command::Tell(_) => {} // an observer has seen it
            Command::Answer(answer) => self.answer(answer),
            Command::TellProgress { .. } | Command::WriteCache { .. } => {}
            Command::Log(problem) => eprintln!("{problem}"),
            Command::ReadSource { name, .. } => {
                let session = Session::open(&name, self.source).map(Box::new);
                self.give(ScheduleInput::SourceRead(session));
            }
            Command::ReadInspection { name, file } => {
                let memory = Memory::one(self.added.get(&file).cloned().unwrap_or_default());
                let result = Inspection::read(&name, &memory).map(Box::new);
                self.give(ScheduleInput::InspectionRead { file, result });
            }
            Command::AddFile { file, content } => self.add_file(file, content),
            Command::RemoveFile(file) => {
                self.added.remove(&file);
                self.spills.forget(file);
            }
            Command::RunJob { id, worker, job, spill } => {
                let added = job.files().into_iter().filter_map(|file| {
                    Some((file, Arc::clone(self.added.get(&FileNumber(file))?)))
                });
                let spill = spill.map(|spill| self.spills.path(spill));
                let files = JobFiles { source: self.source, added: added.collect(), spill };
                self.threads.start(scope, (worker, id), job, files);
            }
            Command::EndWorker(worker) => self.threads.end(worker),
            Command::OpenSpill { spill, file } => {
                let found = self.spills.open(spill, file);
                self.give(ScheduleInput::SpillOpened { spill, found });
            }
            Command::Verify { id, request } => {
                let result = threads::verify(*request);
                self.give(ScheduleInput::Verified { id, result });
            }
            Command::RemoveSpill(spill) => self.spills.remove(spill),
            Command::Send { call, request } => self.send(call, &request),
            Command::Abort(call) => self.inputs.retain(|input| !is_of(input, call)),
            Command::ReadCache { id, keys } => {
                let result = CacheResult::Values(keys.iter().map(|_| None).collect());
                self.give(ScheduleInput::Cache { id, result });
            }
            Command::CountCache { id } => {
                let result = CacheResult::Numbers(CacheNumbers::default());
                self.give(ScheduleInput::Cache { id, result });
            }
            Command::ClearCache { id } => {
                self.give(ScheduleInput::Cache { id, result: CacheResult::Cleared });
            }
            Command::Wake { at } => self.wakes_at = at,
            Command::Yield { turn } => self.give(ScheduleInput::Turn { turn }),
            download => self.download(download),
        }
    }

    /// Commands about what is downloaded.
    fn download(&mut self, command: Command) {
        let (id, result) = match command {
            Command::OpenBlob { transfer, .. } => {
                (transfer, TransferResult::Looked { found: false })
            }
            Command::BeginWrite { transfer, .. } => {
                self.written.insert(transfer, Vec::new());
                (transfer, TransferResult::Begun { length: 0 })
            }
            Command::ReadWritten { transfer, .. } => {
                (transfer, TransferResult::Read { bytes: None })
            }
            Command::FinishWrite { transfer, file, .. } => {
                let bytes = self.written.remove(&transfer).unwrap_or_default();
                self.added.insert(file, bytes.into());
                (transfer, TransferResult::Finished { found: true })
            }
            Command::Write { transfer, bytes } => {
                return self.written.entry(transfer).or_default().extend(bytes);
            }
            Command::Restart { transfer } => {
                self.written.insert(transfer, Vec::new());
                return;
            }
            Command::EndWrite { transfer, .. } => {
                self.written.remove(&transfer);
                return;
            }
            _ => return,
        };
        self.give(ScheduleInput::Transfer { id, result });
    }

    /// A file by its number.
    pub fn open_file(&self, file: u32) -> io::Result<Box<dyn ReadSeek>> {
        match self.added.get(&FileNumber(file)) {
            Some(bytes) => Ok(Box::new(Cursor::new(Arc::clone(bytes)))),
            None => self.source.open(file),
        }
    }

    /// Drops what only the commands of one input use: a content that no answer took, files beside a message.
    pub fn forget_unused(&mut self) {
        self.content = None;
        self.offered.clear();
    }

    fn give(&mut self, input: ScheduleInput) {
        self.inputs.push_back(input);
    }

    fn answer(&mut self, answer: RequestAnswer) {
        let beside = match answer.beside {
            Beside::Nothing => Vec::new(),
            Beside::Bytes(bytes) => bytes,
            Beside::Content(job) => {
                let held = self.content.take().filter(|(held, _)| *held == job);
                held.map(|(_, bytes)| bytes).unwrap_or_default()
            }
            Beside::File(file) => self.spills.read(file),
        };
        self.answers.insert(answer.request, (answer.answer, beside));
    }

    fn add_file(&mut self, file: FileNumber, content: AddedFile) {
        let bytes = match content {
            AddedFile::Bytes(bytes) => bytes.into(),
            AddedFile::Offered { request, files } => {
                let offered = self.offered.get(&request).map_or(&[][..], |files| files);
                let chosen = files.iter().filter_map(|at| offered.get(*at));
                match &chosen.collect::<Vec<_>>()[..] {
                    [one] if files.len() == 1 => Arc::clone(one),
                    several => {
                        let with_break = |bytes: &&Arc<[u8]>| [&bytes[..], b"\n"].concat();
                        several.iter().flat_map(with_break).collect()
                    }
                }
            }
        };
        self.added.insert(file, bytes);
    }

    fn send(&mut self, call: CallId, request: &HttpRequest) {
        let streams = request.response_body == ResponseBody::Stream;
        match self.transport.send(request) {
            Ok((response, pieces)) => {
                let body_follows = streams && matches!(response.status, 200 | 206);
                self.give(ScheduleInput::Response { call, result: Ok(response) });
                if body_follows {
                    let pieces = pieces.into_iter();
                    self.inputs.extend(pieces.map(|bytes| ScheduleInput::Piece { call, bytes }));
                    self.give(ScheduleInput::StreamEnded { call, result: Ok(()) });
                }
            }
            Err(failure) => self.give(ScheduleInput::Response { call, result: Err(failure) }),
        }
    }
}

/// Whether an input belongs to a request.
fn is_of(input: &ScheduleInput, call: CallId) -> bool {
    match input {
        ScheduleInput::Response { call: c, .. }
        | ScheduleInput::Piece { call: c, .. }
        | ScheduleInput::StreamEnded { call: c, .. } => *c == call,
        _ => false,
    }
}
