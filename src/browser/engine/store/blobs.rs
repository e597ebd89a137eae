//! Blobs as files of the origin-private file system.

use super::database;
use crate::browser::engine::spill::{directory, root};
use crate::oci::Digest;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetFileOptions,
    FileSystemRemoveOptions,
};

const FOLDER: &str = "blobs";

/// A blob that is complete.
pub async fn open(digest: &Digest, size: u64) -> Option<File> {
    let name = name(digest);
    database::entry_of(&database::blob_key(&name)).await.filter(|entry| entry.size == size)?;
    let file = file(&name).await.filter(|file| file.size() as u64 == size)?;
    database::note(&database::blob_key(&name), size).await;
    Some(file)
}

/// The file of a name.
pub async fn file(name: &str) -> Option<File> {
    let handle = handle(name, false).await.ok()?;
    JsFuture::from(handle.get_file()).await.ok()?.dyn_into().ok()
}

/// The handle of a file.
pub async fn handle(name: &str, create: bool) -> Result<FileSystemFileHandle, JsValue> {
    let options = FileSystemGetFileOptions::new();
    options.set_create(create);
    let handle = folder(create).await?.get_file_handle_with_options(name, &options);
    Ok(JsFuture::from(handle).await?.unchecked_into())
}

/// Removes a blob's file.
pub async fn remove(name: &str) {
    let gone = async { JsFuture::from(folder(false).await?.remove_entry(name)).await };
    let _ = gone.await; // not there, or another tab reads it: then it is removed another time
}

/// Removes all blobs' files, incomplete ones too.
pub async fn clear() {
    for entry in database::list().await {
        if let Some(name) = database::blob_name(&entry) {
            remove(name).await;
        }
    }
    let gone = async {
        let options = FileSystemRemoveOptions::new();
        options.set_recursive(true);
        JsFuture::from(root().await?.remove_entry_with_options(FOLDER, &options)).await
    };
    let _ = gone.await; // another tab writes one of them
}

async fn folder(create: bool) -> Result<FileSystemDirectoryHandle, JsValue> {
    directory(&root().await?, FOLDER, create).await
}

/// A digest as the name of a file: it has no slash.
pub fn name(digest: &Digest) -> String {
    digest.to_string().replace(':', "-")
}
