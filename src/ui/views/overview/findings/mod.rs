//! The verdict on an image: what was found, what was not checked, what was checked and is clean.
//!
//! Rules:
//! - What was not checked is never called clean, and is listed with the button or link that checks it.
//! - No verdict on a part: while layers are missing, damaged, limited or not downloaded, nothing that depends on
//!   all of them is called clean.
//! - A file that ends early is reported first. Each fact is reported once.
//! - Pure functions from facts to values; `findings_pane` draws them. One check, one file.

mod contents;
mod digests;
mod finding;
mod material;
mod risks;
mod secrets;
mod signatures;
mod user;
mod verdict;
mod vulnerabilities;
mod warnings;

#[cfg(test)]
mod tests;

pub use finding::{ImageFinding, NextStep, Verdict};
pub use material::Situation;
pub use verdict::findings;
