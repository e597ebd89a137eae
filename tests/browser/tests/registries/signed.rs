//! Images in a registry that are signed with a key, by cosign, notation, and openssl by cosign's specifications: verified
//! from the page, directly and through the proxy.

use super::{REPOSITORY, filled, open, push_other, says};
use browser_tests::signed::{BUNDLE, signature, signature_path};
use browser_tests::{Page, both_browsers};
use registries::cosign::Form;
use registries::{Front, OCI_MANIFEST, Registry};
use std::path::Path;

/// Opens the view with the image, gives the key, and waits for the verdict. What is returned answers for the registry.
async fn verify(page: &mut Page, registry: &Registry) -> Front {
    let front = Front::of(&registry.name).cors();
    open(page, &front.name, "1").await;
    page.view("Provenance").await;
    verified_with(page, &signature_path("openssl.pub")).await;
    front
}

/// Waits until the signature cannot be verified, and then is valid by the key.
async fn verified_with(page: &mut Page, key: &Path) {
    says(page, "Not fully checked").await;
    give_path(page, key).await;
    says(page, "Valid").await;
    says(page, "the key ").await;
}

/// Signs the image by cosign, and verifies the signature: directly, or through the proxy.
async fn verify_what_cosign_signed(page: &mut Page, form: Form, is_direct: bool) {
    let registry = filled();
    let key = registry.sign_with_cosign(REPOSITORY, &image(&registry), form);
    let front = Front::of(&registry.name);
    let front = match is_direct {
        true => front.cors(),
        false => {
            page.site().offer_proxy(&[&front.name]);
            front
        }
    };
    open(page, &front.name, "1").await;
    page.view("Provenance").await;
    verified_with(page, &key.path).await;
}

/// Gives a file to verify with.
async fn give(page: &mut Page, file: &str) {
    give_path(page, &signature_path(file)).await;
}

async fn give_path(page: &mut Page, path: &Path) {
    let path = path.canonicalize().expect("it is there");
    let input = page.css("input[aria-label='Add a key, root or CA']").await;
    input.send_keys(path.to_str().expect("a path of text")).await.expect("a picker takes paths");
}

/// The digest of the image `team/app:1`.
fn image(registry: &Registry) -> String {
    registry.document(REPOSITORY, "1").expect("it was pushed").digest()
}

both_browsers! {
    async fn cosigns_signature_under_a_tag_is_verified_directly(page: &mut Page) {
        verify_what_cosign_signed(page, Form::Tag, true).await;
    }

    async fn cosigns_signature_under_a_tag_is_verified_through_the_proxy(page: &mut Page) {
        verify_what_cosign_signed(page, Form::Tag, false).await;
    }

    async fn cosigns_bundle_is_verified_directly(page: &mut Page) {
        verify_what_cosign_signed(page, Form::Bundle, true).await;
    }

    async fn cosigns_bundle_is_verified_through_the_proxy(page: &mut Page) {
        verify_what_cosign_signed(page, Form::Bundle, false).await;
    }

    async fn a_signature_of_cosign_that_was_copied_to_another_image_is_refused_in_words(page: &mut Page) {
        let registry = filled();
        let key = registry.sign_with_cosign(REPOSITORY, &image(&registry), Form::Tag);
        let tag = |image: &str| format!("{}.sig", image.replace(':', "-"));
        let signed = registry.document(REPOSITORY, &tag(&image(&registry))).expect("it was signed");
        let other = push_other(&registry);
        registry.push_manifest(REPOSITORY, &tag(&other), OCI_MANIFEST, &signed.json);
        let front = Front::of(&registry.name).cors();
        open(page, &front.name, "other").await;
        page.view("Provenance").await;
        give_path(page, &key.path).await;
        says(page, "Not valid").await;
        says(page, "A document that is attached to this image is about another one.").await;
    }

    async fn a_signature_under_cosigns_tag_is_verified_with_its_key(page: &mut Page) {
        let registry = filled();
        registry.push_signature(REPOSITORY, &image(&registry), &signature("openssl-key.json"));
        let _front = verify(page, &registry).await;
    }

    async fn a_bundle_that_refers_to_the_image_is_verified_with_its_key(page: &mut Page) {
        let registry = filled();
        let bundle = signature("openssl-key.sigstore.json");
        registry.attach(REPOSITORY, &image(&registry), BUNDLE, &bundle);
        let _front = verify(page, &registry).await;
    }

    async fn a_signature_of_notation_is_verified_with_its_authority(page: &mut Page) {
        let registry = filled();
        let cose = signature("notation-rsa3072.cose");
        registry.attach(REPOSITORY, &image(&registry), "application/cose", &cose);
        let front = Front::of(&registry.name).cors();
        open(page, &front.name, "1").await;
        page.view("Provenance").await;
        says(page, "Not fully checked").await;
        give(page, "notation-self.crt").await;
        says(page, "Not valid").await;
        give(page, "notation-ca.crt").await;
        says(page, "root, valid until ").await;
        says(page, "CN=rsa3072,O=Layerscope tests,C=XX").await;
        says(page, "Valid").await;
    }

    async fn a_signature_of_notation_that_was_copied_is_refused_in_words(page: &mut Page) {
        let registry = filled();
        let (large, cose) = (push_other(&registry), signature("notation-P-384.cose"));
        registry.attach(REPOSITORY, &large, "application/cose", &cose);
        let front = Front::of(&registry.name).cors();
        open(page, &front.name, "other").await;
        page.view("Provenance").await;
        give(page, "notation-ca.crt").await;
        says(page, "Not valid").await;
        let link = page.css("main table a[href], main [role=row] a[href]").await;
        link.click().await.expect("a row is a link");
        says(page, "Another image is signed, or another payload.").await;
        // With details open, columns leave: what is at the edge of the last one must not make the table wider.
        let fits = "return [...document.querySelectorAll('.rows')].every(rows => rows.scrollWidth <= rows.clientWidth)";
        assert_eq!(page.script(fits).await, true);
    }

    async fn a_signature_under_the_tag_of_another_image_is_refused(page: &mut Page) {
        let registry = filled();
        registry.push_signature(REPOSITORY, &image(&registry), &signature("cosign2-keyless.json"));
        let front = Front::of(&registry.name).cors();
        open(page, &front.name, "1").await;
        page.view("Provenance").await;
        says(page, "Not valid").await;
        says(page, "A document that is attached to this image is about another one.").await;
    }

    async fn an_accepted_signer_is_remembered_for_the_repository(page: &mut Page) {
        let registry = filled();
        registry.push_signature(REPOSITORY, &image(&registry), &signature("openssl-key.json"));
        let _front = verify(page, &registry).await;
        let link = page.css("main table a[href], main [role=row] a[href]").await;
        link.click().await.expect("a row is a link");
        let button = "//button[starts-with(., 'Accept this identity for ')]";
        let button = page.until("the button", async || {
            page.client().find(fantoccini::Locator::XPath(button)).await.ok()
        });
        button.await.click().await.expect("it can be pressed");
        says(page, "You accepted this identity for ").await;
        page.reload().await;
        // The key is gone with the page, so nobody's signature is valid any more.
        says(page, "This image has no valid signature of this signer.").await;
    }
}
