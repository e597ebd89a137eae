//! Layers in a SOCI index: listed without a download.

use super::{REPOSITORY, open, pulling};
use browser_tests::{Page, both_browsers, material};
use registries::{Front, OCI_INDEX, OCI_MANIFEST, Registry, Setup, fixture, images};
use serde_json::{Value, json};

/// The size of the layer: large enough for a request for referrers to pay off.
const LARGE: usize = 11 << 20;
const KIND: &str = "application/vnd.amazon.soci.index.v1+json";

/// How a SOCI index is found.
#[derive(PartialEq)]
enum Found {
    /// By the fallback tag for referrers.
    Referring,
    /// The image names it.
    Named,
}

/// Pushes an image with an index under the tag `soci`; returns its layer's digest.
fn push(registry: &Registry, found: Found) -> String {
    let blob = |digest: &str| {
        let path = format!("odd.soci.oci-dir/blobs/sha256/{digest}");
        std::fs::read(fixture(&path)).expect("it is in the tree")
    };
    // The first layer with its table, both enlarged by zeros after the gzip stream.
    let mut layer = blob("2d5ae59d5925dfaa676e7c1164b9d4e3567b01ae9257655078a3b39a07c8f11b");
    let mut table = blob("696085b2c881e39508d1bfad4cf3636808264360fc6ac4b214dbf3935ff91c52");
    let size = (layer.len() as u64).to_le_bytes();
    let place = table.windows(8).position(|bytes| bytes == size).expect("it says the layer's size");
    layer.resize(LARGE, 0);
    table[place..place + 8].copy_from_slice(&(LARGE as u64).to_le_bytes());

    let descriptor = |kind: &str, bytes: &[u8]| {
        let digest = registry.push_blob(REPOSITORY, bytes);
        json!({ "mediaType": kind, "digest": digest, "size": bytes.len() })
    };
    let manifest = |json: &Value| {
        let text = json.to_string();
        let digest = registries::digest(text.as_bytes());
        registry.push_manifest(REPOSITORY, &digest, OCI_MANIFEST, &text);
        (digest, text)
    };
    let of = descriptor("application/vnd.oci.image.layer.v1.tar+gzip", &layer);
    let mut zoned = descriptor("application/octet-stream", &table);
    zoned["annotations"] = json!({ "com.amazon.soci.image-layer-digest": of["digest"] });
    let mut index = json!({
        "schemaVersion": 2, "mediaType": OCI_MANIFEST,
        "config": descriptor(KIND, b"{}"), "layers": [zoned],
    });
    let config = material::config(&[&layer]);
    let mut image = json!({
        "schemaVersion": 2, "mediaType": OCI_MANIFEST,
        "config": descriptor("application/vnd.oci.image.config.v1+json", &config), "layers": [of],
    });
    if found == Found::Named {
        let (digest, _) = manifest(&index);
        image["annotations"] = json!({ "com.amazon.soci.index-digest": digest });
    }
    let text = image.to_string();
    let subject = registry.push_manifest(REPOSITORY, "soci", OCI_MANIFEST, &text);
    if found == Found::Referring {
        index["subject"] =
            json!({ "mediaType": OCI_MANIFEST, "digest": subject, "size": text.len() });
        let (digest, text) = manifest(&index);
        let kind = format!(r#","artifactType":"{KIND}""#);
        let entry = images::entry(OCI_MANIFEST, &digest, &text, &kind);
        let list = images::index(OCI_INDEX, &[entry]);
        registry.push_manifest(REPOSITORY, &subject.replace(':', "-"), OCI_INDEX, &list);
    }
    image["layers"][0]["digest"].as_str().expect("it was made as a text").to_owned()
}

async fn is_shown_without_its_layer(page: &mut Page, found: Found) {
    let registry = Setup::default().start();
    let layer = push(&registry, found);
    let front = Front::of(&registry.name).cors();
    open(page, &front.name, "soci").await;
    let states: Vec<String> = pulling(page).await.into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, ["Listed"]);
    page.view("Files").await;
    page.get("treegrid", "Files").await;
    let text = page.text().await;
    assert!(text.contains("usr") && text.contains("opt"), "{text}");
    let sent = || front.blobs().into_iter().filter(|seen| seen.target.contains(&layer)).count();
    assert_eq!(sent(), 0, "{:#?}", front.blobs());
}

both_browsers! {
    async fn an_image_that_a_soci_index_refers_to_is_shown_without_its_layer(page: &mut Page) {
        is_shown_without_its_layer(page, Found::Referring).await;
    }

    async fn an_image_that_names_its_soci_index_is_shown_without_its_layer(page: &mut Page) {
        is_shown_without_its_layer(page, Found::Named).await;
    }
}
