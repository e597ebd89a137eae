//! SBOMs that refer to an image: shown, compared, and fetched once.

use super::{REPOSITORY, filled, open, says};
use browser_tests::{Page, both_browsers};
use registries::{Front, Registry};

const KIND: &str = "application/spdx+json";

/// An SBOM as syft writes it, of one package that is not in the image.
const BILL: &str = r#"{"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
    "name": "team/app", "documentNamespace": "https://example.test/1",
    "creationInfo": {"created": "2026-01-02T03:04:05Z", "creators": ["Tool: syft-1.51.1"]},
    "packages": [{"SPDXID": "SPDXRef-1", "name": "ghost", "versionInfo": "1.2",
        "downloadLocation": "NOASSERTION", "filesAnalyzed": false, "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
            "referenceLocator": "pkg:npm/ghost@1.2"}]}]}"#;

/// A registry with an image that an SBOM refers to, and its front.
fn attested() -> (Registry, Front) {
    let registry = filled();
    let image = registry.document(REPOSITORY, "1").expect("it was pushed").digest();
    registry.attach(REPOSITORY, &image, KIND, BILL.as_bytes());
    let front = Front::of(&registry.name).cors();
    (registry, front)
}

both_browsers! {
    async fn an_attached_sbom_is_compared_with_what_was_found(page: &mut Page) {
        let (_registry, front) = attested();
        open(page, &front.name, "1").await;
        page.view("Packages").await;
        says(page, "Attached SPDX").await;
        page.until("a click on the bill", async || {
            let buttons = page.client().find_all(fantoccini::Locator::Css("[aria-label=Show] button"));
            for button in buttons.await.ok()? {
                if button.text().await.ok()?.starts_with("Attached SPDX") {
                    return button.click().await.ok();
                }
            }
            None
        })
        .await;
        says(page, "Only in the SBOM").await;
        let text = page.text().await;
        assert!(text.contains("npm/ghost"), "{text}");
        assert!(text.contains("its signature, if any, was not checked"), "{text}");
    }

    async fn an_attached_sbom_is_fetched_once_when_packages_are_shown(page: &mut Page) {
        let (_registry, front) = attested();
        open(page, &front.name, "1").await;
        let size = BILL.len() as u64;
        let bills = || front.blobs().iter().filter(|seen| seen.sent == size).count();
        assert_eq!(bills(), 0);
        page.view("Packages").await;
        says(page, "Attached SPDX").await;
        assert_eq!(bills(), 1);
        page.reload().await;
        page.wait_until_ready().await;
        page.view("Packages").await;
        says(page, "Attached SPDX").await;
        assert_eq!(bills(), 1, "it was kept");
    }
}
