//! What the browser keeps of registries, so that nothing is fetched twice: blobs by digest as files of the
//! origin-private file system, indexes of layers and documents in IndexedDB.
//!
//! - What is kept is what its digest says: it was checked when it came. A blob counts as whole only once
//!   the database says so; until then its file is a transfer that broke off, and is gone on with.
//! - The least recently used goes first, when a share of the browser's quota is reached or writing fails.
//! - Where there is no such storage (private windows), nothing is kept, and everything works all the same.

pub mod blobs;
mod database;

use crate::oci::Digest;
use crate::session::room;
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, StorageManager};

/// A share of the browser's quota that is used at most: the rest is for what is spilled.
const SHARE: f64 = 0.5;

/// The build that wrote an index: another one may write it otherwise.
const FORMAT: &str = concat!("index ", env!("CARGO_PKG_VERSION"), ".2 ");

/// A document (index, manifest, configuration) by its digest.
pub async fn document(digest: &Digest) -> Option<Vec<u8>> {
    database::get(&format!("document {digest}")).await
}

/// Keeps a document.
pub async fn keep_document(digest: &Digest, bytes: &[u8]) {
    keep(&format!("document {digest}"), bytes).await;
}

/// What was found out of the layer with this blob.
pub async fn index(digest: &Digest) -> Option<Vec<u8>> {
    database::get(&format!("{FORMAT}{digest}")).await
}

/// Keeps what was found out of a layer.
pub async fn keep_index(digest: &Digest, buffer: &[u8]) {
    keep(&format!("{FORMAT}{digest}"), buffer).await;
}

/// A text that was kept under a name: what a tag led to, which ways worked.
pub async fn text(name: &str) -> Option<String> {
    String::from_utf8(database::get(&format!("text {name}")).await?).ok()
}

/// Keeps a text.
pub async fn keep_text(name: &str, text: &str) {
    keep(&format!("text {name}"), text.as_bytes()).await;
}

async fn keep(key: &str, bytes: &[u8]) {
    if database::put(key, bytes).await.is_err() {
        make_room(bytes.len() as u64).await;
        // Kept it is not, then: the next visit fetches it again.
        let _ = database::put(key, bytes).await;
    }
}

/// What is kept, in numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kept {
    /// Blobs that are whole or not, and their bytes.
    pub blobs: u64,
    pub blob_bytes: u64,
    /// Indexes and documents, and their bytes.
    pub entries: u64,
    pub entry_bytes: u64,
    /// Bytes that the browser lets this origin use; 0: it doesn't say.
    pub quota: u64,
}

/// Counts what is kept.
pub async fn kept() -> Kept {
    let mut kept = Kept { quota: quota().await as u64, ..Kept::default() };
    for entry in database::list().await {
        match database::blob_name(&entry).is_some() {
            true => {
                kept.blobs += 1;
                kept.blob_bytes += entry.size;
            }
            false => {
                kept.entries += 1;
                kept.entry_bytes += entry.size;
            }
        }
    }
    kept
}

/// Forgets everything that is kept.
pub async fn clear() {
    blobs::clear().await;
    database::clear().await;
}

/// Sees to it that so many bytes more fit: what was used longest ago goes.
pub async fn make_room(bytes: u64) {
    let limit = quota().await * SHARE;
    for entry in room::to_go(database::list().await, limit as u64, bytes) {
        if let Some(name) = database::blob_name(&entry) {
            blobs::remove(name).await;
        }
        database::delete(&entry.key).await;
    }
}

/// Bytes that this origin may use; a gigabyte where the browser doesn't say.
async fn quota() -> f64 {
    let estimate = async {
        let storage = manager()?;
        let estimate = JsFuture::from(storage.estimate().ok()?).await.ok()?;
        Reflect::get(&estimate, &JsValue::from_str("quota")).ok()?.as_f64()
    };
    estimate.await.filter(|quota| *quota > 0.0).unwrap_or(1e9)
}

/// `None` in insecure contexts.
fn manager() -> Option<StorageManager> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    Reflect::get(&scope.navigator(), &JsValue::from_str("storage")).ok()?.dyn_into().ok()
}
