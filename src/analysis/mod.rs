//! Analyses: pure functions of layer indexes, the tree and the configuration. Each analysis is one file or
//! folder.

pub mod base;
pub mod base_lookup;
pub mod certificate;
pub mod compare;
pub mod contents;
pub mod der;
pub mod dockerfile;
pub mod efficiency;
pub mod elf;
pub mod file_bytes;
pub mod ignore;
pub mod known_rules;
pub mod names;
pub mod packages;
pub mod provenance;
pub mod risks;
pub mod sarif;
pub mod sbom;
pub mod secrets;
pub mod service;
pub mod sqlite;
pub mod verification;
pub mod vulnerabilities;
pub mod waste;
