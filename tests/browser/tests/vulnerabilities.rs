//! Vulnerabilities: no request before the user agrees, then requests to an OSV database (recorded responses,
//! served on loopback); files with advisories cause no requests.

use browser_tests::material;
use browser_tests::{Page, both_browsers};
use fantoccini::Locator;
use osv_cassettes::{Cassettes, Server};
use serde_json::Value;

/// Opens an image with packages of many languages, with the database of vulnerabilities on loopback.
async fn open(page: &Page) -> Server {
    let cassettes = Cassettes::load(&material::shared("osv/cassettes")).unwrap();
    let image = material::shared("fixtures/polyglot-public.skopeo-zstd.oci.tar");
    let server = Server::start(cassettes).unwrap();
    let config = format!(r#"{{"osv": "{}"}}"#, server.url());
    page.site().replace("config.json", config.as_bytes());
    page.open("").await;
    page.open_archive(&image).await;
    page.view("Vulnerabilities").await;
    server
}

/// Clicks the button that starts a check; its name has the number of packages.
async fn ask(page: &Page) {
    page.until("a click on the button to check", async || {
        let button = page
            .client()
            .find(Locator::XPath("//main//button[starts-with(., 'Check ')]"))
            .await
            .ok()?;
        button.click().await.ok()
    })
    .await;
}

async fn wait_for_row(page: &Page, id: &str) -> Vec<String> {
    page.until(&format!("a row of {id}"), async || {
        let rows = page.rows("table", "Vulnerabilities").await;
        rows.into_iter().find(|row| row.first().is_some_and(|cell| cell == id))
    })
    .await
}

both_browsers! {
    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn no_request_is_sent_before_the_user_agrees(page: &mut Page) {
        let server = open(page).await;
        ask(page).await;
        page.css("dialog[open]").await;
        assert_eq!(server.asked(), [], "the dialogue only asks the user");
        page.click("button", "Send and check").await;
        wait_for_row(page, "GHSA-5crp-9r3c-p9vr").await;
        let asked = server.asked();
        let (path, body) = &asked[0];
        assert_eq!(path, "/v1/querybatch");
        let sent: Value = serde_json::from_str(body).unwrap();
        for query in sent["queries"].as_array().unwrap() {
            let keys: Vec<_> = query.as_object().unwrap().keys().cloned().collect();
            assert_eq!(keys, ["package", "version"], "nothing else goes out");
            let keys: Vec<_> = query["package"].as_object().unwrap().keys().cloned().collect();
            assert_eq!(keys, ["ecosystem", "name"]);
        }
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn the_result_says_what_could_not_be_checked(page: &mut Page) {
        let _server = open(page).await;
        ask(page).await;
        page.click("button", "Send and check").await;
        let row = wait_for_row(page, "GHSA-5crp-9r3c-p9vr").await;
        assert!(row.iter().any(|cell| cell.contains("Newtonsoft.Json")), "{row:?}");
        let text = page.text().await;
        assert!(text.contains("Checked ") && text.contains("Cannot be checked"), "{text}");
        assert!(!text.contains("0 vulnerabilities"));
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn an_export_of_osv_is_matched_without_requests(page: &mut Page) {
        let server = open(page).await;
        let input = page.until("the picker", async || {
            page.client().find(Locator::XPath("//label[contains(., 'Open OSV or VEX files')]/input")).await.ok()
        });
        let path = material::shared("osv/Go-all.zip").canonicalize().unwrap();
        input.await.send_keys(path.to_str().unwrap()).await.expect("a picker takes paths");
        wait_for_row(page, "GO-2022-1059").await;
        assert_eq!(server.asked(), []);
        let sarif: Value = serde_json::from_slice(&page.download("SARIF").await).unwrap();
        assert_eq!(sarif["version"], "2.1.0");
        assert!(!sarif["runs"][0]["results"].as_array().unwrap().is_empty());
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn packages_are_exported_as_sboms(page: &mut Page) {
        let _server = open(page).await;
        page.view("Packages").await;
        page.wait_until_ready().await;
        let bill: Value = serde_json::from_slice(&page.download("CycloneDX").await).unwrap();
        assert_eq!((&bill["bomFormat"], &bill["specVersion"]), (&"CycloneDX".into(), &"1.6".into()));
        let named = |bill: &Value, wanted: &str| bill.to_string().contains(wanted);
        assert!(named(&bill, "pkg:pypi/jinja2@2.10"));
        let bill: Value = serde_json::from_slice(&page.download("SPDX").await).unwrap();
        assert_eq!(bill["spdxVersion"], "SPDX-2.3");
        assert!(named(&bill, "pkg:npm/%40babel/parser@7.20.0"));
    }
}
