//! Uncompressed bytes kept in the origin-private file system: for streams that can be entered at their
//! start only, so that a file's content doesn't cost the whole layer each time.
//!
//! - Nothing that is kept outlives its session: each session has a folder and holds a lock of the same
//!   name, and whoever starts next removes the folders whose lock nobody holds.
//! - No room, no such file system (private windows): then nothing is kept, and reads begin at the start.
//! - Writing is synchronous and a worker's alone; a file is read as a `File` by whichever worker.

use js_sys::{Array, AsyncIterator, Function, IteratorNext, Promise, Reflect};
use std::io::{self, Write};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DedicatedWorkerGlobalScope, File, FileSystemDirectoryHandle, FileSystemFileHandle,
    FileSystemGetDirectoryOptions, FileSystemGetFileOptions, FileSystemRemoveOptions,
    FileSystemSyncAccessHandle,
};

/// All sessions' folders are in this one.
const ROOT: &str = "spill";

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
pub struct Folder {
    name: String,
}

impl Folder {
    /// A folder that lives as long as this worker. Folders of sessions that have ended are removed.
    pub fn new() -> Folder {
        let name = format!("{:x}", (js_sys::Math::random() * (1u64 << 52) as f64) as u64);
        if let Some(locks) = locks() {
            // A promise that stays open holds the lock until the worker ends.
            let hold = Closure::once_into_js(|| Promise::new(&mut |_, _| {}));
            let _ = locks.request(&lock_name(&name), hold.unchecked_ref());
            wasm_bindgen_futures::spawn_local(async move {
                let _ = remove_left_ones(&locks).await; // tried again by the next session
            });
        }
        Folder { name }
    }

    /// The path of a file in it.
    pub fn file(&self, number: u32) -> String {
        format!("{}/{number}", self.name)
    }
}

/// A file that is being written.
pub struct Spill {
    handle: FileSystemSyncAccessHandle,
}

impl Spill {
    /// A new file at a path that `Folder::file` gave.
    pub async fn create(path: &str) -> Result<Spill, JsValue> {
        let file = file_handle(path, true).await?;
        let handle = JsFuture::from(file.create_sync_access_handle()).await?;
        Ok(Spill { handle: handle.unchecked_into() })
    }
}

impl Write for Spill {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.handle.write_with_u8_array(bytes) {
            Ok(count) => Ok(count as usize),
            Err(error) => Err(io::Error::other(super::panics::words(&error))),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Spill {
    fn drop(&mut self) {
        self.handle.close();
    }
}

/// A written file, to be read.
pub async fn open(path: &str) -> Result<File, JsValue> {
    let handle = file_handle(path, false).await?;
    Ok(JsFuture::from(handle.get_file()).await?.unchecked_into())
}

/// Gives the room of a file back.
pub async fn remove(path: &str) -> Result<(), JsValue> {
    let (folder, name) = path.split_once('/').unwrap_or_default();
    let folder = directory(&root(false).await?, folder, false).await?;
    JsFuture::from(folder.remove_entry(name)).await.map(drop)
}

async fn file_handle(path: &str, create: bool) -> Result<FileSystemFileHandle, JsValue> {
    let (folder, name) = path.split_once('/').unwrap_or_default();
    let folder = directory(&root(create).await?, folder, create).await?;
    let options = FileSystemGetFileOptions::new();
    options.set_create(create);
    let handle = folder.get_file_handle_with_options(name, &options);
    Ok(JsFuture::from(handle).await?.unchecked_into())
}

/// The top of this origin's file system.
pub async fn top() -> Result<FileSystemDirectoryHandle, JsValue> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let storage = Reflect::get(&scope.navigator(), &JsValue::from_str("storage"))?;
    let storage: web_sys::StorageManager = storage.dyn_into()?; // absent in insecure contexts
    Ok(JsFuture::from(storage.get_directory()).await?.unchecked_into())
}

async fn root(create: bool) -> Result<FileSystemDirectoryHandle, JsValue> {
    directory(&top().await?, ROOT, create).await
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
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let locks = Reflect::get(&scope.navigator(), &JsValue::from_str("locks")).ok()?;
    (!locks.is_undefined()).then(|| locks.unchecked_into())
}

fn lock_name(folder: &str) -> String {
    format!("layerscope-{ROOT}-{folder}")
}

/// Removes the folders whose session holds no lock any more.
async fn remove_left_ones(locks: &Locks) -> Result<(), JsValue> {
    let root = root(false).await?;
    let mut names = Vec::new();
    let keys: AsyncIterator = root.keys();
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
        let _ = JsFuture::from(root.remove_entry_with_options(folder, &options)).await;
    }
    Ok(())
}
