//! The only place with web-sys: workers, blobs, fetches, downloads, the clipboard.
//!
//! The page (feature `page`) asks through `client`; a session worker answers and gives its jobs to
//! layer workers (feature `engine`). `wire` and `spawn` are what both sides share.
//!
//! - Nothing here parses, merges or decides what is shown: bytes and messages pass through.
//! - Known by nobody but `ui/` and the entry points in lib.rs; exists on wasm32 only.
//! - No promise is left hanging: whatever ends a worker answers those who wait for it.

pub mod panics;
mod spawn;
mod wire;

#[cfg(feature = "engine")]
mod blob_reader;
#[cfg(feature = "engine")]
mod file_list;
#[cfg(feature = "engine")]
pub mod layer_worker;
#[cfg(feature = "engine")]
mod network;
#[cfg(feature = "engine")]
mod pool;
#[cfg(feature = "engine")]
pub mod session_worker;
#[cfg(feature = "engine")]
mod spill;
#[cfg(feature = "engine")]
mod store;
#[cfg(feature = "engine")]
mod tally;
#[cfg(feature = "engine")]
mod transport;

#[cfg(feature = "page")]
pub mod client;
#[cfg(feature = "page")]
pub mod clipboard;
#[cfg(feature = "page")]
pub mod config;
#[cfg(feature = "page")]
pub mod download;
#[cfg(feature = "page")]
mod engine;
#[cfg(feature = "page")]
pub mod fetch;
#[cfg(feature = "page")]
pub mod folder;
#[cfg(feature = "page")]
pub mod locale;
#[cfg(feature = "page")]
pub mod machine;
#[cfg(feature = "page")]
pub mod marks;
