//! Analyses: pure functions of indexes, trees and configuration. One analysis, one file.

pub mod efficiency;
pub mod packages;
pub mod sbom;
pub mod verification;
