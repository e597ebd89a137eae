//! The cache's database: bytes by key, and the size and latest use of each entry.
//!
//! - Two object stores, so that eviction reads no bytes.
//! - Every failure counts as "not in the cache": where IndexedDB is missing, full or blocked, the page works
//!   without it.

use crate::session::eviction::CacheEntry;
use idb::builder::{DatabaseBuilder, ObjectStoreBuilder};
use idb::{Database, Error, TransactionMode};
use js_sys::{Array, Date, Uint8Array};
use std::cell::RefCell;
use std::future::IntoFuture;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

const NAME: &str = "layerscope";
/// Key → bytes.
const BYTES: &str = "bytes";
/// Key → [key, bytes that it takes, time of the latest use].
const ENTRIES: &str = "entries";

thread_local! {
    static OPEN: RefCell<Option<Rc<Database>>> = const { RefCell::new(None) };
}

/// Prefix of a blob's key: its bytes are a file.
const BLOB: &str = "blob ";

/// Prefix of the key of a transfer that is in progress, or was interrupted.
const PART: &str = "part ";

/// The key of a blob's entry.
pub fn blob_key(name: &str) -> String {
    format!("{BLOB}{name}")
}

/// The key of the entry of an incomplete blob.
pub fn part_key(name: &str) -> String {
    format!("{PART}{name}")
}

/// The name of the file that an entry stands for; `None`: its bytes are in the database.
pub fn blob_name(entry: &CacheEntry) -> Option<&str> {
    entry.key.strip_prefix(BLOB).or_else(|| entry.key.strip_prefix(PART))
}

async fn open() -> Result<Rc<Database>, Error> {
    if let Some(open) = OPEN.with_borrow(Clone::clone) {
        return Ok(open);
    }
    let builder = DatabaseBuilder::new(NAME)
        .version(1)
        .add_object_store(ObjectStoreBuilder::new(BYTES))
        .add_object_store(ObjectStoreBuilder::new(ENTRIES));
    let open = Rc::new(builder.build().await?);
    OPEN.set(Some(Rc::clone(&open)));
    Ok(open)
}

/// The bytes under each key, read in one transaction. Counts as a use of those that are there.
pub async fn get_all(keys: &[String]) -> Vec<Option<Vec<u8>>> {
    let values = values(keys).await.unwrap_or_else(|_| vec![None; keys.len()]);
    let sizes = keys.iter().zip(&values);
    let used = sizes.filter_map(|(key, value)| Some((&key[..], value.as_ref()?.len() as u64)));
    note_all(used).await;
    values
}

async fn values(keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, Error> {
    let transaction = open().await?.transaction(&[BYTES], TransactionMode::ReadOnly)?;
    let store = transaction.object_store(BYTES)?;
    // All are requested before the first is awaited: a transaction without requests ends.
    let request = |key: &String| Ok(store.get(JsValue::from_str(key))?.into_future());
    let requests = keys.iter().map(request).collect::<Result<Vec<_>, Error>>()?;
    let mut values = Vec::with_capacity(keys.len());
    for request in requests {
        let value = request.await?.and_then(|value| value.dyn_into::<Uint8Array>().ok());
        values.push(value.map(|bytes| bytes.to_vec()));
    }
    Ok(values)
}

/// Puts bytes under a key.
pub async fn put(key: &str, bytes: &[u8]) -> Result<(), Error> {
    let open = open().await?;
    let transaction = open.transaction(&[BYTES, ENTRIES], TransactionMode::ReadWrite)?;
    let name = JsValue::from_str(key);
    transaction.object_store(BYTES)?.put(&Uint8Array::from(bytes), Some(&name))?;
    let entry = entry(key, bytes.len() as u64);
    transaction.object_store(ENTRIES)?.put(&entry, Some(&name))?;
    transaction.await?;
    Ok(())
}

/// Records a use of a key, and its size in bytes.
pub async fn note(key: &str, size: u64) {
    note_all(std::iter::once((key, size))).await;
}

/// The same for several keys, in one transaction.
async fn note_all(uses: impl Iterator<Item = (&str, u64)>) {
    let mut uses = uses.peekable();
    if uses.peek().is_none() {
        return;
    }
    let noted = async {
        let open = open().await?;
        let transaction = open.transaction(&[ENTRIES], TransactionMode::ReadWrite)?;
        let store = transaction.object_store(ENTRIES)?;
        for (key, size) in uses {
            store.put(&entry(key, size), Some(&JsValue::from_str(key)))?;
        }
        transaction.await.map(drop)
    };
    let _: Result<(), Error> = noted.await; // it is only evicted sooner
}

/// The entry under a key.
pub async fn entry_of(key: &str) -> Option<CacheEntry> {
    let found = async {
        let transaction = open().await?.transaction(&[ENTRIES], TransactionMode::ReadOnly)?;
        transaction.object_store(ENTRIES)?.get(JsValue::from_str(key))?.await
    };
    read(found.await.ok()??)
}

/// All entries.
pub async fn list() -> Vec<CacheEntry> {
    let all = async {
        let transaction = open().await?.transaction(&[ENTRIES], TransactionMode::ReadOnly)?;
        transaction.object_store(ENTRIES)?.get_all(None, None)?.await
    };
    let all: Result<Vec<JsValue>, Error> = all.await;
    all.unwrap_or_default().into_iter().filter_map(read).collect()
}

pub async fn delete(key: &str) {
    let gone = async {
        let open = open().await?;
        let transaction = open.transaction(&[BYTES, ENTRIES], TransactionMode::ReadWrite)?;
        transaction.object_store(BYTES)?.delete(JsValue::from_str(key))?;
        transaction.object_store(ENTRIES)?.delete(JsValue::from_str(key))?;
        transaction.await.map(drop)
    };
    let _: Result<(), Error> = gone.await; // tried again at the next eviction
}

pub async fn clear() {
    for entry in list().await {
        delete(&entry.key).await;
    }
}

fn entry(key: &str, size: u64) -> JsValue {
    // A number holds bytes exactly up to 2^53.
    Array::of3(&JsValue::from_str(key), &JsValue::from_f64(size as f64), &Date::now().into()).into()
}

fn read(entry: JsValue) -> Option<CacheEntry> {
    let entry: Array = entry.dyn_into().ok()?;
    let (key, size) = (entry.get(0).as_string()?, entry.get(1).as_f64()?);
    Some(CacheEntry { key, size: size as u64, used: entry.get(2).as_f64()? })
}
