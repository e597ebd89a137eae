//! A bit that is changed anywhere in a valid document is noticed.

use super::*;
use layerscope::protocol::SignatureOutcome;
use proptest::prelude::*;
use proptest::sample::Index;
use std::ops::Range;

/// Valid bundles, with what they are verified with.
fn bundles() -> [(Vec<u8>, Trust); 4] {
    let public = |name: &str| (fixture(name), Trust::default());
    [
        public("cosign-v3-blob.sigstore.json"),
        public("conda-attestation.sigstore.json"),
        public("github-private-attestation.sigstore.json"),
        (fixture("managed-key.sigstore.json"), key(fixture("managed-key.pub"))),
    ]
}

/// The values of a bundle that are not signed as a whole: hints for finding a key, and timestamps, whose outer structure
/// (CMS, RFC 5652) only says how to check the signed part.
fn unsigned(bundle: &[u8]) -> Vec<Range<usize>> {
    let text = std::str::from_utf8(bundle).unwrap();
    let values = ["\"hint\"", "\"keyid\"", "\"signedTimestamp\""].into_iter().flat_map(|name| {
        text.match_indices(name).filter_map(move |(at, _)| {
            let start = at + name.len() + text[at + name.len()..].find('"')? + 1;
            Some(start..start + text[start..].find('"')?)
        })
    });
    values.collect()
}

#[test]
fn unchanged_they_are_valid() {
    for (bundle, trust) in bundles() {
        let verdict = judge_bundle(&bundle, &own_subject(&bundle).unwrap(), trust);
        assert_eq!(verdict.outcome, SignatureOutcome::Valid);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_bit_of_a_bundle_is_noticed(which in 0..4usize, at: Index, bit in 0..8u8) {
        let (bundle, trust) = bundles()[which].clone();
        let (at, subject) = (at.index(bundle.len()), own_subject(&bundle).unwrap());
        let mut changed = bundle.clone();
        changed[at] ^= 1 << bit;
        let verdict = judge_bundle(&changed, &subject, trust.clone());
        if verdict.outcome == SignatureOutcome::Valid {
            prop_assert!(unsigned(&bundle).iter().any(|part| part.contains(&at)), "byte {}, bit {}", at, bit);
            let before = judge_bundle(&bundle, &subject, trust);
            prop_assert_eq!(verdict, before, "byte {}, bit {}", at, bit);
        }
    }

    #[test]
    fn a_changed_bit_of_the_images_digest_is_noticed(which in 0..4usize, at in 0..32usize, bit in 0..8u8) {
        let (bundle, trust) = bundles()[which].clone();
        let own = own_subject(&bundle).unwrap();
        let (algorithm, digits) = own.split_once(':').unwrap();
        let mut bytes: Vec<u8> = (0..digits.len() / 2)
            .map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        bytes[at] ^= 1 << bit;
        let verdict = judge_bundle(&bundle, &format!("{algorithm}:{}", hex(&bytes)), trust);
        prop_assert_eq!(verdict.outcome, SignatureOutcome::Invalid);
        let subject = (SignatureCheck::Subject, SignatureFault::OtherSubject);
        prop_assert_eq!(failed(&verdict), [subject]);
    }
}
