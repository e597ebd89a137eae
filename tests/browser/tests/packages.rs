//! The Packages view: which packages are installed, and what each layer added or removed.
//!
//! The image is made here: apk's database in two layers, the second of which adds one package and removes
//! one. Lines of the database are as `apk add` writes them.

use browser_tests::material::{self, Member, Temp};
use browser_tests::{Page, both_browsers};
use fantoccini::elements::Element;
use fantoccini::{Locator, key::Key};

const OS_RELEASE: &[u8] = b"ID=alpine\nVERSION_ID=3.20.3\n";
const MUSL: &str =
    "P:musl\nV:1.2.5-r0\nA:x86_64\nI:667648\nL:MIT\nF:lib\nR:ld-musl-x86_64.so.1\n\n";
const GIT: &str = "P:git\nV:2.45.2-r0\nA:x86_64\nI:14520320\nL:GPL-2.0-only\nF:usr/bin\nR:git\n\n";
const JQ: &str = "P:jq\nV:1.7.1-r0\nA:x86_64\nI:712704\nL:MIT\nF:usr/bin\nR:jq\n\n";

/// Opens an image of 400 packages, p000 to p399, at its packages.
async fn open_long(page: &Page, temp: &Temp) {
    let package = |n: u32| format!("P:p{n:03}\nV:1.{n}\nA:x86_64\nI:10\nL:MIT\n\n");
    let database: String = (0..400).map(package).collect();
    let layer = material::tar(&[
        Member::File("etc/os-release", OS_RELEASE),
        Member::File("lib/apk/db/installed", database.as_bytes()),
    ]);
    page.open("").await;
    page.open_archive(&temp.file("long.tar", &material::docker_save(&[&layer]))).await;
    page.view("Packages").await;
}

/// Opens the image.
async fn open(page: &Page, temp: &Temp) {
    let base = [MUSL, GIT].concat();
    let top = [MUSL, JQ].concat();
    let base = material::tar(&[
        Member::File("etc/os-release", OS_RELEASE),
        Member::File("lib/ld-musl-x86_64.so.1", b"musl"),
        Member::File("usr/bin/git", b"git"),
        Member::File("lib/apk/db/installed", base.as_bytes()),
    ]);
    let top = material::tar(&[
        Member::File("usr/bin/.wh.git", b""),
        Member::File("usr/bin/jq", b"the larger one"),
        Member::File("opt/made-by-hand", b"of no package"),
        Member::File("lib/apk/db/installed", top.as_bytes()),
    ]);
    page.open("").await;
    page.open_archive(&temp.file("packages.tar", &material::docker_save(&[&base, &top]))).await;
    page.view("Packages").await;
}

/// Waits until the rows of the table, without its header, have these names.
async fn wait_for_names(page: &Page, names: &[&str]) -> Vec<Vec<String>> {
    let mut last = Vec::new();
    page.until(&format!("packages {names:?}"), async || {
        last = page.rows("table", "Packages").await.into_iter().skip(1).collect();
        let found =
            last.iter().filter_map(|row| row.first()).map(|cell| cell.trim_start_matches("D "));
        found.eq(names.iter().copied()).then(|| last.clone())
    })
    .await
}

/// Waits for a link in the table.
async fn link(page: &Page, name: &str) -> Element {
    page.until(&format!("a link {name:?}"), async || {
        let links =
            page.client().find_all(Locator::Css("table[aria-label=Packages] td a")).await.ok()?;
        for link in links {
            if link.text().await.ok()?.trim_start_matches("D ") == name {
                return Some(link);
            }
        }
        None
    })
    .await
}

/// Waits until the region "Package" contains `wanted`; returns its text.
async fn details(page: &Page, wanted: &str) -> String {
    page.until(&format!("{wanted:?} in the region Package"), async || {
        let text = page.get("region", "Package").await.text().await.ok()?;
        text.contains(wanted).then_some(text)
    })
    .await
}

both_browsers! {
    async fn packages_are_listed_with_those_removed_later(page: &mut Page) {
        let temp = Temp::new();
        open(page, &temp).await;
        let rows = wait_for_names(page, &["git", "jq", "musl"]).await;
        assert!(rows[0][0].starts_with('D'), "git was removed: {rows:?}");
        assert_eq!(rows[2][1..5], ["1.2.5-r0", "apk", "MIT", "4 B"]);
        page.click("button", "Installed 2").await;
        wait_for_names(page, &["jq", "musl"]).await;
        page.wait_for_fragment("what is shown", |fragment| fragment.contains("show=installed")).await;
    }

    async fn the_filter_and_the_order_of_packages_are_in_the_link(page: &mut Page) {
        let temp = Temp::new();
        open(page, &temp).await;
        page.click("button", "Installed 2").await;
        wait_for_names(page, &["jq", "musl"]).await;
        page.click("button", "Size").await;
        page.wait_for_fragment("the order", |fragment| fragment.contains("sort=size")).await;
        wait_for_names(page, &["jq", "musl"]).await;
        page.click("button", "Size").await;
        wait_for_names(page, &["musl", "jq"]).await;
        page.wait_for_fragment("the order", |fragment| fragment.contains("sort=-size")).await;
        let filter = page.get("searchbox", "Filter packages").await;
        filter.send_keys("jq").await.expect("a search box takes text");
        wait_for_names(page, &["jq"]).await;
        page.wait_for_fragment("the filter", |fragment| fragment.contains("filter=jq")).await;
        page.view("Files").await;
        page.wait_for_fragment("none of it", |f| !f.contains("filter=") && !f.contains("sort=")).await;
    }

    async fn a_layer_shows_the_packages_that_it_added_and_removed(page: &mut Page) {
        let temp = Temp::new();
        open(page, &temp).await;
        wait_for_names(page, &["git", "jq", "musl"]).await;
        let fragment = page.fragment().await;
        page.open(&format!("{fragment}&layers=2")).await;
        let rows = wait_for_names(page, &["git", "jq"]).await;
        assert!(rows[0][0].starts_with('D') && rows[1][0] == "jq", "{rows:?}");
    }

    async fn a_package_links_to_its_files_and_a_file_to_its_package(page: &mut Page) {
        let temp = Temp::new();
        open(page, &temp).await;
        link(page, "musl").await.click().await.expect("a link can be clicked");
        page.wait_for_fragment("the package", |fragment| fragment.contains("item=pkg%3Aapk/")).await;
        let text = details(page, "/lib/ld-musl-x86_64.so.1").await;
        assert!(text.contains("pkg:apk/") && text.contains("1.2.5-r0"), "{text}");
        page.until("a click on its file", async || {
            let file = page.client().find(Locator::LinkText("/lib/ld-musl-x86_64.so.1")).await.ok()?;
            file.click().await.ok()
        })
        .await;
        page.wait_for_fragment("the file", |f| f.contains("view=files") && f.contains("path=/lib/ld-musl")).await;
        page.until("the way back to the package", async || {
            let region = page.get("region", "File").await;
            region.find(Locator::LinkText("musl 1.2.5-r0")).await.ok()?.click().await.ok()
        })
        .await;
        details(page, "/lib/ld-musl-x86_64.so.1").await;
    }

    async fn keys_move_through_packages_and_escape_closes_one(page: &mut Page) {
        let temp = Temp::new();
        open(page, &temp).await;
        let first = link(page, "git").await;
        let focused = "return document.activeElement?.innerText ?? ''";
        first.send_keys(&char::from(Key::Down).to_string()).await.expect("a link takes keys");
        page.until("the focus on the next package", async || (page.script(focused).await == "jq").then_some(())).await;
        let active = page.client().active_element().await.expect("something has the focus");
        active.send_keys(&char::from(Key::Enter).to_string()).await.expect("a link takes keys");
        details(page, "1.7.1-r0").await;
        let active = page.client().active_element().await.expect("something has the focus");
        active.send_keys(&char::from(Key::Escape).to_string()).await.expect("it takes keys");
        page.wait_for_fragment("no package", |fragment| !fragment.contains("item=")).await;
        page.until("the focus where it was", async || (page.script(focused).await == "jq").then_some(())).await;
    }

    async fn keys_move_through_a_long_table(page: &mut Page) {
        let temp = Temp::new();
        open_long(page, &temp).await;
        link(page, "p000").await.send_keys(&char::from(Key::End).to_string()).await.expect("a link takes keys");
        let focused = "return document.activeElement?.innerText ?? ''";
        for (key, name) in [(Key::Up, "p399"), (Key::Home, "p398"), (Key::Down, "p000")] {
            page.until(&format!("the focus on {name}"), async || (page.script(focused).await == name).then_some(())).await;
            let active = page.client().active_element().await.expect("something has the focus");
            active.send_keys(&char::from(key).to_string()).await.expect("a link takes keys");
        }
        page.until("the focus on p001", async || (page.script(focused).await == "p001").then_some(())).await;
        // A click beside the link is one on the link.
        page.script("document.activeElement.closest('tr').lastElementChild.click()").await;
        details(page, "1.1").await;
    }

    async fn a_long_table_stays_where_it_is_scrolled_to(page: &mut Page) {
        let temp = Temp::new();
        open_long(page, &temp).await;
        link(page, "p000").await.send_keys(&char::from(Key::End).to_string()).await.expect("a link takes keys");
        let focused = "return document.activeElement?.innerText ?? ''";
        page.until("the focus on p399", async || (page.script(focused).await == "p399").then_some(())).await;
        let rows = "const rows = document.querySelector('table[aria-label=Packages]').closest('.rows');";
        for step in 1..=12 {
            page.script(&format!("{rows} window.wanted = rows.scrollTop - 150; rows.scrollTop = window.wanted")).await;
            // What is drawn then is what moved it.
            let drawn = format!(
                "{rows} const box = rows.getBoundingClientRect(), at = document.elementFromPoint(box.x + 60, box.y + 200);
                return /^p\\d/.test(at?.closest('tr')?.innerText ?? '') ? String(rows.scrollTop - window.wanted) : 'not drawn'"
            );
            page.until("the rows drawn", async || (page.script(&drawn).await != "not drawn").then_some(())).await;
            assert_eq!(page.script(&drawn).await, "0", "after {step} steps");
        }
    }

    async fn packages_are_grouped_by_layer(page: &mut Page) {
        let temp = Temp::new();
        open(page, &temp).await;
        wait_for_names(page, &["git", "jq", "musl"]).await;
        let groups = page.get("combobox", "Group").await;
        groups.select_by_value("layer").await.expect("packages are grouped by layer");
        page.wait_for_fragment("the group", |fragment| fragment.contains("group=layer")).await;
        page.until("a head for each layer", async || {
            let rows = page.rows("table", "Packages").await;
            let heads = rows.iter().filter(|row| row.len() == 1 && row[0].starts_with("Layer "));
            (heads.count() == 2).then_some(())
        })
        .await;
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn a_real_image_of_alpine_shows_its_packages(page: &mut Page) {
        page.open("").await;
        page.open_archive(&material::shared("fixtures/alpine-app-public.skopeo-zstd.oci.tar")).await;
        let text = page.text().await;
        page.view("Packages").await;
        let rows = page.until("its packages", async || {
            Some(page.rows("table", "Packages").await).filter(|rows| rows.len() > 10)
        })
        .await;
        assert!(rows.iter().any(|row| row[0] == "musl"), "{rows:?}");
        assert!(text.contains("installed"), "the overview counts them: {text}");
    }
}
