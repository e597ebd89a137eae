//! Provenance: documents that say who built the image and who signed it, and what of it is proven.

mod accepted;
mod build;
mod checks;
mod details;
mod look;
mod trusted;
mod view;
mod words;

#[cfg(test)]
mod tests;

pub use view::ProvenanceView;
pub use words::{content as content_sentence, line as provenance_line, signature_sentence};
