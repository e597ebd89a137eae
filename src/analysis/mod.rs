//! Analyses: pure functions of layer indexes, the tree and the configuration. Each analysis is one file or
//! folder.

pub mod base;
pub mod compare;
pub mod contents;
pub mod dockerfile;
pub mod efficiency;
pub mod names;
pub mod packages;
pub mod sbom;
pub mod secrets;
pub mod verification;
pub mod vulnerabilities;
pub mod waste;
