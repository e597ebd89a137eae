//! Analyses: pure functions of indexes, trees and configuration. One analysis, one file.

pub mod base;
pub mod contents;
pub mod efficiency;
pub mod packages;
pub mod sbom;
pub mod verification;
pub mod vulnerabilities;
