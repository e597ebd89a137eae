//! Whether a layer matches the claims about it.
//!
//! It is verified if at least one claim (the descriptor's digest, the diff ID) was checked and all hold. A digest
//! with an unknown algorithm is "not checked", never "verified".

use crate::archive::LayerSource;
use crate::oci::{DiffId, Digest, Hasher};
use crate::problem::Problem;
use crate::vocabulary::LayerPosition;

/// The algorithm by which a digest is computed: the claim's, if it is known, else SHA-256.
pub fn algorithm(claim: Option<&impl AsRef<Digest>>) -> String {
    let claimed = claim.map(|claim| claim.as_ref().algorithm());
    claimed.filter(|name| Hasher::of_algorithm(name).is_some()).unwrap_or("sha256").to_owned()
}

/// Of the computed digests, the one to show beside a claim: the claimed one, if it is among them.
pub fn computed<'a, D: AsRef<Digest>>(claim: Option<&D>, computed: &'a [D]) -> Option<&'a D> {
    let algorithm = algorithm(claim);
    let is_claimed = |digest: &&D| claim.is_some_and(|claim| claim.as_ref() == (*digest).as_ref());
    let fits = |digest: &&D| (*digest).as_ref().algorithm() == algorithm;
    computed.iter().find(is_claimed).or_else(|| computed.iter().find(fits))
}

/// True: at least one claim was checked and all checked claims hold; false: one fails; `None`: nothing was
/// checked.
pub fn verified(layer: &LayerSource, blob: &[Digest], diff_ids: &[DiffId]) -> Option<bool> {
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
    diff_ids: &[DiffId],
) -> Vec<Problem> {
    let blob = mismatch(layer.digest.as_ref(), blob, "layer-digest-mismatch", "digest");
    let diff = mismatch(layer.diff_id.as_ref(), diff_ids, "layer-diff-id-mismatch", "diff ID");
    let problems = blob.into_iter().chain(diff);
    problems.map(|problem| problem.in_blob(&layer.name).in_layer(at)).collect()
}

/// The problem of a claim that fails.
fn mismatch<D: AsRef<Digest> + PartialEq>(
    claim: Option<&D>,
    found: &[D],
    code: &'static str,
    what: &str,
) -> Option<Problem> {
    let claim = claim.filter(|claim| holds(Some(*claim), found) == Some(false))?;
    let found = computed(Some(claim), found)?;
    Some(
        Problem::new(code, format!("The {what} of the layer does not match."))
            .expected(claim.as_ref().as_str())
            .found(found.as_ref().as_str())
            .advice("Do not trust this image. Fetch it again from its origin."),
    )
}

/// Whether a claim holds; `None` if it was not checked.
fn holds<D: AsRef<Digest> + PartialEq>(claim: Option<&D>, found: &[D]) -> Option<bool> {
    let claim = claim?;
    let algorithm = claim.as_ref().algorithm();
    let mut found = found.iter().filter(|digest| (*digest).as_ref().algorithm() == algorithm);
    let first = found.next()?;
    Some(first == claim || found.any(|digest| digest == claim))
}

#[test]
fn a_claim_holds_if_any_stream_of_the_layer_has_the_digest() {
    let all = [b"tar", b"zip"].map(|bytes| DiffId(Digest::of(bytes)));
    let position = LayerPosition(0);
    for (claim, holds) in [(&b"tar"[..], true), (b"zip", true), (b"other", false)] {
        let diff_id = Some(DiffId(Digest::of(claim)));
        let layer = LayerSource { diff_id: diff_id.clone(), ..LayerSource::default() };
        assert_eq!(verified(&layer, &[], &all), Some(holds));
        assert_eq!(mismatches(&layer, position, &[], &all).is_empty(), holds);
        let shown = if holds { diff_id.as_ref() } else { Some(&all[0]) };
        assert_eq!(computed(diff_id.as_ref(), &all), shown);
    }
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
            diff_id: diff_id.cloned().map(DiffId),
            ..LayerSource::default()
        };
        let (blob, diff_ids) = ([right.clone()], [DiffId(right.clone())]);
        assert_eq!(verified(&layer, &blob, &diff_ids), want);
        let found = mismatches(&layer, LayerPosition(0), &blob, &diff_ids);
        assert_eq!(found.is_empty(), want != Some(false));
    }
}
