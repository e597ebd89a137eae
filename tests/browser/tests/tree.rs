//! The tree of the Files view: its columns, and several paths that are selected together.

use crate::files::{click_row, file_text, row, rows};
use crate::sample::open_sample;
use browser_tests::{Page, both_browsers};
use fantoccini::key::Key;
use std::collections::BTreeSet;

/// Sends keys to what has the focus.
async fn press(page: &Page, keys: &[Key]) {
    let active = page.client().active_element().await.expect("something has the focus");
    let keys: String = keys.iter().map(|key| char::from(*key)).collect();
    active.send_keys(&keys).await.expect("it takes keys");
}

/// The width of the column of sizes, as its edge says it.
async fn width_of_sizes(page: &Page) -> Option<String> {
    let edge = page.get("separator", "Width of Size").await;
    edge.attr("aria-valuenow").await.ok()?
}

both_browsers! {
    async fn columns_are_chosen_and_resized_by_keys_and_remembered(page: &mut Page) {
        open_sample(page).await;
        page.view("Files").await;
        row(page, "/usr").await;
        page.click("button", "Columns").await;
        page.click("checkbox", "Package").await;
        page.get("columnheader", "Package").await;
        page.click("checkbox", "Layer").await; // the menu is still open
        page.until("no column of layers", async || {
            page.all("columnheader", "Layer").await.is_empty().then_some(())
        })
        .await;
        page.script("document.querySelector('[aria-label=\"Width of Size\"]').focus()").await;
        let before: f64 = width_of_sizes(page).await.and_then(|text| text.parse().ok()).expect("a width");
        press(page, &[Key::Right, Key::Right]).await;
        let narrower = (before - 32.0).to_string();
        page.until("a narrower column", async || (width_of_sizes(page).await? == narrower).then_some(())).await;
        open_sample(page).await;
        page.view("Files").await;
        page.get("columnheader", "Package").await;
        assert!(page.all("columnheader", "Layer").await.is_empty());
        assert_eq!(width_of_sizes(page).await, Some(narrower));
    }

    async fn several_paths_are_selected_by_keys_and_downloaded_together(page: &mut Page) {
        open_sample(page).await;
        page.view("Files").await;
        click_row(page, "/bin").await;
        file_text(page, "Directory").await; // after the facts, nothing moves the cursor
        let top: Vec<String> = rows(page).await.into_iter().filter(|row| row.level == 1).map(|row| row.name).take(3).collect();
        press(page, &[Key::Left]).await; // closes it
        page.until("/bin closed", async || (row(page, "/bin").await.expanded == Some(false)).then_some(())).await;
        let space = page.client().active_element().await.expect("the row");
        space.send_keys(" ").await.expect("it takes keys");
        press(page, &[Key::Down]).await;
        // The driver gives keys to the element that it asked for, and so the focus back to it.
        page.until("the second row with the focus", async || {
            let focused = page.client().active_element().await.ok()?.text().await.ok()?;
            focused.contains(&top[1]).then_some(())
        })
        .await;
        press(page, &[Key::Shift, Key::Down, Key::Null]).await;
        page.until("three rows selected", async || {
            let script = "return [...document.querySelectorAll('[role=treegrid] [aria-selected=true] a')].map(link => link.textContent).sort()";
            let selected: Vec<String> = serde_json::from_value(page.script(script).await).ok()?;
            (selected == top).then_some(())
        })
        .await;
        page.click("button", "Download selection").await;
        let tar = page.download("As tar").await;
        let mut archive = tar::Archive::new(&tar[..]);
        let paths = archive.entries().expect("a tar").flatten().map(|entry| entry.path().expect("a path").into_owned());
        let first = paths.filter_map(|path| path.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned()));
        assert_eq!(first.collect::<BTreeSet<_>>(), top.into_iter().collect());
        page.click("button", "Deselect all").await;
        page.until("nothing selected", async || {
            page.all("button", "Download selection").await.is_empty().then_some(())
        })
        .await;
    }
}
