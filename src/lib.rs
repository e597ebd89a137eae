//! Layerscope: what is inside a container image.
//!
//! The data flows one way: bytes → archive → blobs by digest → tar entries → layer index → file tree →
//! analyses → report and session → views. A module knows only what stands before it; ARCHITECTURE.md
//! has the map, and `cargo xtask tidy` holds it.

pub mod problem;
pub mod selection;
pub mod text;

pub mod session;
