//! The Dockerfile of an image: as its provenance has it, or rebuilt from history, configuration and layers.
//!
//! - Sources: Docker's Dockerfile reference; the forms in which BuildKit, the classic builder, buildah and kaniko
//!   record their steps. docs/dockerfile.md says what is rebuilt, and what cannot be.
//! - A record does not tell everything. Where something is a guess, the line says so.
//! - One pass over each record. What one step sets is not copied for each later one: a history has many.

pub mod brought;
mod commands;
mod copied;
mod health;
mod lines;
mod pairs;
pub mod provenance;
mod rebuild;
mod recorded;
pub mod source;
mod values;
mod write;

pub use lines::{Dockerfile, DockerfileLine};
pub use rebuild::{BuildRecord, rebuild};
