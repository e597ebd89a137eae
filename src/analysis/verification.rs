//! Whether a layer is what is claimed of it.
//!
//! Source: CONTRACTS.md, "Layers", `verified`. A digest by an algorithm that is not known here is "not
//! checked", never "verified".

use crate::archive::LayerSource;
use crate::oci::{Digest, Hasher};
use crate::problem::Problem;
use crate::vocabulary::LayerPosition;

/// Algorithms by which a digest is to be computed: the claim's, if it is known, else SHA-256.
pub fn algorithm(claim: Option<&Digest>) -> String {
    let known = claim.map(Digest::algorithm).filter(|name| Hasher::of_algorithm(name).is_some());
    known.unwrap_or("sha256").to_owned()
}

/// The digest, of those computed, that is to be shown beside a claim.
pub fn computed<'a>(claim: Option<&Digest>, computed: &'a [Digest]) -> Option<&'a Digest> {
    let algorithm = algorithm(claim);
    computed.iter().find(|digest| digest.algorithm() == algorithm)
}

/// True: at least one claim was checked and all hold; false: one fails; `None`: nothing was checked.
pub fn verified(layer: &LayerSource, blob: &[Digest], diff_ids: &[Digest]) -> Option<bool> {
    let checks = [holds(layer.digest.as_ref(), blob), holds(layer.diff_id.as_ref(), diff_ids)];
    if checks.contains(&Some(false)) {
        return Some(false);
    }
    checks.contains(&Some(true)).then_some(true)
}

/// A problem for each claim that fails.
pub fn mismatches(
    layer: &LayerSource,
    at: LayerPosition,
    blob: &[Digest],
    diff_ids: &[Digest],
) -> Vec<Problem> {
    let check = |claim: Option<&Digest>, found: &[Digest], code, what: &str| {
        let claim = claim.filter(|claim| holds(Some(*claim), found) == Some(false))?;
        let found = computed(Some(claim), found)?;
        Some(
            Problem::new(code, format!("The layer's {what} is not what it is claimed to be."))
                .expected(claim.to_string())
                .found(found.to_string())
                .in_blob(layer.name.clone())
                .in_layer(at)
                .advice("Don't trust this image: fetch it again from where it came."),
        )
    };
    let blob = check(layer.digest.as_ref(), blob, "layer-digest-mismatch", "digest");
    let diff = check(layer.diff_id.as_ref(), diff_ids, "layer-diff-id-mismatch", "content");
    blob.into_iter().chain(diff).collect()
}

fn holds(claim: Option<&Digest>, found: &[Digest]) -> Option<bool> {
    let claim = claim?;
    let found = found.iter().find(|digest| digest.algorithm() == claim.algorithm())?;
    Some(found == claim)
}

#[test]
fn an_unknown_algorithm_is_never_verified() {
    let right = Digest::of(b"layer");
    let wrong = Digest::of(b"other");
    let unknown = Digest::parse("blake9:abcdef").unwrap();
    for (digest, diff_id, want) in [
        (Some(&right), Some(&right), Some(true)),
        (Some(&right), None, Some(true)),
        (Some(&right), Some(&wrong), Some(false)),
        (Some(&unknown), None, None),
        (Some(&unknown), Some(&right), Some(true)),
        (None, None, None),
    ] {
        let layer = LayerSource {
            digest: digest.cloned(),
            diff_id: diff_id.cloned(),
            ..LayerSource::default()
        };
        let found = std::slice::from_ref(&right);
        assert_eq!(verified(&layer, found, found), want);
        assert_eq!(
            mismatches(&layer, LayerPosition(0), found, found).is_empty(),
            want != Some(false)
        );
    }
}
