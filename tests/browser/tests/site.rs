//! The tests' own server offers the proxy as `cargo xtask serve` does. These tests use no browser.

use browser_tests::material::{Temp, fixture};
use browser_tests::site::Site;
use registries::{Front, OCI_MANIFEST, Setup, http};

/// The response of an address of the site.
fn get(site: &Site, path: &str, headers: &[(&str, &str)]) -> http::Answer {
    http::open("GET", &format!("{}{path}", site.url()), headers, b"").expect("an answer")
}

fn site(temp: &Temp) -> Site {
    temp.file("config.json", br#"{"proxy":null}"#);
    Site::serve(temp.path("config.json").parent().expect("it has a folder"))
}

#[test]
fn without_a_proxy_its_path_does_not_exist() {
    let temp = Temp::new();
    let site = site(&temp);
    assert_eq!(get(&site, "config.json", &[]).text(), r#"{"proxy":null}"#);
    assert_eq!(get(&site, "proxy/https/127.0.0.1:1/v2/", &[]).head.status, 404);
}

#[test]
fn the_proxy_forwards_only_to_the_named_registries() {
    let registry = Setup::default().start();
    registry.push_layout("team/app", "1", &fixture("odd.skopeo-gzip.oci-dir"));
    let temp = Temp::new();
    let site = site(&temp);
    let (named, other) = (Front::of(&registry.name), Front::of(&registry.name));
    site.offer_proxy(&[&named.name]);
    assert_eq!(get(&site, "config.json", &[]).text(), r#"{"proxy":"proxy/"}"#);
    let ask = |name: &str| {
        let path = format!("proxy/https/{name}/v2/team/app/manifests/1");
        let sent = [("accept", OCI_MANIFEST), ("authorization", "Basic eDp5")];
        get(&site, &path, &sent)
    };
    let answer = ask(&named.name);
    assert_eq!(answer.head.status, 200);
    let digest = answer.head.header("docker-content-digest").map(str::to_owned);
    assert_eq!(digest, Some(registries::digest(&answer.bytes())));
    assert!(named.saw_credentials());
    assert_eq!(ask(&other.name).head.status, 403);
    assert_eq!(other.seen(), []);
    let through =
        site.requests().into_iter().filter(|request| request.header("authorization").is_some());
    assert_eq!(through.count(), 2, "the site remembers what went to its proxy");
}

#[test]
fn a_response_that_breaks_off_does_so_through_the_proxy_too() {
    let registry = Setup::default().start();
    let digest = registry.push_blob("team/app", &[7; 200_000]);
    let temp = Temp::new();
    let site = site(&temp);
    let front = Front::of(&registry.name);
    site.offer_proxy(&[&front.name]);
    front.break_blobs(1, 50_000);
    let path = format!("proxy/https/{}/v2/team/app/blobs/{digest}", front.name);
    assert!(get(&site, &path, &[]).bytes().len() <= 50_000);
    let rest = get(&site, &path, &[("range", "bytes=50000-199999")]);
    assert_eq!((rest.head.status, rest.bytes().len()), (206, 150_000));
}
