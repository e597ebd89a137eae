//! A tree of 200,000 files stays smooth: no script of the page keeps a frame waiting for over 50 ms.
//!
//! - Chromium counts long tasks itself. One machine in a hurry can make any task long, so the best of
//!   three rounds counts: what the page does is the same in each.
//! - Firefox has no such count, and headless it draws in software: there the gaps between frames are held
//!   to 50 ms in nine of ten, and the rest is not measured.

use browser_tests::material::{self, Temp};
use browser_tests::{Kind, Page, both_browsers};
use serde_json::Value;

const FILES: u32 = 200_000;
const ROUNDS: usize = 3;

/// Scrolls the tree for 90 frames, by `arguments[0]` pixels each; gives gaps and long tasks in milliseconds.
const SCROLL: &str = "
    const [step, done] = arguments;
    const tree = document.querySelector('[role=treegrid]');
    const tasks = [], gaps = [];
    let observer = null;
    try {
        observer = new PerformanceObserver(list => tasks.push(...list.getEntries().map(entry => entry.duration)));
        observer.observe({ entryTypes: ['longtask'] });
    } catch { observer = null; }
    let before = performance.now(), frames = 0;
    const frame = now => {
        gaps.push(now - before);
        before = now;
        tree.scrollTop += step;
        if (++frames < 90) { requestAnimationFrame(frame); return; }
        setTimeout(() => { observer?.disconnect(); done({ tasks, gaps: gaps.slice(1), top: tree.scrollTop }); }, 100);
    };
    requestAnimationFrame(frame);";

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

both_browsers! {
    async fn two_hundred_thousand_entries_scroll_without_a_frame_over_50_ms(page: &mut Page) {
        let temp = Temp::new();
        let archive = temp.path("many.tar");
        material::many_files(&archive, FILES);
        page.open("").await;
        page.open_archive(&archive).await;
        page.view("Files").await;
        let filter = page.get("searchbox", "Filter files").await;
        filter.send_keys("file-").await.expect("a search box takes text");
        page.until("all rows, opened by the filter", async || {
            let tree = page.get("treegrid", "Files").await;
            let count: u32 = tree.attr("aria-rowcount").await.ok()??.parse().ok()?;
            (count > FILES).then_some(())
        })
        .await;
        let in_document = "return document.querySelectorAll('[role=treegrid] [role=row]').length";
        let rows = page.script(in_document).await.as_u64().unwrap_or(u64::MAX);
        assert!(rows < 200, "only what is visible is in the document, not {rows} rows");
        for step in [60, 4000] {
            let mut best: Option<(usize, Value)> = None;
            for _ in 0..ROUNDS {
                let round = page.script_async(SCROLL, vec![step.into()]).await;
                assert!(round["top"].as_f64() > Some(0.0), "it scrolls: {round}");
                let bad = match page.kind() {
                    Kind::Chromium => numbers(&round["tasks"]).len(),
                    Kind::Firefox => {
                        let gaps = numbers(&round["gaps"]);
                        gaps.iter().filter(|gap| **gap > 50.0).count().saturating_sub(gaps.len() / 10)
                    }
                };
                if best.as_ref().is_none_or(|(least, _)| bad < *least) {
                    best = Some((bad, round));
                }
                if bad == 0 {
                    break;
                }
            }
            let (bad, round) = best.expect("there was a round");
            assert_eq!(bad, 0, "frames kept waiting at {step} pixels a frame: {round}");
        }
    }

    async fn the_last_of_two_hundred_thousand_entries_can_be_reached(page: &mut Page) {
        let temp = Temp::new();
        let archive = temp.path("many.tar");
        material::many_files(&archive, FILES);
        page.open("").await;
        page.open_archive(&archive).await;
        page.view("Files").await;
        let filter = page.get("searchbox", "Filter files").await;
        filter.send_keys("file-").await.expect("a search box takes text");
        page.until("the last row", async || {
            let script = "
                const tree = document.querySelector('[role=treegrid]');
                tree.scrollTop = tree.scrollHeight;
                const rows = [...tree.querySelectorAll('[role=row][aria-posinset]')]
                    .map(row => [row.innerText.match(/file-\\d+/)?.[0], row.ariaPosInSet, row.ariaSetSize, row.ariaLevel]);
                return rows.find(row => row[0] === 'file-199999') ?? null;";
            let row = page.script(script).await;
            (row == serde_json::json!(["file-199999", "1000", "1000", "3"])).then_some(())
        })
        .await;
    }
}
