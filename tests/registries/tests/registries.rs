//! That registries are as their names say: open, closed, full.

use registries::{BASIC, Front, OCI_MANIFEST, Registry, Setup, TokenServer, digest, fixture, http};

const PAGE: (&str, &str) = ("origin", "http://127.0.0.1:1");

fn filled() -> Registry {
    let registry = Setup::default().start();
    for repository in ["public/app", "private/app"] {
        registry.push_layout(repository, "1", &fixture("odd.skopeo-gzip.oci-dir"));
    }
    registry
}

fn ask(name: &str, path: &str, headers: &[(&str, &str)]) -> http::Answer {
    let headers = [headers, &[("accept", OCI_MANIFEST)]].concat();
    http::open("GET", &format!("http://{name}{path}"), &headers, b"").expect("an answer")
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn cors_headers_are_sent_only_if_configured() {
    let plain = filled();
    let open = Setup::default().cors().beside(&plain);
    for (registry, want) in [(&plain, None), (&open, Some("*"))] {
        let head = ask(&registry.name, "/v2/public/app/manifests/1", &[PAGE]).head;
        assert_eq!((head.status, head.header("access-control-allow-origin")), (200, want));
    }
    let front = Front::of(&plain.name).cors();
    let head = ask(&front.name, "/v2/none/manifests/1", &[PAGE]).head;
    assert_eq!((head.status, head.header("access-control-allow-origin")), (404, Some("*")));
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn a_private_registry_requires_its_password() {
    let open = filled();
    let closed = Setup::default().password().cors().beside(&open);
    let status =
        |headers: &[_]| ask(&closed.name, "/v2/private/app/manifests/1", headers).head.status;
    assert_eq!(status(&[]), 401);
    assert_eq!(status(&[("authorization", "Basic dGVzdGVyOndyb25n")]), 401);
    assert_eq!(status(&[("authorization", BASIC)]), 200);
    // A browser's preflight has no password: only a server before the registry can answer it.
    let preflight = |name: &str| {
        let url = format!("http://{name}/v2/private/app/manifests/1");
        http::open("OPTIONS", &url, &[PAGE], b"").expect("an answer").head.status
    };
    assert_eq!(preflight(&closed.name), 401);
    assert_eq!(preflight(&Front::of(&closed.name).cors().name), 204);
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn tokens_require_the_password_except_for_public_repositories() {
    let open = filled();
    // Registry and token endpoint on one host and port: the front's.
    let front = Front::new();
    let tokens = TokenServer::start(Some(&front.name));
    let closed = Setup::default().tokens(&tokens).beside(&open);
    front.lead_to(&closed.name);
    front.also("/auth", &tokens.name);
    for (repository, login, want) in [
        ("public/app", None, 200),
        ("private/app", None, 401),
        ("private/app", Some(("authorization", BASIC)), 200),
    ] {
        let path = format!("/v2/{repository}/manifests/1");
        let asked = ask(&front.name, &path, &[]).head;
        let challenge = asked.header("www-authenticate").unwrap().to_owned();
        assert!(
            challenge.contains(&format!("realm=\"http://{}/auth\"", front.name)),
            "{challenge}"
        );
        let scope = format!("/auth?service=test&scope=repository:{repository}:pull");
        let answer = ask(&front.name, &scope, login.as_slice()).text();
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        let bearer = format!("Bearer {}", answer["access_token"].as_str().unwrap());
        let status = ask(&front.name, &path, &[("authorization", &bearer)]).head.status;
        assert_eq!(status, want, "{repository}, {login:?}");
    }
    let wrong = ask(&front.name, "/auth?service=test", &[("authorization", "Basic eDp5")]);
    assert_eq!(wrong.head.status, 401);
    assert_eq!(tokens.asked.lock().unwrap().len(), 4);
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn skopeo_copies_archives_and_folders_of_every_form() {
    let registry = Setup::default().start();
    for (number, source) in [
        "odd.docker20.docker.tar",
        "odd.skopeo-gzip.oci-dir",
        "odd.skopeo-gzip.oci.tar",
        "odd.skopeo-gzip.docker-dir",
    ]
    .iter()
    .enumerate()
    {
        registry.copy(&fixture(source), &format!("lab/odd:{number}"));
        let manifest = registry.document("lab/odd", &number.to_string()).expect(source).value();
        assert_eq!(manifest["layers"].as_array().map(Vec::len), Some(5), "{source}");
    }
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn an_image_for_several_platforms_has_a_configuration_for_each() {
    let registry = Setup::default().start();
    let platforms = ["linux/amd64", "linux/arm64/v8"];
    let layout = fixture("odd.skopeo-gzip.oci-dir");
    let digests = registry.push_platforms("lab/multi", "1", &layout, &platforms);
    let index = registry.document("lab/multi", "1").expect("it was pushed").value();
    for (number, architecture) in ["amd64", "arm64"].iter().enumerate() {
        let entry = &index["manifests"][number];
        assert_eq!(entry["digest"], *digests[number]);
        assert_eq!(entry["platform"]["architecture"], *architecture);
        let manifest = registry.document("lab/multi", &digests[number]).expect("it is there");
        let config = manifest.value()["config"]["digest"].as_str().unwrap().to_owned();
        let bytes = ask(&registry.name, &format!("/v2/lab/multi/blobs/{config}"), &[]).bytes();
        assert_eq!(digest(&bytes), config);
        let config: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(config["architecture"], *architecture);
        assert!(config["rootfs"]["diff_ids"].is_array());
    }
    assert_ne!(digests[0], digests[1]);
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn artifacts_of_an_image_are_listed_under_its_fallback_tag() {
    let registry = filled();
    let subject = registry.document("public/app", "1").unwrap().digest();
    let attached = ["test/sbom", "test/signature"]
        .map(|kind| registry.attach("public/app", &subject, kind, kind.as_bytes()));
    let list = registry.document("public/app", &subject.replace(':', "-")).unwrap().value();
    let digests =
        [0, 1].map(|number| list["manifests"][number]["digest"].as_str().unwrap().to_owned());
    assert_eq!(digests, attached);
    let artifact = registry.document("public/app", &attached[0]).unwrap().value();
    assert_eq!(artifact["subject"]["digest"], subject);
}

#[test]
#[cfg_attr(not(has_second_registry), ignore = "needs the second registry")]
fn the_second_implementation_has_the_referrers_api() {
    let registry = registries::second::start();
    registry.push_layout("lab/odd", "1", &fixture("odd.skopeo-gzip.oci-dir"));
    let subject = registry.document("lab/odd", "1").unwrap().digest();
    let attached = registry.attach("lab/odd", &subject, "test/sbom", b"[]");
    let listed = ask(&registry.name, &format!("/v2/lab/odd/referrers/{subject}"), &[]).text();
    assert!(listed.contains(&attached), "{listed}");
    assert!(registry.document("lab/odd", &subject.replace(':', "-")).is_none());
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn a_registry_ends_with_its_value() {
    let registry = Setup::default().start();
    let name = registry.name.clone();
    assert_eq!(ask(&name, "/v2/", &[]).head.status, 200);
    drop(registry);
    assert!(http::get(&format!("http://{name}/v2/")).is_none());
}
