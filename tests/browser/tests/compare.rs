//! Two images compared on the page: of one archive, and of two archives.

use browser_tests::{Page, both_browsers, material};

/// The image IDs of an open archive, by its report.
async fn image_ids(page: &Page) -> Vec<String> {
    let report = page.report().await;
    let images = report["images"].as_array().expect("images").iter();
    images.map(|image| image["imageId"].as_str().expect("an ID").to_owned()).collect()
}

/// Goes to the comparison of two images, and waits until `part` is on screen.
async fn compare(page: &Page, a: &str, b: &str, part: &str) {
    let side = |id: &str| format!("archive%2F{}", id.replace(':', "%3A"));
    page.script(&format!("location.hash = '#/compare?a={}&b={}'", side(a), side(b))).await;
    page.until(&format!("{part:?} on screen"), async || {
        page.text().await.contains(part).then_some(())
    })
    .await;
    page.wait_until_ready().await;
}

/// Waits until the table "Changes" has these paths and no others.
async fn wait_for_changes(page: &Page, paths: &[&str]) {
    page.until(&format!("{paths:?} as changes"), async || {
        let rows = page.rows("table", "Changes").await;
        let first: Vec<String> =
            rows.into_iter().skip(1).filter_map(|row| row.into_iter().next()).collect();
        (first == paths).then_some(())
    })
    .await;
}

both_browsers! {
    async fn two_images_of_an_archive_are_compared(page: &mut Page) {
        page.open("").await;
        page.open_archive(&material::fixture("two.docker20.docker.tar")).await;
        let ids = image_ids(page).await;
        // lab/topped:1 is lab/plain:1 with /etc/issue in a layer of its own.
        compare(page, &ids[0], &ids[1], "4 B (0.1 %) smaller.").await;
        wait_for_changes(page, &["/etc/issue"]).await;
        compare(page, &ids[1], &ids[0], "4 B (0.1 %) larger.").await;
        compare(page, &ids[0], &ids[0], "Nothing differs.").await;
        assert_eq!(page.requests_elsewhere().await, [""; 0]);
    }

    async fn images_of_two_archives_are_compared(page: &mut Page) {
        page.open("").await;
        page.open_archive(&material::fixture("two.docker20.docker.tar")).await;
        let ids = image_ids(page).await;
        page.open_archive(&material::fixture("plain.regctl-none.docker.tar")).await;
        let plain = image_ids(page).await;
        compare(page, &ids[0], &plain[0], "smaller.").await;
        wait_for_changes(page, &["/etc/issue"]).await;
        assert_eq!(page.requests_elsewhere().await, [""; 0]);
        assert_eq!(page.violations().await, [""; 0]);
    }
}
