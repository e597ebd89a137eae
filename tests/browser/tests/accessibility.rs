//! axe-core finds no violation of any impact: in every view, at the width of a phone and of a desktop, light and dark.
//!
//! The rules are those of axe-core's default set, among them WCAG 2.2 AA and best practices. Dark is seen in
//! Chromium alone, whose driver can choose the colour scheme.

use crate::sample::open_sample;
use browser_tests::{Kind, Page, both_browsers, devtools, material};
use fantoccini::Locator;
use serde_json::{Value, json};

const VIEWS: [&str; 13] = [
    "Overview",
    "Layers",
    "History",
    "Dockerfile",
    "Provenance",
    "Configuration",
    "Raw",
    "Files",
    "Packages",
    "Vulnerabilities",
    "Waste",
    "Secrets",
    "Risks",
];
const WIDTHS: [u32; 2] = [360, 1440];

/// Rule, impact, the first elements and why, for each violation on screen.
async fn violations(page: &Page) -> Vec<String> {
    let run = "
        const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => done(violations.map(({ id, impact, nodes }) =>
            `${id} (${impact}): ` + nodes.slice(0, 3).map(node => node.target.join(' ') + ' ' + node.failureSummary).join('; '))),
            error => done([String(error)]));";
    if page.script("return typeof axe").await != "object" {
        // As a script of the document's own world: the page's policy is for what the page itself runs.
        let source = material::axe();
        page.script(&format!("{source}; window.axe = axe;")).await;
    }
    let found = page.script_async(run, Vec::new()).await;
    serde_json::from_value(found).expect("a list of texts")
}

/// Checks what is on screen at each width, in each colour scheme that the browser can be told.
async fn check(page: &Page, what: &str) {
    let schemes: &[&str] = match page.kind() {
        Kind::Chromium => &["light", "dark"],
        Kind::Firefox => &["light"],
    };
    let mut found = Vec::new();
    for width in WIDTHS {
        page.client().set_window_size(width, 900).await.expect("a window that can be resized");
        for scheme in schemes {
            if page.kind() == Kind::Chromium {
                // Without motion, so that no colour is seen on its way to another.
                let features: Value = json!({ "features": [
                    { "name": "prefers-color-scheme", "value": scheme },
                    { "name": "prefers-reduced-motion", "value": "reduce" },
                ] });
                devtools::tell(page, "Emulation.setEmulatedMedia", features).await;
            }
            let here = violations(page).await;
            found.extend(here.iter().map(|text| format!("{what}, {width} px, {scheme}: {text}")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

both_browsers! {
    async fn axe_finds_nothing_on_the_start_page_and_in_the_settings(page: &mut Page) {
        page.open("").await;
        check(page, "start").await;
        page.click("button", "Settings").await;
        page.get("dialog", "Settings").await;
        check(page, "settings").await;
    }

    async fn axe_finds_nothing_in_any_view(page: &mut Page) {
        open_sample(page).await;
        for view in VIEWS {
            page.client().set_window_size(1440, 900).await.expect("a window that can be resized");
            page.view(view).await;
            check(page, view).await;
        }
    }

    async fn axe_finds_nothing_beside_an_open_file_and_an_open_package(page: &mut Page) {
        open_sample(page).await;
        let fragment = page.fragment().await;
        page.open(&format!("{fragment}?view=files&path=/etc/motd")).await;
        page.get("region", "File").await;
        check(page, "file").await;
        page.client().set_window_size(1440, 900).await.expect("a window that can be resized");
        page.view("Packages").await;
        page.until("a click on a package", async || {
            page.client().find(Locator::Css("main table a.row-link")).await.ok()?.click().await.ok()
        })
        .await;
        page.get("region", "Package").await;
        check(page, "package").await;
    }
}
