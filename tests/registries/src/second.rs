//! A second implementation of the protocol: go-containerregistry's, which has the referrers API, cuts
//! lists of tags into pages without saying where the next one is, and keeps all in memory.
//!
//! `tests/registries/second` is its source; `cargo xtask test` builds it where Go is installed.

use crate::distribution::Registry;
use crate::folder::Folder;
use crate::{left_out, root};
use std::path::PathBuf;
use std::sync::Arc;

/// Starts it. `None`, said by name, where it was not built.
pub fn start() -> Option<Registry> {
    let program = program();
    if !program.is_file() {
        left_out("the second registry was not built (cargo xtask test does, with Go)");
        return None;
    }
    Some(Registry::spawn(&program, &[], Arc::new(Folder::new())))
}

/// Where xtask puts it.
fn program() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    root().join(target).join("xtask/second-registry")
}
