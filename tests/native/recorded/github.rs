//! GitHub's registry: tokens, refusals and redirects.

use super::replay::*;
use layerscope::oci::Digest;
use layerscope::registry::referrers::{ListReferrers, fallback_tag};
use layerscope::registry::tags::Tags;
use layerscope::registry::{RegistryClient, Routes};
use layerscope::vocabulary::LoginReason;

const GHCR: &str = "ghcr.io/v2/mic92/niks3/";
const GHCR_TOKEN: &str = "GET ghcr.io/token?service=ghcr.io&scope=repository%3Amic92/niks3%3Apull";

#[test]
fn github_gives_everybody_a_token_and_honours_accept() {
    let head = format!("HEAD {GHCR}manifests/v1.2.0");
    let (again, get) = (format!("{head} Bearer"), format!("GET {GHCR}manifests/v1.2.0 Bearer"));
    let table = [
        (&*head, "ghcr-challenge"),
        (GHCR_TOKEN, "ghcr-token"),
        // A request for an index, then for a manifest: the token is cached.
        (&*again, "ghcr-index-not-accepted"),
        (&*again, "ghcr-index-not-accepted"),
        (&*get, "ghcr-index-not-accepted"),
        (&*get, "ghcr-index-not-accepted"),
    ];
    let (result, questions) = run(&mut direct(), pull("ghcr.io/mic92/niks3:v1.2.0"), &table, &[]);
    assert_eq!(questions, []);
    let (code, found, _) = told(result);
    assert_eq!(code, "registry-not-found");
    assert!(found.contains("MANIFEST_UNKNOWN: OCI index found"), "{found}");
}

#[test]
fn github_s_403_from_the_token_endpoint_asks_for_a_login() {
    let tags = format!("GET {GHCR}tags/list?n=1000");
    let basic = format!("{GHCR_TOKEN} Basic");
    let table = [
        (&*tags, "ghcr-challenge"),
        (GHCR_TOKEN, "ghcr-token-denied"),
        (&*basic, "ghcr-token-denied"),
    ];
    let (_, questions) =
        run(&mut direct(), Tags::new("ghcr.io", "mic92/niks3"), &table, &[("u", "old")]);
    let reasons = [LoginReason::Needed, LoginReason::Wrong];
    assert_eq!(questions, reasons.map(|reason| login("ghcr.io", reason)));
}

#[test]
fn github_s_redirect_of_referrers_to_its_site_counts_as_no_api() {
    const PROXY: &str = "https://page.example/p";
    let mut client = RegistryClient::new(Routes::new(Some(PROXY)).proxy_only());
    assert!(response("ghcr-referrers").header("location").unwrap().contains("//github.com/"));
    let subject = Digest::of(b"image");
    let proxied = format!("GET page.example/p/https/{GHCR}");
    let api = format!("{proxied}referrers/{subject}");
    let tag = format!("{proxied}manifests/{}", fallback_tag(&subject));
    let list = || ListReferrers::new("ghcr.io", "mic92/niks3", subject.clone());
    let table = [(&*api, "refused"), (&*tag, "oci-referrers")];
    let found = run(&mut client, list(), &table, &[]).0.unwrap();
    assert_eq!((found.by_api, found.descriptors.len()), (false, 1));
    assert_eq!(found.descriptors[0].artifact_type, "application/vnd.example.sbom.v1");
    let table = [(&*api, "refused"), (&*tag, "oci-not-found")];
    assert_eq!(run(&mut client, list(), &table, &[]).0.unwrap().descriptors, []);
    // A host that the proxy refuses is a problem that says so.
    let table = [(&*api, "refused"), (&*tag, "refused")];
    assert_eq!(told(run(&mut client, list(), &table, &[]).0).0, "registry-proxy");
}

#[test]
fn a_cached_token_refused_without_a_challenge_is_renewed() {
    for (registry, repository, [challenge, token, refusal], token_path, code) in [
        (
            "public.ecr.aws",
            "docker/library/alpine",
            ["ecr-public-challenge", "ecr-public-token", "ecr-public-bad-token"],
            "public.ecr.aws/token/?service=public.ecr.aws&scope=aws",
            "registry-answer",
        ),
        (
            "ghcr.io",
            "mic92/niks3",
            ["ghcr-challenge", "ghcr-token", "ghcr-invalid-token"],
            &GHCR_TOKEN["GET ".len()..],
            "registry-forbidden",
        ),
    ] {
        let mut client = direct();
        let tags = format!("GET {registry}/v2/{repository}/tags/list?n=1000");
        let (bearer, token_path) = (format!("{tags} Bearer"), format!("GET {token_path}"));
        let fresh = [(&*tags, challenge), (&*token_path, token), (&*bearer, "ecr-public-tags")];
        let list = || Tags::new(registry, repository);
        let found = run(&mut client, list(), &fresh, &[]).0.unwrap();
        assert_eq!(found.tags.len(), 6);
        let table = [&[(&*bearer, refusal)][..], &fresh].concat();
        assert_eq!(run(&mut client, list(), &table, &[]).0.unwrap(), found);
        // A new token that is refused is an error.
        let table = [(&*bearer, refusal), fresh[0], fresh[1], (&*bearer, refusal)];
        assert_eq!(told(run(&mut client, list(), &table, &[]).0).0, code);
    }
}
