//! The cache of what was fetched from registries, so that nothing is fetched twice: blobs by digest as files of the
//! origin-private file system, indexes of layers and documents in IndexedDB.
//!
//! - Blobs in it are what their digests say: they were verified as they arrived. A blob counts as complete only
//!   once the database says so; until then its file is an interrupted transfer, which can be continued.
//! - The least recently used entry is evicted first, when a share of the browser's quota is reached or
//!   writing fails.
//! - Without such storage (private windows) nothing is kept, and everything else works the same.

pub mod blobs;
mod database;
pub mod sink;

use super::scope::scope;
use crate::oci::Digest;
use crate::protocol::CacheNumbers;
use crate::session::eviction::to_evict;
use crate::session::schedule::CacheKey;
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, StorageManager};

/// At most this share of the browser's quota is used: the rest is for spilled files.
const SHARE: f64 = 0.5;

/// Bytes that are assumed where the browser states no quota.
const ASSUMED_QUOTA: f64 = 1e9;

/// The build that wrote an index: another one may write it differently.
const FORMAT: &str = concat!("index ", env!("CARGO_PKG_VERSION"), ".6 ");

/// What is under each key.
pub async fn read_all(keys: &[CacheKey]) -> Vec<Option<Vec<u8>>> {
    database::get_all(&keys.iter().map(name).collect::<Vec<_>>()).await
}

/// Puts bytes under a key. Where there is no room, the next visit fetches them again.
pub async fn write(key: &CacheKey, bytes: &[u8]) {
    let name = name(key);
    if database::put(&name, bytes).await.is_err() {
        make_room(bytes.len() as u64).await;
        let _ = database::put(&name, bytes).await;
    }
}

/// A blob that is complete.
pub async fn open_blob(digest: &Digest, size: u64) -> Option<File> {
    blobs::open(digest, size).await
}

/// Counts what the cache holds.
pub async fn numbers() -> CacheNumbers {
    let quota = stated_quota().await.map(|quota| quota as u64);
    let mut numbers = CacheNumbers { quota, ..CacheNumbers::default() };
    for entry in database::list().await {
        match database::blob_name(&entry).is_some() {
            true => {
                numbers.blobs += 1;
                numbers.blob_bytes += entry.size;
            }
            false => {
                numbers.entries += 1;
                numbers.entry_bytes += entry.size;
            }
        }
    }
    numbers
}

/// Empties the cache.
pub async fn clear() {
    blobs::clear().await;
    database::clear().await;
}

/// Evicts entries so that so many bytes more fit.
pub async fn make_room(bytes: u64) {
    let limit = stated_quota().await.unwrap_or(ASSUMED_QUOTA) * SHARE;
    for entry in to_evict(database::list().await, limit as u64, bytes) {
        if let Some(name) = database::blob_name(&entry) {
            blobs::remove(name).await;
        }
        database::delete(&entry.key).await;
    }
}

/// A key as the database spells it.
fn name(key: &CacheKey) -> String {
    match key {
        CacheKey::Document(digest) => format!("document {digest}"),
        CacheKey::LayerIndex(digest) => format!("{FORMAT}{digest}"),
        CacheKey::Text(name) => format!("text {name}"),
    }
}

/// Bytes that this origin may use, if the browser says so.
async fn stated_quota() -> Option<f64> {
    let storage = manager()?;
    let estimate = JsFuture::from(storage.estimate().ok()?).await.ok()?;
    let quota = Reflect::get(&estimate, &JsValue::from_str("quota")).ok()?.as_f64()?;
    Some(quota).filter(|quota| *quota > 0.0)
}

/// `None` in insecure contexts.
fn manager() -> Option<StorageManager> {
    Reflect::get(&scope().navigator(), &JsValue::from_str("storage")).ok()?.dyn_into().ok()
}
