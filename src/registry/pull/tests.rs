//! Pulling from registries that lie, break rules, or answer in ways of their own.

use super::*;
use crate::registry::catalog::Catalog;
use crate::registry::platform;
use crate::registry::referrers::ListReferrers;
use crate::registry::tags::Tags;
use proptest::prelude::*;

type Headers<'a> = &'a [(&'a str, &'a str)];

fn answer(status: u16, headers: Headers<'_>, body: &str) -> HttpResponse {
    let headers = headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    HttpResponse { status, headers, body: body.as_bytes().to_vec() }
}

/// Runs an operation against a registry that is a function; `log` gets method, path and Accept's
/// first type.
fn run<O: Operation>(
    mut operation: O,
    log: &mut Vec<String>,
    cache: impl Fn(&Digest) -> Option<Vec<u8>>,
    registry: impl Fn(&Call) -> HttpResponse,
) -> Result<O::Output, RegistryError> {
    for _ in 0..200 {
        match operation.next() {
            Need::Call(call) => {
                let name = call.path.rsplit('/').next().unwrap_or_default();
                log.push(format!("{:?} {}", call.method, &name[..name.len().min(12)]));
                operation.take(Ok(registry(&call)), 0);
            }
            Need::Cached(digest) => operation.take_cached(cache(&digest)),
            Need::Done(result) => return result,
        }
    }
    panic!("it never ends: {log:?}");
}

fn pull(reference: &str) -> Pull {
    let wish = Wish::Preferably(platform::parse("linux/amd64").unwrap());
    Pull::new(Reference::parse(reference).unwrap(), wish)
}

const CONFIG: &str = r#"{"architecture":"amd64","os":"linux"}"#;

fn manifest() -> String {
    let digest = Digest::of(CONFIG.as_bytes());
    let kind = "application/vnd.oci.image.config.v1+json";
    format!(
        r#"{{"schemaVersion":2,"config":{{"mediaType":"{kind}","digest":"{digest}"}},"layers":[]}}"#
    )
}

fn nothing(_: &Digest) -> Option<Vec<u8>> {
    None
}

#[test]
fn what_is_not_what_its_digest_says_is_an_error() {
    let right = Digest::of(manifest().as_bytes());
    let by = format!("r.example/a@{right}");
    for (body, config, code) in [
        (manifest() + " ", CONFIG, Some("manifest-digest-mismatch")),
        (manifest(), "{}", Some("manifest-digest-mismatch")),
        (manifest(), CONFIG, None),
    ] {
        let registry = |call: &Call| match call.path.contains("/blobs/") {
            true => answer(200, &[], config),
            false => answer(200, &[], &body),
        };
        let result = run(pull(&by), &mut Vec::new(), nothing, registry);
        let found = result.err().map(|error| error.problem.code.into_owned());
        assert_eq!(found.as_deref(), code);
    }
    // A tag whose HEAD tells one digest and whose GET gives another content.
    let told = right.to_string();
    let kind = ("content-type", "application/vnd.oci.image.manifest.v1+json");
    let head = [kind, ("docker-content-digest", &*told)];
    let registry = |call: &Call| match call.method {
        Method::Head => answer(200, &head, ""),
        _ => answer(200, &[], r#"{"manifests":[]}"#),
    };
    let error = run(pull("r.example/a"), &mut Vec::new(), nothing, registry).unwrap_err();
    assert_eq!(error.problem.code, "manifest-digest-mismatch");
}

#[test]
fn a_second_visit_transfers_nothing_but_the_head() {
    let text = manifest();
    let digest = Digest::of(text.as_bytes()).to_string();
    let kind = ("content-type", "application/vnd.oci.image.manifest.v1+json");
    let head = [kind, ("Docker-Content-Digest", &*digest)];
    let registry = |call: &Call| match (call.method, call.path.contains("/blobs/")) {
        (Method::Head, _) => answer(200, &head, ""),
        (_, true) => answer(200, &[], CONFIG),
        _ => answer(200, &[], &text),
    };
    let kept = |wanted: &Digest| {
        let all = [text.as_bytes(), CONFIG.as_bytes()];
        all.into_iter().find(|bytes| Digest::of(bytes) == *wanted).map(<[u8]>::to_vec)
    };
    let mut log = Vec::new();
    assert!(run(pull("r.example/a"), &mut log, kept, registry).unwrap().image.is_some());
    assert_eq!(log, ["Head latest"]);
    // What was damaged in the cache is fetched again.
    let mut log = Vec::new();
    let damaged = |_: &Digest| Some(b"{}".to_vec());
    assert!(run(pull("r.example/a"), &mut log, damaged, registry).unwrap().image.is_some());
    assert_eq!(log.len(), 3);
}

#[test]
fn where_no_header_is_exposed_the_digest_is_our_own() {
    let registry = |call: &Call| match (call.method, call.path.contains("/blobs/")) {
        (Method::Head, _) => answer(405, &[], ""),
        (_, true) => answer(200, &[], CONFIG),
        _ => answer(200, &[], &manifest()),
    };
    let pulled = run(pull("r.example/a"), &mut Vec::new(), nothing, registry).unwrap();
    assert_eq!(pulled.digest, Digest::of(manifest().as_bytes()));
}

#[test]
fn an_index_is_sorted_into_images_attestations_and_artifacts() {
    let text = manifest();
    let image = Digest::of(text.as_bytes());
    let manifest_type = "application/vnd.oci.image.manifest.v1+json";
    let other = Digest::of(b"other");
    let index = format!(
        r#"{{"manifests":[
        {{"mediaType":"{manifest_type}","digest":"{image}","platform":{{"os":"linux","architecture":"amd64"}}}},
        {{"mediaType":"{manifest_type}","digest":"{other}","annotations":{{
            "vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":"{image}"}}}},
        {{"mediaType":"text/plain","digest":"{other}"}},
        {{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"{other}"}}]}}"#
    );
    let registry = |call: &Call| match &call.path {
        path if path.contains("/blobs/") => answer(200, &[], CONFIG),
        path if path.ends_with(image.encoded()) => answer(200, &[], &text),
        path if path.ends_with(other.encoded()) => answer(404, &[], ""),
        _ if call.method == Method::Head => answer(404, &[], ""),
        _ => answer(200, &[], &index),
    };
    let pulled = run(pull("r.example/a"), &mut Vec::new(), nothing, registry).unwrap();
    assert_eq!((pulled.choices.len(), pulled.chosen), (1, Some(0)));
    let kinds: Vec<_> = pulled.others.iter().map(|o| (o.attestation, o.subject.clone())).collect();
    assert_eq!(kinds, [(true, Some(image.clone())), (false, None)]);
    assert_eq!(pulled.warnings[0].code, "registry-not-found", "the nested index");
    assert_eq!(pulled.image.unwrap().config.architecture.as_deref(), Some("amd64"));
}

#[test]
fn artifacts_and_schema_one_are_told() {
    let artifact = manifest().replace("application/vnd.oci.image.config.v1+json", "text/plain");
    for (body, code) in
        [(&*artifact, None), (r#"{"schemaVersion":1,"fsLayers":[]}"#, Some("schema-one"))]
    {
        let registry = |call: &Call| match call.method {
            Method::Head => answer(404, &[], ""),
            _ => answer(200, &[], body),
        };
        match (run(pull("r.example/a"), &mut Vec::new(), nothing, registry), code) {
            (Ok(pulled), None) => assert!(pulled.artifact.is_some() && pulled.image.is_none()),
            (Err(error), Some(code)) => assert_eq!(error.problem.code, code),
            (result, _) => panic!("{body}: {result:?}"),
        }
    }
}

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// A registry of documents by digest, and of one under every tag.
fn of_documents<'a>(top: &'a str, documents: &'a [&'a str]) -> impl Fn(&Call) -> HttpResponse + 'a {
    move |call: &Call| match call.path.contains("sha256:") {
        false if call.method == Method::Head => answer(404, &[], ""),
        false => answer(200, &[], top),
        true => {
            let is = |text: &&&str| call.path.ends_with(Digest::of(text.as_bytes()).encoded());
            documents
                .iter()
                .find(is)
                .map_or_else(|| answer(404, &[], ""), |text| answer(200, &[], text))
        }
    }
}

fn descriptor(media_type: Option<&str>, content: &str) -> String {
    let media_type = media_type.map_or(String::new(), |name| format!(r#""mediaType":"{name}","#));
    format!(
        r#"{{{media_type}"digest":"{}","size":{}}}"#,
        Digest::of(content.as_bytes()),
        content.len()
    )
}

#[test]
fn the_document_tells_what_a_descriptor_leads_to() {
    let image = manifest();
    let inner = format!(r#"{{"manifests":[{}]}}"#, descriptor(Some(MANIFEST), &image));
    let types =
        [None, Some(INDEX), Some(MANIFEST), Some("text/plain"), Some("application/x-unknown")];
    for media_type in types {
        for nested in [&image, &inner] {
            let top = format!(r#"{{"manifests":[{}]}}"#, descriptor(media_type, nested));
            let documents = [&*image, &inner, CONFIG];
            let registry = of_documents(&top, &documents);
            let pulled = run(pull("r.example/a"), &mut Vec::new(), nothing, registry).unwrap();
            let is_index = *nested == inner;
            let found = pulled.image.map(|image| image.manifest_digest);
            assert_eq!(found, Some(Digest::of(image.as_bytes())), "{media_type:?}, {is_index}");
            assert_eq!((pulled.choices.len(), pulled.others.len()), (1, 0));
            assert!(pulled.warnings.is_empty(), "{:?}", pulled.warnings);
        }
    }
}

#[test]
fn of_entries_without_a_known_type_eight_are_requested_and_the_others_named() {
    let images: Vec<String> = (0..12)
        .map(|at| manifest().replace("\"layers\"", &format!("\"x{at}\":1,\"layers\"")))
        .collect();
    for media_type in [None, Some("application/x-unknown")] {
        let entries: Vec<String> =
            images.iter().map(|image| descriptor(media_type, image)).collect();
        let top = format!(r#"{{"manifests":[{}]}}"#, entries.join(","));
        let mut documents: Vec<&str> = images.iter().map(|image| &**image).collect();
        documents.push(CONFIG);
        let mut log = Vec::new();
        let registry = of_documents(&top, &documents);
        let pulled = run(pull("r.example/a"), &mut log, nothing, registry).unwrap();
        assert_eq!((pulled.choices.len(), pulled.others.len()), (8, 4));
        // The tag in both types and the tag itself, eight documents, the chosen one and its configuration.
        assert_eq!(log.len(), 3 + 8 + 2, "{log:?}");
        let [warning] = &pulled.warnings[..] else { panic!("{:?}", pulled.warnings) };
        let found = warning.found.as_deref().unwrap();
        assert!(warning.code == "index-entries-unread" && found.starts_with("4 more: "), "{found}");
        assert!(
            images[8..].iter().all(|image| found.contains(Digest::of(image.as_bytes()).as_str()))
        );
    }
}

#[test]
fn entries_below_too_many_levels_are_named_with_that_reason() {
    let mut document = format!(r#"{{"manifests":[{}]}}"#, descriptor(None, &manifest()));
    let mut documents = Vec::new();
    for _ in 0..4 {
        documents.push(document.clone());
        document = format!(r#"{{"manifests":[{}]}}"#, descriptor(Some(INDEX), &document));
    }
    let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
    let registry = of_documents(&document, &documents);
    let pulled = run(pull("r.example/a"), &mut Vec::new(), nothing, registry).unwrap();
    let unread = pulled.warnings.iter().find(|one| one.code == "index-entries-unread").unwrap();
    assert_eq!(unread.expected.as_deref(), Some("at most 32 documents, 4 levels deep"));
    assert!(unread.found.as_deref().unwrap().contains(Digest::of(manifest().as_bytes()).as_str()));
}

#[test]
fn entries_that_have_their_documents_in_themselves_need_no_request() {
    let images: Vec<String> = (0..12)
        .map(|at| manifest().replace("\"layers\"", &format!("\"x{at}\":1,\"layers\"")))
        .collect();
    let entries: Vec<String> = images
        .iter()
        .map(|image| {
            let data = crate::base64::encode(image.as_bytes());
            format!(r#"{},"data":"{data}"}}"#, descriptor(None, image).trim_end_matches('}'))
        })
        .collect();
    let top = format!(r#"{{"manifests":[{}]}}"#, entries.join(","));
    let documents = [CONFIG];
    let registry = of_documents(&top, &documents);
    let pulled = run(pull("r.example/a"), &mut Vec::new(), nothing, registry).unwrap();
    assert_eq!((pulled.choices.len(), pulled.others.len()), (12, 0));
    assert!(pulled.image.is_some() && pulled.warnings.is_empty(), "{:?}", pulled.warnings);
}

#[test]
fn an_index_that_is_named_under_two_types_is_read_once() {
    let image = manifest();
    let inner = format!(r#"{{"manifests":[{}]}}"#, descriptor(Some(MANIFEST), &image));
    let twice = [MANIFEST, INDEX].map(|media_type| descriptor(Some(media_type), &inner));
    for entries in [twice.join(","), [&*twice[1], &twice[0]].join(",")] {
        let top = format!(r#"{{"manifests":[{entries}]}}"#);
        let documents = [&*image, &inner, CONFIG];
        let mut log = Vec::new();
        let pulled =
            run(pull("r.example/a"), &mut log, nothing, of_documents(&top, &documents)).unwrap();
        assert!(pulled.image.is_some());
        assert_eq!(pulled.choices.len(), 1, "{entries}");
    }
}

#[test]
fn a_configuration_without_a_media_type_is_judged_by_its_content() {
    for (config, is_image) in [(CONFIG, true), (r#"{"name":"chart"}"#, false), ("[]", false)] {
        for media_type in [None, Some("application/octet-stream"), Some(MANIFEST)] {
            let top = format!(r#"{{"config":{},"layers":[]}}"#, descriptor(media_type, config));
            let documents = [config];
            let registry = of_documents(&top, &documents);
            let pulled = run(pull("r.example/a"), &mut Vec::new(), nothing, registry).unwrap();
            assert_eq!(pulled.image.is_some(), is_image, "{config} {media_type:?}");
            assert_eq!(pulled.artifact.is_some(), !is_image, "{config} {media_type:?}");
        }
    }
}

#[test]
fn what_a_descriptor_has_in_itself_is_not_fetched() {
    let with_data = |media_type: &str, content: &str, data: &str| {
        let data = crate::base64::encode(data.as_bytes());
        let plain = descriptor(Some(media_type), content);
        format!(r#"{},"data":"{data}"}}"#, plain.trim_end_matches('}'))
    };
    let config_type = "application/vnd.oci.image.config.v1+json";
    for (right, calls) in [(true, 2), (false, 4)] {
        let data = |content: &'static str| if right { content } else { "something else" };
        let image =
            format!(r#"{{"config":{},"layers":[]}}"#, with_data(config_type, CONFIG, data(CONFIG)));
        let image_data = if right { &*image } else { "something else" };
        let top = format!(r#"{{"manifests":[{}]}}"#, with_data(MANIFEST, &image, image_data));
        let documents = [&*image, CONFIG];
        let mut log = Vec::new();
        let pulled =
            run(pull("r.example/a"), &mut log, nothing, of_documents(&top, &documents)).unwrap();
        assert!(pulled.image.is_some());
        // The tag alone, in both types: HEAD twice and GET.
        assert_eq!(log.len() - 1, calls, "{log:?}");
        let kept: Vec<_> = pulled.documents.iter().map(|(digest, _)| digest.clone()).collect();
        assert!(
            kept.contains(&Digest::of(CONFIG.as_bytes()))
                && kept.contains(&Digest::of(image.as_bytes()))
        );
    }
}

#[test]
fn nulls_and_descriptors_that_cannot_be_read_leave_the_others() {
    let image = manifest();
    let top = format!(
        r#"{{"manifests":[null,{{"digest":"sha256:XYZ"}},5,{}],"annotations":{{"a":null}}}}"#,
        descriptor(Some(MANIFEST), &image)
    );
    let documents = [&*image, CONFIG];
    let registry = of_documents(&top, &documents);
    let pulled = run(pull("r.example/a"), &mut Vec::new(), nothing, registry).unwrap();
    assert!(pulled.image.is_some());
}

proptest! {
    #[test]
    fn any_registry_is_answered(
        status in prop::sample::select(vec![200u16, 206, 301, 400, 401, 404, 429, 500, 65535]),
        body in ".{0,40}|\\{\"(manifests|config|layers|tags|repositories|schemaVersion)\":(1|null|\\[\\]|\\{\\}|\\[\\{\\}\\]|\\[\"[a-z. ]{0,4}\"\\])\\}",
        link in "(<[a-z/?=]{0,12}>; rel=next)?",
        digest in "sha256:[0-9a-f]{64}|.{0,9}",
    ) {
        let headers = [("link", &*link), ("docker-content-digest", &digest)];
        let registry = |_: &Call| answer(status, &headers, &body);
        let subject = Digest::of(b"");
        let _ = run(pull("r.example/a"), &mut Vec::new(), nothing, registry);
        let _ = run(pull(&format!("r.example/a:b@{subject}")), &mut Vec::new(), nothing, registry);
        let _ = run(Tags::new("r.example", "a"), &mut Vec::new(), nothing, registry);
        let _ = run(Catalog::new("r.example"), &mut Vec::new(), nothing, registry);
        let _ = run(ListReferrers::new("r.example", "a", subject), &mut Vec::new(), nothing, registry);
    }
}
