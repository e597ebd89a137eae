//! Readers that catalogers share: text formats, JSON, executables and paths.

pub mod composer;
pub mod control;
pub mod digests;
pub mod dpkg_format;
pub mod executable;
pub mod facts_budget;
pub mod json;
pub mod listed_path;
pub mod roots;
pub mod source_tokens;
pub mod text;
pub mod toml;
