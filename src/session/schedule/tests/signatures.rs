//! Verification of signatures: what the verifier is given, and what becomes of its answers.

use super::registry::{REFERENCE, blobs};
use super::world::{Open, World, image, world};
use crate::protocol::{
    AnswersQueries, AttachedWish, FetchAttached, Provenance, ProvenanceRow, ProvenanceTable,
    RequestId, RowRange, SetTrust, SignatureState, TableLine, Trust, VerifySignatures,
};

const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// An image of a registry with these documents, which were fetched.
fn signed(documents: &[&str]) -> World {
    let mut world = world();
    world.registry.put(&blobs(&[&[("a", "1")]]));
    for document in documents {
        world.registry.attach(BUNDLE, document.as_bytes());
    }
    world.open_reference(REFERENCE);
    world.run();
    world.ask(FetchAttached { image: image(0), wish: AttachedWish::Signatures });
    world.run();
    world
}

fn verify(world: &mut World) -> RequestId {
    let request = world.ask(VerifySignatures { image: image(0) });
    world.run();
    request
}

fn states(world: &World) -> Vec<SignatureState> {
    let table = ProvenanceTable { rows: RowRange { first: 0, count: 10 }, ..Default::default() };
    let part = world.session().provenance(Provenance { table }).expect("a table");
    let signature = |line: TableLine<ProvenanceRow>| match line {
        TableLine::Row(row) => Some(row.signature),
        TableLine::Head(_) => None,
    };
    let mut states: Vec<_> = part.lines.into_iter().filter_map(signature).collect();
    states.sort();
    states
}

#[test]
fn all_documents_are_verified_at_once_and_only_once() {
    let mut world = signed(&["one", "another"]);
    assert_eq!(states(&world), [SignatureState::Pending; 2]);
    let request = verify(&mut world);
    assert_eq!(world.done(request), Ok(()));
    assert_eq!(world.logged("verify"), ["verify 2"]);
    assert_eq!(states(&world), [SignatureState::Valid; 2]);
    let again = verify(&mut world);
    assert_eq!((world.done(again), world.logged("verify").len()), (Ok(()), 1));
    world.assert_clean();
}

#[test]
fn an_image_without_signatures_starts_no_verifier() {
    let mut world = signed(&[]);
    let request = verify(&mut world);
    assert_eq!((world.done(request), world.logged("verify").len()), (Ok(()), 0));
    world.assert_clean();
}

#[test]
fn a_document_that_ends_the_verifier_does_not_hide_the_others() {
    let mut world = signed(&["one", "trap"]);
    let request = verify(&mut world);
    assert_eq!(world.done(request), Ok(()));
    assert_eq!(world.logged("verify"), ["verify 2", "verify 1", "verify 1"]);
    assert_eq!(states(&world), [SignatureState::Valid, SignatureState::Unchecked]);
    world.assert_clean();
}

#[test]
fn a_verifier_that_cannot_be_started_is_tried_again_when_it_is_needed_again() {
    let mut world = signed(&["offline"]);
    for tries in 1..3 {
        let request = verify(&mut world);
        assert_eq!(world.problem(request), "verifier-failed");
        assert_eq!(world.logged("verify").len(), tries);
        assert_eq!(states(&world), [SignatureState::Pending]);
    }
    world.assert_clean();
}

#[test]
fn verdicts_with_what_was_trusted_before_are_dropped() {
    let mut world = signed(&["one"]);
    let request = world.ask(VerifySignatures { image: image(0) });
    let trust = Trust { public_keys: vec![b"key".to_vec()], ..Trust::default() };
    world.ask(SetTrust { trust: trust.clone() });
    world.run();
    assert_eq!((world.done(request), world.logged("verify").len()), (Ok(()), 2));
    assert_eq!(states(&world), [SignatureState::Valid]);
    world.ask(SetTrust { trust });
    assert_eq!(states(&world), [SignatureState::Valid], "nothing has changed");
    world.ask(SetTrust { trust: Trust::default() });
    assert_eq!(states(&world), [SignatureState::Pending]);
    world.assert_clean();
}

#[test]
fn claims_that_were_read_from_other_bytes_than_the_signed_ones_are_refused() {
    let claims =
        r#"{"dsseEnvelope":{"payload":"e30=","payloadType":"x","signatures":[{"sig":"AA=="}]}}"#;
    let mut world = signed(&[claims]);
    verify(&mut world); // the verifier names no bytes
    assert_eq!(states(&world), [SignatureState::Invalid]);
    world.assert_clean();
}

#[test]
fn a_second_request_waits_for_the_same_verification() {
    let mut world = signed(&["one"]);
    let first = world.ask(VerifySignatures { image: image(0) });
    let second = world.ask(VerifySignatures { image: image(0) });
    let third = world.ask(VerifySignatures { image: image(0) });
    world.cancel(third);
    world.finish_first(|open| matches!(open, Open::Verify { .. }));
    assert_eq!((world.done(first), world.done(second)), (Ok(()), Ok(())));
    assert_eq!(world.logged("verify"), ["verify 1"]);
    world.assert_clean();
}
