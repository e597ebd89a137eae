//! The route to a registry: direct, through the proxy, or none.

use super::{LARGE, REPOSITORY, filled, inspect, open, push_large, says, wait_for_layers};
use browser_tests::{Page, both_browsers};
use registries::{Front, Setup};

/// Requests through the proxy to a server.
fn proxied(page: &Page, server: &str) -> usize {
    let path = format!("/proxy/https/{server}/");
    page.site().requests().iter().filter(|request| request.target.contains(&path)).count()
}

both_browsers! {
    async fn a_registry_with_cors_headers_is_contacted_directly(page: &mut Page) {
        let registry = filled();
        let front = Front::of(&registry.name).cors();
        page.site().offer_proxy(&[&front.name]);
        open(page, &front.name, "1").await;
        assert_eq!(proxied(page, &front.name), 0);
        assert!(!front.blobs().is_empty());
        assert!(!front.saw_credentials());
    }

    async fn a_registry_without_cors_headers_is_contacted_through_the_proxy(page: &mut Page) {
        let registry = filled();
        page.site().offer_proxy(&[&registry.name]);
        open(page, &registry.name, "1").await;
        assert!(proxied(page, &registry.name) > 0);
        assert!(page.text().await.contains("proxy"), "the page says by which way it came");
    }

    async fn without_a_proxy_a_registry_without_cors_headers_is_a_problem_that_says_so(page: &mut Page) {
        let registry = filled();
        page.expect(&registry.name);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:1", registry.name)).await;
        page.wait_for("error").await;
        let alert = page.alert().await;
        assert!(alert.contains(&registry.name) && alert.contains("CORS"), "{alert}");
    }

    async fn requests_carry_neither_cookies_nor_a_referrer_through_the_proxy(page: &mut Page) {
        let registry = filled();
        page.site().offer_proxy(&[&registry.name]);
        page.expect(&registry.name);
        page.open("").await;
        page.script("document.cookie = 'secret=1; path=/'").await;
        inspect(page, &format!("{}/{REPOSITORY}:1", registry.name)).await;
        page.wait_until_ready().await;
        let requests = page.site().requests();
        let told: Vec<&str> = requests.iter().filter(|request| request.target.contains("/proxy/"))
            .filter(|request| request.header("cookie").or(request.header("referer")).is_some())
            .map(|request| request.target.as_str()).collect();
        assert_eq!(told, [""; 0]);
    }

    async fn a_broken_download_resumes_where_it_broke(page: &mut Page) {
        let registry = Setup::default().start();
        push_large(&registry, "large");
        let front = Front::of(&registry.name).cors();
        page.expect(&front.name);
        // Held where it will break: a browser discards what it has not delivered by then.
        front.hold_blobs(1_500_000);
        front.break_blobs(2, 1_500_000);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:large", front.name)).await;
        page.until("both layers held", async || {
            let held = front.blobs().iter().filter(|seen| seen.sent == 1_500_000).count();
            (held == 2).then_some(())
        }).await;
        wait_for_layers(page, &["Downloading"]).await;
        front.release();
        page.wait_until_ready().await;
        wait_for_layers(page, &["Done"]).await;
        let blobs = front.blobs();
        let ranges: Vec<_> = blobs.iter().filter(|seen| seen.status == 206).collect();
        assert_eq!(ranges.len(), 2, "{blobs:#?}");
        let sent: u64 = blobs.iter().map(|seen| seen.sent).sum();
        assert!(sent < 2 * (LARGE as u64 + 1_500_000), "little came twice: {sent} bytes");
    }

    async fn a_broken_download_continues_if_the_registry_ignores_ranges(page: &mut Page) {
        let registry = Setup::default().start();
        push_large(&registry, "large");
        let front = Front::of(&registry.name).cors();
        front.ignore_range(true);
        front.break_blobs(1, 1_500_000);
        open(page, &front.name, "large").await;
        wait_for_layers(page, &["Done"]).await;
    }

    async fn a_download_continues_after_the_registry_was_down(page: &mut Page) {
        let registry = Setup::default().start();
        push_large(&registry, "large");
        let front = Front::of(&registry.name).cors();
        page.expect(&front.name);
        front.hold_blobs(1_500_000);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:large", front.name)).await;
        page.until("both layers under way", async || {
            let held = front.blobs().iter().filter(|seen| seen.sent == 1_500_000).count();
            (held == 2).then_some(())
        }).await;
        wait_for_layers(page, &["Downloading"]).await;
        front.stop();
        front.release();
        front.come_back();
        // It continues by itself, or after a click when it has given up.
        page.until("the image", async || {
            if let Some(again) = page.all("button", "Try again").await.first() {
                drop(again.click().await);
            }
            (page.state().await == "ready" && !page.text().await.contains("Failed")).then_some(())
        }).await;
        says(page, "Status: ").await;
        let went_on = front.blobs().into_iter().filter(|seen| seen.status == 206).count();
        assert_eq!(went_on, 2, "{:#?}", front.blobs());
    }
}
