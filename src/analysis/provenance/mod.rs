//! Documents about an image that say who built it, from what, and who signed it: read into typed values.
//!
//! - Sources: in-toto attestation framework (Statement 0.1 and 1), SLSA provenance 0.1, 0.2 and 1, DSSE 1, cosign's
//!   specifications (signature, attestation, bundle), Sigstore's bundle format, Notary Project's signature
//!   specification, BuildKit's docs/attestations.
//! - All of it is a claim: no signature is checked here (`verify/` does that), and nothing is fetched.
//! - Hostile input: documents are bounded by the caller, lists and texts here. What cannot be read of a
//!   document is left out of it; a document that cannot be read at all says so.

mod build;
mod document;
mod envelope;
mod form;
mod statement;

#[cfg(test)]
mod tests;

pub use build::{BuildClaims, BuildMaterial};
pub use document::{
    DocumentSubject, KnownDocument, KnownDocuments, ProvenanceDocument, read_document,
};
pub use envelope::open;
pub use form::{DocumentForm, MAX_READ, form_of};
pub use statement::Statement;
