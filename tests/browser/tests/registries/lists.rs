//! Lists of a registry: tags in several pages, and referrers of an image.

use super::links::copied;
use super::{REPOSITORY, filled, inspect, open};
use browser_tests::{Page, both_browsers};
use registries::Front;

/// A registry whose `team/app` has 1,101 tags, and a front that lists 400 of them in a page.
fn many_tags() -> (registries::Registry, Front) {
    let registry = filled();
    registry.tag(REPOSITORY, "1", (0..1100).map(|minor| format!("2.{minor}")));
    let front = Front::of(&registry.name).cors().pages_of(400);
    (registry, front)
}

/// The first cells of the table of tags.
async fn tags(page: &Page) -> Vec<String> {
    let rows = page.rows("table", "Tags").await;
    rows.into_iter().skip(1).filter_map(|row| row.into_iter().next()).collect()
}

/// Opens the list of `team/app`'s tags on a host that the deployment names.
async fn open_tags(page: &mut Page, front: &Front) {
    page.expect(&front.name);
    let config = format!(r#"{{"proxy":null,"hosts":["{}"]}}"#, front.name);
    page.site().replace("config.json", config.as_bytes());
    page.open(&format!("#/repository/{}/{REPOSITORY}", front.name)).await;
}

both_browsers! {
    async fn tags_of_all_pages_are_listed_in_version_order(page: &mut Page) {
        let (_registry, front) = many_tags();
        open_tags(page, &front).await;
        page.until("every tag", async || {
            for more in page.all("button", "Show more").await {
                drop(more.click().await); // hidden once all are shown
            }
            (tags(page).await.len() == 1101).then_some(())
        }).await;
        let tags = tags(page).await;
        assert_eq!(tags[..3], ["2.1099", "2.1098", "2.1097"]);
        assert_eq!(tags[1098..], ["2.1", "2.0", "1"]);
        let pages = front.seen().into_iter().filter(|seen| seen.method == "GET" && seen.target.contains("/tags/list"));
        assert!(pages.count() >= 3, "{:#?}", front.seen());
    }

    async fn a_list_as_first_request_comes_through_the_proxy(page: &mut Page) {
        let registry = filled();
        page.site().mount_proxy(&[&registry.name]);
        let config = format!(r#"{{"proxy":"proxy/","hosts":["{}"]}}"#, registry.name);
        page.site().replace("config.json", config.as_bytes());
        page.expect(&registry.name);
        page.open(&format!("#/repository/{}/{REPOSITORY}", registry.name)).await;
        page.until("the tag", async || (tags(page).await == ["1"]).then_some(())).await;
    }

    async fn tags_are_filtered_by_the_typed_text(page: &mut Page) {
        let (_registry, front) = many_tags();
        open_tags(page, &front).await;
        page.get("table", "Tags").await;
        page.get("searchbox", "Filter tags").await.send_keys("2.77").await.expect("it takes text");
        page.until("the tags that match", async || {
            let mut tags = tags(page).await;
            tags.sort();
            let want: Vec<String> = std::iter::once("2.77".to_owned())
                .chain((0..10).map(|digit| format!("2.77{digit}"))).collect();
            (tags == want).then_some(())
        }).await;
    }

    async fn the_link_of_a_list_has_its_filter(page: &mut Page) {
        let (_registry, front) = many_tags();
        open_tags(page, &front).await;
        page.get("searchbox", "Filter tags").await.send_keys("2.109").await.expect("it takes text");
        let filtered = async |page: &Page| page.until("the tags that match", async || {
            let tags = tags(page).await;
            (tags.len() == 11 && tags.iter().all(|tag| tag.starts_with("2.109"))).then_some(())
        }).await;
        filtered(page).await;
        let link = format!("#/repository/{}/{REPOSITORY}?filter=2.109", front.name);
        assert_eq!(copied(page, "Copy link").await, link);
        page.open(&link).await;
        filtered(page).await;
    }

    async fn a_tag_is_a_link_to_its_image(page: &mut Page) {
        let (_registry, front) = many_tags();
        open_tags(page, &front).await;
        page.until("a click on a tag", async || {
            let link = fantoccini::Locator::XPath("//table[@aria-label='Tags']//a[normalize-space()='2.1099']");
            page.client().find(link).await.ok()?.click().await.ok()
        }).await;
        let start = format!("#/image/{}/{REPOSITORY}:2.1099", front.name);
        page.wait_for_fragment("the tag", |link| link.starts_with(&start)).await;
        page.wait_until_ready().await;
    }

    async fn a_missing_repository_is_a_problem(page: &mut Page) {
        let registry = filled();
        let front = Front::of(&registry.name).cors();
        page.expect(&front.name);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:1", front.name)).await; // so that the host is known
        page.wait_until_ready().await;
        page.open(&format!("#/repository/{}/team/none", front.name)).await;
        page.until("an alert that names it", async || page.alert().await.contains("team/none").then_some(())).await;
    }

    async fn referrers_are_listed_in_the_overview(page: &mut Page) {
        let registry = filled();
        let subject = registry.document(REPOSITORY, "1").expect("it was pushed").digest();
        for kind in ["application/spdx+json", "application/vnd.example.signature"] {
            registry.attach(REPOSITORY, &subject, kind, b"{}");
        }
        let front = Front::of(&registry.name).cors();
        open(page, &front.name, "1").await;
        page.until("both referrers", async || {
            let rows = page.rows("table", "Referrers").await;
            (rows.len() == 3).then_some(())
        }).await;
    }

    #[cfg_attr(not(has_second_registry), ignore = "needs the second registry")]
    async fn referrers_come_from_the_api_of_a_registry_that_has_it(page: &mut Page) {
        let registry = registries::second::start();
        registry.push_layout(REPOSITORY, "1", &registries::fixture("odd.skopeo-gzip.oci-dir"));
        let subject = registry.document(REPOSITORY, "1").expect("it was pushed").digest();
        registry.attach(REPOSITORY, &subject, "application/spdx+json", b"{}");
        let front = Front::of(&registry.name).cors();
        open(page, &front.name, "1").await;
        page.until("the referrer", async || (page.rows("table", "Referrers").await.len() == 2).then_some(())).await;
    }
}
