//! The cache of an earlier visit: nothing is downloaded twice, and the registry may be down.

use super::{REPOSITORY, filled, inspect, large, open, pulling, says};
use browser_tests::{Page, both_browsers};
use registries::Front;

both_browsers! {
    async fn a_second_visit_transfers_no_blob(page: &mut Page) {
        let (_registry, front) = large();
        open(page, &front.name, "large").await;
        let before = front.blobs().len();
        assert!(before > 0);
        page.reload().await;
        page.wait_until_ready().await;
        assert_eq!(front.blobs().len(), before, "{:#?}", front.blobs());
        let states: Vec<String> = pulling(page).await.into_iter().map(|(_, state)| state).collect();
        assert_eq!(states, ["In the cache", "In the cache"]);
    }

    async fn a_layer_that_two_images_share_is_transferred_once(page: &mut Page) {
        let (registry, front) = large();
        registry.tag(REPOSITORY, "large", ["other".to_owned()]);
        open(page, &front.name, "large").await;
        let layer = |seen: &&registries::Seen| seen.sent > 1_000_000;
        assert_eq!(front.blobs().iter().filter(layer).count(), 2);
        inspect(page, &format!("{}/{REPOSITORY}:other", front.name)).await;
        page.wait_for_fragment("the other tag", |link| link.contains(":other")).await;
        page.wait_until_ready().await;
        assert_eq!(front.blobs().iter().filter(layer).count(), 2, "{:#?}", front.blobs());
    }

    async fn an_image_opened_before_opens_with_a_warning_without_its_registry(page: &mut Page) {
        let registry = filled();
        let front = Front::of(&registry.name).cors();
        open(page, &front.name, "1").await;
        let report = page.report().await;
        front.stop();
        page.reload().await;
        page.wait_until_ready().await;
        says(page, "The registry does not answer").await;
        let again = page.report().await;
        assert_eq!(again["images"][0]["tree"], report["images"][0]["tree"]);
        assert_eq!(again["images"][0]["layers"], report["images"][0]["layers"]);
    }

    async fn an_image_never_opened_is_a_problem_without_its_registry(page: &mut Page) {
        let registry = filled();
        registry.tag(REPOSITORY, "1", ["2".to_owned()]);
        let front = Front::of(&registry.name).cors();
        open(page, &front.name, "1").await;
        front.stop();
        inspect(page, &format!("{}/{REPOSITORY}:2", front.name)).await;
        page.wait_for("error").await;
        let alert = page.alert().await;
        assert!(alert.contains(&front.name), "{alert}");
    }
}
