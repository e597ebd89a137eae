//! The native tests: the engine without a browser, against facts that other programs found.
//!
//! - One program, so that the library is linked once; each module holds one kind of claim.
//! - `tests/material.rs` says what happens where a machine lacks what a test needs.

mod answers;
mod archives;
mod case_packages;
mod cases;
mod catalog_systems;
mod commands;
mod comparisons;
mod content_search;
mod contents;
mod differences;
mod dockerfile;
mod documented;
mod edge;
mod exports;
mod forms;
/// What the fuzz targets share: compiled here as well, because they need a toolchain of their own.
#[path = "../../fuzz/src/lib.rs"]
mod fuzzing;
mod hostile;
mod images;
mod incomplete;
mod inside;
mod inspections;
mod layered_packages;
mod lenient;
mod lenient_parts;
mod lenient_streams;
mod links;
mod made;
mod made_images;
mod made_packages;
mod packages;
mod provenance;
mod recorded;
mod recorded_digests;
mod registry;
mod risks;
mod sbom;
mod secrets;
mod sessions;
mod signatures;
mod soci;
mod specification;
mod tables;
mod unpacked;
mod vulnerabilities;
mod waste;

#[global_allocator]
static ALLOCATOR: hostile::counting::CountingAllocator = hostile::counting::CountingAllocator;
