//! Which documents say something about who built or signed an image, by the types that manifests give them.
//!
//! Sources: cosign, specs/SIGNATURE_SPEC.md, ATTESTATION_SPEC.md and SBOM_SPEC.md; Sigstore,
//! protos/sigstore_bundle.proto (the spellings of the bundle's media type); Notary Project, signature-envelope-jws.md
//! and signature-envelope-cose.md; BuildKit, docs/attestations/attestation-storage.md.

use crate::oci::Descriptor;

/// How a document's bytes are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentForm {
    /// An in-toto statement, alone or in a DSSE envelope: the bytes tell.
    Statement,
    /// A Sigstore bundle: envelope or signature, with certificate and log entry.
    Bundle,
    /// cosign's payload of "simple signing"; its signature stands in annotations beside it.
    SimpleSigning,
    /// Notation's signature as JSON.
    NotationJws,
    /// Notation's signature as CBOR.
    NotationCose,
    /// An SBOM or a VEX document as it is.
    Plain,
}

impl DocumentForm {
    /// Its bytes are a signature or may hold one.
    pub fn may_be_signed(self) -> bool {
        self != DocumentForm::Plain
    }

    /// JSON is expected.
    pub fn is_json(self) -> bool {
        self != DocumentForm::NotationCose
    }
}

/// Bytes of a document that is read: provenance with all steps of a build has some hundred thousand.
pub const MAX_READ: u64 = 4 << 20;

/// The form of a document that a manifest names; `None`: it says nothing about who built or signed.
pub fn form_of(layer: &Descriptor) -> Option<DocumentForm> {
    let media_type = &layer.media_type[..];
    let plain = media_type.split(';').next().unwrap_or_default().trim_end();
    match plain {
        "application/vnd.in-toto+json"
        | "application/vnd.dsse.envelope.v1+json"
        | "application/vnd.in-toto.provenance+dsse" => Some(DocumentForm::Statement),
        "application/vnd.dev.cosign.simplesigning.v1+json" => Some(DocumentForm::SimpleSigning),
        "application/jose+json" => Some(DocumentForm::NotationJws),
        "application/cose" => Some(DocumentForm::NotationCose),
        _ if plain.starts_with("application/vnd.dev.sigstore.bundle") => Some(DocumentForm::Bundle),
        _ if layer.annotations.contains_key("in-toto.io/predicate-type") => {
            Some(DocumentForm::Statement)
        }
        _ if is_plain(plain) => Some(DocumentForm::Plain),
        _ => None,
    }
}

/// The type of an SBOM, or of a VEX document.
pub(super) fn is_plain(media_type: &str) -> bool {
    ["spdx", "cyclonedx", "vnd.syft", "openvex"].iter().any(|word| media_type.contains(word))
}
