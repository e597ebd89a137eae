//! A second implementation of the protocol: go-containerregistry's, which has the referrers API, cuts
//! lists of tags into pages without saying where the next one is, and keeps all in memory.
//!
//! `tests/registries/second` is its source; `cargo xtask test` builds it where Go is installed.

use crate::distribution::Registry;
use crate::folder::Folder;
use crate::root;
use std::path::PathBuf;
use std::sync::Arc;

/// Starts it.
///
/// # Panics
/// If it was not built.
pub fn start() -> Registry {
    let program = program();
    assert!(program.is_file(), "{}: cargo xtask test builds it, with Go", program.display());
    Registry::spawn(&program, &[], Arc::new(Folder::new()))
}

/// Where xtask puts it.
fn program() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    root().join(target).join("xtask/second-registry")
}
