//! The orders of versions, one file per order.
//!
//! - Versions are hostile text: numbers of any length are compared as digits and never parsed, and nothing
//!   here recurses.
//! - `None` means that a text is not a version of the ecosystem. Callers then treat a range as not
//!   matching.

mod apk;
mod compare;
mod dotted;
mod dpkg;
mod maven;
mod nuget;
mod packagist;
mod parts;
mod pep440;
mod pep440_legacy;
mod rpm;
mod rubygems;
mod semver;
#[cfg(test)]
mod tests;

pub use compare::{compare, compare_semver, is_known, sorted, stable_sorted};
