//! Secrets and Risks: filter, keyboard, masked until asked, and the ignore list, dropped and removed.

use browser_tests::material;
use browser_tests::{Page, both_browsers};
use fantoccini::Locator;
use fantoccini::key::Key;
use serde_json::json;

/// Opens the archive with planted secrets, at a view.
async fn open(page: &Page, view: &str) {
    page.open("").await;
    page.open_archive(&material::shared("secrets/planted.docker.tar")).await;
    page.view(view).await;
    page.wait_until_ready().await;
}

/// The number of rows, drawn or not, once it is right.
async fn wait_for_rows(page: &Page, table: &str, is_right: impl Fn(u64) -> bool) -> u64 {
    let script = format!(
        "return document.querySelector('table[aria-label={table}]')?.getAttribute('aria-rowcount')"
    );
    page.until("the rows", async || {
        let count = page.script(&script).await;
        let rows: u64 = count.as_str()?.parse().ok()?;
        let rows = rows.checked_sub(1)?; // the header
        is_right(rows).then_some(rows)
    })
    .await
}

async fn wait_for_text(page: &Page, text: &str) {
    page.until(text, async || page.text().await.contains(text).then_some(())).await;
}

async fn press(page: &Page, key: Key) {
    let active = page.client().active_element().await.expect("something has the focus");
    active.send_keys(&char::from(key).to_string()).await.expect("it takes keys");
}

/// Drops a text file on the page.
async fn drop_file(page: &Page, name: &str, text: &str) {
    let script = "
        const [name, text, done] = arguments;
        const data = new DataTransfer();
        data.items.add(new File([text], name));
        for (const type of ['dragenter', 'dragover', 'drop'])
            document.body.dispatchEvent(new DragEvent(type, {
                bubbles: true, cancelable: true, dataTransfer: data }));
        done(null);";
    page.script_async(script, vec![json!(name), json!(text)]).await;
}

both_browsers! {
    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn a_secret_is_found_by_filter_and_keyboard_and_shown_when_asked(page: &mut Page) {
        open(page, "Secrets").await;
        let all = wait_for_rows(page, "Secrets", |rows| rows > 40).await;
        let filter = page.get("searchbox", "Filter secrets").await;
        filter.send_keys(".profile.d").await.expect("a search box takes text");
        wait_for_rows(page, "Secrets", |rows| rows > 0 && rows < all).await;
        page.wait_for_fragment("the filter", |fragment| fragment.contains("filter=")).await;
        let row = page.client().find(Locator::XPath("//table//a[contains(., 'Anthropic')]")).await;
        row.expect("its row").send_keys(&char::from(Key::Enter).to_string()).await.expect("a link takes keys");
        wait_for_text(page, "Gives access to").await;
        let before = page.text().await;
        assert!(before.contains("sk-ant-api…"), "{before}");
        page.click("button", "Show line 1").await;
        let line = page.css("pre.dump").await.text().await.unwrap();
        assert!(line.contains("sk-ant-") && !line.contains('…') && !before.contains(&line), "{line}");
        page.click("button", "Hide").await;
        page.get("button", "Show line 1").await;
        let fragment = page.fragment().await;
        assert!(!fragment.contains("sk-ant"), "{fragment}");
        press(page, Key::Escape).await;
        page.wait_for_fragment("no secret", |fragment| !fragment.contains("item=")).await;
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn a_dropped_ignore_list_takes_findings_apart_until_it_is_removed(page: &mut Page) {
        open(page, "Secrets").await;
        let all = wait_for_rows(page, "Secrets", |rows| rows > 40).await;
        drop_file(page, ".layerscopeignore", "rule:anthropic\nrule:no-healthcheck\n").await;
        wait_for_text(page, "1 ignored by .layerscopeignore").await;
        wait_for_rows(page, "Secrets", |rows| rows == all - 1).await;
        page.click("button", "Ignored 1").await;
        wait_for_rows(page, "Secrets", |rows| rows == 1).await;
        let fragment = page.fragment().await;
        assert!(fragment.contains("show=ignored") && !fragment.contains("anthropic"), "{fragment}");
        page.view("Risks").await;
        wait_for_text(page, "ignored by .layerscopeignore").await;
        page.view("Secrets").await;
        page.click("button", "Remove ignore list").await;
        page.click("button", &format!("All {all}")).await;
        wait_for_rows(page, "Secrets", |rows| rows == all).await;
        drop_file(page, ".layerscopeignore", "anthropic\n").await;
        page.until("the refusal of a list", async || {
            page.alert().await.contains("ignore list").then_some(())
        })
        .await;
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn risks_are_filtered_and_opened_by_keyboard(page: &mut Page) {
        open(page, "Risks").await;
        let all = wait_for_rows(page, "Risks", |rows| rows > 1).await;
        let filter = page.get("searchbox", "Filter risks").await;
        filter.send_keys("runs as root").await.expect("a search box takes text");
        wait_for_rows(page, "Risks", |rows| rows == 1 && rows < all).await;
        let row = page.client().find(Locator::XPath("//table//a[contains(., 'Runs as root')]")).await;
        row.expect("its row").send_keys(&char::from(Key::Enter).to_string()).await.expect("a link takes keys");
        wait_for_text(page, "Why it matters").await;
        press(page, Key::Escape).await;
        page.wait_for_fragment("no risk", |fragment| !fragment.contains("item=")).await;
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn secrets_of_the_configuration_are_masked_in_every_view_that_has_them(page: &mut Page) {
        open(page, "Configuration").await;
        for view in ["Configuration", "History"] {
            page.view(view).await;
            page.get("button", "Show secret").await;
            let masked = page.text().await;
            page.script("[...document.querySelectorAll('button')].find(b => b.textContent.trim() === 'Show secret').click()").await;
            page.get("button", "Mask secret").await;
            assert_ne!(page.text().await, masked, "{view}");
        }
        // What another view showed is masked again.
        page.view("Configuration").await;
        page.until("no secret that is shown", async || {
            page.all("button", "Mask secret").await.is_empty().then_some(())
        })
        .await;
    }
}
