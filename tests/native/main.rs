//! The native tests: the engine without a browser, against facts that other programs found.
//!
//! - One program, so that the library is linked once; each module holds one kind of claim.
//! - `tests/material.rs` says what happens where a machine lacks what a test needs.

mod answers;
mod archives;
mod catalog_systems;
mod contents;
mod documented;
mod edge;
mod forms;
mod hostile;
mod images;
mod inspections;
mod layered_packages;
mod links;
mod packages;
mod recorded;
mod registry;
mod sbom;
mod soci;
mod specification;
mod tables;
mod vulnerabilities;
