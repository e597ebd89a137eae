//! Files of a session in the origin-private file system: uncompressed bytes of streams that have no
//! checkpoints, and archives from the web.
//!
//! - Nothing here outlives its session: each session has a folder and holds a lock of the same name, and the
//!   next session that starts removes the folders whose lock nobody holds.
//! - Without room, or without such a file system (private windows), nothing is kept, and reads start at the
//!   beginning of the stream.
//! - One worker writes a file, synchronously; then any worker reads it as a `File`.

use super::scope::scope;
use super::transport;
use crate::browser::panics;
use crate::session::schedule::{SpillId, TransferId};
use js_sys::{Array, AsyncIterator, Function, IteratorNext, Promise, Reflect};
use std::io::{self, Write};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions,
    FileSystemGetFileOptions, FileSystemRemoveOptions, FileSystemSyncAccessHandle,
};

/// The folder that all sessions' folders are in.
const ROOT: &str = "spill";

/// How often a file is tried to be removed, and after how many milliseconds again.
const REMOVALS: u32 = 20;
const REMOVED_AGAIN: i32 = 100;

#[wasm_bindgen]
extern "C" {
    /// `navigator.locks`, which the bindings don't have yet.
    type Locks;
    #[wasm_bindgen(method)]
    fn request(this: &Locks, name: &str, callback: &Function) -> Promise;
    #[wasm_bindgen(method)]
    fn query(this: &Locks) -> Promise;
}

/// A session's folder.
#[derive(Clone)]
pub struct SpillFolder {
    name: String,
}

impl SpillFolder {
    /// A folder that lives as long as this worker. Folders of sessions that have ended are removed.
    pub fn new() -> SpillFolder {
        let name = format!("{:x}", (js_sys::Math::random() * (1u64 << 52) as f64) as u64);
        if let Some(locks) = locks() {
            // A promise that stays open holds the lock until the worker ends.
            let hold = Closure::once_into_js(|| Promise::new(&mut |_, _| {}));
            let _ = locks.request(&lock_name(&name), hold.unchecked_ref());
            wasm_bindgen_futures::spawn_local(async move {
                let _ = remove_abandoned(&locks).await; // tried again by the next session
            });
        }
        SpillFolder { name }
    }

    /// The path of a file of uncompressed bytes.
    pub fn spill_path(&self, spill: SpillId) -> String {
        format!("{}/{}", self.name, spill.0)
    }

    /// The path of a file that is downloaded.
    pub fn download_path(&self, transfer: TransferId) -> String {
        format!("{}/{}", self.name, transfer.0)
    }
}

/// A file that is being written.
pub struct SpillFile {
    handle: FileSystemSyncAccessHandle,
}

impl SpillFile {
    /// A new file at a path of a `SpillFolder`.
    pub async fn create(path: &str) -> Result<SpillFile, JsValue> {
        let file = file_handle(path, true).await?;
        let handle = JsFuture::from(file.create_sync_access_handle()).await?;
        Ok(SpillFile { handle: handle.unchecked_into() })
    }
}

impl Write for SpillFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.handle.write_with_u8_array(bytes) {
            Ok(count) => Ok(count as usize),
            Err(error) => Err(io::Error::other(panics::words(&error))),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for SpillFile {
    fn drop(&mut self) {
        self.handle.close();
    }
}

/// A written file, to be read.
pub async fn open(path: &str) -> Result<File, JsValue> {
    let handle = file_handle(path, false).await?;
    Ok(JsFuture::from(handle.get_file()).await?.unchecked_into())
}

/// Removes what a worker wrote that has just been ended: the browser closes its file a moment later, and removes no
/// open one. What is never removed so is removed with the session's folder.
pub async fn remove_unfinished(path: &str) {
    for _ in 0..REMOVALS {
        match remove(path).await {
            Err(error) if panics::words(&error).contains("NotFoundError") => return,
            Err(_) => transport::pause(REMOVED_AGAIN).await,
            Ok(()) => return,
        }
    }
}

/// Removes a file.
pub async fn remove(path: &str) -> Result<(), JsValue> {
    let (folder, name) = path.split_once('/').unwrap_or_default();
    let folder = directory(&sessions(false).await?, folder, false).await?;
    JsFuture::from(folder.remove_entry(name)).await.map(drop)
}

/// The handle of a file.
pub async fn file_handle(path: &str, create: bool) -> Result<FileSystemFileHandle, JsValue> {
    let (folder, name) = path.split_once('/').unwrap_or_default();
    let folder = directory(&sessions(create).await?, folder, create).await?;
    let options = FileSystemGetFileOptions::new();
    options.set_create(create);
    let handle = folder.get_file_handle_with_options(name, &options);
    Ok(JsFuture::from(handle).await?.unchecked_into())
}

/// The root of this origin's file system.
pub async fn root() -> Result<FileSystemDirectoryHandle, JsValue> {
    let storage = Reflect::get(&scope().navigator(), &JsValue::from_str("storage"))?;
    let storage: web_sys::StorageManager = storage.dyn_into()?; // absent in insecure contexts
    Ok(JsFuture::from(storage.get_directory()).await?.unchecked_into())
}

async fn sessions(create: bool) -> Result<FileSystemDirectoryHandle, JsValue> {
    directory(&root().await?, ROOT, create).await
}

/// A folder in a folder.
pub async fn directory(
    parent: &FileSystemDirectoryHandle,
    name: &str,
    create: bool,
) -> Result<FileSystemDirectoryHandle, JsValue> {
    let options = FileSystemGetDirectoryOptions::new();
    options.set_create(create);
    let handle = parent.get_directory_handle_with_options(name, &options);
    Ok(JsFuture::from(handle).await?.unchecked_into())
}

fn locks() -> Option<Locks> {
    let locks = Reflect::get(&scope().navigator(), &JsValue::from_str("locks")).ok()?;
    (!locks.is_undefined()).then(|| locks.unchecked_into())
}

fn lock_name(folder: &str) -> String {
    format!("layerscope-{ROOT}-{folder}")
}

/// Removes the folders whose session holds no lock any more.
async fn remove_abandoned(locks: &Locks) -> Result<(), JsValue> {
    let sessions = sessions(false).await?;
    let mut names = Vec::new();
    let keys: AsyncIterator = sessions.keys();
    loop {
        let next: IteratorNext = JsFuture::from(keys.next()?).await?.unchecked_into();
        if next.done() {
            break;
        }
        names.extend(next.value().as_string());
    }
    // Asked after the folders were listed: a folder made since then is in neither.
    let state = JsFuture::from(locks.query()).await?;
    let held: Array = Reflect::get(&state, &JsValue::from_str("held"))?.unchecked_into();
    let name = |lock: JsValue| Reflect::get(&lock, &JsValue::from_str("name")).ok()?.as_string();
    let held: Vec<String> = held.iter().filter_map(name).collect();
    for folder in names.iter().filter(|folder| !held.contains(&lock_name(folder))) {
        let options = FileSystemRemoveOptions::new();
        options.set_recursive(true);
        // What another tab is removing at the same time is gone all the same.
        let _ = JsFuture::from(sessions.remove_entry_with_options(folder, &options)).await;
    }
    Ok(())
}
