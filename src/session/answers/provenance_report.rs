//! Documents that say who built or signed an image, as the report has them.

use crate::analysis::provenance::KnownDocument;
use crate::protocol::{
    CheckedSignature, LinkWord, SignatureCheckResult, SignatureOutcome, SignatureSigner,
};
use crate::report::{CheckReport, ProvenanceReport, SignerReport};
use crate::session::state::Session;
use crate::text::Shown;
use crate::time::Timestamp;
use crate::vocabulary::ImagePosition;

impl Session {
    pub(super) fn provenance_report(&self, image: ImagePosition) -> Vec<ProvenanceReport> {
        // What a report says is final: it does not wait for a layer that is not here.
        let is_what_was_signed = self.content_faults(image).is_empty();
        let known = self.known_documents(image).iter();
        known.map(|known| self.document_report(known, is_what_was_signed)).collect()
    }

    fn document_report(&self, known: &KnownDocument, is_what_was_signed: bool) -> ProvenanceReport {
        let (document, verdict) = (&known.document, self.verdict(known));
        ProvenanceReport {
            kind: document.kind,
            digest: document.digest.clone(),
            predicate_type: document.predicate_type.clone(),
            signed: document.signed,
            verified: verdict.and_then(|verdict| match verdict.outcome {
                SignatureOutcome::Valid if !is_what_was_signed => None,
                SignatureOutcome::Valid => Some(true),
                SignatureOutcome::Invalid => Some(false),
                SignatureOutcome::Unchecked => None,
            }),
            by: verdict.and_then(|verdict| verdict.signer.as_ref()).map(signer),
            time: verdict
                .and_then(|verdict| verdict.time)
                .and_then(|time| Timestamp::from_seconds(time.seconds).to_rfc3339()),
            checks: verdict.iter().flat_map(|verdict| &verdict.checks).map(check).collect(),
        }
    }
}

fn signer(signer: &SignatureSigner) -> SignerReport {
    let text = |text: &Option<Shown>| text.as_ref().map(Shown::to_string);
    match signer {
        SignatureSigner::Certificate { identity, issuer } => {
            SignerReport { identity: text(identity), issuer: text(issuer) }
        }
        SignatureSigner::Key { fingerprint } => {
            SignerReport { identity: Some(fingerprint.clone()), issuer: None }
        }
    }
}

fn check(checked: &CheckedSignature) -> CheckReport {
    let (result, why) = match checked.result {
        SignatureCheckResult::Holds => ("holds", None),
        SignatureCheckResult::Fails(fault) => ("fails", Some(fault.word())),
        SignatureCheckResult::NotChecked(gap) => ("not-checked", Some(gap.word())),
    };
    CheckReport { check: checked.check.word(), result, why }
}
