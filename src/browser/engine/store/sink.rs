//! Where a download is written to: a file of the origin-private file system, or memory.
//!
//! - One tab at a time writes a file: the browser locks it. Another tab keeps the blob in memory, as where
//!   there is no such file system.

use super::{blobs, database};
use crate::browser::engine::spill;
use crate::oci::Digest;
use crate::session::held_pieces::{HeldLimits, HeldPieces, NoRoomLeft};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, File, FilePropertyBag, FileSystemFileHandle, FileSystemReadWriteOptions,
    FileSystemSyncAccessHandle,
};

/// Pieces in memory are joined to a Blob of this many bytes, which the browser may put on a disk. More than 2 GiB
/// in all are refused: a browser that has no room for a Blob says so only when it is read.
const IN_MEMORY: HeldLimits = HeldLimits { block: 8 << 20, all: 2 << 30 };
/// Bytes that are copied at once from a disk to memory.
const COPIED_AT_ONCE: u64 = 1 << 20;

/// What is written so far.
pub enum Sink {
    Disk { handle: FileSystemSyncAccessHandle, place: SinkPlace, length: u64 },
    Memory(HeldPieces<Uint8Array, Blob>),
}

/// Which file.
#[derive(Clone)]
pub enum SinkPlace {
    /// A blob of the cache, by its file's name.
    Blob(String),
    /// A file that ends with the session, by its path.
    Scratch(String),
}

impl Sink {
    /// A blob's file, with what an interrupted transfer left in it.
    pub async fn of_blob(digest: &Digest, size: u64) -> Sink {
        let name = blobs::name(digest);
        let opened = async { access(blobs::handle(&name, true).await?).await };
        let Ok(handle) = opened.await else { return Sink::in_memory() };
        let length = handle.get_size().unwrap_or_default() as u64;
        database::note(&database::part_key(&name), size).await;
        let mut sink = Sink::Disk { handle, place: SinkPlace::Blob(name), length };
        if length > size {
            sink.restart();
        }
        sink
    }

    /// A file that ends with the session.
    pub async fn scratch(path: String) -> Sink {
        let opened = async { access(spill::file_handle(&path, true).await?).await };
        match opened.await {
            Ok(handle) => Sink::Disk { handle, place: SinkPlace::Scratch(path), length: 0 },
            Err(_) => Sink::in_memory(),
        }
    }

    fn in_memory() -> Sink {
        Sink::Memory(HeldPieces::new(IN_MEMORY))
    }

    /// Bytes that are there and can be read.
    pub fn length(&self) -> u64 {
        match self {
            Sink::Disk { length, .. } => *length,
            Sink::Memory(_) => 0,
        }
    }

    /// Reads bytes that are there.
    pub fn read(&self, at: u64, buffer: &mut [u8]) -> Option<usize> {
        let Sink::Disk { handle, .. } = self else { return None };
        let options = FileSystemReadWriteOptions::new();
        options.set_at(at as f64);
        handle.read_with_u8_array_and_options(buffer, &options).ok().map(|count| count as usize)
    }

    /// Forgets what is there.
    pub fn restart(&mut self) {
        match self {
            Sink::Disk { handle, length, .. } => {
                let _ = handle.truncate_with_u32(0); // what cannot be emptied is written over
                *length = 0;
            }
            Sink::Memory(_) => *self = Sink::in_memory(),
        }
    }

    /// Appends bytes. An error if there is no room for them: then none are appended.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), NoRoomLeft> {
        match self {
            Sink::Disk { handle, length, .. } => {
                let options = FileSystemReadWriteOptions::new();
                options.set_at(*length as f64);
                let written = handle.write_with_u8_array_and_options(bytes, &options);
                let whole = written.is_ok_and(|count| count as usize == bytes.len());
                if !whole {
                    return Err(NoRoomLeft);
                }
                *length += bytes.len() as u64;
                Ok(())
            }
            Sink::Memory(held) => {
                let join = |pieces: &[Uint8Array]| {
                    let pieces: Array = pieces.iter().collect();
                    Blob::new_with_u8_array_sequence(&pieces).ok()
                };
                held.push(Uint8Array::from(bytes), bytes.len() as u64, join)
            }
        }
    }

    /// What does not fit on the disk goes on in memory, with the bytes that are there. An error if those cannot
    /// be read, or if it is in memory already: then nothing else has room for more.
    pub fn move_to_memory(&mut self) -> Result<(), NoRoomLeft> {
        if matches!(self, Sink::Memory(_)) {
            return Err(NoRoomLeft);
        }
        let old = std::mem::replace(self, Sink::in_memory());
        let (mut at, mut buffer) = (0, vec![0; COPIED_AT_ONCE as usize]);
        while at < old.length() {
            let room = COPIED_AT_ONCE.min(old.length() - at) as usize;
            match old.read(at, &mut buffer[..room]) {
                Some(count) if count > 0 => {
                    self.write(&buffer[..count])?;
                    at += count as u64;
                }
                _ => return Err(NoRoomLeft),
            }
        }
        Ok(())
    }

    /// All of it as a file. `keep`: a blob is what its digest says, and stays in the cache.
    pub async fn finish(self, size: u64, keep: bool) -> Option<File> {
        match &self {
            Sink::Disk { handle, place, .. } => {
                handle.flush().ok()?;
                handle.close();
                match place {
                    SinkPlace::Scratch(path) => spill::open(path).await.ok(),
                    SinkPlace::Blob(name) => {
                        let file = blobs::file(name).await?;
                        if keep {
                            database::delete(&database::part_key(name)).await;
                            database::note(&database::blob_key(name), size).await;
                        }
                        Some(file)
                    }
                }
            }
            Sink::Memory(held) => {
                let (blobs, pieces) = held.parts();
                let all: Array = blobs.iter().map(JsValue::from).collect();
                for piece in pieces {
                    all.push(piece);
                }
                let options = FilePropertyBag::new();
                File::new_with_blob_sequence_and_options(&all, "blob", &options).ok()
            }
        }
    }

    /// Removes what is there.
    pub async fn remove(self) {
        let Sink::Disk { place, .. } = &self else { return };
        let place = place.clone();
        drop(self); // closed, so that it can be removed
        match place {
            SinkPlace::Scratch(path) => drop(spill::remove(&path).await),
            SinkPlace::Blob(name) => {
                blobs::remove(&name).await;
                database::delete(&database::part_key(&name)).await;
            }
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        if let Sink::Disk { handle, .. } = self {
            handle.close(); // closing twice does nothing
        }
    }
}

async fn access(file: FileSystemFileHandle) -> Result<FileSystemSyncAccessHandle, JsValue> {
    Ok(JsFuture::from(file.create_sync_access_handle()).await?.unchecked_into())
}
