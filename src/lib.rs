//! Layerscope: what is inside a container image.
//!
//! The data flows one way: bytes → archive → blobs by digest → tar entries → layer index → file tree →
//! analyses → report and session → views. A module uses only those before it; ARCHITECTURE.md has the map,
//! and `cargo xtask tidy` checks it.

#[cfg(feature = "engine")]
pub mod analysis;
#[cfg(feature = "engine")]
pub mod archive;
#[cfg(any(feature = "engine", feature = "verify"))]
pub mod base64;
#[cfg(feature = "engine")]
pub mod codec;
#[cfg(any(feature = "page", not(target_arch = "wasm32")))]
pub mod content_type;
#[cfg(feature = "engine")]
pub mod entry;
pub mod expression;
#[cfg(feature = "engine")]
pub mod extract;
pub mod find;
#[cfg(any(feature = "page", not(target_arch = "wasm32")))]
pub mod format;
#[cfg(feature = "engine")]
pub mod grep;
#[cfg(any(feature = "page", not(target_arch = "wasm32")))]
pub mod highlight;
pub mod host;
#[cfg(feature = "engine")]
pub mod http;
#[cfg(feature = "engine")]
pub mod inside;
pub mod json;
#[cfg(feature = "engine")]
pub mod layer;
pub mod link;
pub mod member_path;
pub mod oci;
#[cfg(feature = "engine")]
pub mod outline;
#[cfg(any(feature = "engine", feature = "page"))]
pub mod pictures;
pub mod problem;
pub mod protocol;
#[cfg(feature = "engine")]
pub mod registry;
#[cfg(feature = "engine")]
pub mod report;
pub mod selection;
pub mod text;
pub mod time;
#[cfg(feature = "engine")]
pub mod tree;
#[cfg(feature = "verify")]
pub mod verify;
pub mod vocabulary;

pub mod session;

#[cfg(all(feature = "engine", not(target_arch = "wasm32")))]
pub mod cli;

#[cfg(any(target_arch = "wasm32", feature = "page"))]
pub mod browser;
#[cfg(feature = "page")]
pub mod ui;

/// The page's entry: called by www/boot.js with the absolute URL of its own folder.
#[cfg(feature = "page")]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen::prelude::wasm_bindgen)]
pub fn start_page(base: &str) {
    browser::panics::install(browser::panics::show_on_page);
    browser::page::fetch::set_base(base);
    ui::mount();
}

/// A session worker's entry: called by its own script (`browser/spawn.rs`) with the engine's compiled
/// module and its script.
#[cfg(all(target_arch = "wasm32", feature = "engine"))]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn start_session(module: wasm_bindgen::JsValue, source: web_sys::Blob) {
    browser::engine::session_worker::start(module, source);
}

/// The verifier's entry: called by its worker's own script.
#[cfg(all(target_arch = "wasm32", feature = "verify"))]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn start_verifier() {
    browser::verify_worker::start();
}

/// A layer worker's entry, likewise.
#[cfg(all(target_arch = "wasm32", feature = "engine"))]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn start_layer() {
    browser::engine::layer_worker::start();
}
