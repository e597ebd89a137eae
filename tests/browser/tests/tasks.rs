//! What people come for, from the question to the answer, by role and name: the tasks of new users.
//!
//! Two more have their own files: an image of a private registry (`registries/login.rs`), and a file that holds no
//! image (`bad_input.rs`).

use crate::files::file_text;
use crate::sample::open_sample;
use browser_tests::{Page, both_browsers, material};
use fantoccini::Locator;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;

/// Presses keys, wherever the focus is.
async fn press(page: &Page, keys: &[char]) {
    let mut actions = KeyActions::new("keyboard".to_owned());
    for key in keys {
        actions = actions.then(KeyAction::Down { value: *key }).then(KeyAction::Up { value: *key });
    }
    page.client().perform_actions(actions).await.expect("keys can be pressed");
}

/// The role or name of what has the focus, with its text.
async fn focused(page: &Page) -> String {
    let script = "const at = document.activeElement;
        return `${at.getAttribute('role') ?? at.localName} ${at.ariaLabel ?? ''} ${at.innerText}`;";
    page.script(script).await.as_str().unwrap_or_default().to_owned()
}

async fn until_focused(page: &Page, part: &str) {
    page.until(&format!("the focus on {part:?}"), async || {
        focused(page).await.contains(part).then_some(())
    })
    .await;
}

/// Clicks the first link on screen whose text starts so.
async fn click_link(page: &Page, start: &str) {
    let path = format!("//a[starts-with(normalize-space(.), '{start}')]");
    page.until(&format!("a click on the link {start:?}"), async || {
        let link = page.client().find(Locator::XPath(&path)).await.ok()?;
        link.click().await.ok()
    })
    .await;
}

both_browsers! {
    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn is_it_fit_to_run_what_was_found_and_what_was_not_checked(page: &mut Page) {
        page.open("").await;
        page.open_archive(&material::shared("fixtures/debmini.skopeo-gzip.oci.tar")).await;
        let findings = page.get("complementary", "Findings").await;
        let text = findings.text().await.expect("the findings");
        let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("no {part:?} in {text}"));
        assert!(at("Runs as root") < at("Not checked"), "{text}");
        assert!(at("Not checked") < at("Vulnerabilities"), "{text}");
        let offered = text.lines().any(|line| line.starts_with("Check ") && line.ends_with(" packages"));
        assert!(offered, "the button that checks: {text}");
    }

    async fn why_is_it_large_by_keyboard_alone(page: &mut Page) {
        open_sample(page).await;
        press(page, &['t']).await;
        until_focused(page, "Filter files").await;
        // Past the filter, to the heading that sorts by size.
        page.until("the focus on the heading Size", async || {
            press(page, &[Key::Tab.into()]).await;
            focused(page).await.starts_with("button  Size").then_some(())
        })
        .await;
        press(page, &[Key::Enter.into()]).await;
        page.wait_for_fragment("the order", |fragment| fragment.contains("sort=size")).await;
        page.until("the focus on the largest directory", async || {
            press(page, &[Key::Tab.into()]).await;
            focused(page).await.starts_with("row").then_some(())
        })
        .await;
        until_focused(page, "usr").await;
        press(page, &['*']).await;
        press(page, &[Key::Down.into()]).await;
        page.until("a file, always the largest first", async || {
            press(page, &[Key::Down.into()]).await;
            press(page, &[Key::Enter.into()]).await;
            page.fragment().await.contains("path=/usr/").then_some(())
        })
        .await;
        file_text(page, "Size").await;
    }

    async fn which_files_are_wasted_by_keyboard_alone(page: &mut Page) {
        open_sample(page).await;
        // From the finding on the overview to the list of files.
        page.until("the focus on the link to Waste", async || {
            press(page, &[Key::Tab.into()]).await;
            let focused = focused(page).await;
            (focused.starts_with("a ") && focused.contains("Waste")).then_some(())
        })
        .await;
        press(page, &[Key::Enter.into()]).await;
        page.wait_for_fragment("the view", |fragment| fragment.contains("view=waste")).await;
        let first = page.until("a wasted file", async || {
            let rows = page.rows("table", "Waste").await;
            rows.get(1).and_then(|row| row.first().cloned())
        })
        .await;
        page.until("the focus on the first wasted file", async || {
            press(page, &[Key::Tab.into()]).await;
            // Not on the region around it, which Firefox gives the focus because it scrolls.
            let focused = focused(page).await;
            (focused.starts_with("a ") && focused.contains(&first)).then_some(())
        })
        .await;
        press(page, &[Key::Enter.into()]).await;
        page.wait_for_fragment("the file", |fragment| fragment.contains("view=files") && fragment.contains("path=")).await;
    }

    async fn what_did_a_layer_change_in_a_file_against_the_one_below(page: &mut Page) {
        open_sample(page).await;
        page.view("Layers").await;
        page.click("button", "Details of layer 2").await;
        page.click("button", "Compare with…").await;
        click_link(page, "Up to layer 1").await;
        page.wait_for_fragment("a comparison", |fragment| {
            fragment.contains("layers%3D..1") && fragment.contains("layers%3D..2")
        })
        .await;
        click_link(page, "/var/lib/dpkg/status").await;
        let differences = page.get("region", "Differences").await;
        // The layer's package, in lines that only the version after has.
        page.until("its lines", async || {
            let text = differences.text().await.ok()?;
            text.contains("Package: media-types").then_some(())
        })
        .await;
        // The link leads back to it.
        let fragment = page.fragment().await;
        assert!(fragment.contains("path=/var/lib/dpkg/status"), "{fragment}");
    }

    async fn the_layers_beside_the_files_fold_away_and_stay_so(page: &mut Page) {
        open_sample(page).await;
        page.view("Files").await;
        page.click("button", "Hide the layers").await;
        page.until("no layers", async || {
            page.all("region", "Choose layers").await.is_empty().then_some(())
        })
        .await;
        page.reload().await;
        open_sample(page).await;
        page.view("Files").await;
        assert!(page.all("region", "Choose layers").await.is_empty());
        page.click("button", "Show the layers").await;
        page.get("region", "Choose layers").await;
    }

    async fn what_do_the_letters_mean_one_key_away(page: &mut Page) {
        open_sample(page).await;
        page.view("Layers").await;
        press(page, &['?']).await;
        let help = page.get("dialog", "Keys and signs").await;
        let text = help.text().await.expect("the help");
        for part in ["Added", "Modified", "Removed", "Rewritten, unchanged", "not to scale"] {
            assert!(text.contains(part), "{part:?} in {text}");
        }
        press(page, &[Key::Escape.into()]).await;
        page.until("the dialog closed", async || {
            page.all("dialog", "Keys and signs").await.is_empty().then_some(())
        })
        .await;
    }

    async fn one_file_and_a_link_to_it_by_keyboard_alone(page: &mut Page) {
        open_sample(page).await;
        press(page, &['t']).await;
        until_focused(page, "Filter files").await;
        press(page, &"motd".chars().collect::<Vec<_>>()).await;
        page.wait_for_fragment("the filter", |fragment| fragment.contains("motd")).await;
        page.until("the focus on a row", async || {
            press(page, &[Key::Tab.into()]).await;
            focused(page).await.starts_with("row").then_some(())
        })
        .await;
        page.until("the file selected", async || {
            press(page, &[Key::Down.into()]).await;
            press(page, &[Key::Enter.into()]).await;
            page.fragment().await.contains("path=/etc/motd").then_some(())
        })
        .await;
        file_text(page, "/etc/motd").await;
        // The link, in a new tab: it says which file of mine it is, and leads back.
        let fragment = page.fragment().await;
        page.open(&format!("{fragment}&name=pocket/site:1.4.0")).await;
        page.reload().await;
        page.until("the image's name", async || {
            page.text().await.contains("pocket/site:1.4.0").then_some(())
        })
        .await;
        page.open_archive(&material::sample()).await;
        file_text(page, "/etc/motd").await;
    }
}
