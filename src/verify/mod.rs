//! Whether signatures hold: a pure function of documents and what is trusted.
//!
//! Source: Sigstore's client specification and bundle format, cosign's specifications, Notary Project's. Sigstore's
//! protocol is `sigstore-verify`'s, Notation's is in `notation/`; the cryptography of both is `provider.rs`.
//!
//! - In the page a WebAssembly module of its own, which is fetched once something signed is there.
//! - No I/O and no network: what cannot be known without them stands in docs/provenance.md. The machine's clock is
//!   read, to refuse times that are in the future.
//! - Hostile input: sizes and numbers of parts are checked first (`limits.rs`, `shape.rs`). A trap would cost the
//!   verifier's worker, and so its answers, but nothing is called valid by it.
//! - A check that was not made is never said to hold (`check_list.rs`).

mod bundle;
mod certificate_run;
mod check_list;
mod claims;
mod cosign;
mod faults;
mod key_run;
mod keys;
mod limits;
mod notation;
mod provider;
mod repeated;
mod roots;
mod rsa;
mod shape;
mod signed_bytes;
mod subjects;

use crate::protocol::{
    SignatureCheckResult, SignatureGap, SignatureVerdict, SignaturesToVerify, SignedDocument,
    SignedForm,
};
use check_list::CheckList;
use keys::PublicKeys;
use notation::{Authorities, EnvelopeForm};
use roots::Root;

/// What everything is verified with.
struct TrustedParts {
    roots: Vec<Root>,
    keys: PublicKeys,
    authorities: Authorities,
    /// Seconds since 1970-01-01, UTC.
    now: i64,
}

/// Verifies each document; the verdicts have the same order.
pub fn verify(request: &SignaturesToVerify) -> Vec<SignatureVerdict> {
    provider::install();
    let trusted = TrustedParts {
        roots: roots::all(&request.trust),
        keys: PublicKeys::read(&request.trust),
        authorities: Authorities::read(&request.trust),
        now: jiff::Timestamp::now().as_second(),
    };
    let too_many = request.documents.iter().enumerate();
    too_many
        .map(|(at, document)| match at < limits::DOCUMENTS {
            true => verify_one(document, &trusted),
            false => {
                let too_many = SignatureCheckResult::NotChecked(SignatureGap::TooLarge);
                bundle::refused(CheckList::refused(too_many, "too many documents"))
            }
        })
        .collect()
}

fn verify_one(document: &SignedDocument, trusted: &TrustedParts) -> SignatureVerdict {
    let SignedDocument { form, content, subjects } = document;
    let TrustedParts { roots, keys, authorities, now } = trusted;
    let manifests = &subjects[..subjects.len().min(limits::SUBJECTS)];
    let image: Vec<String> = manifests.iter().map(|manifest| manifest.digest.clone()).collect();
    match form {
        SignedForm::Bundle => match bundle::read(content) {
            Ok(bundle) => bundle::verify(&bundle, &image, roots, keys),
            Err(checks) => bundle::refused(checks),
        },
        SignedForm::SimpleSigning(annotations) => {
            cosign::verify_simple_signing(content, annotations, &image, roots, keys)
        }
        SignedForm::Envelope(annotations) => {
            cosign::verify_envelope(content, annotations, &image, roots, keys)
        }
        SignedForm::NotationJws => {
            notation::verify(content, EnvelopeForm::Jws, manifests, authorities, *now)
        }
        SignedForm::NotationCose => {
            notation::verify(content, EnvelopeForm::Cose, manifests, authorities, *now)
        }
    }
}
