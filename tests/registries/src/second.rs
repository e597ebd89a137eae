//! A second implementation of the protocol: go-containerregistry's, which has the referrers API, cuts
//! lists of tags into pages without saying where the next one is, and keeps all in memory.
//!
//! `tests/registries/second` is its source; `cargo xtask test` builds it where Go is installed.

use crate::built;
use crate::distribution::Registry;
use crate::folder::Folder;
use std::sync::Arc;

/// Starts it.
///
/// # Panics
/// If it was not built.
pub fn start() -> Registry {
    let program = built("second-registry");
    assert!(program.is_file(), "{}: cargo xtask test builds it, with Go", program.display());
    Registry::spawn(&program, &[], Arc::new(Folder::new()))
}
