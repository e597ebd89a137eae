//! Archives on the web, saved inspections, and links to views that this version lacks.

use browser_tests::material::{self, Temp};
use browser_tests::{Page, both_browsers};

/// A link to a file on the page's own site, the only address that a test may request.
fn link(page: &Page, name: &str) -> String {
    let address = format!("{}{name}", page.site().url());
    format!("#/url/{}", address.replace('/', "%2F"))
}

fn asked_for(page: &Page, name: &str) -> usize {
    let requests = page.site().requests();
    requests.iter().filter(|request| request.target.ends_with(name)).count()
}

both_browsers! {
    async fn an_archive_on_the_web_opens_after_the_user_agrees(page: &mut Page) {
        page.open(&link(page, "sample.tar")).await;
        let open = page.until("a button", async || {
            page.all("button", "Open").await.into_iter().next()
        });
        let open = open.await;
        assert!(page.text().await.contains("Open an archive from 127.0.0.1"));
        open.click().await.expect("it is on the page");
        page.wait_until_ready().await;
        page.view("Files").await;
        assert!(page.fragment().await.starts_with("#/url/"), "the link stays what it was");
    }

    async fn the_status_of_an_address_without_an_archive_is_shown(page: &mut Page) {
        // Not one of the page's own files, which the service worker serves.
        page.open(&link(page, "no-such.tar")).await;
        page.until("a button", async || page.all("button", "Open").await.into_iter().next()).await;
        assert_eq!(asked_for(page, "no-such.tar"), 0);
        page.click("button", "Open").await;
        page.wait_for("error").await;
        assert_eq!(asked_for(page, "no-such.tar"), 1);
        assert!(page.alert().await.contains("404"), "{}", page.alert().await);
    }

    async fn a_saved_inspection_opens_as_its_image(page: &mut Page) {
        page.open("").await;
        page.open_archive(&material::sample()).await;
        page.wait_until_ready().await;
        let report = page.report().await;
        let saved = page.download("Save inspection").await;
        let temp = Temp::new();
        page.open("").await;
        page.open_archive(&temp.file("sample.layerscope", &saved)).await;
        page.wait_until_ready().await;
        assert!(page.text().await.contains("This is a saved inspection"));
        let again = page.report().await;
        assert_eq!(again["images"][0]["tree"], report["images"][0]["tree"]);
        assert_eq!(again["images"][0]["imageId"], report["images"][0]["imageId"]);
        assert!(!again["images"][0]["layers"].to_string().contains("\"verified\":true"));
    }

    async fn a_link_to_a_comparison_offers_both_images(page: &mut Page) {
        page.open("#/compare?a=archive%2Fsha256:1&b=image%2Falpine").await;
        let sides = page.until("the sides", async || {
            let a = page.all("link", "archive/sha256:1").await;
            let b = page.all("link", "image/alpine").await;
            a.into_iter().zip(b).next()
        });
        let (a, _) = sides.await;
        a.click().await.expect("it is on the page");
        page.wait_for_fragment("the side's own link", |now| now == "#/archive/sha256:1").await;
    }
}
