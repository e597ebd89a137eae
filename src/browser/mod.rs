//! The only place with web-sys: workers, blobs, fetches, downloads, the clipboard.
//!
//! `page` is what the page needs of the browser (feature `page`), `engine` what its workers need (feature
//! `engine`). `message`, `panics` and `spawn` are what both sides share.
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
pub mod engine;
