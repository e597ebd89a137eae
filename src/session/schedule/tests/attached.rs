//! Documents attached to an image in its registry.

use super::registry::{REFERENCE, blobs};
use super::world::{World, image, world};
use crate::oci::Digest;
use crate::protocol::{
    AttachedWish, CheckVulnerabilities, DownloadRequest, Export, ExportForm, FetchAttached,
    Overview, Provenance, ProvenanceTable, RegistrySearch, RowRange, SignatureState, TableLine,
    VulnerabilityCheck,
};
use crate::vocabulary::VexOrigin;

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
    let first = world.ask(FetchAttached { image: image(0), wish: AttachedWish::All });
    world.run();
    assert_eq!(world.done(first), Ok(()));
    let of_document = |line: &&str| line.contains(digest.as_str());
    assert_eq!(world.logged("send").into_iter().filter(of_document).count(), 1);
    assert_eq!(world.logged("tell changed").len(), 2, "what there is, then the document");
    let sent = world.logged("send").len();
    let again = world.ask(FetchAttached { image: image(0), wish: AttachedWish::All });
    assert_eq!((world.done(again), world.logged("send").len()), (Ok(()), sent));
    world.assert_clean();
}

#[test]
fn attached_documents_cause_no_question_to_the_user() {
    let (mut world, digest) = with_sbom();
    world.registry.login_for = Some(digest);
    let request = world.ask(FetchAttached { image: image(0), wish: AttachedWish::All });
    world.run();
    assert_eq!(world.logged("tell ask"), [""; 0]);
    assert_eq!(world.done(request), Ok(()), "it is left out");
    assert_eq!(world.logged("tell changed").len(), 1, "what there is");
    world.assert_clean();
}

#[test]
fn a_document_that_cannot_be_fetched_is_counted_as_absent() {
    let mut world = world();
    world.registry.put(&blobs(&[&[("a", "1")]]));
    let bundle = world.registry.attach(BUNDLE, b"{}");
    world.registry.login_for = Some(bundle);
    world.open_reference(REFERENCE);
    world.run();
    let request = world.ask(FetchAttached { image: image(0), wish: AttachedWish::Signatures });
    world.run();
    assert_eq!(world.done(request), Ok(()));
    let question = Overview { image: image(0) };
    let asked = world.ask(question.clone());
    let numbers = world.answer(asked, &question).unwrap().provenance;
    assert_eq!(numbers.search, RegistrySearch::Complete);
    assert_eq!((numbers.documents, numbers.absent, numbers.signed()), (1, 1, 0));
    world.assert_clean();
}

#[test]
fn a_manifest_that_is_in_the_cache_is_not_written_again() {
    let (mut world, _) = with_sbom();
    let ask = |world: &mut World| {
        world.ask(FetchAttached { image: image(0), wish: AttachedWish::Signatures });
        world.run();
    };
    let written = |world: &World| world.logged("write cache document").len();
    let before = written(&world);
    ask(&mut world);
    assert_eq!(written(&world), before + 1);
    let (mut second, _) = with_sbom();
    second.cache = world.cache.clone();
    let before = written(&second);
    ask(&mut second);
    assert_eq!(written(&second), before);
    second.assert_clean();
}

const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

#[test]
fn signatures_alone_are_fetched_until_more_is_wanted() {
    let (mut world, sbom) = with_sbom();
    let ask = |world: &mut World, wish| {
        let request = world.ask(FetchAttached { image: image(0), wish });
        world.run();
        assert_eq!(world.done(request), Ok(()));
    };
    let sent = |world: &World, digest: &Digest| {
        world.logged("send").into_iter().filter(|line| line.contains(digest.as_str())).count()
    };
    ask(&mut world, AttachedWish::Signatures);
    assert_eq!(sent(&world, &sbom), 0);
    let before = world.logged("send").len();
    ask(&mut world, AttachedWish::All);
    assert_eq!((sent(&world, &sbom), world.logged("send").len()), (1, before + 1));
    world.assert_clean();
}

#[test]
fn a_signature_is_fetched_and_known_as_one() {
    let mut world = world();
    world.registry.put(&blobs(&[&[("a", "1")]]));
    let bundle =
        br#"{"dsseEnvelope":{"payload":"e30=","payloadType":"x","signatures":[{"sig":"AA=="}]}}"#;
    let digest = world.registry.attach(BUNDLE, bundle);
    world.open_reference(REFERENCE);
    world.run();
    let request = world.ask(FetchAttached { image: image(0), wish: AttachedWish::Signatures });
    world.run();
    assert_eq!(world.done(request), Ok(()));
    let table = ProvenanceTable {
        image: image(0),
        rows: RowRange { first: 0, count: 9 },
        ..ProvenanceTable::default()
    };
    let question = Provenance { table };
    let asked = world.ask(question.clone());
    let part = world.answer(asked, &question).unwrap();
    let [TableLine::Row(row)] = &part.lines[..] else { panic!("{part:?}") };
    assert_eq!((&row.digest[..], row.signature), (digest.as_str(), SignatureState::Pending));
    world.assert_clean();
}

#[test]
fn a_request_that_comes_meanwhile_is_served_after_the_first() {
    let (mut world, _) = with_sbom();
    let first = world.ask(FetchAttached { image: image(0), wish: AttachedWish::Signatures });
    let second = world.ask(FetchAttached { image: image(0), wish: AttachedWish::All });
    world.cancel(first);
    world.run();
    assert_eq!(world.done(second), Ok(()));
    assert!(!world.answers.contains_key(&first));
    world.assert_clean();
}

/// An image with one package of Alpine that has a vulnerability, which its attached VEX document denies.
fn with_denied_vulnerability() -> World {
    let installed = "P:musl\nV:1.2.3-r4\nA:x86_64\nL:MIT\n\n";
    let release = "ID=alpine\nVERSION_ID=3.18.0\n";
    let mut world = world();
    let files = [("lib/apk/db/installed", installed), ("etc/os-release", release)];
    world.registry.put(&blobs(&[&files]));
    let vex = br#"{"@context":"https://openvex.dev/ns/v0.2.0","author":"Maker","statements":[{
        "vulnerability":{"name":"ALPINE-1"},"products":[{"@id":"pkg:apk/alpine/musl"}],
        "status":"not_affected","justification":"component_not_present"}]}"#;
    world.registry.attach("application/vnd.openvex+json", vex);
    let known = r#"{"id":"ALPINE-1","modified":"2026-01-01T00:00:00Z"}"#;
    let record = r#"{"id":"ALPINE-1","modified":"2026-01-01T00:00:00Z","affected":[{
        "package":{"ecosystem":"Alpine:v3.18","name":"musl"},
        "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}]}"#;
    for (path, body) in [
        ("querybatch", format!("{{\"results\":[{{\"vulns\":[{known}]}}]}}")),
        ("vulns/ALPINE-1", record.to_owned()),
    ] {
        world.registry.pages.insert(format!("https://osv.example/v1/{path}"), body.into_bytes());
    }
    world.open_reference(REFERENCE);
    world.run();
    world.download(DownloadRequest::All);
    world.run();
    let endpoint = "https://osv.example".to_owned();
    let checked = world.ask(CheckVulnerabilities { image: image(0), endpoint });
    world.run();
    assert_eq!(world.done(checked), Ok(()));
    let fetched = world.ask(FetchAttached { image: image(0), wish: AttachedWish::All });
    world.run();
    assert_eq!(world.done(fetched), Ok(()));
    world
}

#[test]
fn what_an_attached_vex_document_leaves_out_is_counted_as_its_claim() {
    let mut world = with_denied_vulnerability();
    let question = VulnerabilityCheck { image: image(0) };
    let asked = world.ask(question.clone());
    let facts = world.answer(asked, &question).unwrap();
    assert_eq!((facts.counts.total(), facts.suppressed), (0, 1));
    let said = facts.vex.iter().map(|document| (document.origin, document.suppressed.unrated));
    assert_eq!(said.collect::<Vec<_>>(), [(VexOrigin::Attached, 1)]);
    world.assert_clean();
}

#[test]
fn exports_keep_what_an_attached_vex_document_leaves_out() {
    let mut world = with_denied_vulnerability();
    for (form, want) in [
        (ExportForm::Sarif, "\"underReview\""),
        (ExportForm::VulnerabilityTable, "\tnot_affected\t"),
    ] {
        let question = Export { image: image(0), form };
        let asked = world.ask(question.clone());
        let text = world.answer(asked, &question).unwrap().text;
        for part in
            ["ALPINE-1", "component_not_present; Maker; according to the image itself", want]
        {
            assert!(text.contains(part), "{part} is not in: {text}");
        }
    }
    world.assert_clean();
}
