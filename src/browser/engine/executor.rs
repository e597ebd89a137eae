//! Executes a schedule's commands in a browser. Decides nothing.
//!
//! - What ends at once is returned; what takes time is given to `results` later.

use super::alarm::Alarm;
use super::calls::Calls;
use super::files::{FileTable, bytes_file, joined_file};
use super::layer_workers::LayerWorkers;
use super::spill::SpillFolder;
use super::verifier::SignatureVerifier;
use super::writers::Writers;
use super::{port, results, spill, store, transport};
use crate::browser::spawn::WorkerModule;
use crate::oci::Digest;
use crate::problem::Problem;
use crate::protocol::RequestId;
use crate::session::schedule::{
    AddedFile, Beside, CacheId, CacheKey, CacheResult, Command, FileNumber, RequestAnswer,
    ScheduleInput, SpillId, TransferId, TransferResult, TurnId,
};
use crate::session::{Inspection, Session};
use js_sys::{Array, Uint8Array};
use std::collections::BTreeMap;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// All that commands need of the browser.
pub struct Executor {
    workers: LayerWorkers,
    files: FileTable,
    /// Files beside the message that is being handled.
    offered: BTreeMap<RequestId, Array>,
    folder: SpillFolder,
    writers: Writers,
    calls: Calls,
    alarm: Alarm,
    verifier: SignatureVerifier,
}

impl Executor {
    pub fn new(workers: LayerWorkers) -> Executor {
        let files = FileTable::default();
        Executor {
            workers,
            files: files.clone(),
            offered: BTreeMap::new(),
            folder: SpillFolder::new(),
            writers: Writers::new(files),
            calls: Calls::default(),
            alarm: Alarm::default(),
            verifier: SignatureVerifier::default(),
        }
    }

    /// The source's files, in their order.
    pub fn open_files(&self, files: &Array) {
        self.files.add_all(files);
    }

    /// Files beside a request.
    pub fn offer(&mut self, request: RequestId, files: Array) {
        self.offered.insert(request, files);
    }

    /// The verifier's module, or why the page cannot fetch it.
    pub fn take_verifier(&mut self, module: Result<WorkerModule, Problem>) {
        self.verifier.take_module(module);
    }

    /// Drops what only the commands of one input use: a content that no answer took, files beside a message.
    pub fn forget_unused(&mut self) {
        self.workers.take_content();
        self.offered.clear();
    }

    /// Does what a command says. Gives what it led to at once.
    pub fn execute(&mut self, command: Command) -> Option<ScheduleInput> {
        match command {
            Command::Tell(event) => port::tell(event),
            Command::Answer(answer) => self.answer(answer),
            Command::TellProgress { request, progress } => port::tell_progress(request, progress),
            Command::Log(problem) => port::log(&problem),
            Command::ReadSource { name, paths } => {
                let session = Session::open(&name, &self.files.source(paths));
                return Some(ScheduleInput::SourceRead(session.map(Box::new)));
            }
            Command::ReadInspection { name, file } => {
                let read = Inspection::read(&name, &self.files.one(file));
                return Some(ScheduleInput::InspectionRead { file, result: read.map(Box::new) });
            }
            Command::AddFile { file, content } => self.add_file(file, content),
            Command::RemoveFile(file) => self.files.remove(file),
            Command::RunJob { id, worker, job, spill } => {
                let spill = spill.map(|spill| self.folder.spill_path(spill));
                let numbers = job.files().into_iter().map(FileNumber);
                let files = numbers.map(|number| self.files.get(number)).collect();
                return self.workers.run((worker, id), *job, spill, files);
            }
            Command::EndWorker(worker) => self.workers.end(worker),
            Command::OpenSpill { spill, file } => self.open_spill(spill, file),
            Command::Verify { id, request } => self.verifier.run(id, *request),
            Command::RemoveSpill(spill) => self.remove_spill(spill),
            Command::Send { call, request } => return self.calls.send(call, *request),
            Command::Abort(call) => self.calls.abort(call),
            Command::ReadCache { id, keys } => read_cache(id, keys),
            Command::WriteCache { key, bytes } => write_cache(key, bytes),
            Command::CountCache { id } => count_cache(id),
            Command::ClearCache { id } => clear_cache(id),
            Command::OpenBlob { transfer, digest, size, file } => {
                self.open_blob(transfer, digest, size, file);
            }
            Command::BeginWrite { transfer, target } => {
                self.writers.begin(transfer, target, self.folder.download_path(transfer));
            }
            Command::ReadWritten { transfer, offset, length } => {
                read_written(transfer, self.writers.read(transfer, offset, length));
            }
            Command::Write { transfer, bytes } => return self.writers.write(transfer, &bytes),
            Command::Restart { transfer } => self.writers.restart(transfer),
            Command::FinishWrite { transfer, size, keep, file } => {
                self.writers.finish(transfer, size, keep, file);
            }
            Command::EndWrite { transfer, keep } => self.writers.end(transfer, keep),
            Command::Wake { at } => self.alarm.set(at),
            Command::Yield { turn } => pause(turn),
        }
        None
    }

    fn answer(&mut self, answer: RequestAnswer) {
        let beside = match answer.beside {
            Beside::Nothing => JsValue::UNDEFINED,
            Beside::Bytes(bytes) => Uint8Array::from(&bytes[..]).buffer().into(),
            Beside::Content(job) => {
                let held = self.workers.take_content().filter(|(held, _)| *held == job);
                held.map_or(JsValue::UNDEFINED, |(_, bytes)| bytes)
            }
            Beside::File(file) => self.files.get(file).map_or(JsValue::UNDEFINED, JsValue::from),
        };
        port::answer(answer.request, answer.answer, &beside);
    }

    fn add_file(&self, number: FileNumber, content: AddedFile) {
        let file = match content {
            AddedFile::Bytes(bytes) => bytes_file(&bytes),
            AddedFile::Offered { request, files } => {
                self.offered.get(&request).and_then(|offered| joined_file(offered, &files))
            }
        };
        if let Some(file) = file {
            self.files.add(number, &file);
        }
    }

    fn open_spill(&self, spill: SpillId, number: FileNumber) {
        let (path, files) = (self.folder.spill_path(spill), self.files.clone());
        spawn_local(async move {
            let found = files.add_found(number, spill::open(&path).await.ok());
            results::give(ScheduleInput::SpillOpened { spill, found });
        });
    }

    fn remove_spill(&self, spill: SpillId) {
        let path = self.folder.spill_path(spill);
        spawn_local(async move { spill::remove_unfinished(&path).await });
    }

    fn open_blob(&self, transfer: TransferId, digest: Digest, size: u64, number: FileNumber) {
        let files = self.files.clone();
        spawn_local(async move {
            let found = files.add_found(number, store::open_blob(&digest, size).await);
            results::give(ScheduleInput::Transfer {
                id: transfer,
                result: TransferResult::Looked { found },
            });
        });
    }
}

fn read_cache(id: CacheId, keys: Vec<CacheKey>) {
    spawn_local(async move {
        let values = store::read_all(&keys).await;
        results::give(ScheduleInput::Cache { id, result: CacheResult::Values(values) });
    });
}

fn write_cache(key: CacheKey, bytes: Vec<u8>) {
    spawn_local(async move { store::write(&key, &bytes).await });
}

fn count_cache(id: CacheId) {
    spawn_local(async move {
        results::give(ScheduleInput::Cache {
            id,
            result: CacheResult::Numbers(store::numbers().await),
        });
    });
}

fn clear_cache(id: CacheId) {
    spawn_local(async move {
        store::clear().await;
        results::give(ScheduleInput::Cache { id, result: CacheResult::Cleared });
    });
}

/// A task of its own comes after the messages that are here.
fn pause(turn: TurnId) {
    spawn_local(async move {
        transport::pause(0).await;
        results::give(ScheduleInput::Turn { turn });
    });
}

/// After a pause, so that other messages are handled while much is hashed.
fn read_written(transfer: TransferId, bytes: Option<Vec<u8>>) {
    spawn_local(async move {
        transport::pause(0).await;
        results::give(ScheduleInput::Transfer {
            id: transfer,
            result: TransferResult::Read { bytes },
        });
    });
}
