//! Every view is a link: back and forward, a reload that asks for the file again, images by their ID.

use crate::files::{choose, file_text};
use crate::sample::open_sample;
use browser_tests::material::{self, Temp};
use browser_tests::{Page, both_browsers};
use flate2::{Compression, write::GzEncoder};
use std::io::Write;

/// The name of the current view.
async fn current(page: &Page) -> String {
    let script =
        "return document.querySelector('nav [aria-current=page]')?.innerText.split(/\\s/)[0] ?? ''";
    page.script(script).await.as_str().unwrap_or_default().to_owned()
}

async fn wait_for_view(page: &Page, name: &str) {
    page.until(&format!("{name} shown"), async || (current(page).await == name).then_some(()))
        .await;
}

/// An archive whose layer takes a while to read: a file of `parts` times 16 MiB of zeros.
fn slow_archive(temp: &Temp, parts: usize) -> std::path::PathBuf {
    const PART: usize = 16 << 20;
    let packed = |bytes: &[u8]| {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(bytes).expect("memory takes what it is given");
        packer.finish().expect("memory takes what it is given")
    };
    // Consecutive gzip members are one stream, so one member can be repeated.
    let head = material::tar(&[material::Member::Claims("zeros", (PART * parts) as u64)]);
    let mut layer = packed(&head[..512]);
    let part = packed(&vec![0; PART]);
    for _ in 0..parts {
        layer.extend(&part);
    }
    layer.extend(packed(&[0; 1024]));
    temp.file("slow.tar", &material::docker_save(&[&layer]))
}

both_browsers! {
    async fn back_and_forward_go_through_the_views(page: &mut Page) {
        open_sample(page).await;
        page.view("Layers").await;
        page.view("History").await;
        page.client().back().await.expect("there is a page before");
        wait_for_view(page, "Layers").await;
        page.client().back().await.expect("there is a page before");
        wait_for_view(page, "Overview").await;
        page.client().forward().await.expect("there is a page after");
        wait_for_view(page, "Layers").await;
        assert_eq!(page.state().await, "ready", "the image is still open");
    }

    async fn after_a_reload_the_same_file_leads_back_to_the_same_view(page: &mut Page) {
        page.open("").await;
        page.open_archive(&material::sample()).await;
        page.view("Files").await;
        choose(page, "/srv/site/site.conf").await;
        let place = page.fragment().await;
        page.reload().await;
        page.wait_for("empty").await;
        assert_eq!(page.fragment().await, place, "the link stays");
        let id = place.trim_start_matches("#/archive/").split('?').next().unwrap_or_default().to_owned();
        assert!(page.text().await.contains(&id), "the page says which image it asks for");
        page.open_archive(&material::sample()).await;
        assert_eq!(page.fragment().await, place);
        file_text(page, "listen = 0.0.0.0:8080").await;
    }

    async fn a_link_does_not_accept_another_image(page: &mut Page) {
        let other = format!("#/archive/sha256:{}?view=files&path=/etc/passwd", "0".repeat(64));
        page.open(&other).await;
        page.give(&material::sample()).await;
        page.until("an alert that names both images", async || {
            let (alert, wanted) = (page.alert().await, format!("sha256:{}", "0".repeat(64)));
            (alert.contains(&wanted) && alert.matches("sha256:").count() == 2).then_some(())
        })
        .await;
        assert_eq!(page.fragment().await, other);
    }

    async fn another_image_of_the_archive_can_be_chosen(page: &mut Page) {
        page.open("").await;
        page.open_archive(&material::fixture("two.docker20.docker.tar")).await;
        let first = page.fragment().await;
        let rows = page.rows("table", "Images").await;
        assert_eq!(rows.len(), 4, "a row a name: {rows:?}");
        let names: Vec<String> = rows[1..].iter().map(|row| format!("{}:{}", row[0], row[1])).collect();
        assert_eq!(names, ["lab/topped:1", "lab/plain:1", "registry.example:5000/team/plain:v1.2"]);
        page.until("a click on the second image", async || {
            let link = fantoccini::Locator::XPath("//table[@aria-label='Images']//a[contains(., 'team/plain')]");
            page.client().find(link).await.ok()?.click().await.ok()
        })
        .await;
        let second = page.wait_for_fragment("another image", |fragment| fragment != first).await;
        page.wait_until_ready().await;
        page.until("its name", async || page.text().await.contains("also lab/plain:1").then_some(())
            .or(page.text().await.contains("team/plain").then_some(()))).await;
        page.view("Layers").await;
        page.until("its one layer", async || {
            let rows = page.rows("table", "Layers").await;
            (rows.iter().filter(|row| row.first().is_some_and(|cell| cell.trim() == "1")).count() == 1
                && !rows.iter().any(|row| row.first().is_some_and(|cell| cell.trim() == "2"))).then_some(())
        })
        .await;
        page.client().back().await.expect("there is a page before");
        page.client().back().await.expect("there is a page before");
        page.wait_for_fragment("the first image", |fragment| fragment == first).await;
        assert_ne!(first, second);
    }

    async fn cancel_returns_to_the_empty_page_and_another_file_opens(page: &mut Page) {
        let temp = Temp::new();
        let slow = slow_archive(&temp, 512);
        page.open("").await;
        page.give(&slow).await;
        page.click("button", "Cancel").await;
        page.wait_for("empty").await;
        page.open_archive(&material::sample()).await;
    }

    async fn cancel_returns_to_the_archive_that_was_shown_before(page: &mut Page) {
        let temp = Temp::new();
        let slow = slow_archive(&temp, 512);
        page.open("").await;
        page.open_archive(&material::sample()).await;
        page.view("Layers").await;
        let place = page.fragment().await;
        page.give(&slow).await;
        page.wait_for("loading").await;
        page.click("button", "Cancel").await;
        page.wait_for("ready").await;
        assert_eq!(page.fragment().await, place);
        assert_eq!(page.sources().await, ["sample.tar"]);
    }

    /// The engine's own work can be anything: here no message reaches it any more.
    async fn cancel_closes_an_image_whose_engine_does_not_answer(page: &mut Page) {
        page.open("").await;
        page.open_archive(&material::sample()).await;
        page.script("Worker.prototype.postMessage = () => {}").await;
        page.view("Waste").await;
        page.until("a status that says so", async || {
            page.text().await.contains("Waiting for an answer").then_some(())
        })
        .await;
        page.click("button", "Cancel").await;
        page.wait_for("empty").await;
        page.until("what happened to the image", async || {
            page.text().await.contains("sample.tar was closed, because its engine did not stop").then_some(())
        })
        .await;
        // A page of its own: the next engine would not hear anything, either.
        page.client().refresh().await.expect("the page is loaded again");
        page.open_archive(&material::sample()).await;
    }

    async fn progress_is_a_status_with_bytes_done_and_total(page: &mut Page) {
        let temp = Temp::new();
        let slow = slow_archive(&temp, 512);
        page.open("").await;
        page.give(&slow).await;
        page.until("a status that counts bytes", async || {
            let script = "return [...document.querySelectorAll('[role=status], output')].map(e => e.innerText).join(' ')";
            let text = page.script(script).await.as_str()?.to_owned();
            let counts = |unit: &str| text.contains(unit);
            (text.contains(" of ") && (counts("kB") || counts("MB") || counts("GB"))).then_some(())
        })
        .await;
        page.click("button", "Cancel").await;
        page.wait_for("empty").await;
    }

    async fn a_drop_opens_an_archive(page: &mut Page) {
        page.open("").await;
        let script = "
            const done = arguments[0];
            fetch('sample.tar').then(answer => answer.arrayBuffer()).then(bytes => {
                const data = new DataTransfer();
                data.items.add(new File([bytes], 'dropped.tar'));
                for (const type of ['dragenter', 'dragover', 'drop'])
                    document.body.dispatchEvent(new DragEvent(type, {
                        bubbles: true, cancelable: true, dataTransfer: data }));
                done(null);
            }, error => done(String(error)));";
        assert!(page.script_async(script, Vec::new()).await.is_null());
        page.wait_until_ready().await;
        assert_eq!(page.report().await["source"]["name"], "dropped.tar");
    }
}
