//! Links to images: which hosts are contacted without a question, what a link pins, tags that have moved.

use super::{REPOSITORY, filled, inspect, open, push_large, says};
use browser_tests::{Page, both_browsers};
use registries::{Front, Setup, fixture};

const PLATFORMS: [&str; 2] = ["linux/amd64", "linux/arm64"];

/// A registry with `team/app:multi` for two platforms, its front, and the index's digest.
fn multi() -> (registries::Registry, Front, String) {
    let registry = Setup::default().start();
    let layout = fixture("odd.skopeo-gzip.oci-dir");
    registry.push_platforms(REPOSITORY, "multi", &layout, &PLATFORMS);
    let front = Front::of(&registry.name).cors();
    let digest = registry.document(REPOSITORY, "multi").expect("it was pushed").digest();
    (registry, front, digest)
}

/// The fragment of the link that a button ("Copy link") writes to the clipboard.
pub async fn copied(page: &Page, button: &str) -> String {
    page.script("navigator.clipboard.writeText = async text => { window.copied = text; }").await;
    page.click("button", button).await;
    let url = page
        .until("a link in the clipboard", async || {
            Some(page.script("return window.copied || ''").await.as_str()?.to_owned())
                .filter(|url| !url.is_empty())
        })
        .await;
    url.find('#').map(|start| url[start..].to_owned()).unwrap_or_default()
}

both_browsers! {
    async fn a_link_to_an_unknown_host_asks_the_user_first(page: &mut Page) {
        let registry = filled();
        let front = Front::of(&registry.name).cors();
        page.expect(&front.name);
        page.open(&format!("#/image/{}/{REPOSITORY}:1", front.name)).await;
        let region = page.get("region", &format!("Open an image from {}?", front.name)).await;
        let words = region.text().await.expect("it has a text");
        assert!(words.contains(REPOSITORY) && words.contains("direct"), "{words}");
        assert_eq!(front.seen(), [], "no request was sent to the host");
        page.click("button", "Open").await;
        page.wait_until_ready().await;
        // Now the host is known.
        page.reload().await;
        page.wait_until_ready().await;
    }

    async fn a_link_to_a_host_that_the_deployment_names_opens_at_once(page: &mut Page) {
        let registry = filled();
        let front = Front::of(&registry.name).cors();
        page.expect(&front.name);
        let config = format!(r#"{{"proxy":null,"hosts":["{}"]}}"#, front.name);
        page.site().replace("config.json", config.as_bytes());
        page.open(&format!("#/image/{}/{REPOSITORY}:1", front.name)).await;
        page.wait_until_ready().await;
    }

    async fn a_link_through_the_proxy_says_so_first(page: &mut Page) {
        let registry = filled();
        page.expect(&registry.name);
        page.site().offer_proxy(&[&registry.name]);
        page.open(&format!("#/image/{}/{REPOSITORY}:1", registry.name)).await;
        let region = page.get("region", &format!("Open an image from {}?", registry.name)).await;
        let words = region.text().await.expect("it has a text");
        assert!(words.contains("proxy"), "{words}");
        let asked = page.site().requests().iter().filter(|r| r.target.contains("/proxy/")).count();
        assert_eq!(asked, 0, "the host got no request");
        page.click("button", "Open").await;
        page.wait_until_ready().await;
    }

    async fn a_link_opens_the_same_view_of_the_same_image(page: &mut Page) {
        let registry = filled();
        let front = Front::of(&registry.name).cors();
        open(page, &front.name, "1").await;
        page.view("Layers").await;
        let link = page.wait_for_fragment("the view", |link| link.contains("view=layers")).await;
        page.reload().await;
        page.wait_until_ready().await;
        page.get("table", "Layers").await;
        assert_eq!(page.fragment().await, link);
    }

    async fn a_link_to_a_path_pins_the_digest(page: &mut Page) {
        let registry = filled();
        let front = Front::of(&registry.name).cors();
        open(page, &front.name, "1").await;
        page.view("Files").await;
        page.until("a click on a row", async || page.css("[role=treegrid] [role=row] a").await.click().await.ok()).await;
        page.wait_for_fragment("a directory", |link| link.contains("path=")).await;
        let digest = registry.document(REPOSITORY, "1").expect("it was pushed").digest();
        let link = copied(page, "Copy link to directory").await;
        let pinned = format!("#/image/{}/{REPOSITORY}:1@{digest}?", front.name);
        assert!(link.starts_with(&pinned) && link.contains("path="), "{link}");
    }

    async fn copy_link_pins_the_digest(page: &mut Page) {
        let registry = filled();
        let front = Front::of(&registry.name).cors();
        open(page, &front.name, "1").await;
        let digest = registry.document(REPOSITORY, "1").expect("it was pushed").digest();
        assert_eq!(copied(page, "Copy link").await, format!("#/image/{}/{REPOSITORY}:1@{digest}", front.name));
    }

    async fn copy_link_pins_index_and_platform_of_an_image_for_several_platforms(page: &mut Page) {
        let (_registry, front, digest) = multi();
        open(page, &front.name, "multi").await;
        let start = format!("#/image/{}/{REPOSITORY}:multi@{digest}?platform=linux/", front.name);
        let link = copied(page, "Copy link").await;
        assert!(link.starts_with(&start), "{link}");
    }

    async fn the_chosen_platform_is_in_the_link(page: &mut Page) {
        let (_registry, front, _) = multi();
        open(page, &front.name, "multi").await;
        for platform in ["linux/arm64", "linux/amd64"] {
            let select = page.get("combobox", "Platform").await;
            select.select_by_label(platform).await.expect("there is such a choice");
            let part = format!("platform={platform}");
            page.wait_for_fragment("the platform", |link| link.contains(&part)).await;
            page.wait_until_ready().await;
            page.until("the platform in the report", async || {
                (page.report().await["images"][0]["platform"] == platform).then_some(())
            }).await;
        }
    }

    async fn the_platform_in_a_link_is_opened(page: &mut Page) {
        let (_registry, front, _) = multi();
        page.expect(&front.name);
        page.open(&format!("#/image/{}/{REPOSITORY}:multi?platform=linux/arm64", front.name)).await;
        page.click("button", "Open").await;
        page.wait_until_ready().await;
        assert_eq!(page.report().await["images"][0]["platform"], "linux/arm64");
    }

    async fn a_link_whose_tag_has_moved_says_so_and_shows_the_pinned_image(page: &mut Page) {
        let registry = filled();
        let front = Front::of(&registry.name).cors();
        let pinned = registry.document(REPOSITORY, "1").expect("it was pushed").digest();
        push_large(&registry, "1");
        let now = registry.document(REPOSITORY, "1").expect("it was pushed").digest();
        page.expect(&front.name);
        page.open(&format!("#/image/{}/{REPOSITORY}:1@{pinned}", front.name)).await;
        page.click("button", "Open").await;
        page.wait_until_ready().await;
        says(page, "now names another image").await;
        assert!(page.text().await.contains(&now), "it says where to");
        assert_eq!(page.report().await["images"][0]["manifestDigest"], pinned);
    }

    async fn a_typed_reference_causes_no_question(page: &mut Page) {
        let registry = filled();
        let front = Front::of(&registry.name).cors();
        page.expect(&front.name);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:1", front.name)).await;
        let question = format!("Open an image from {}?", front.name);
        page.until("the image, without a question", async || {
            assert!(page.all("region", &question).await.is_empty());
            (page.state().await == "ready").then_some(())
        }).await;
    }
}
