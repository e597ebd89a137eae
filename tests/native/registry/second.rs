//! The protocol with a second implementation, which differs from Distribution where the specification allows
//! it: the referrers API, pages of tags without a Link header, and after the last page the first one again.

use super::{Route, Traffic, UserQuestion, drive, fixture, image_of, open, parsed, pull};
use layerscope::registry::referrers::ListReferrers;
use layerscope::registry::tags::Tags;
use layerscope::registry::{RegistryClient, Routes};
use registries::OCI_MANIFEST;

#[test]
#[cfg_attr(not(has_second_registry), ignore = "needs the second registry")]
fn an_image_is_pulled_from_a_second_implementation() {
    let registry = registries::second::start();
    let layout = registries::fixture("odd.skopeo-gzip.oci-dir");
    let platforms = ["linux/amd64", "linux/arm64/v8"];
    let digests = registry.push_platforms("team/app", "1", &layout, &platforms);
    let mut client = RegistryClient::new(Routes::new(None));
    for (platform, digest) in platforms.iter().zip(&digests) {
        let pulled = open(&mut client, pull(&registry, "team/app:1", platform)).unwrap();
        assert_eq!(image_of(&pulled), (&parsed(digest), 5), "{platform}");
        assert_eq!(pulled.warnings, [], "{platform}");
        let config = pulled.image.unwrap().config;
        let said = config.architecture.as_deref().unwrap_or_default();
        assert_eq!(Some(said), platform.split('/').nth(1));
    }
    assert_eq!(client.routes.known(&registry.name, Traffic::default()), Some(Route::Http));
    let error = open(&mut client, pull(&registry, "team/app:none", "linux/amd64")).unwrap_err();
    assert_eq!(error.problem.code, "registry-not-found");
}

#[test]
#[cfg_attr(not(has_second_registry), ignore = "needs the second registry")]
fn all_pages_of_tags_come_from_a_registry_that_sends_no_links() {
    let registry = registries::second::start();
    fixture(&registry, "team/app");
    registry.tag("team/app", "fixture", (0..1500).map(|minor| format!("1.{minor}")));
    let mut client = RegistryClient::new(Routes::new(None));
    let mut sent = Vec::new();
    let none = |question: &UserQuestion, _: &mut RegistryClient| panic!("{question:?}");
    let list = drive(&mut client, Tags::new(&registry.name, "team/app"), 0, &mut sent, none);
    let list = list.unwrap();
    assert_eq!((list.tags.len(), list.passed_over, list.cut), (1501, 0, false));
    assert_eq!(list.tags[..3], ["1.1499", "1.1498", "1.1497"]);
    let pages = sent.iter().filter(|request| request.url.starts_with("http://"));
    // The third has nothing new, which means that the list ends.
    assert_eq!(pages.filter(|request| request.url.contains("/tags/list?")).count(), 3);
}

#[test]
#[cfg_attr(not(has_second_registry), ignore = "needs the second registry")]
fn referrers_are_listed_by_the_api() {
    let registry = registries::second::start();
    let manifest = fixture(&registry, "team/app");
    let subject = registry.push_manifest("team/app", "1", OCI_MANIFEST, &manifest);
    let mut attached = vec![
        registry.attach("team/app", &subject, "test/sbom", b"[]"),
        registry.attach("team/app", &subject, "test/signature", b"x"),
    ];
    let mut client = RegistryClient::new(Routes::new(None));
    let ask = ListReferrers::new(&registry.name, "team/app", parsed(&subject));
    let referrers = open(&mut client, ask).unwrap();
    let mut found: Vec<String> =
        referrers.descriptors.iter().map(|descriptor| descriptor.digest.to_string()).collect();
    found.sort();
    attached.sort();
    assert_eq!((referrers.by_api, found), (true, attached));
}
