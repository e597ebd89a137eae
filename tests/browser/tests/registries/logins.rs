//! Logins: requested when needed, sent to their registry and nowhere else.

use super::{REPOSITORY, filled, inspect, log_in};
use browser_tests::{Page, both_browsers};
use registries::{Front, PASSWORD, Registry, Setup, TokenServer, USER};

/// A registry that requires a password, and a front that answers preflight requests.
fn closed() -> (Registry, Registry, Front) {
    let open = filled();
    let closed = Setup::default().password().beside(&open);
    let front = Front::of(&closed.name).cors();
    (open, closed, front)
}

/// A registry that requires tokens and its front, and a front of the token server: on the registry's own
/// host and port, or on another.
fn behind_tokens(same_host: bool) -> (Registry, Registry, Front, Front) {
    let open = filled();
    open.push_layout("public/app", "1", &registries::fixture("odd.skopeo-gzip.oci-dir"));
    let (front, endpoint) = (Front::new().cors(), Front::new().cors());
    let realm = if same_host { &front.name } else { &endpoint.name };
    let tokens = TokenServer::start(Some(realm));
    let closed = Setup::default().tokens(&tokens).beside(&open);
    front.lead_to(&closed.name);
    front.also("/auth", &tokens.name);
    endpoint.lead_to(&tokens.name);
    (open, closed, front, endpoint)
}

fn with_login(front: &Front) -> usize {
    front.seen().iter().filter(|seen| seen.authorization.as_deref() == Some("Basic")).count()
}

both_browsers! {
    async fn a_private_image_opens_after_a_login(page: &mut Page) {
        let (_open, _closed, front) = closed();
        page.expect(&front.name);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:1", front.name)).await;
        log_in(page, &front.name, USER, PASSWORD).await;
        page.wait_until_ready().await;
        assert_eq!(page.alert().await, "");
        assert!(page.all("dialog", &format!("Log in to {}", front.name)).await.is_empty());
    }

    async fn after_a_wrong_password_the_login_says_so_and_asks_again(page: &mut Page) {
        let (_open, _closed, front) = closed();
        page.expect(&front.name);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:1", front.name)).await;
        log_in(page, &front.name, USER, "wrong").await;
        page.until("an alert in the dialog", async || {
            let script = "return document.querySelector('dialog [role=alert]')?.innerText ?? ''";
            page.script(script).await.as_str()?.contains("wrong").then_some(())
        }).await;
        log_in(page, &front.name, USER, PASSWORD).await;
        page.wait_until_ready().await;
    }

    async fn a_cancelled_login_is_a_problem_and_sends_nothing(page: &mut Page) {
        let (_open, _closed, front) = closed();
        page.expect(&front.name);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:1", front.name)).await;
        page.get("dialog", &format!("Log in to {}", front.name)).await;
        // The dialog covers the page: only its own button can be clicked.
        page.until("a click on Cancel in the dialog", async || {
            let dialog = page.css("dialog[open]").await;
            for button in dialog.find_all(fantoccini::Locator::Css("button")).await.ok()? {
                if page.name(&button).await == "Cancel" {
                    return button.click().await.ok();
                }
            }
            None
        }).await;
        page.wait_for("error").await;
        assert!(page.alert().await.contains(&front.name));
        assert!(!front.saw_credentials());
    }

    async fn a_login_is_kept_only_in_the_memory_of_the_tab(page: &mut Page) {
        let (_open, _closed, front) = closed();
        page.expect(&front.name);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:1", front.name)).await;
        log_in(page, &front.name, USER, PASSWORD).await;
        page.wait_until_ready().await;
        let stored = page.script("return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])").await;
        let stored = stored.as_str().unwrap_or_default();
        assert!(!stored.contains(PASSWORD) && !stored.contains("dGVzdGVyOmNvc"), "{stored}");
        page.reload().await;
        page.get("dialog", &format!("Log in to {}", front.name)).await;
    }

    async fn a_public_image_is_pulled_with_a_token_and_without_a_login(page: &mut Page) {
        let (_open, _closed, front, endpoint) = behind_tokens(false);
        page.expect(&front.name);
        page.expect(&endpoint.name);
        page.open("").await;
        inspect(page, &format!("{}/public/app:1", front.name)).await;
        page.wait_until_ready().await;
        assert_eq!((with_login(&front), with_login(&endpoint)), (0, 0));
    }

    async fn a_token_endpoint_on_the_registrys_host_gets_the_login_without_a_question(page: &mut Page) {
        let (_open, _closed, front, _) = behind_tokens(true);
        page.expect(&front.name);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:1", front.name)).await;
        log_in(page, &front.name, USER, PASSWORD).await;
        page.wait_until_ready().await;
        let basic: Vec<String> = front.seen().into_iter()
            .filter(|seen| seen.authorization.as_deref() == Some("Basic")).map(|seen| seen.target).collect();
        assert!(!basic.is_empty() && basic.iter().all(|target| target.starts_with("/auth?")), "{basic:?}");
    }

    async fn a_token_endpoint_on_another_host_gets_the_login_only_after_a_question(page: &mut Page) {
        let (_open, _closed, front, endpoint) = behind_tokens(false);
        page.expect(&front.name);
        page.expect(&endpoint.name);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:1", front.name)).await;
        log_in(page, &front.name, USER, PASSWORD).await;
        page.get("dialog", &format!("Send the login to {}?", endpoint.name)).await;
        assert_eq!(with_login(&endpoint), 0, "sent before it was asked");
        page.click("button", "Send").await;
        page.wait_until_ready().await;
        assert!(with_login(&endpoint) > 0);
        assert_eq!(with_login(&front), 0, "the registry gets tokens alone");
    }

    async fn a_login_goes_through_the_proxy_only_after_one_question(page: &mut Page) {
        let (_open, closed, _) = closed();
        page.expect(&closed.name);
        page.site().offer_proxy(&[&closed.name]);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:1", closed.name)).await;
        log_in(page, &closed.name, USER, "wrong").await;
        let sent = |page: &Page| page.site().requests().iter().filter(|r| r.header("authorization").is_some()).count();
        page.get("dialog", "Trust this proxy?").await;
        assert_eq!(sent(page), 0, "sent before it was asked");
        page.click("button", "Trust").await;
        log_in(page, &closed.name, USER, PASSWORD).await;
        page.until("the image, with no more questions", async || {
            assert!(page.all("dialog", "Trust this proxy?").await.is_empty());
            (page.state().await == "ready").then_some(())
        }).await;
        assert!(sent(page) > 0);
    }

    async fn a_login_is_not_sent_to_another_registry_through_the_same_proxy(page: &mut Page) {
        let (open, closed, _) = closed();
        let (first, second) = (Front::of(&closed.name), Front::of(&open.name));
        for front in [&first, &second] {
            page.expect(&front.name);
        }
        page.site().offer_proxy(&[&first.name, &second.name]);
        page.open("").await;
        inspect(page, &format!("{}/{REPOSITORY}:1", first.name)).await;
        log_in(page, &first.name, USER, PASSWORD).await;
        page.click("button", "Trust").await;
        page.wait_until_ready().await;
        assert!(first.saw_credentials());
        inspect(page, &format!("{}/{REPOSITORY}:1", second.name)).await;
        page.wait_for_fragment("the other registry", |link| link.contains(&second.name)).await;
        page.wait_until_ready().await;
        assert!(!second.seen().is_empty() && !second.saw_credentials(), "{:#?}", second.seen());
        let other = format!("/proxy/https/{}/", second.name);
        let told = page.site().requests().into_iter()
            .filter(|r| r.target.contains(&other) && (r.header("authorization").is_some() || r.header("cookie").is_some()));
        assert_eq!(told.count(), 0);
    }
}
