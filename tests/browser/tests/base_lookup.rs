//! The lookup of a base image: no request before the user agrees, then digests of layers to deps.dev (answered on
//! loopback).

use crate::sample::open_sample;
use browser_tests::{Page, both_browsers};
use osv_cassettes::Server;
use registries::digest;

/// The SHA-256 of 1,024 zero bytes, which stands for a step without a layer.
const EMPTY_TAR: &str = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

both_browsers! {
    async fn a_base_image_is_looked_up_once_the_user_agrees(page: &mut Page) {
        open_sample(page).await;
        let report = page.report().await;
        let layers = report["images"][0]["layers"].as_array().expect("layers");
        // The sample's base image: a layer, ENV and CMD.
        let mut chain = layers[0]["diffId"].as_str().expect("a digest").to_owned();
        for _ in 0..2 {
            chain = digest(format!("{chain} {EMPTY_TAR}").as_bytes());
        }
        let base = format!("/v3alpha/querycontainerimages/{chain}");
        let known = base.clone();
        let server = Server::answering(move |_, path, _| {
            let body = br#"{"results":[{"repository":"somebody/base"},{"repository":"pocketbase"}]}"#;
            (path == known).then(|| (200, body.to_vec()))
        })
        .expect("a server");
        let config = format!(r#"{{"depsDev": "{}"}}"#, server.url());
        page.site().replace("config.json", config.as_bytes());
        page.expect("v3alpha");
        open_sample(page).await;
        page.view("Dockerfile").await;
        page.click("button", "Look up the base image…").await;
        page.css("dialog[open]").await;
        assert_eq!(server.asked(), [], "the dialog only asks the user");
        page.click("button", "Send and look up").await;
        let text = "Base image: pocketbase (the first layer), because a published image consists of these layers.";
        page.until("the base image", async || page.text().await.contains(text).then_some(())).await;
        let asked = server.asked();
        assert_eq!(asked.last(), Some(&(base, String::new())));
        for (path, body) in asked {
            let digest = path.strip_prefix("/v3alpha/querycontainerimages/sha256:").expect("a digest");
            assert!(digest.len() == 64 && body.is_empty(), "nothing else goes out: {path}");
        }
        assert_eq!(page.violations().await, [""; 0]);
    }
}
