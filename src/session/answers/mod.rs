//! What a session answers: one file for each family of questions.
//!
//! - Values, not sentences: the page formats numbers and words (`protocol/mod.rs`).
//! - Queries get `&Session`. They have no side effect that a caller can observe: a built image that is
//!   queried counts as used, and vulnerabilities are matched when they are first needed.
//! - The files of this folder import the session's state; the state imports none of them.

mod accounts;
pub(super) mod breaches;
mod capabilities;
mod check_facts;
mod compare;
mod comparing;
mod compressed;
mod configuration;
mod dockerfile;
mod documents;
mod exports;
mod file;
mod file_types;
mod fuzzy;
mod ignored;
mod instructions;
mod json_lines;
mod layer_summary;
mod layers;
mod masked;
mod matches;
mod named_paths;
mod overview;
mod package_details;
mod packages;
mod provenance;
mod provenance_report;
mod questions;
mod report;
mod risks;
mod sboms;
mod secrets;
mod source;
mod table_part;
mod tree;
mod treemap;
mod unowned;
mod vulnerabilities;
mod vulnerability_details;
mod vulnerability_differences;
mod waste;
