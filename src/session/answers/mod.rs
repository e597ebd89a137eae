//! What a session answers: one file for each family of questions.
//!
//! - Values, not sentences: the page formats numbers and words (`protocol/mod.rs`).
//! - Queries get `&Session`. They have no side effect that a caller can observe: a built image that is
//!   queried counts as used, and vulnerabilities are matched when they are first needed.
//! - The files of this folder import the session's state; the state imports none of them.

mod check_facts;
mod compare;
mod comparing;
mod configuration;
mod dockerfile;
mod documents;
mod exports;
mod file;
mod instructions;
mod json_lines;
mod layer_summary;
mod layers;
mod overview;
mod package_details;
mod packages;
mod questions;
mod report;
mod sboms;
mod secrets;
mod source;
mod table_part;
mod tree;
mod unowned;
mod vulnerabilities;
mod vulnerability_details;
mod waste;
