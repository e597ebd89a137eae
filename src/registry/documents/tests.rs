//! Searches in registries that answer in different ways.

use super::*;
use std::collections::HashMap;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

fn answer(status: u16, body: &str) -> HttpResponse {
    HttpResponse { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

/// The manifest of a signature.
fn signature(of: &str) -> String {
    format!(
        r#"{{"schemaVersion":2,"mediaType":"{MANIFEST}","artifactType":"text/x","note":"{of}","config":{{
        "mediaType":"application/vnd.oci.empty.v1+json","digest":"{0}","size":2}},"layers":[{{
        "mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","digest":"{0}","size":2}}]}}"#,
        Digest::of(b"{}")
    )
}

fn list(manifests: &[&str]) -> String {
    let descriptor = |text: &&str| format!(r#"{{"digest":"{}"}}"#, Digest::of(text.as_bytes()));
    let descriptors: Vec<String> = manifests.iter().map(descriptor).collect();
    format!(r#"{{"schemaVersion":2,"manifests":[{}]}}"#, descriptors.join(","))
}

/// Runs a search for the manifests `a` and `b` in a registry of these paths' ends. Gives what it asked for, too.
fn run(
    attestations: Vec<(Digest, Digest)>,
    cache: &[&str],
    answers: &HashMap<String, HttpResponse>,
) -> (FoundDocuments, Vec<String>) {
    let subjects = [Digest::of(b"a"), Digest::of(b"b")];
    let mut find = FindDocuments::new("r.example", "team/app", &subjects, attestations);
    let mut asked = Vec::new();
    for _ in 0..200 {
        match find.next() {
            Need::Call(call) => {
                let last = call.path.rsplit('/').next().unwrap_or_default().to_owned();
                let is_api = call.path.contains("/referrers/");
                let name = if is_api { format!("referrers {last}") } else { last };
                find.take(Ok(answers.get(&name).cloned().unwrap_or_else(|| answer(404, ""))), 0);
                asked.push(name);
            }
            Need::Cached(digest) => {
                let is_it = |text: &&&str| Digest::of(text.as_bytes()) == digest;
                find.take_cached(cache.iter().find(is_it).map(|text| text.as_bytes().to_vec()));
            }
            Need::Done(found) => return (found.unwrap(), asked),
        }
    }
    panic!("it never ends: {asked:?}");
}

fn put(answers: &mut HashMap<String, HttpResponse>, text: &str) {
    answers.insert(Digest::of(text.as_bytes()).to_string(), answer(200, text));
}

#[test]
fn attestations_referrers_and_tags_of_both_subjects_are_found_once() {
    let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
    let [attestation, referrer, tagged, by_tag] = ["1", "2", "3", "4"].map(signature);
    let mut answers = HashMap::new();
    [&attestation, &referrer, &tagged].iter().for_each(|text| put(&mut answers, text));
    answers.insert(format!("referrers {a}"), answer(200, &list(&[&referrer, &attestation])));
    // The second subject's registry has no API.
    answers.insert(format!("sha256-{}", b.encoded()), answer(200, &list(&[&tagged])));
    answers.insert(format!("sha256-{}.sig", b.encoded()), answer(200, &by_tag));
    let attestations = vec![(Digest::of(attestation.as_bytes()), a.clone())];
    let (found, asked) = run(attestations, &[], &answers);
    assert_eq!(found.problem, None);
    let found: Vec<_> = found
        .manifests
        .iter()
        .map(|found| (found.digest.clone(), found.subject.clone(), found.tag.clone()))
        .collect();
    let digest = |text: &String| Digest::of(text.as_bytes());
    let tag = format!("sha256-{}.sig", b.encoded());
    assert_eq!(
        found,
        [
            (digest(&attestation), a.clone(), None),
            (digest(&by_tag), b.clone(), Some(tag)),
            (digest(&referrer), a, None),
            (digest(&tagged), b, None),
        ]
    );
    let of_attestation = Digest::of(attestation.as_bytes()).to_string();
    assert_eq!(asked.iter().filter(|name| **name == of_attestation).count(), 1);
}

#[test]
fn what_the_cache_has_is_not_requested_unless_it_is_damaged() {
    let a = Digest::of(b"a");
    let text = signature("1");
    let digest = Digest::of(text.as_bytes());
    let attestations = || vec![(digest.clone(), a.clone())];
    let mut answers = HashMap::new();
    let (found, asked) = run(attestations(), &[&text], &answers);
    assert_eq!(found.manifests.len(), 1);
    assert!(!asked.contains(&digest.to_string()));
    put(&mut answers, &text);
    let (found, asked) = run(attestations(), &[], &answers);
    assert_eq!(found.manifests.len(), 1);
    assert!(asked.contains(&digest.to_string()));
}

#[test]
fn a_manifest_that_is_not_what_its_digest_says_is_left_out_and_said() {
    let text = signature("1");
    let digest = Digest::of(text.as_bytes());
    let answers = HashMap::from([(digest.to_string(), answer(200, &signature("2")))]);
    let (found, _) = run(vec![(digest, Digest::of(b"a"))], &[], &answers);
    assert_eq!(found.manifests.len(), 0);
    assert_eq!(found.problem.unwrap().code, "manifest-digest-mismatch");
}

#[test]
fn a_registry_that_refuses_leaves_it_open_whether_there_is_something() {
    let tag = format!("sha256-{}.sig", Digest::of(b"a").encoded());
    for (status, is_open) in [(404, false), (406, false), (403, true), (429, true), (500, true)] {
        let answers = HashMap::from([(tag.clone(), answer(status, ""))]);
        let (found, _) = run(Vec::new(), &[], &answers);
        assert_eq!(found.problem.is_some(), is_open, "{status}");
    }
}

#[test]
fn an_image_under_cosign_s_tag_is_no_document() {
    let tag = format!("sha256-{}.sig", Digest::of(b"a").encoded());
    let image = format!(
        r#"{{"config":{{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{}"}},"layers":[]}}"#,
        Digest::of(b"{}")
    );
    let answers = HashMap::from([(tag, answer(200, &image))]);
    let (found, _) = run(Vec::new(), &[], &answers);
    assert_eq!((found.manifests.len(), found.problem), (0, None));
}

#[test]
fn more_manifests_than_are_read_are_said() {
    let texts: Vec<String> = (0..30).map(|at| signature(&at.to_string())).collect();
    let mut answers = HashMap::new();
    texts.iter().for_each(|text| put(&mut answers, text));
    let all: Vec<&str> = texts.iter().map(String::as_str).collect();
    answers.insert(format!("referrers {}", Digest::of(b"a")), answer(200, &list(&all)));
    let (found, _) = run(Vec::new(), &[], &answers);
    assert_eq!(found.manifests.len(), MAX_MANIFESTS);
    assert_eq!(found.problem.unwrap().code, "provenance-limit");
}
