//! The Dockerfile: as an attestation has it, or rebuilt, with the layer, size and hidden bytes of each line; and the
//! base image.
//!
//! - `view.rs` draws the lines; `base.rs` says which image is the base image; `lookup.rs` asks deps.dev about it.

mod base;
mod lookup;
mod view;

pub use view::DockerfileView;
