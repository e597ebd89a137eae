//! A pull: started, watched, paused, cancelled; and its result.

use super::{
    REPOSITORY, differences, filled, inspect, large, open, pulling, says, wait_for_layers,
};
use browser_tests::{Page, both_browsers, material};
use registries::{Setup, fixture};

both_browsers! {
    async fn a_typed_reference_opens_its_image(page: &mut Page) {
        let registry = filled();
        let open_to_pages = Setup::default().cors().beside(&registry);
        let name = open_to_pages.name.clone();
        open(page, &name, "1").await;
        let fragment = page.fragment().await;
        assert!(fragment.starts_with(&format!("#/image/{name}/{REPOSITORY}:1")), "{fragment}");
        page.view("Files").await;
        page.get("treegrid", "Files").await;
        assert_eq!(page.alert().await, "");
    }

    async fn a_pull_ends_with_its_digest_and_a_status(page: &mut Page) {
        let registry = filled();
        let open_to_pages = Setup::default().cors().beside(&registry);
        open(page, &open_to_pages.name, "1").await;
        let digest = registry.document(REPOSITORY, "1").expect("it was pushed").digest();
        says(page, &format!("Digest: {digest}")).await;
        let text = page.text().await;
        assert!(text.lines().any(|line| line.starts_with("Status: ")), "{text}");
        wait_for_layers(page, &["Done"]).await;
    }

    async fn a_pull_shows_every_layer_with_its_short_digest_and_state(page: &mut Page) {
        let (registry, front) = large();
        page.expect(&front.name);
        front.hold_blobs(100_000);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:large", front.name)).await;
        wait_for_layers(page, &["Downloading"]).await;
        assert_ne!(page.state().await, "ready");
        let manifest = registry.document(REPOSITORY, "large").expect("it was pushed").value();
        for (number, (digest, _)) in pulling(page).await.iter().enumerate() {
            let whole = manifest["layers"][number]["digest"].as_str().expect("it was pushed");
            let short = digest.trim_start_matches("sha256:").trim_end_matches('…');
            assert!(short.len() >= 12 && whole.contains(short), "{digest} is short for {whole}");
        }
        front.release();
        page.wait_until_ready().await;
        wait_for_layers(page, &["Done"]).await;
    }

    async fn a_pull_is_paused_and_resumed(page: &mut Page) {
        let (_registry, front) = large();
        page.expect(&front.name);
        front.hold_blobs(100_000);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:large", front.name)).await;
        wait_for_layers(page, &["Downloading"]).await;
        page.click("button", "Pause").await;
        wait_for_layers(page, &["Paused"]).await;
        front.release();
        let asked = front.blobs().len();
        wait_for_layers(page, &["Paused"]).await;
        assert_eq!(front.blobs().len(), asked, "nothing is requested meanwhile");
        page.click("button", "Resume").await;
        page.wait_until_ready().await;
        wait_for_layers(page, &["Done"]).await;
    }

    async fn a_cancelled_pull_keeps_what_is_known_of_the_image(page: &mut Page) {
        let (_registry, front) = large();
        page.expect(&front.name);
        front.hold_blobs(100_000);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:large", front.name)).await;
        wait_for_layers(page, &["Downloading"]).await;
        page.click("button", "Cancel").await;
        wait_for_layers(page, &["Paused"]).await;
        page.view("History").await;
        page.get("table", "History").await;
        front.release();
        page.open_archive(&material::sample()).await;
    }

    async fn the_report_on_a_pulled_image_agrees_with_the_facts(page: &mut Page) {
        let registry = filled();
        let open_to_pages = Setup::default().cors().beside(&registry);
        open(page, &open_to_pages.name, "1").await;
        let facts = facts::load(&fixture("facts.json"), "odd.skopeo-gzip.oci-dir");
        assert_eq!(differences(&page.report().await, &facts), [""; 0]);
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn reports_on_pulled_images_of_every_compression_agree_with_the_facts(page: &mut Page) {
        let shared = material::shared("fixtures");
        let registry = Setup::default().cors().start();
        page.expect(&registry.name);
        page.open("").await;
        for (number, name) in ["waste-public.skopeo-zstdchunked.oci-dir", "waste-public.umoci.oci-dir"].iter().enumerate() {
            registry.push_layout(REPOSITORY, &number.to_string(), &shared.join(name));
            inspect(page, &format!("{}/{REPOSITORY}:{number}", registry.name)).await;
            page.wait_for_fragment("the tag", |link| link.contains(&format!("{REPOSITORY}:{number}"))).await;
            page.wait_until_ready().await;
            let facts = facts::load(&shared.join("facts.json"), name);
            assert_eq!(differences(&page.report().await, &facts), [""; 0], "{name}");
        }
    }

    async fn an_image_missing_in_the_registry_is_a_problem_that_says_so(page: &mut Page) {
        let registry = Setup::default().cors().start();
        page.expect(&registry.name);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:none", registry.name)).await;
        page.wait_for("error").await;
        let alert = page.alert().await;
        assert!(alert.contains(&registry.name) && alert.contains(REPOSITORY), "{alert}");
        page.open_archive(&material::sample()).await;
    }

    async fn an_invalid_reference_is_refused_without_a_request(page: &mut Page) {
        page.open("").await;
        inspect(page, "team/App:1").await;
        page.until("an alert", async || (!page.alert().await.is_empty()).then_some(())).await;
        assert_eq!(page.state().await, "error");
    }
}
