//! The page's report on every archive agrees with the facts about it.
//!
//! - Other programs found the facts; native tests compare the native report with the same facts.

use browser_tests::material::{self, Temp};
use browser_tests::{Page, both_browsers, native};
use serde_json::Value;
use std::path::Path;

/// Opens a share of the archives of a `facts.json`, and lists all differences from the facts.
async fn compare_all(page: &mut Page, folder: &Path, (share, of): (usize, usize)) {
    let all = facts::load_all(&folder.join("facts.json"));
    // Beside the shared archives there are facts about what they waste.
    let waste = folder.join("waste.json");
    let waste = match waste.is_file() {
        true => facts::load_all(&waste),
        false => Value::Null,
    };
    let names: Vec<&String> =
        all["archives"].as_object().expect("archives by name").keys().collect();
    assert!(!names.is_empty(), "{} names archives", folder.display());
    page.open("").await;
    let mut differences = Vec::new();
    for name in names.into_iter().skip(share).step_by(of) {
        let path = if name == "sample.tar" { material::sample() } else { folder.join(name) };
        page.open_source(&path).await;
        let report = page.report().await;
        let mut found = facts::check(&report, &all["archives"][name]);
        if let Some(known) = waste.get(name) {
            found.extend(facts::check_waste(&report, known));
        }
        differences.extend(found.into_iter().map(|line| format!("{name}: {line}")));
        for source in page.sources().await {
            page.press_in_sources("button", &format!("Close {source}")).await; // and its memory
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// A quarter of the shared archives, because all of them take longer than a test may.
async fn compare_shared(page: &mut Page, share: usize) {
    compare_all(page, &material::shared("fixtures"), (share, 4)).await;
}

/// The sizes of all files in the origin-private file system.
async fn kept(page: &Page) -> Vec<u64> {
    let script = "const done = arguments[arguments.length - 1];
        (async () => {
            const sizes = [];
            async function walk(folder) {
                for await (const handle of folder.values()) {
                    if (handle.kind === 'directory') await walk(handle);
                    else sizes.push((await handle.getFile()).size);
                }
            }
            await walk(await navigator.storage.getDirectory());
            return sizes;
        })().then(done, () => done([]));"; // a file that goes while it is looked at
    serde_json::from_value(page.script_async(script, Vec::new()).await).expect("sizes")
}

both_browsers! {
    async fn reports_on_our_own_archives_agree_with_the_facts(page: &mut Page) {
        compare_all(page, &material::fixture(""), (0, 1)).await;
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn reports_on_shared_archives_agree_with_the_facts_1_of_4(page: &mut Page) {
        compare_shared(page, 0).await;
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn reports_on_shared_archives_agree_with_the_facts_2_of_4(page: &mut Page) {
        compare_shared(page, 1).await;
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn reports_on_shared_archives_agree_with_the_facts_3_of_4(page: &mut Page) {
        compare_shared(page, 2).await;
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn reports_on_shared_archives_agree_with_the_facts_4_of_4(page: &mut Page) {
        compare_shared(page, 3).await;
    }

    async fn a_layer_of_one_frame_is_stored_uncompressed_while_it_is_open(page: &mut Page) {
        let temp = Temp::new();
        let (archive, id) = material::one_frame(&temp);
        page.open("").await;
        page.open_archive(&archive).await;
        page.until("the layer's bytes kept", async || (kept(page).await == [material::ONE_FRAME]).then_some(())).await;
        page.open(&format!("#/archive/{id}?view=files&path=/etc/last")).await;
        page.reload().await;
        page.open_archive(&archive).await;
        page.until("the content", async || page.text().await.contains("the last file").then_some(())).await;
        // The reload removed what the first session had stored.
        page.until("the first layer gone", async || (kept(page).await.len() == 1).then_some(())).await;
    }

    async fn the_page_and_inspect_write_the_same_report(page: &mut Page) {
        page.open("").await;
        for path in [material::sample(), material::fixture("odd.docker20.docker.tar"),
                     material::fixture("two.docker20.docker.tar"), material::fixture("odd.regctl-zstd.docker.tar")] {
            page.open_archive(&path).await;
            assert_eq!(page.report().await, native::report(&path), "{}", path.display());
        }
    }
}
