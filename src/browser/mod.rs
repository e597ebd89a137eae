//! The only place with web-sys: workers, blobs, fetches, downloads, the clipboard.
//!
//! `page` is what the page needs of the browser (feature `page`); a session worker answers it and gives its
//! jobs to layer workers (feature `engine`). `message`, `panics` and `spawn` are what both sides share.
//!
//! - Nothing here parses, merges or decides what is shown: bytes and messages pass through.
//! - Known by nobody but `ui/` and the entry points in lib.rs. `page` compiles natively too, so that views
//!   can be rendered in tests; natively it is never called, but for the stand-ins that say so.
//! - No promise is left hanging: whatever ends a worker answers those who wait for it.

mod message;
pub mod panics;
mod spawn;

#[cfg(feature = "page")]
pub mod page;

#[cfg(all(target_arch = "wasm32", feature = "engine"))]
mod blob_reader;
#[cfg(all(target_arch = "wasm32", feature = "engine"))]
mod file_list;
#[cfg(all(target_arch = "wasm32", feature = "engine"))]
pub mod layer_worker;
#[cfg(all(target_arch = "wasm32", feature = "engine"))]
mod network;
#[cfg(all(target_arch = "wasm32", feature = "engine"))]
mod pool;
#[cfg(all(target_arch = "wasm32", feature = "engine"))]
pub mod session_worker;
#[cfg(all(target_arch = "wasm32", feature = "engine"))]
mod spill;
#[cfg(all(target_arch = "wasm32", feature = "engine"))]
mod store;
#[cfg(all(target_arch = "wasm32", feature = "engine"))]
mod tally;
#[cfg(all(target_arch = "wasm32", feature = "engine"))]
mod transport;
#[cfg(all(target_arch = "wasm32", feature = "engine"))]
mod wire;
