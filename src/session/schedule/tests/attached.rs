//! Documents attached to an image in its registry.

use super::registry::{REFERENCE, blobs};
use super::world::{World, image, world};
use crate::oci::Digest;
use crate::protocol::FetchAttached;

/// An image of a registry with an SBOM, opened, and the SBOM's digest.
fn with_sbom() -> (World, Digest) {
    let mut world = world();
    world.registry.put(&blobs(&[&[("a", "1")]]));
    let sbom = br#"{"spdxVersion":"SPDX-2.3","name":"app","packages":[]}"#;
    let digest = world.registry.attach("application/spdx+json", sbom);
    world.open_reference(REFERENCE);
    world.run();
    (world, digest)
}

#[test]
fn attached_documents_are_fetched_once_and_cached() {
    let (mut world, digest) = with_sbom();
    let first = world.ask(FetchAttached { image: image(0) });
    world.run();
    assert_eq!(world.done(first), Ok(()));
    let of_document = |line: &&str| line.contains(digest.as_str());
    assert_eq!(world.logged("send").into_iter().filter(of_document).count(), 1);
    assert_eq!(world.logged("tell changed").len(), 1);
    let sent = world.logged("send").len();
    let again = world.ask(FetchAttached { image: image(0) });
    assert_eq!((world.done(again), world.logged("send").len()), (Ok(()), sent));
    world.assert_clean();
}

#[test]
fn attached_documents_cause_no_question_to_the_user() {
    let (mut world, digest) = with_sbom();
    world.registry.login_for = Some(digest);
    let request = world.ask(FetchAttached { image: image(0) });
    world.run();
    assert_eq!(world.logged("tell ask"), [""; 0]);
    assert_eq!(world.done(request), Ok(()), "it is left out");
    assert_eq!(world.logged("tell changed"), [""; 0]);
    world.assert_clean();
}
