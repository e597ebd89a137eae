//! Real registries on loopback, for native tests and for tests in browsers.
//!
//! - `Setup` starts Debian's docker-registry (Distribution 2.8): open, with a password, with tokens, with
//!   CORS headers or without. Several can serve the same folder: what is pushed to an open one can then be
//!   pulled from one with a login.
//! - `second` starts another implementation, which has the referrers API and paged lists of tags.
//! - `Front` is a server in front of one of them: it counts requests, and breaks, holds and stops responses.
//! - `cosign` signs images in them.
//! - `fill` and `images` put images in: from the fixtures, for several platforms, under many tags.
//!
//! Nothing sleeps: a registry is ready when its log says where it listens. A program that is not installed
//! is a panic that says how to install it: tests that may run without it are marked as ignored by their
//! build script (`tests/material.rs`).
//!
//! Distribution answers a browser's preflight request with 401 where it requires a login, whatever its
//! headers. Deployments therefore put a server in front of it that answers OPTIONS, as `Front::cors` does.

pub mod cosign;
pub mod distribution;
pub mod fill;
pub mod folder;
pub mod front;
pub mod http;
pub mod images;
pub mod second;
pub mod tokens;

mod relay;

pub use distribution::{Registry, Setup};
pub use folder::Folder;
pub use front::{Front, Seen};
pub use tokens::TokenServer;

use std::path::{Path, PathBuf};

/// The user of registries that require a login.
pub const USER: &str = "tester";
/// The password of `USER`.
pub const PASSWORD: &str = "correct horse";
/// Both as the value of an Authorization header.
pub const BASIC: &str = "Basic dGVzdGVyOmNvcnJlY3QgaG9yc2U=";

/// An image index.
pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// An image manifest.
pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// Docker's index.
pub const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
/// Docker's manifest.
pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A small archive of `tests/fixtures`.
pub fn fixture(name: &str) -> PathBuf {
    root().join("tests/fixtures").join(name)
}

/// `sha256:…`.
pub fn digest(bytes: &[u8]) -> String {
    use sha2::Digest;
    let hash = sha2::Sha256::digest(bytes);
    format!("sha256:{}", hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// Where xtask puts what it builds for tests.
fn built(name: &str) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    root().join(target).join("xtask").join(name)
}

/// Where a shell would find a program.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}
