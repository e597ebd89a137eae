//! No more traffic than a view needs: tables of contents instead of layers, and a question before large layers.

use super::{REPOSITORY, inspect, pulling, says};
use browser_tests::{Page, both_browsers, material};
use registries::{Front, OCI_MANIFEST, Registry, Setup};
use serde_json::Value;

/// The size of a layer according to the manifest: more than the page downloads without a question.
const MUCH: u64 = 600_000_000;

/// The small image `team/app:1`, and `team/app:much`, whose manifest claims a very large first layer.
fn with_much() -> (Registry, Front) {
    let registry = super::filled();
    let mut manifest = registry.document(REPOSITORY, "1").expect("it was pushed").value();
    manifest["layers"][0]["size"] = MUCH.into();
    registry.push_manifest(REPOSITORY, "much", OCI_MANIFEST, &manifest.to_string());
    let front = Front::of(&registry.name).cors();
    (registry, front)
}

/// The shared image with zstd:chunked layers as `team/app:chunked`.
fn with_tables() -> (Registry, Front) {
    let layout = material::shared("fixtures/waste-public.skopeo-zstdchunked.oci-dir");
    let registry = Setup::default().start();
    registry.push_layout(REPOSITORY, "chunked", &layout);
    let front = Front::of(&registry.name).cors();
    (registry, front)
}

/// Digests of layers whose whole blobs were requested.
fn whole(front: &Front, manifest: &Value) -> Vec<String> {
    let layers = manifest["layers"].as_array().expect("an image has layers");
    let is_layer = |target: &str| {
        layers
            .iter()
            .find(|layer| target.ends_with(layer["digest"].as_str().expect("a layer has a digest")))
    };
    let blobs = front.blobs().into_iter().filter(|seen| seen.range.is_none());
    blobs.filter_map(|seen| is_layer(&seen.target)?["digest"].as_str().map(str::to_owned)).collect()
}

both_browsers! {
    async fn a_very_large_layer_is_downloaded_only_after_a_question(page: &mut Page) {
        let (registry, front) = with_much();
        page.expect(&front.name);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:much", front.name)).await;
        let question = "Download all layers (600 MB)";
        page.get("button", question).await;
        page.wait_for("ready").await;
        let manifest = registry.document(REPOSITORY, "much").expect("it was pushed").value();
        assert_eq!(whole(&front, &manifest), Vec::<String>::new());
        page.view("History").await;
        page.get("table", "History").await;
        page.view("Overview").await;
        page.click("button", question).await;
        says(page, "The size of a blob does not match its descriptor").await;
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn a_layer_with_a_table_of_contents_is_not_downloaded(page: &mut Page) {
        let (registry, front) = with_tables();
        page.expect(&front.name);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:chunked", front.name)).await;
        page.wait_until_ready().await;
        let manifest = registry.document(REPOSITORY, "chunked").expect("it was pushed").value();
        let first = manifest["layers"][0]["digest"].as_str().expect("a digest").to_owned();
        assert!(pulling(page).await.iter().any(|(_, state)| state == "Listed"));
        assert!(!whole(&front, &manifest).contains(&first), "only ranges of it");
        page.view("Files").await;
        page.get("treegrid", "Files").await;
        assert!(!whole(&front, &manifest).contains(&first), "only ranges of it");
    }
}
