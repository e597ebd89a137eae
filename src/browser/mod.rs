//! The only place with web-sys: workers, blobs, fetches, downloads, the clipboard.
//!
//! `page` is what the page needs of the browser (feature `page`), `engine` what its workers need (feature
//! `engine`), `verify_worker` the worker that verifies signatures (feature `verify`). `message`, `panics` and `spawn` are what both sides share.
//!
//! - Nothing here parses, merges or decides what is shown: bytes and messages pass through.
//! - Only `ui/` and the entry points in lib.rs use it. `page` compiles natively too, so that views can be
//!   rendered in tests; natively nothing calls it, except the stand-ins that say so.
//! - No promise is left pending: code that ends a worker answers the requests that wait for it.

mod message;
pub mod panics;
#[cfg(any(feature = "page", feature = "engine"))]
mod spawn;

#[cfg(feature = "page")]
pub mod page;

#[cfg(all(target_arch = "wasm32", feature = "engine"))]
pub mod engine;

#[cfg(all(target_arch = "wasm32", feature = "verify"))]
pub mod verify_worker;
