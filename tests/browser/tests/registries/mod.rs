//! Images from real registries, each started for its test: Debian's docker-registry, directly or behind a
//! front that counts, holds and breaks responses.
//!
//! - A registry with CORS headers is contacted directly, any other through the proxy, which is then part of
//!   the site as in a deployment.
//! - A test allows requests to its registry, and console errors about them, by the registry's name:
//!   everything else stays forbidden.

mod attached;
mod kept;
mod links;
mod lists;
mod logins;
mod pull;
mod signed;
mod soci;
mod traffic;
mod ways;

use browser_tests::{Page, material};
use registries::{Front, OCI_MANIFEST, Registry, Setup, fixture};
use serde_json::json;

/// The repository of public images.
const REPOSITORY: &str = "team/app";
/// The size of the noise in each layer of `push_large`, in bytes: more than a browser reads at once.
const LARGE: usize = 3 << 20;

/// An open registry with the small image `team/app:1`.
fn filled() -> Registry {
    let registry = Setup::default().start();
    registry.push_layout(REPOSITORY, "1", &fixture("odd.skopeo-gzip.oci-dir"));
    registry
}

/// Pushes the image `team/app:other`; its digest.
fn push_other(registry: &Registry) -> String {
    push_large(registry, "other");
    registry.document(REPOSITORY, "other").expect("it was pushed").digest()
}

/// An open registry with the image `team/app:large`, and a front with CORS headers.
fn large() -> (Registry, Front) {
    let registry = Setup::default().start();
    push_large(&registry, "large");
    let front = Front::of(&registry.name).cors();
    (registry, front)
}

/// Pushes an image of two incompressible layers; returns their digests.
fn push_large(registry: &Registry, tag: &str) -> Vec<String> {
    let layers = [1, 2].map(|seed| {
        let name = format!("noise{seed}");
        material::tar(&[material::Member::File(&name, &noise(seed))])
    });
    let digests: Vec<String> = layers.iter().map(|l| registry.push_blob(REPOSITORY, l)).collect();
    let config = material::config(&[&layers[0], &layers[1]]);
    let kinds = ["config.v1+json", "layer.v1.tar", "layer.v1.tar"];
    let sizes = [config.len(), layers[0].len(), layers[1].len()];
    let config = registry.push_blob(REPOSITORY, &config);
    let mut descriptors =
        [&config, &digests[0], &digests[1]].into_iter().zip(kinds).zip(sizes).map(
            |((digest, kind), size)| {
                let kind = format!("application/vnd.oci.image.{kind}");
                json!({ "mediaType": kind, "digest": digest, "size": size })
            },
        );
    let manifest = json!({
        "schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": descriptors.next(),
        "layers": descriptors.collect::<Vec<_>>(),
    });
    registry.push_manifest(REPOSITORY, tag, OCI_MANIFEST, &manifest.to_string());
    digests
}

fn noise(seed: u32) -> Vec<u8> {
    let mut state = seed;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..LARGE).map(next).collect()
}

/// Types a reference and presses Inspect; goes to the start screen if there is no box.
async fn inspect(page: &Page, reference: &str) {
    if page.all("textbox", "Image reference").await.is_empty() {
        page.script("location.hash = '#/'").await;
    }
    page.until("a box that takes a reference", async || {
        let field = page.get("textbox", "Image reference").await;
        field.clear().await.ok()?;
        field.send_keys(reference).await.ok()
    })
    .await;
    page.click("button", "Inspect").await;
}

/// Opens the page and an image by its reference.
async fn open(page: &mut Page, server: &str, tag: &str) {
    page.expect(server);
    page.open("").await;
    inspect(page, &format!("{server}/{REPOSITORY}:{tag}")).await;
    page.wait_until_ready().await;
}

/// Waits until the page shows this text.
async fn says(page: &Page, words: &str) {
    page.until(&format!("the words {words:?}"), async || {
        page.text().await.contains(words).then_some(())
    })
    .await;
}

/// The rows of layers in the table "Pull": digest and state.
async fn pulling(page: &Page) -> Vec<(String, String)> {
    let rows = page.rows("table", "Pull").await;
    let cells = |row: &Vec<String>| {
        let cell = |at: usize| row.get(at).cloned().unwrap_or_default();
        (cell(2), cell(3)) // after the layer and its instruction
    };
    rows.iter().skip(1).map(cells).collect()
}

/// Waits until every layer in the table "Pull" has one of these states.
async fn wait_for_layers(page: &Page, states: &[&str]) {
    page.until(&format!("every layer {states:?}"), async || {
        let rows = pulling(page).await;
        let right = rows.iter().all(|(_, state)| states.iter().any(|want| state == want));
        (!rows.is_empty() && right).then_some(())
    })
    .await;
}

/// Fills in the login and submits it.
async fn log_in(page: &Page, registry: &str, user: &str, password: &str) {
    page.get("dialog", &format!("Log in to {registry}")).await;
    page.until("a login that takes what is typed", async || {
        let field = page.get("textbox", "User name").await;
        field.clear().await.ok()?;
        field.send_keys(user).await.ok()?;
        let secret = page.css("dialog input[type=password]").await;
        assert_eq!(page.name(&secret).await, "Password");
        secret.clear().await.ok()?;
        secret.send_keys(password).await.ok()
    })
    .await;
    page.click("button", "Log in").await;
}

/// The differences between a report and the facts about the same image in an archive, except for source and
/// names.
fn differences(report: &serde_json::Value, facts: &serde_json::Value) -> Vec<String> {
    let lines = facts::check(report, facts).into_iter();
    lines.filter(|line| line.starts_with("image") && !line.contains(": tags: ")).collect()
}
