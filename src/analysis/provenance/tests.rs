//! Documents as their makers' specifications and tools write them.

use super::*;
use crate::base64;
use crate::oci::{Descriptor, Digest};
use crate::problem::Problem;
use crate::vocabulary::ProvenanceKind;
use proptest::prelude::*;

const IN_TOTO: &str = "application/vnd.in-toto+json";
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const SIMPLE: &str = "application/vnd.dev.cosign.simplesigning.v1+json";

/// A statement of GitHub's build type, as actions/attest-build-provenance writes it.
const WORKFLOW: &str = r#"{"_type":"https://in-toto.io/Statement/v1",
    "subject":[{"name":"ghcr.io/o/app","digest":{"sha256":"AB"}}],
    "predicateType":"https://slsa.dev/provenance/v1","predicate":{"buildDefinition":{
    "buildType":"https://actions.github.io/buildtypes/workflow/v1","externalParameters":{"workflow":{
    "ref":"refs/heads/main","repository":"https://github.com/o/app","path":".github/workflows/release.yml"}},
    "internalParameters":{"github":{"event_name":"push"}},"resolvedDependencies":[{
    "uri":"git+https://github.com/o/app@refs/heads/main","digest":{"gitCommit":"f0b4"}}]},"runDetails":{
    "builder":{"id":"https://github.com/actions/runner/github-hosted"},
    "metadata":{"invocationId":"https://github.com/o/app/actions/runs/5/attempts/1"}}}}"#;

fn layer(media_type: &str) -> Descriptor {
    Descriptor { media_type: media_type.to_owned(), ..Descriptor::of(Digest::of(b"x")) }
}

fn read(layer: &Descriptor, text: &str) -> ProvenanceDocument {
    read_document(layer, form_of(layer).unwrap(), Ok(text.as_bytes()))
}

fn build(text: &str) -> BuildClaims {
    read(&layer(IN_TOTO), text).build.unwrap()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_workflow_s_provenance_names_builder_source_and_run() {
    let document = read(&layer(IN_TOTO), WORKFLOW);
    assert_eq!((document.kind, document.signed), (ProvenanceKind::Slsa, false));
    assert_eq!(document.subject, DocumentSubject::Named(vec!["sha256:ab".into()]));
    assert_eq!(document.names, ["ghcr.io/o/app"]);
    let want = BuildClaims {
        builder: some("https://github.com/actions/runner/github-hosted"),
        build_type: some("https://actions.github.io/buildtypes/workflow/v1"),
        repository: some("https://github.com/o/app"),
        reference: some("refs/heads/main"),
        commit: some("f0b4"),
        configuration: some(".github/workflows/release.yml"),
        trigger: some("push"),
        invocation: some("https://github.com/o/app/actions/runs/5/attempts/1"),
        materials: vec![BuildMaterial {
            name: "git+https://github.com/o/app@refs/heads/main".into(),
            is_image: false,
            digest: "gitCommit:f0b4".into(),
        }],
        ..BuildClaims::default()
    };
    assert_eq!(document.build, Some(want));
}

#[test]
fn a_run_of_version_zero_is_put_together_of_its_parts() {
    for (name, id, attempt) in [
        ("github_event_name", "github_run_id", "github_run_attempt"),
        ("GITHUB_EVENT_NAME", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"),
    ] {
        let statement = format!(
            r#"{{"predicateType":"https://slsa.dev/provenance/v0.2","predicate":{{"builder":{{"id":"b"}},
            "invocation":{{"configSource":{{"uri":"git+https://github.com/o/app@refs/tags/v1",
            "digest":{{"sha1":"29cf"}},"entryPoint":".github/workflows/r.yml"}},
            "environment":{{"{name}":"release","{id}":"30","{attempt}":"4"}}}},
            "metadata":{{"buildInvocationId":"30-4","reproducible":false}}}}}}"#
        );
        let claims = build(&statement);
        assert_eq!(claims.invocation, some("https://github.com/o/app/actions/runs/30/attempts/4"));
        assert_eq!((claims.trigger, claims.commit), (some("release"), some("29cf")));
        assert_eq!(claims.repository, some("https://github.com/o/app"));
        assert_eq!(claims.reference, some("refs/tags/v1"));
        assert_eq!(claims.configuration, some(".github/workflows/r.yml"));
        assert_eq!(claims.reproducible, Some(false));
    }
}

#[test]
fn both_versions_of_buildkit_s_provenance_say_the_same() {
    let request = r#"{"args":{"build-arg:VERSION":"2","target":"app"}}"#;
    let materials = r#"[{"uri":"pkg:docker/alpine@3.20?platform=linux%2Famd64","digest":{"sha256":"d1"}},
        {"uri":"pkg:docker/127.0.0.1:5000/lab/scan@sha256:d2","digest":{"sha256":"d2"}},
        {"uri":"https://example.com/a.tar.gz","digest":{"sha256":"d3"}}]"#;
    let vcs = r#"{"vcs":{"source":"https://github.com/o/app.git","revision":"c0ffee"}}"#;
    let zero = format!(
        r#"{{"predicateType":"https://slsa.dev/provenance/v0.2","predicate":{{
        "builder":{{"id":"https://builds.example/1"}},"buildType":"https://mobyproject.org/buildkit@v1",
        "materials":{materials},"invocation":{{"configSource":{{"entryPoint":"Dockerfile"}},
        "parameters":{request}}},"metadata":{{"buildInvocationID":"po3a","reproducible":true,
        "buildStartedOn":"2026-11-24T09:08:47Z","buildFinishedOn":"2026-11-24T09:09:00Z",
        "https://mobyproject.org/buildkit@v1#metadata":{vcs}}}}}}}"#
    );
    let one = format!(
        r#"{{"predicateType":"https://slsa.dev/provenance/v1","predicate":{{"buildDefinition":{{
        "buildType":"https://mobyproject.org/buildkit@v1","externalParameters":{{
        "configSource":{{"path":"Dockerfile"}},"request":{request}}},"resolvedDependencies":{materials}}},
        "runDetails":{{"builder":{{"id":"https://builds.example/1"}},"metadata":{{"invocationID":"po3a",
        "startedOn":"2026-11-24T09:08:47Z","finishedOn":"2026-11-24T09:09:00Z","buildkit_reproducible":true,
        "buildkit_metadata":{vcs}}}}}}}}}"#
    );
    let claims = build(&zero);
    assert_eq!(build(&one), claims);
    assert_eq!(claims.builder, some("https://builds.example/1"));
    assert_eq!(claims.repository, some("https://github.com/o/app"));
    assert_eq!(claims.commit, some("c0ffee"));
    assert_eq!(claims.configuration, some("Dockerfile"));
    let argument = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(claims.arguments, [argument("build-arg:VERSION", "2"), argument("target", "app")]);
    let materials: Vec<_> =
        claims.materials.iter().map(|one| (&one.name[..], one.is_image, &one.digest[..])).collect();
    assert_eq!(
        materials,
        [
            ("alpine:3.20", true, "sha256:d1"),
            ("127.0.0.1:5000/lab/scan", true, "sha256:d2"),
            ("https://example.com/a.tar.gz", false, "sha256:d3"),
        ]
    );
}

#[test]
fn addresses_of_repositories_lose_what_git_adds() {
    let source = |uri: &str| {
        let statement = format!(
            r#"{{"predicateType":"https://slsa.dev/provenance/v0.2","predicate":{{
            "invocation":{{"configSource":{{"uri":"{uri}"}}}}}}}}"#
        );
        let claims = build(&statement);
        (claims.repository.unwrap(), claims.reference)
    };
    for (uri, repository, reference) in [
        (
            "git+https://github.com/o/a@refs/heads/main",
            "https://github.com/o/a",
            some("refs/heads/main"),
        ),
        ("https://github.com/o/a.git#main:sub", "https://github.com/o/a", some("main")),
        ("https://user@host.example/a", "https://user@host.example/a", None),
        ("git@github.com:o/a.git", "git@github.com:o/a", None),
        ("https://github.com/o/a", "https://github.com/o/a", None),
    ] {
        assert_eq!(source(uri), (repository.to_owned(), reference), "{uri}");
    }
}

fn envelope(statement: &str, signatures: &str) -> String {
    let payload = base64::encode(statement.as_bytes());
    format!(r#"{{"payloadType":"{IN_TOTO}","payload":"{payload}","signatures":{signatures}}}"#)
}

#[test]
fn what_is_in_an_envelope_or_a_bundle_is_read_and_called_signed() {
    let plain = read(&layer(IN_TOTO), WORKFLOW);
    let signed = envelope(WORKFLOW, r#"[{"sig":"AA=="}]"#);
    let bundle = format!(r#"{{"mediaType":"{BUNDLE}","dsseEnvelope":{signed}}}"#);
    for (media_type, text, is_signed) in [
        (IN_TOTO, &signed, true),
        ("application/vnd.dsse.envelope.v1+json", &signed, true),
        (IN_TOTO, &envelope(WORKFLOW, "[]"), false),
        (BUNDLE, &bundle, true),
        ("application/vnd.dev.sigstore.bundle+json;version=0.1", &bundle, true),
    ] {
        let document = read(&layer(media_type), text);
        assert_eq!(document.signed, is_signed, "{media_type}");
        assert_eq!(
            (document.build, document.subject),
            (plain.build.clone(), plain.subject.clone())
        );
        assert_eq!(document.problem, None);
    }
}

#[test]
fn a_bundle_of_a_bare_signature_names_the_digest_that_it_signs() {
    let digest = base64::encode(&[0xab; 32]);
    let bundle = format!(
        r#"{{"messageSignature":{{"messageDigest":{{"algorithm":"SHA2_256","digest":"{digest}"}},"signature":"AA=="}}}}"#
    );
    let document = read(&layer(BUNDLE), &bundle);
    assert_eq!((document.kind, document.signed), (ProvenanceKind::Cosign, true));
    let subject = format!("sha256:{}", "ab".repeat(32));
    assert_eq!(document.subject, DocumentSubject::Named(vec![subject]));
}

#[test]
fn cosign_s_payload_and_annotations_are_read() {
    let mut named = layer(SIMPLE);
    let notes = [
        ("dev.cosignproject.cosign/signature", "c2ln"),
        ("dev.sigstore.cosign/certificate", "PEM"),
        ("dev.sigstore.cosign/bundle", "{}"),
    ];
    named.annotations = notes.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    let payload = r#"{"critical":{"identity":{"docker-reference":"r.example/app"},
        "image":{"docker-manifest-digest":"sha256:ab"},"type":"cosign container image signature"},"optional":null}"#;
    let document = read(&named, payload);
    assert_eq!((document.kind, document.signed), (ProvenanceKind::Cosign, true));
    assert_eq!(document.subject, DocumentSubject::Named(vec!["sha256:ab".into()]));
    assert_eq!(document.names, ["r.example/app"]);
    let annotations = &document.annotations;
    assert_eq!((&annotations.signature[..], &annotations.certificate[..]), ("c2ln", "PEM"));
    assert_eq!((&annotations.log_entry[..], &annotations.timestamp[..]), ("{}", ""));
    assert!(!read(&layer(SIMPLE), payload).signed, "a payload without a signature beside it");
}

#[test]
fn notation_s_envelope_names_its_target() {
    let payload = base64::encode(br#"{"targetArtifact":{"digest":"sha256:ab","size":7}}"#);
    let jws =
        format!(r#"{{"payload":"{payload}","protected":"e30","header":{{}},"signature":"AA"}}"#);
    let document = read(&layer("application/jose+json"), &jws);
    assert_eq!((document.kind, document.signed), (ProvenanceKind::Notation, true));
    assert_eq!(document.subject, DocumentSubject::Named(vec!["sha256:ab".into()]));
    let cose = read(&layer("application/cose"), "\u{1}");
    assert_eq!((cose.kind, cose.subject), (ProvenanceKind::Notation, DocumentSubject::Unnamed));
}

#[test]
fn kinds_are_told_by_what_a_statement_says() {
    for (predicate, kind) in [
        ("https://slsa.dev/provenance/v1", ProvenanceKind::Slsa),
        ("https://spdx.dev/Document", ProvenanceKind::Sbom),
        ("https://cyclonedx.org/bom/v1.4", ProvenanceKind::Sbom),
        ("https://sigstore.dev/cosign/sign/v1", ProvenanceKind::Cosign),
        ("https://openvex.dev/ns/v0.2.0", ProvenanceKind::Other),
        ("https://example.com/test-result", ProvenanceKind::Other),
    ] {
        let statement = format!(r#"{{"predicateType":"{predicate}","predicate":{{}}}}"#);
        let document = read(&layer(IN_TOTO), &statement);
        assert_eq!(document.kind, kind, "{predicate}");
        assert_eq!(document.predicate_type.as_deref(), Some(predicate));
    }
    assert_eq!(read(&layer("text/spdx+json"), "{}").kind, ProvenanceKind::Sbom);
    for other in ["application/vnd.oci.image.layer.v1.tar", "application/vnd.cncf.helm.chart", ""] {
        assert_eq!(form_of(&layer(other)), None, "{other}");
    }
}

#[test]
fn a_document_that_cannot_be_read_says_so_and_stays_listed() {
    for text in ["", "[]", "null", "{}", "{\"payload\":\"?\"}", "{\"predicate\":{}}"] {
        let document = read(&layer(IN_TOTO), text);
        assert_eq!(document.problem.unwrap().code, "provenance-unreadable", "{text}");
        assert_eq!((document.build, document.kind), (None, ProvenanceKind::Other));
    }
    let absent = Problem::new("provenance-absent", "");
    let mut named = layer(IN_TOTO);
    let predicate = "https://slsa.dev/provenance/v1".to_owned();
    named.annotations.insert("in-toto.io/predicate-type".into(), predicate);
    let document = read_document(&named, DocumentForm::Statement, Err(absent.clone()));
    assert_eq!((document.kind, document.problem), (ProvenanceKind::Slsa, Some(absent)));
}

#[test]
fn long_lists_and_texts_are_cut() {
    let many: Vec<String> = (0..2000).map(|at| format!(r#"{{"uri":"u{at}"}}"#)).collect();
    let long = "ü".repeat(9000);
    let statement = format!(
        r#"{{"predicateType":"https://slsa.dev/provenance/v0.2","predicate":{{"builder":{{"id":"{long}"}},
        "materials":[{}]}}}}"#,
        many.join(",")
    );
    let claims = build(&statement);
    assert!(claims.cut && claims.materials.len() == 500);
    assert!(claims.builder.unwrap().len() <= 4096);
}

proptest! {
    #[test]
    fn any_json_is_read_without_a_panic(
        text in r#"\{("(payload|signatures|dsseEnvelope|messageSignature|predicateType|predicate|subject|critical|builder)":(1|null|"[a-zA-Z=]{0,6}"|\[\]|\{\}|\[\{"digest":\{"a":null\}\}\]),?){0,4}\}"#,
    ) {
        for media_type in [IN_TOTO, BUNDLE, SIMPLE, "application/jose+json", "application/cose"] {
            read(&layer(media_type), &text);
        }
    }
}

#[test]
fn the_type_of_a_signed_document_is_what_it_says_itself() {
    let mut layer = layer(BUNDLE);
    let said = "https://slsa.dev/provenance/v1";
    layer.annotations.insert("dev.sigstore.bundle.predicateType".into(), said.into());
    let statement =
        base64::encode(br#"{"predicateType":"https://example.com/other","subject":[]}"#);
    let attestation = format!(
        r#"{{"dsseEnvelope":{{"payload":"{statement}","payloadType":"x","signatures":[{{"sig":"A"}}]}}}}"#
    );
    let signature = r#"{"messageSignature":{"signature":"AA=="}}"#;
    let document = read(&layer, &attestation);
    assert_eq!(document.predicate_type, some("https://example.com/other"));
    for text in [signature, "{}", "no JSON"] {
        let document = read(&layer, text);
        assert_eq!(document.predicate_type, None, "{text}");
        assert_eq!(document.kind, ProvenanceKind::Other, "{text}");
    }
    // Of one that is not here, nothing else is known.
    let absent = Err(Problem::new("provenance-absent", "It is not here."));
    let document = read_document(&layer, form_of(&layer).unwrap(), absent);
    assert_eq!(document.predicate_type, some(said));
}

#[test]
fn a_document_of_several_forms_has_no_claims() {
    let statement = base64::encode(WORKFLOW.as_bytes());
    let envelope =
        format!(r#""payload":"{statement}","payloadType":"x","signatures":[{{"sig":"A"}}]"#);
    let bundled = format!(r#""dsseEnvelope":{{{envelope}}}"#);
    let message =
        r#""messageSignature":{"messageDigest":{"algorithm":"SHA2_256","digest":"AA=="}}"#;
    let bare = r#""predicateType":"https://slsa.dev/provenance/v1","predicate":{}"#;
    let parts = [&envelope, &bundled, message, bare];
    for media_type in [IN_TOTO, BUNDLE] {
        for (at, one) in parts.iter().enumerate() {
            for other in &parts[at + 1..] {
                for text in [format!("{{{one},{other}}}"), format!("{{{other},{one}}}")] {
                    let document = read(&layer(media_type), &text);
                    assert_eq!(document.build, None, "{text}");
                    assert_eq!(document.subject, DocumentSubject::Unnamed, "{text}");
                    let problem = document.problem.unwrap_or_else(|| panic!("{text}"));
                    assert_eq!(problem.code, "provenance-unreadable");
                }
            }
        }
    }
    // A bundle that is not one is not read as a statement.
    let document = read(&layer(BUNDLE), WORKFLOW);
    assert_eq!((document.build.is_none(), document.problem.is_some()), (true, true));
}
