//! The Files view: the tree, its filter, the selection of layers, the file under the cursor.
//!
//! The content of the sample: `tests/fixtures/sample/Dockerfile`. Rows are found by the path in their link.

use crate::sample::open_sample;
use browser_tests::{Page, both_browsers, material};
use fantoccini::elements::Element;
use fantoccini::{Locator, key::Key};
use flate2::read::GzDecoder;
use std::io::Read;

/// A row of the tree with its attributes.
#[derive(Debug, Clone)]
pub struct Row {
    pub path: String,
    pub name: String,
    pub level: u32,
    set_size: u32,
    position: u32,
    pub expanded: Option<bool>,
    text: String,
}

/// The rows that are in the document, from the top.
pub async fn rows(page: &Page) -> Vec<Row> {
    let script = "
        return [...document.querySelectorAll('[role=treegrid] [role=row][aria-level]')]
            .sort((a, b) => a.ariaRowIndex - b.ariaRowIndex).map(row => [
            row.querySelector('a')?.href.match(/[?&]path=([^&]*)/)?.[1] ?? '',
            row.querySelector('a')?.textContent ?? '', row.getAttribute('aria-level'),
            row.getAttribute('aria-setsize'), row.getAttribute('aria-posinset'),
            row.getAttribute('aria-expanded'), row.innerText + ' ' + [...row.querySelectorAll('[aria-label]')]
                .map(part => part.getAttribute('aria-label')).join(' ')]);";
    let rows: Vec<[Option<String>; 7]> =
        serde_json::from_value(page.script(script).await).expect("rows of texts");
    let number = |text: Option<String>| text.and_then(|text| text.parse().ok()).unwrap_or(0);
    rows.into_iter()
        .map(|[path, name, level, set_size, position, expanded, text]| Row {
            path: path.unwrap_or_default(),
            name: name.unwrap_or_default(),
            level: number(level),
            set_size: number(set_size),
            position: number(position),
            expanded: expanded.map(|open| open == "true"),
            text: text.unwrap_or_default(),
        })
        .collect()
}

pub async fn row(page: &Page, path: &str) -> Row {
    page.until(&format!("a row {path}"), async || {
        let found = rows(page).await.into_iter().find(|row| row.path == path);
        if found.is_none() {
            scroll_on(page).await;
        }
        found
    })
    .await
}

/// Scrolls to the next screenful of the tree, or back to the first: only visible rows are in the document.
async fn scroll_on(page: &Page) {
    let script = "
        const tree = document.querySelector('[role=treegrid]');
        if (!tree) return;
        const before = tree.scrollTop;
        tree.scrollTop += tree.clientHeight * 0.7;
        if (tree.scrollTop === before) tree.scrollTop = 0;";
    page.script(script).await;
}

/// Waits until the page shows this text.
async fn says(page: &Page, words: &str) {
    page.until(&format!("the words {words:?}"), async || {
        page.text().await.contains(words).then_some(())
    })
    .await;
}

/// A row's link.
async fn row_link(page: &Page, path: &str) -> Option<Element> {
    let links = page.client().find_all(Locator::Css("[role=treegrid] [role=row] a")).await.ok()?;
    let own = |href: &str| {
        let value = href.split(['?', '&']).find_map(|part| part.strip_prefix("path="));
        value.is_some_and(|value| value == path)
    };
    for link in links {
        if link.attr("href").await.ok().flatten().is_some_and(|href| own(&href)) {
            return Some(link);
        }
    }
    None
}

pub async fn click_row(page: &Page, path: &str) {
    page.until(&format!("a click on the row {path}"), async || {
        row(page, path).await;
        row_link(page, path).await?.click().await.ok()
    })
    .await;
}

/// Opens the directories of a path by clicks, then clicks the file; open directories stay open.
pub async fn choose(page: &Page, path: &str) {
    for (at, _) in path.match_indices('/').skip(1) {
        let directory = &path[..at];
        if row(page, directory).await.expanded == Some(false) {
            click_row(page, directory).await;
            page.until(&format!("{directory} open"), async || {
                (row(page, directory).await.expanded == Some(true)).then_some(())
            })
            .await;
        }
    }
    click_row(page, path).await;
    page.wait_for_fragment(path, |fragment| fragment.ends_with(&format!("path={path}"))).await;
}

/// The text of the region "File" once it holds `wanted`.
pub async fn file_text(page: &Page, wanted: &str) -> String {
    let mut last = String::new();
    let found = async || {
        let region = page.get("region", "File").await;
        last = region.text().await.ok()?;
        last.contains(wanted).then(|| last.clone())
    };
    page.until(&format!("{wanted:?} in the region File"), found).await
}

/// A file's bytes in a layer of the sample, read natively.
fn in_sample(path: &str) -> Vec<u8> {
    let file = std::fs::File::open(material::sample()).expect("the sample is in the tree");
    for member in tar::Archive::new(file).entries().expect("a tar").flatten() {
        let mut layer = tar::Archive::new(GzDecoder::new(member));
        for mut entry in layer.entries().into_iter().flatten().flatten() {
            if entry.path().is_ok_and(|name| name.to_string_lossy() == path) {
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).expect("the sample is whole");
                return bytes;
            }
        }
    }
    panic!("{path} is not in the sample")
}

both_browsers! {
    async fn rows_have_level_position_and_number_of_siblings(page: &mut Page) {
        open_sample(page).await;
        page.view("Files").await;
        let first = row(page, "/bin").await;
        assert_eq!((first.level, first.position, first.expanded), (1, 1, Some(false)), "{first:?}");
        click_row(page, "/bin").await;
        let child = row(page, "/bin/sh").await;
        assert_eq!((child.level, child.set_size, child.position, child.expanded), (2, 1, 1, None), "{child:?}");
        assert!(child.text.contains("../usr/lib/klibc/bin/sh"), "{child:?}");
        let all = rows(page).await;
        let siblings: Vec<&Row> = all.iter().filter(|row| row.level == 1).collect();
        assert!(siblings.iter().all(|row| row.set_size as usize == siblings.len()), "{siblings:?}");
        assert!(siblings.iter().zip(1..).all(|(row, at)| row.position == at), "{siblings:?}");
    }

    async fn choosing_a_layer_changes_the_link_and_the_files_view(page: &mut Page) {
        open_sample(page).await;
        page.view("Layers").await;
        page.until("a click on layer 2", async || {
            let link = page.client().find(Locator::XPath("//tr[.//button[@aria-label='Details of layer 2']]//a[contains(@class, 'row-link')]")).await.ok()?;
            link.click().await.ok()
        })
        .await;
        page.wait_for_fragment("layers=2", |fragment| fragment.contains("layers=2")).await;
        page.view("Files").await;
        page.wait_for_fragment("both", |f| f.contains("layers=2") && f.contains("view=files")).await;
        row(page, "/etc").await;
        let names: Vec<String> = rows(page).await.into_iter().filter(|row| row.level == 1).map(|row| row.name).collect();
        assert_eq!(names, ["etc", "usr", "var"]);
    }

    async fn a_removed_file_is_shown_as_removed(page: &mut Page) {
        open_sample(page).await;
        let fragment = page.fragment().await;
        page.open(&format!("{fragment}?view=files&layers=5&path=/srv/site/TODO.txt")).await;
        // A reload would lose the file: this only changes the fragment.
        let removed = row(page, "/srv/site/TODO.txt").await;
        assert!(removed.text.contains("Removed"), "{removed:?}");
        file_text(page, "removed").await;
    }

    async fn the_treemap_leads_down_and_up_and_the_tree_with_it(page: &mut Page) {
        open_sample(page).await;
        let fragment = page.fragment().await;
        page.open(&format!("{fragment}?view=files&show=treemap")).await;
        page.get("region", "Treemap").await;
        let click = "
            const tile = [...document.querySelectorAll('.treemap a')].find(tile => /[?&]in=[/]usr(&|$)/.test(tile.href));
            tile?.click();
            return !!tile;";
        page.until("a tile of /usr", async || page.script(click).await.as_bool().filter(|found| *found)).await;
        page.wait_for_fragment("the directory", |fragment| fragment.contains("in=/usr")).await;
        page.until("only /usr in the tree", async || {
            let rows = rows(page).await;
            let top: Vec<&str> = rows.iter().filter(|row| row.level == 1).map(|row| row.name.as_str()).collect();
            (top == ["usr"]).then_some(())
        })
        .await;
        page.click("link", "Up").await;
        page.wait_for_fragment("the root", |fragment| !fragment.contains("in=")).await;
    }

    async fn a_file_with_only_its_mode_changed_is_shown_as_such(page: &mut Page) {
        open_sample(page).await;
        page.view("Files").await;
        choose(page, "/srv/site/start.sh").await;
        let text = file_text(page, "0755").await;
        assert!(text.contains("0644"), "{text}");
        assert!(text.contains("content unchanged"), "{text}");
    }

    async fn the_filter_is_in_the_link_and_shows_the_matches(page: &mut Page) {
        open_sample(page).await;
        page.view("Files").await;
        let filter = page.get("searchbox", "Filter files").await;
        filter.send_keys("mime.ty").await.expect("a search box takes text");
        page.wait_for_fragment("the filter", |fragment| fragment.contains("find=mime.ty")).await;
        page.until("only what matches, opened", async || {
            let rows = rows(page).await;
            let files: Vec<&str> = rows.iter().filter(|row| row.expanded.is_none()).map(|row| row.name.as_str()).collect();
            (files == ["mime.types"]).then_some(())
        })
        .await;
    }

    async fn a_text_file_is_shown_as_text(page: &mut Page) {
        open_sample(page).await;
        page.view("Files").await;
        choose(page, "/srv/site/index.html").await;
        file_text(page, "This page lies in a layer of its own.").await;
        let marked_up = page.client().find_all(Locator::Css("aside link, [aria-label=Content] h1")).await;
        assert_eq!(marked_up.map(|found| found.len()).ok(), Some(0), "what is in a file is never markup");
    }

    async fn a_binary_file_is_shown_in_hexadecimal(page: &mut Page) {
        open_sample(page).await;
        page.view("Files").await;
        choose(page, "/srv/site/icon.png").await;
        page.click("button", "Hex").await; // a picture is drawn first
        file_text(page, "89 50 4e 47").await;
    }

    async fn bytes_are_reached_by_keys_and_by_offset(page: &mut Page) {
        open_sample(page).await;
        page.view("Files").await;
        choose(page, "/usr/lib/klibc/bin/sh").await;
        let bytes = in_sample("usr/lib/klibc/bin/sh");
        file_text(page, "7f 45 4c 46").await;
        let rows = page.get("group", "Bytes of the file").await;
        rows.send_keys(&format!("{}{}", char::from(Key::Control), char::from(Key::End))).await.expect("it takes keys");
        let last = bytes.len() - 1;
        file_text(page, &format!("(0x{last:x})")).await;
        page.until("the last byte marked", async || {
            let marked = page.client().find(Locator::Css(".hexrow mark")).await.ok()?.text().await.ok()?;
            (marked == format!("{:02x}", bytes[last])).then_some(())
        })
        .await;
        page.get("textbox", "Go to offset").await.send_keys(&format!("0x1000{}", char::from(Key::Enter))).await.expect("it takes text");
        file_text(page, "(0x1000)").await;
        file_text(page, "00001000").await;
    }

    async fn the_sha256_of_a_file_is_computed_on_request(page: &mut Page) {
        use sha2::{Digest, Sha256};
        open_sample(page).await;
        page.view("Files").await;
        choose(page, "/etc/mime.types").await;
        file_text(page, "Compute SHA-256").await;
        page.click("button", "Compute SHA-256").await;
        let digest = Sha256::digest(in_sample("etc/mime.types"));
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        file_text(page, &digest).await;
    }

    async fn a_program_is_shown_in_outline(page: &mut Page) {
        open_sample(page).await;
        page.view("Files").await;
        choose(page, "/usr/lib/klibc/bin/sh").await;
        let outline = page.get("region", "Outline").await;
        let text = outline.text().await.expect("it has text");
        assert!(text.contains("ELF") && text.contains("x86_64"), "{text}");
    }

    async fn download_gives_the_exact_bytes(page: &mut Page) {
        open_sample(page).await;
        page.view("Files").await;
        for path in ["/usr/lib/klibc/bin/sh", "/etc/mime.types"] {
            choose(page, path).await;
            page.wait_for_fragment(path, |fragment| fragment.contains(path)).await;
            let name = path.rsplit('/').next().expect("a path has a last part");
            page.until("its facts", async || {
                let region = page.get("region", "File").await;
                region.text().await.ok()?.starts_with(name).then_some(())
            })
            .await;
            assert_eq!(page.download("Download").await, in_sample(path.trim_start_matches('/')), "{path}");
        }
    }

    async fn arrow_keys_move_through_the_tree(page: &mut Page) {
        open_sample(page).await;
        page.view("Files").await;
        click_row(page, "/bin").await;
        row(page, "/bin/sh").await;
        // The facts are the last result of the click: after them, nothing moves the cursor.
        file_text(page, "Directory").await;
        // Down to its file, down to the next directory, up again, left to the parent, left to close it.
        for (key, focused) in [(Key::Down, "sh"), (Key::Down, "boot"), (Key::Up, "sh"), (Key::Left, "bin"), (Key::Left, "bin")] {
            let active = page.client().active_element().await.expect("something has the focus");
            active.send_keys(&char::from(key).to_string()).await.expect("it takes keys");
            page.until(&format!("the focus on {focused}"), async || {
                let script = "return document.activeElement?.querySelector('a')?.textContent ?? ''";
                (page.script(script).await == focused).then_some(())
            })
            .await;
        }
        page.until("the directory closed", async || {
            (row(page, "/bin").await.expanded == Some(false)).then_some(())
        })
        .await;
    }

    async fn sorting_by_size_shows_the_largest_first_and_is_in_the_link(page: &mut Page) {
        open_sample(page).await;
        page.view("Files").await;
        row(page, "/usr").await;
        page.until("a click on the head of sizes", async || {
            let heads = page.client().find_all(Locator::Css("[role=columnheader] button")).await.ok()?;
            for head in heads {
                if head.text().await.ok()?.contains("Size") {
                    return head.click().await.ok();
                }
            }
            None
        })
        .await;
        page.wait_for_fragment("the order", |fragment| fragment.contains("sort=") && fragment.contains("size")).await;
        page.until("usr first, and the head saying so", async || {
            let descending = page.client().find(Locator::Css("[role=columnheader][aria-sort=descending]")).await.ok()?;
            let head = descending.text().await.ok()?;
            (rows(page).await.first()?.name == "usr" && head.contains("Size")).then_some(())
        })
        .await;
    }

    async fn pictures_are_drawn_and_run_nothing(page: &mut Page) {
        let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10" onload="parent.document.title='ran'">
            <script>parent.document.title = 'ran'</script>
            <rect width="20" height="10"/></svg>"#;
        // What follows a PNG is no part of it: this one comes in several parts.
        let mut png = std::fs::read(material::root().join("www/icons/app-192.png")).expect("an icon");
        png.resize(700_000, 0);
        let layer = material::tar(&[
            material::Member::File("a.png", &png),
            material::Member::File("b.svg", svg.as_bytes()),
        ]);
        let temp = material::Temp::new();
        page.open("").await;
        page.open_archive(&temp.file("pictures.tar", &material::docker_save(&[&layer]))).await;
        page.view("Files").await;
        let title = page.script("return document.title").await;
        for (path, name, size, form) in
            [("/a.png", "a.png", [192, 192], None), ("/b.svg", "b.svg", [20, 10], Some("Picture"))]
        {
            page.until("a row", async || row_link(page, path).await?.click().await.ok()).await;
            if let Some(form) = form {
                page.click("button", form).await; // an SVG is text first
            }
            page.until(&format!("the picture {name}"), async || {
                let script = "const found = document.querySelector('[aria-label=Content] img');
                    return found?.complete ? [found.alt, found.naturalWidth, found.naturalHeight] : null";
                (page.script(script).await == serde_json::json!([name, size[0], size[1]])).then_some(())
            })
            .await;
        }
        assert_eq!(page.script("return document.title").await, title, "the SVG ran");
    }
    async fn a_text_is_searched_in_place_whatever_its_encoding(page: &mut Page) {
        let text = format!("\u{feff}{}", "eins Zwei\n".repeat(1200));
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let layer = material::tar(&[material::Member::File("a.txt", &utf16)]);
        let temp = material::Temp::new();
        page.open("").await;
        page.open_archive(&temp.file("text.tar", &material::docker_save(&[&layer]))).await;
        page.view("Files").await;
        page.until("a row", async || row_link(page, "/a.txt").await?.click().await.ok()).await;
        says(page, "Text, UTF-16").await;
        let search = page.get("searchbox", "Search in this file").await;
        search.send_keys("zwei").await.expect("it takes text");
        says(page, "1 of 1,200").await;
        search.send_keys(&String::from(char::from(Key::Enter))).await.expect("it takes keys");
        says(page, "2 of 1,200").await;
        let now = "return document.querySelector('mark.now')?.closest('.line').querySelector('.ln').textContent";
        page.until("the second match", async || (page.script(now).await == "2").then_some(())).await;
        let back = format!("{}{}", char::from(Key::Shift), char::from(Key::Enter));
        search.send_keys(&back).await.expect("it takes keys");
        search.send_keys(&back).await.expect("it takes keys");
        says(page, "1,200 of 1,200").await;
        // Of so many lines, only those near the screen are drawn: the last one is scrolled to.
        page.until("the last match", async || (page.script(now).await == "1200").then_some(())).await;
    }

    async fn menus_stay_within_the_window(page: &mut Page) {
        open_sample(page).await;
        page.view("Files").await;
        page.until("a row", async || row_link(page, "/etc").await?.click().await.ok()).await;
        page.get("button", "Download").await;
        for width in [1400, 900, 520] {
            page.client().set_window_size(width, 800).await.expect("windows have sizes");
            let script = "
                const done = arguments[arguments.length - 1];
                const outside = [];
                const frame = () => new Promise(next => requestAnimationFrame(() => requestAnimationFrame(next)));
                (async () => {
                    await frame();
                    const openers = [...document.querySelectorAll('main .menu > .btn')];
                    for (const opener of openers.filter(button => button.checkVisibility())) {
                        opener.click();
                        await frame();
                        const list = opener.parentElement.querySelector('.list');
                        const box = list.getBoundingClientRect();
                        if (list.checkVisibility() && (box.left < 0 || box.right > innerWidth)) {
                            outside.push(opener.textContent + ' ' + box.left + ' to ' + box.right + ' of ' + innerWidth);
                        }
                        if (list.checkVisibility()) opener.click();
                        await frame();
                    }
                    done([openers.length, outside]);
                })();";
            let found = page.script_async(script, Vec::new()).await;
            assert!(found[0].as_u64() > Some(3), "{width}: {found}");
            assert_eq!(found[1], serde_json::json!([]), "{width}");
        }
        page.client().set_window_size(1440, 900).await.expect("windows have sizes"); // for other tests
    }
}
