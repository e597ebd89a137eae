//! Signatures in archives: verified by the page's own module, offline, and told in words with each check.
//!
//! What is right for each document is held natively, in `tests/native/signatures`; here the page says the same as the
//! command about the same archives.

use browser_tests::material::{self, Temp};
use browser_tests::signed::{Attached, image, signature, signature_path};
use browser_tests::{Page, both_browsers, native};
use fantoccini::Locator;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Opens the view with an archive, and waits until all signatures are verified.
async fn open(page: &mut Page, archive: &Path) {
    page.open("").await;
    page.open_source(archive).await;
    verified(page).await;
}

/// Goes to the view, and waits until all signatures are verified. Returns the rows without their head.
async fn verified(page: &Page) -> Vec<Vec<String>> {
    page.view("Provenance").await;
    page.until("verified signatures", async || {
        let rows = page.rows("table", "Provenance").await.split_off(1);
        let is_pending = |row: &Vec<String>| row.iter().any(|cell| cell == "Not checked yet");
        (!rows.is_empty() && !rows.iter().any(is_pending)).then_some(rows)
    })
    .await
}

/// Opens the pane of the only document, and waits until it says this.
async fn says(page: &Page, words: &str) {
    page.until("the pane of the document", async || {
        if page.client().find(Locator::Css("[aria-label=Checks]")).await.is_err() {
            let link =
                page.client().find(Locator::Css("main table a[href], main [role=row] a[href]"));
            link.await.ok()?.click().await.ok()?;
        }
        page.text().await.contains(words).then_some(())
    })
    .await;
}

/// The checks in the pane: `Signature holds`.
async fn checks(page: &Page) -> Vec<String> {
    let script =
        "return [...document.querySelectorAll('[aria-label=Checks] li > span:nth-child(2)')]
        .map(check => check.innerText.replace(/\\s+/g, ' ').trim())";
    serde_json::from_value(page.script(script).await).expect("a list of texts")
}

/// Gives a file to the view.
async fn give(page: &Page, path: &Path) {
    let path = path.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let input = page.css("input[aria-label='Add a key, root or CA']").await;
    input.send_keys(path.to_str().expect("a path of text")).await.expect("a picker takes paths");
}

/// All bundles of `../shared/sigstore`, with the trusted root that is beside some.
fn bundles() -> Vec<PathBuf> {
    let folder = material::shared("sigstore");
    let names = [
        "sigstore-verify/bundles",
        "sigstore-bundle",
        "sigstore-tsa/timestamps",
        "sigstore-verify/managed-key",
        "sigstore-verify/sct-multi-intermediate",
        "sigstore-verify/timestamps",
        "sigstore-verify/invalid-ct-key_fail",
    ];
    let files = names.iter().flat_map(|name| {
        let folder = folder.join(name);
        std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
    });
    let is_bundle = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.contains("sigstore") || name.contains("bundle") || name.starts_with("happy")
    };
    let mut paths: Vec<_> = files.flatten().map(|file| file.path()).filter(is_bundle).collect();
    paths.sort();
    assert!(paths.len() >= 20, "{paths:?}");
    paths
}

/// A document that is signed with the key of the fixtures: not checked without it, valid with it.
async fn verify_with_key(page: &mut Page, document: Attached) {
    let temp = Temp::new();
    open(page, &image(&temp, "signed.tar", &[document])).await;
    says(page, "Signature not fully checked").await;
    says(page, "The public key that it was signed with was not given.").await;
    give(page, &signature_path("openssl.pub")).await;
    says(page, "Signature valid: the key ").await;
    let checks = checks(page).await;
    for held in ["Form holds", "Signature holds", "Subject holds"] {
        assert!(checks.iter().any(|check| check == held), "{checks:?}");
    }
    assert_eq!(checks.len(), 10, "every check is listed: {checks:?}");
    let remove = "main ul[aria-label=Trusted] button";
    page.css(remove).await.click().await.expect("it can be removed");
    says(page, "Signature not fully checked").await;
}

both_browsers! {
    async fn a_signature_with_a_key_is_valid_once_the_key_is_given(page: &mut Page) {
        verify_with_key(page, Attached::recorded("openssl-key.json")).await;
    }

    async fn a_bundle_with_a_key_is_valid_once_the_key_is_given(page: &mut Page) {
        verify_with_key(page, Attached::bundle(signature("openssl-key.sigstore.json"))).await;
    }

    async fn a_key_is_pasted_and_what_is_none_is_refused(page: &mut Page) {
        let temp = Temp::new();
        open(page, &image(&temp, "signed.tar", &[Attached::recorded("openssl-key.json")])).await;
        page.click("button", "Paste a key, root or CA…").await;
        let field = page.css("dialog textarea").await;
        field.send_keys("-----BEGIN PRIVATE KEY-----").await.expect("it takes text");
        page.click("button", "Add").await;
        let refused = "nothing that signatures are verified with";
        page.until("the refusal", async || page.alert().await.contains(refused).then_some(())).await;
        field.clear().await.expect("it takes text");
        let key = signature("openssl.pub");
        field.send_keys(&String::from_utf8_lossy(&key)).await.expect("it takes text");
        page.click("button", "Add").await;
        says(page, "Signature valid: the key ").await;
    }

    async fn a_changed_signature_is_refused_in_words(page: &mut Page) {
        let temp = Temp::new();
        let changed = Attached::recorded("openssl-key.json").changed(r#""optional":null"#, r#""optional":{}"#);
        open(page, &image(&temp, "changed.tar", &[changed])).await;
        give(page, &signature_path("openssl.pub")).await;
        says(page, "Signature not valid").await;
        says(page, "The signature is not of these bytes, or not by this certificate or key.").await;
        page.view("Overview").await;
        let words = "A signature is not valid";
        page.until(words, async || page.text().await.contains(words).then_some(())).await;
    }

    async fn a_signature_that_was_copied_to_another_image_is_refused_in_words(page: &mut Page) {
        let temp = Temp::new();
        open(page, &image(&temp, "copied.tar", &[Attached::recorded("cosign2-keyless.json")])).await;
        says(page, "This document is about another image, not this one.").await;
        says(page, "Another image is signed, or another payload.").await;
        let checks = checks(page).await;
        assert!(checks.contains(&"Subject fails".to_owned()), "{checks:?}");
        assert!(checks.contains(&"Certificate holds".to_owned()), "{checks:?}");
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn bundles_of_all_kinds_get_the_verdict_of_the_command(page: &mut Page) {
        let temp = Temp::new();
        // Some files are the same bundle.
        let contents: BTreeSet<Vec<u8>> =
            bundles().iter().map(|path| std::fs::read(path).expect("it is there")).collect();
        let documents: Vec<_> = contents.into_iter().map(Attached::bundle).collect();
        let archive = image(&temp, "bundles.tar", &documents);
        open(page, &archive).await;
        let (report, expected) = (page.report().await, native::report(&archive));
        let expected = &expected["images"][0]["provenance"];
        assert_eq!(expected.as_array().map(Vec::len), Some(documents.len()), "{expected}");
        assert_eq!(&report["images"][0]["provenance"], expected);
    }

    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    async fn a_bundle_of_another_instance_is_trusted_by_a_root_that_is_given(page: &mut Page) {
        let temp = Temp::new();
        let folder = material::shared("sigstore/sigstore-verify/timestamps");
        let bundle = std::fs::read(folder.join("valid_bundle.json")).expect("it is there");
        open(page, &image(&temp, "other.tar", &[Attached::bundle(bundle)])).await;
        says(page, "Signature not valid").await;
        assert!(!checks(page).await.contains(&"Certificate holds".to_owned()));
        give(page, &folder.join("valid_trusted_root.json")).await;
        says(page, "the trusted root that you gave").await;
        let checks = checks(page).await;
        for held in ["Signature holds", "Certificate holds", "In the log holds", "Timestamp holds"] {
            assert!(checks.contains(&held.to_owned()), "{held}: {checks:?}");
        }
        assert!(checks.contains(&"Subject fails".to_owned()), "no image is signed by it: {checks:?}");
    }
}
