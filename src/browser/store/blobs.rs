//! Blobs as files of the origin-private file system.
//!
//! - A file is written by one tab at a time: the browser locks it. Who doesn't get it keeps the blob in
//!   memory, as where there is no such file system.
//! - What a transfer that broke off left behind is read and hashed again before it is gone on with.

use super::database;
use crate::browser::spill::directory;
use crate::oci::Digest;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, File, FilePropertyBag, FileSystemDirectoryHandle, FileSystemFileHandle,
    FileSystemGetFileOptions, FileSystemReadWriteOptions, FileSystemSyncAccessHandle,
};

const FOLDER: &str = "blobs";

/// Pieces in memory are joined to a Blob of this many bytes, which the browser may put on a disk.
const JOINED: u64 = 8 << 20;

/// A blob that is kept whole.
pub async fn open(digest: &Digest, size: u64) -> Option<File> {
    let name = name(digest);
    database::entry_of(&database::blob_key(&name)).await.filter(|entry| entry.size == size)?;
    let handle = handle(&name, false).await.ok()?;
    let file: File = JsFuture::from(handle.get_file()).await.ok()?.dyn_into().ok()?;
    if file.size() as u64 != size {
        return None;
    }
    database::note(&database::blob_key(&name), size).await;
    Some(file)
}

/// Where a blob is written to.
pub enum Sink {
    /// A file, and the bytes in it.
    Disk { handle: FileSystemSyncAccessHandle, name: String, length: u64 },
    /// Blobs, and pieces that are still to be joined to one, with their bytes.
    Memory { blobs: Array, pieces: Array, waiting: u64 },
}

impl Sink {
    /// A file with what was left of an earlier transfer, or memory.
    pub async fn create(digest: &Digest, size: u64) -> Sink {
        let name = name(digest);
        let opened = async {
            let handle = handle(&name, true).await?;
            let access = JsFuture::from(handle.create_sync_access_handle()).await?;
            Ok::<_, JsValue>(access.unchecked_into::<FileSystemSyncAccessHandle>())
        };
        match opened.await {
            Ok(handle) => {
                let length = handle.get_size().unwrap_or_default() as u64;
                let mut sink = Sink::Disk { handle, name, length };
                if length > size {
                    sink.restart();
                }
                database::note(&database::part_key(&self::name(digest)), size).await;
                sink
            }
            Err(_) => Sink::in_memory(),
        }
    }

    /// Kept as long as somebody holds it.
    pub fn in_memory() -> Sink {
        Sink::Memory { blobs: Array::new(), pieces: Array::new(), waiting: 0 }
    }

    /// Bytes that it has.
    pub fn length(&self) -> u64 {
        match self {
            Sink::Disk { length, .. } => *length,
            Sink::Memory { .. } => 0,
        }
    }

    /// Reads what an earlier transfer left, from `at` on.
    pub fn read(&self, at: u64, buffer: &mut [u8]) -> Option<usize> {
        let Sink::Disk { handle, .. } = self else { return None };
        let options = FileSystemReadWriteOptions::new();
        options.set_at(at as f64);
        handle.read_with_u8_array_and_options(buffer, &options).ok().map(|count| count as usize)
    }

    /// Forgets what it has.
    pub fn restart(&mut self) {
        match self {
            Sink::Disk { handle, length, .. } => {
                let _ = handle.truncate_with_u32(0); // what can't be emptied is written over
                *length = 0;
            }
            Sink::Memory { .. } => *self = Sink::in_memory(),
        }
    }

    /// Appends bytes; false if there is no room for them: then it has none of them.
    pub fn write(&mut self, bytes: &[u8]) -> bool {
        match self {
            Sink::Disk { handle, length, .. } => {
                let options = FileSystemReadWriteOptions::new();
                options.set_at(*length as f64);
                let written = handle.write_with_u8_array_and_options(bytes, &options);
                let whole = written.is_ok_and(|count| count as usize == bytes.len());
                *length += if whole { bytes.len() as u64 } else { 0 };
                whole
            }
            Sink::Memory { blobs, pieces, waiting } => {
                pieces.push(&Uint8Array::from(bytes));
                *waiting += bytes.len() as u64;
                if *waiting < JOINED {
                    return true;
                }
                *waiting = 0;
                let ready: Array = std::mem::replace(pieces, Array::new());
                let joined = Blob::new_with_u8_array_sequence(&ready);
                joined.is_ok_and(|joined| blobs.push(&joined) > 0)
            }
        }
    }

    /// What fits on no disk goes on in memory, with the bytes that it has; false if those can't be read.
    pub fn move_to_memory(&mut self) -> bool {
        let old = std::mem::replace(self, Sink::in_memory());
        let (mut at, mut buffer) = (0, vec![0; 1 << 20]);
        while at < old.length() {
            let room = buffer.len().min((old.length() - at) as usize);
            match old.read(at, &mut buffer[..room]) {
                Some(count) if count > 0 && self.write(&buffer[..count]) => at += count as u64,
                _ => return false,
            }
        }
        true
    }

    /// The whole blob as a file. `kept`: it is what its digest says, and stays.
    pub async fn finish(self, size: u64, kept: bool) -> Option<File> {
        match &self {
            Sink::Disk { handle, name, .. } => {
                handle.flush().ok()?;
                handle.close();
                let file = handle_file(name).await?;
                if kept {
                    database::delete(&database::part_key(name)).await;
                    database::note(&database::blob_key(name), size).await;
                }
                Some(file)
            }
            Sink::Memory { blobs, pieces, .. } => {
                let all = blobs.concat(pieces);
                let options = FilePropertyBag::new();
                File::new_with_blob_sequence_and_options(&all, "blob", &options).ok()
            }
        }
    }

    /// Gives its room back.
    pub async fn remove(self) {
        let name = match &self {
            Sink::Disk { name, .. } => name.clone(),
            Sink::Memory { .. } => return,
        };
        drop(self);
        remove(&name).await;
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        if let Sink::Disk { handle, .. } = self {
            handle.close(); // closing twice does nothing
        }
    }
}

/// Removes a blob's file.
pub async fn remove(name: &str) {
    let gone = async { JsFuture::from(folder(false).await?.remove_entry(name)).await };
    let _ = gone.await; // not there, or another tab reads it: then it goes another time
}

/// Removes all of them, those that are no blob yet, too.
pub async fn clear() {
    for entry in database::list().await {
        if let Some(name) = database::blob_name(&entry) {
            remove(name).await;
        }
    }
    let gone = async {
        let options = web_sys::FileSystemRemoveOptions::new();
        options.set_recursive(true);
        let top = crate::browser::spill::top().await?;
        JsFuture::from(top.remove_entry_with_options(FOLDER, &options)).await
    };
    let _ = gone.await; // another tab writes one of them
}

async fn handle_file(name: &str) -> Option<File> {
    let handle = handle(name, false).await.ok()?;
    JsFuture::from(handle.get_file()).await.ok()?.dyn_into().ok()
}

async fn handle(name: &str, create: bool) -> Result<FileSystemFileHandle, JsValue> {
    let options = FileSystemGetFileOptions::new();
    options.set_create(create);
    let handle = folder(create).await?.get_file_handle_with_options(name, &options);
    Ok(JsFuture::from(handle).await?.unchecked_into())
}

async fn folder(create: bool) -> Result<FileSystemDirectoryHandle, JsValue> {
    directory(&crate::browser::spill::top().await?, FOLDER, create).await
}

/// Safe as a file's name: a digest has no slash.
fn name(digest: &Digest) -> String {
    digest.to_string().replace(':', "-")
}
