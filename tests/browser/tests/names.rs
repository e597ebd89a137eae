//! The accessible names that people, screen readers and tests rely on.

use crate::files::choose;
use crate::sample::open_sample;
use browser_tests::{Page, both_browsers, material};
use fantoccini::Locator;

/// The accessible names of all interactive elements and of all elements with a name in markup.
async fn names(page: &Page) -> Vec<String> {
    let selector =
        "input, select, textarea, button, summary, a[href], [role], [aria-label], nav, table, main";
    let mut names = Vec::new();
    for element in page.client().find_all(Locator::Css(selector)).await.expect("a document") {
        names.push(page.name(&element).await);
    }
    names
}

both_browsers! {
    async fn only_one_element_is_named_open_image_archive(page: &mut Page) {
        page.open("").await;
        let found = |names: Vec<String>| names.iter().filter(|name| name.contains("Open image archive")).count();
        assert_eq!(found(names(page).await), 1, "before an image is open");
        open_sample(page).await;
        page.view("Layers").await;
        assert_eq!(found(names(page).await), 1, "while one is open");
    }

    async fn views_tables_tree_search_and_file_have_their_contract_names(page: &mut Page) {
        open_sample(page).await;
        page.get("navigation", "Views").await;
        page.get("table", "Images").await;
        page.get("button", "Copy link").await;
        page.get("button", "Download report").await;
        page.view("Layers").await;
        page.get("table", "Layers").await;
        page.view("History").await;
        page.get("table", "History").await;
        page.view("Files").await;
        page.get("treegrid", "Files").await;
        page.get("searchbox", "Filter files").await;
        choose(page, "/etc/motd").await;
        page.get("region", "File").await;
    }

    async fn every_button_and_link_has_a_name(page: &mut Page) {
        open_sample(page).await;
        for view in ["Overview", "Layers", "History", "Files"] {
            page.view(view).await;
            let all = page.client().find_all(Locator::Css("button, a[href], input, summary")).await;
            for element in all.expect("a document") {
                // An element that was replaced meanwhile has neither name nor markup; hidden ones need no name.
                let shown = element.is_displayed().await.unwrap_or(false);
                if shown && page.name(&element).await.trim().is_empty() {
                    let markup = element.html(false).await.unwrap_or_default();
                    assert_eq!(markup, "", "without a name, in {view}");
                }
            }
        }
    }

    async fn the_performance_marks_are_in_order(page: &mut Page) {
        page.open("").await;
        page.open_archive(&material::fixture("odd.regctl-gzip.docker.tar")).await;
        let script = "return ['drop', 'layers', 'tree', 'ready'].map(
            name => performance.getEntriesByName('layerscope:' + name).map(mark => mark.startTime))";
        let marks = page.until("four marks", async || {
            let marks: Vec<Vec<f64>> = serde_json::from_value(page.script(script).await).ok()?;
            marks.iter().all(|times| times.len() == 1).then_some(marks)
        })
        .await.concat();
        assert!(marks[0] <= marks[1] && marks[0] <= marks[2] && marks[2] <= marks[3], "{marks:?}");
    }

    async fn the_state_is_empty_before_and_ready_after(page: &mut Page) {
        page.open("").await;
        assert_eq!(page.state().await, "empty");
        page.open_archive(&material::sample()).await;
        assert_eq!(page.state().await, "ready");
    }
}
