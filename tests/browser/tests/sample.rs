//! The sample image opens at one click, and every view shows what is known about it.
//!
//! The content of the image: `tests/fixtures/sample/Dockerfile`.

use browser_tests::{Page, both_browsers, material};
use fantoccini::Locator;

/// Opens the sample as a visitor does.
pub async fn open_sample(page: &Page) {
    page.open("").await;
    page.until("a button for the sample", async || {
        let buttons = page.client().find_all(Locator::Css("button")).await.ok()?;
        for button in buttons {
            if page.name(&button).await.contains("sample") {
                return button.click().await.ok();
            }
        }
        None
    })
    .await;
    page.wait_until_ready().await;
}

/// The column of a table with this header.
fn column<'a>(rows: &'a [Vec<String>], head: &str) -> Vec<&'a str> {
    let at = rows[0].iter().position(|cell| cell.to_lowercase().starts_with(&head.to_lowercase()));
    let at = at.unwrap_or_else(|| panic!("no column {head:?} in {:?}", rows[0]));
    rows[1..].iter().filter_map(|row| row.get(at)).map(String::as_str).collect()
}

/// Counts the cells that are still pending at the moment when the state becomes ready.
async fn watch_for_pending_cells(page: &Page) {
    let script = "
        new MutationObserver(() => {
            if (document.documentElement.dataset.state === 'ready') requestAnimationFrame(() => {
                window.unknown ??= [...document.querySelectorAll('main td, main dd')]
                    .map(cell => cell.innerText.trim()).filter(text => text === '…').length; });
        }).observe(document.documentElement, { attributeFilter: ['data-state'] });";
    page.script(script).await;
}

async fn pending_cells_when_ready(page: &Page) -> u64 {
    let count = async || page.script("return window.unknown ?? null").await.as_u64();
    page.until("the moment of being ready", count).await
}

/// The file with the code of all screens but the first.
fn second_part() -> String {
    let files = std::fs::read_dir(browser_tests::page::dist()).expect("the page is built");
    let names = files.flatten().map(|file| file.file_name().to_string_lossy().into_owned());
    let mut parts = names.filter(|name| name.starts_with("page_screens-"));
    parts.next().expect("the page's module is split")
}

both_browsers! {
    async fn the_sample_opens_at_one_click(page: &mut Page) {
        open_sample(page).await;
        let fragment = page.fragment().await;
        assert!(fragment.starts_with("#/archive/sha256:"), "{fragment}");
        assert!(page.text().await.contains("pocket/site"), "the image's name is on screen");
    }

    async fn images_are_listed_as_docker_image_ls_does(page: &mut Page) {
        open_sample(page).await;
        let rows = page.until("the image with its size", async || {
            Some(page.rows("table", "Images").await).filter(|rows| !column(rows, "Size").contains(&"…"))
        })
        .await;
        assert_eq!(rows.len(), 2, "a head and one image: {rows:?}");
        assert_eq!(column(&rows, "Repository"), ["registry.example/pocket/site"]);
        assert_eq!(column(&rows, "Tag"), ["1.4.0"]);
        let id = page.fragment().await.trim_start_matches("#/archive/sha256:")[..12].to_owned();
        assert_eq!(column(&rows, "Image ID"), [id]);
        assert!(!column(&rows, "Created")[0].is_empty());
        assert_eq!(column(&rows, "Size"), ["1.06 MB"]);
    }

    async fn nothing_is_pending_on_screen_when_the_state_is_ready(page: &mut Page) {
        page.open("").await;
        watch_for_pending_cells(page).await;
        page.open_archive(&material::sample()).await;
        assert_eq!(pending_cells_when_ready(page).await, 0, "cells that still show …");
    }

    async fn nothing_is_pending_when_the_pages_second_part_comes_after_the_image_was_read(page: &mut Page) {
        page.site().hold(&second_part());
        page.open("").await;
        watch_for_pending_cells(page).await;
        page.give(&material::sample()).await;
        page.until("the end of reading", async || page.text().await.contains("Done").then_some(())).await;
        assert_eq!(page.state().await, "loading");
        page.site().release();
        assert_eq!(pending_cells_when_ready(page).await, 0, "cells that still show …");
    }

    async fn every_view_has_a_link_that_says_whether_it_is_current(page: &mut Page) {
        open_sample(page).await;
        for (view, parameter, role, name) in [
            ("Layers", "view=layers", "table", "Layers"),
            ("History", "view=history", "table", "History"),
            ("Files", "view=files", "treegrid", "Files"),
            ("Waste", "view=waste", "table", "Waste"),
        ] {
            page.view(view).await;
            page.get(role, name).await;
            page.wait_for_fragment(parameter, |fragment| fragment.contains(parameter)).await;
            let current = page.client().find_all(Locator::Css("nav [aria-current=page]")).await;
            assert_eq!(current.map(|links| links.len()).ok(), Some(1), "one view is shown");
        }
        page.view("Overview").await;
        page.wait_for_fragment("no view", |fragment| !fragment.contains("view=")).await;
    }

    async fn the_overview_shows_command_user_and_ports(page: &mut Page) {
        open_sample(page).await;
        for word in ["/srv/site/start.sh", "root", "8080", "linux/amd64", "1.06 MB"] {
            page.until(&format!("{word:?} in the overview"), async || {
                page.text().await.contains(word).then_some(())
            })
            .await;
        }
    }

    async fn the_layers_table_has_a_row_with_a_readable_instruction_for_each_layer(page: &mut Page) {
        open_sample(page).await;
        page.view("Layers").await;
        let rows = page.rows("table", "Layers").await;
        let numbers: Vec<&str> = column(&rows, "#").into_iter().filter(|cell| !cell.is_empty()).collect();
        assert_eq!(numbers, ["1", "2", "3", "4", "5", "6"]);
        let instructions = column(&rows, "Instruction").join("\n");
        assert!(!instructions.contains("#(nop)") && !instructions.contains("/bin/sh -c"), "{instructions}");
        for word in ["ADD", "COPY", "RUN", "nuke"] {
            assert!(instructions.contains(word), "{word} is not in:\n{instructions}");
        }
        assert_eq!(column(&rows, "Size")[..6], ["754 kB", "85.6 kB", "1.25 kB", "222 kB", "0 B", "257 B"]);
        assert_eq!(column(&rows, "Added")[..2], ["+114", "+7"]);
        assert!(column(&rows, "Net size")[4].starts_with(['-', '−']), "removing files makes the image smaller: {rows:?}");
    }

    async fn empty_layers_can_be_shown_in_order(page: &mut Page) {
        open_sample(page).await;
        page.view("Layers").await;
        let without = page.rows("table", "Layers").await.len();
        let label = page.client().find(Locator::XPath("//label[contains(., 'empty layers')]")).await;
        label.expect("a switch").click().await.expect("it can be clicked");
        page.until("the empty layers", async || {
            let rows = page.rows("table", "Layers").await;
            let text: String = rows.concat().join(" ");
            (rows.len() == without + 8 && text.contains("ENV") && text.contains("ENTRYPOINT")).then_some(())
        })
        .await;
    }

    async fn the_history_is_newest_first_and_can_be_shown_in_full(page: &mut Page) {
        open_sample(page).await;
        page.view("History").await;
        let rows = page.until("the history", async || {
            Some(page.rows("table", "History").await).filter(|rows| rows.len() > 1)
        }).await;
        assert_eq!(rows.len(), 15, "14 entries: {rows:?}");
        let image = column(&rows, "Image");
        assert!(image[0].len() == 12 && image[1..].iter().all(|cell| *cell == "<missing>"), "{image:?}");
        let short = column(&rows, "Created by");
        assert!(short[0].contains("CMD"), "{short:?}");
        let cut = "return [...document.querySelectorAll('table[aria-label=History] :is(td, td a)')]
            .filter(cell => cell.scrollWidth > cell.clientWidth).length";
        assert_ne!(page.script(cut).await, 0, "long commands are cut by width: {short:?}");
        let label = page.client().find(Locator::XPath("//label[contains(., 'Full')]")).await;
        label.expect("a switch").click().await.expect("it can be clicked");
        page.until("the full history", async || {
            let rows = page.rows("table", "History").await;
            let full = column(&rows, "Created by").join("\n");
            let whole = full.contains("ln /srv/site/pages/start.html /srv/site/pages/home.html");
            (whole && page.script(cut).await == 0).then_some(())
        })
        .await;
    }
}
