//! Who signed the image. Only a signature whose every check was made and holds, over what is here, is called valid; no
//! signature is never drawn like a good one.

use super::finding::{ImageFinding, NextStep, Verdict};
use super::material::Material;
use crate::format;
use crate::link::View;
use crate::protocol::{ProvenanceNumbers, RegistrySearch, SignatureState};
use crate::ui::views::provenance::{content_sentence, signature_sentence};
use crate::vocabulary::Severity;

const TITLE: &str = "Signatures and provenance";

pub(super) fn findings(material: Material<'_>) -> Vec<ImageFinding> {
    let numbers = &material.facts.provenance;
    let step = || NextStep::show(View::Provenance, "Show provenance");
    let mut findings = Vec::new();
    if numbers.of_others > 0 {
        let what = "document about another image";
        let title = format::counted(numbers.of_others.into(), what, "documents about other images");
        let detail = match numbers.of_others {
            1 => {
                "It is attached to this image and says nothing about it. It may have been copied here."
            }
            _ => {
                "They are attached to this image and say nothing about it. They may have been copied here."
            }
        };
        let found = ImageFinding::new(Verdict::Found(Severity::High), title, detail);
        findings.push(found.then(step()));
    }
    if numbers.invalid > 0 {
        let title = match numbers.invalid {
            1 => "A signature is not valid".to_owned(),
            count => format!("{} signatures are not valid", format::count(count.into())),
        };
        let detail = "At least one check fails. What is signed may have been changed, or be another image’s.";
        let found = ImageFinding::new(Verdict::Found(Severity::High), title, detail);
        findings.push(found.then(step()));
    }
    if numbers.valid > 0 && !material.facts.digests.pending.is_empty() {
        let (verdict, state) = match material.situation.cancelled {
            true => (Verdict::NotChecked, "was not checked"),
            false => (Verdict::Running, "is being checked"),
        };
        let detail =
            format!("A signature is valid. Whether all layers are what was signed {state}.");
        findings.push(ImageFinding::new(verdict, TITLE, detail).then(step()));
    } else if numbers.valid > 0 {
        let title = signature_sentence(SignatureState::Valid, numbers.signer(), numbers.time);
        let detail = match numbers.signers.len() > 1 {
            true => {
                "There are valid signatures of others, too. Whether these are the right signers is for you to decide."
            }
            false => "Whether this is the right signer is for you to decide.",
        };
        findings.push(ImageFinding::new(Verdict::Clean, title, detail).then(step()));
    }
    findings.extend(unchecked(material, numbers).map(|finding| match numbers.documents {
        0 => finding,
        _ => finding.then(step()),
    }));
    findings
}

/// What was not, or could not be, checked; nothing where a signature is valid and none is left.
fn unchecked(material: Material<'_>, numbers: &ProvenanceNumbers) -> Option<ImageFinding> {
    let open = |detail: String| Some(ImageFinding::new(Verdict::NotChecked, TITLE, detail));
    if numbers.pending > 0 {
        return match material.situation.ready {
            true => open("There are signatures that were not verified yet.".to_owned()),
            false => {
                Some(ImageFinding::new(Verdict::Running, TITLE, "Signatures are being verified."))
            }
        };
    }
    // Of these there are no valid signatures.
    if let Some(words) = content_sentence(numbers.content).filter(|_| numbers.unchecked > 0) {
        return open(words.to_owned());
    }
    if numbers.unchecked > 0 {
        let count = format::counted(numbers.unchecked.into(), "signature", "signatures");
        return open(format!(
            "{count} could not be fully checked: something that it takes is missing."
        ));
    }
    if numbers.absent > 0 {
        let count = format::counted(numbers.absent.into(), "document is", "documents are");
        return open(format!(
            "{count} named and cannot be read here. What is in there, signatures perhaps, is not known."
        ));
    }
    if numbers.cut {
        return open("There are more documents about the image than are read.".to_owned());
    }
    if numbers.signed() > 0 {
        return None;
    }
    if numbers.documents > 0 {
        return open(
            "Documents say how it was built, and nobody signed them: they are claims.".into(),
        );
    }
    open(match &numbers.search {
        RegistrySearch::Complete => {
            return Some(ImageFinding::new(
                Verdict::NotChecked,
                "Unsigned",
                "The registry has no signature of this image: who built it cannot be verified.",
            ));
        }
        RegistrySearch::Incomplete(problem) => {
            format!("They could not all be looked for: {}", problem.message)
        }
        RegistrySearch::NoRegistry => {
            "None are in this source. The registry that the image comes from may have some."
                .to_owned()
        }
        RegistrySearch::NotAsked => "They were not looked for.".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::protocol::{
        DigestCheck, OverviewFacts, SignatureSigner, SignedContent, SignedTime, SignedTimeSource,
    };
    use crate::ui::views::overview::findings::Situation;
    use crate::vocabulary::LayerNumber;

    fn verdicts(provenance: ProvenanceNumbers) -> Vec<(Verdict, String)> {
        let facts = OverviewFacts { provenance, ..OverviewFacts::default() };
        let situation = Situation { ready: true, ..Situation::default() };
        let material = Material { facts: &facts, check: None, situation };
        findings(material).into_iter().map(|finding| (finding.verdict, finding.title)).collect()
    }

    fn signed(valid: u32, invalid: u32) -> ProvenanceNumbers {
        let identity = Some("release@example.com".into());
        ProvenanceNumbers {
            documents: valid + invalid,
            valid,
            invalid,
            signers: Vec::from_iter((valid > 0).then(|| SignatureSigner::Certificate {
                identity,
                issuer: Some("https://accounts.example.com".into()),
            })),
            time: (valid > 0)
                .then_some(SignedTime { seconds: 1_700_000_000, source: SignedTimeSource::Log }),
            ..ProvenanceNumbers::default()
        }
    }

    #[test]
    fn a_valid_signature_is_told_with_identity_issuer_and_time() {
        assert_eq!(
            verdicts(signed(1, 0)),
            [(
                Verdict::Clean,
                "Signature valid: release@example.com, by https://accounts.example.com, logged \
                 2023-11-14 22:13:20 UTC"
                    .to_owned()
            )]
        );
    }

    #[test]
    fn one_that_does_not_hold_is_found_beside_a_valid_one() {
        let all = verdicts(signed(1, 1));
        let bad = (Verdict::Found(Severity::High), "A signature is not valid".to_owned());
        assert_eq!((all.len(), &all[0]), (2, &bad));
    }

    #[test]
    fn nothing_is_called_clean_without_a_valid_signature() {
        let none = |search| ProvenanceNumbers { search, ..ProvenanceNumbers::default() };
        let problem = Problem::new("registry-forbidden", "The registry refuses.");
        for (numbers, title) in [
            (none(RegistrySearch::NoRegistry), TITLE),
            (none(RegistrySearch::NotAsked), TITLE),
            (none(RegistrySearch::Incomplete(problem)), TITLE),
            (none(RegistrySearch::Complete), "Unsigned"),
            (ProvenanceNumbers { documents: 2, ..none(RegistrySearch::Complete) }, TITLE),
            (
                ProvenanceNumbers { documents: 1, pending: 1, ..none(RegistrySearch::Complete) },
                TITLE,
            ),
            (
                ProvenanceNumbers { documents: 1, unchecked: 1, ..none(RegistrySearch::Complete) },
                TITLE,
            ),
            (ProvenanceNumbers { absent: 1, ..none(RegistrySearch::Complete) }, TITLE),
            (ProvenanceNumbers { cut: true, ..none(RegistrySearch::Complete) }, TITLE),
        ] {
            assert_eq!(verdicts(numbers), [(Verdict::NotChecked, title.to_owned())]);
        }
    }

    #[test]
    fn a_signature_that_is_not_of_what_is_shown_is_not_clean() {
        for content in [SignedContent::NotHere, SignedContent::NotSame] {
            let numbers =
                ProvenanceNumbers { documents: 1, unchecked: 1, content, ..Default::default() };
            assert_eq!(verdicts(numbers), [(Verdict::NotChecked, TITLE.to_owned())]);
        }
    }

    #[test]
    fn a_valid_signature_is_clean_only_once_no_layer_is_left_to_compare() {
        let digests = DigestCheck { pending: vec![LayerNumber::FIRST], ..Default::default() };
        let facts = OverviewFacts { provenance: signed(1, 0), digests, ..Default::default() };
        for (cancelled, want) in [(false, Verdict::Running), (true, Verdict::NotChecked)] {
            let situation = Situation { ready: true, cancelled, ..Situation::default() };
            let found = findings(Material { facts: &facts, check: None, situation });
            let found: Vec<_> = found.into_iter().map(|finding| finding.verdict).collect();
            assert_eq!(found, [want]);
        }
    }

    #[test]
    fn a_document_about_another_image_is_found() {
        let numbers = ProvenanceNumbers { documents: 1, of_others: 1, ..Default::default() };
        let all = verdicts(numbers);
        assert_eq!(
            all[0],
            (Verdict::Found(Severity::High), "1 document about another image".to_owned())
        );
    }
}
