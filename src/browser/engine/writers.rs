//! Downloads that are being written: blobs into the cache, archives into a file that ends with the session.

use super::files::FileTable;
use super::results::give;
use super::store;
use super::store::sink::Sink;
use crate::session::schedule::{
    FileNumber, ScheduleInput, TransferId, TransferResult, WriteTarget,
};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// Downloads by their IDs.
pub struct Writers {
    open: Rc<RefCell<BTreeMap<TransferId, OpenWriter>>>,
    files: FileTable,
}

struct OpenWriter {
    sink: Sink,
    /// There was no room for something: what is here is not whole.
    failed: bool,
}

impl Writers {
    /// `files` gets what is written, once it is whole.
    pub fn new(files: FileTable) -> Writers {
        Writers { open: Rc::default(), files }
    }

    /// Opens a place to write to. `path` is where a file that ends with the session may be.
    pub fn begin(&self, transfer: TransferId, target: WriteTarget, path: String) {
        let open = Rc::clone(&self.open);
        spawn_local(async move {
            let sink = match target {
                WriteTarget::Blob { digest, size } => {
                    store::make_room(size).await;
                    Sink::of_blob(&digest, size).await
                }
                WriteTarget::Scratch => Sink::scratch(path).await,
            };
            let length = sink.length();
            open.borrow_mut().insert(transfer, OpenWriter { sink, failed: false });
            give(ScheduleInput::Transfer {
                id: transfer,
                result: TransferResult::Begun { length },
            });
        });
    }

    /// Reads what is written.
    pub fn read(&self, transfer: TransferId, offset: u64, length: u64) -> Option<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(length).ok()?];
        let count = self.open.borrow().get(&transfer)?.sink.read(offset, &mut bytes)?;
        bytes.truncate(count);
        Some(bytes)
    }

    /// Appends bytes. What fits on no disk goes on in memory; the first bytes that fit nowhere are told.
    pub fn write(&self, transfer: TransferId, bytes: &[u8]) -> Option<ScheduleInput> {
        let mut open = self.open.borrow_mut();
        let writer = open.get_mut(&transfer).filter(|writer| !writer.failed)?;
        let sink = &mut writer.sink;
        let written = sink.write(bytes);
        let written = written.or_else(|_| sink.move_to_memory().and_then(|()| sink.write(bytes)));
        writer.failed = written.is_err();
        writer
            .failed
            .then_some(ScheduleInput::Transfer { id: transfer, result: TransferResult::NoRoom })
    }

    /// Forgets what is written.
    pub fn restart(&self, transfer: TransferId) {
        if let Some(writer) = self.open.borrow_mut().get_mut(&transfer) {
            writer.sink.restart();
        }
    }

    /// Makes what is written a file.
    pub fn finish(&self, transfer: TransferId, size: u64, keep: bool, number: FileNumber) {
        let writer = self.open.borrow_mut().remove(&transfer).filter(|writer| !writer.failed);
        let files = self.files.clone();
        spawn_local(async move {
            let file = match writer {
                Some(writer) => writer.sink.finish(size, keep).await,
                None => None,
            };
            let whole = file.filter(|file| file.size() as u64 == size);
            let found = files.add_found(number, whole);
            give(ScheduleInput::Transfer {
                id: transfer,
                result: TransferResult::Finished { found },
            });
        });
    }

    /// Ends writing. `keep`: a later visit may continue it.
    pub fn end(&self, transfer: TransferId, keep: bool) {
        let writer = self.open.borrow_mut().remove(&transfer);
        if let Some(writer) = writer.filter(|_| !keep) {
            spawn_local(writer.sink.remove());
        }
    }
}
