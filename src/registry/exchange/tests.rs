//! An exchange against drawn hosts: which requests it makes, by which way, and how it ends.

use super::*;
use crate::registry::auth::Credentials;
use crate::registry::endpoint::Routes;
use crate::registry::errors::Retry;

type HostAnswer = Result<HttpResponse, HttpFailure>;

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> HostAnswer {
    let headers = headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Ok(HttpResponse { status, headers, body: body.as_bytes().to_vec() })
}

fn call(registry: &str) -> Call {
    let call = Call::pull(registry, "a/b", "/v2/a/b/manifests/1".into(), ResponseBody::Keep(10));
    Call { accept: Some("short"), accept_proxied: Some("long"), ..call }
}

/// Runs a call to its end: `host` answers by address, `user` answers questions. What was sent and
/// asked comes as lines.
fn run(
    client: &mut RegistryClient,
    call: Call,
    host: impl Fn(&HttpRequest) -> HostAnswer,
    user: impl Fn(&UserQuestion, &mut RegistryClient) -> bool,
) -> (Vec<String>, Result<HttpResponse, RegistryError>) {
    let (mut exchange, mut lines) = (Exchange::new(call), Vec::new());
    for _ in 0..30 {
        match exchange.step(client, 0) {
            ExchangeStep::Send(request) => {
                let login = match request.authorization.as_ref().map(|a| a.expose()) {
                    Some(value) => format!(" {}", value.split(' ').next().unwrap()),
                    None => String::new(),
                };
                let probe = if request.opaque { " probe" } else { "" };
                lines.push(format!("{}{login}{probe}", request.url));
                let result = host(&request);
                exchange.take(client, result, 0);
            }
            ExchangeStep::Ask(question) => {
                lines.push(format!("{question:?}").split(' ').next().unwrap().to_owned());
                if !user(&question, client) {
                    exchange.decline();
                }
            }
            ExchangeStep::Done(result) => return (lines, result),
        }
    }
    panic!("it never ends: {lines:?}");
}

const PROXY: &str = "https://page.example/p";
const BEARER: (&str, &str) = (
    "www-authenticate",
    r#"Bearer realm="https://auth.example/t",service="s",scope="repository:a/b:pull""#,
);

fn nobody(question: &UserQuestion, _: &mut RegistryClient) -> bool {
    panic!("{question:?}")
}

#[test]
fn a_host_without_cors_headers_is_asked_through_the_proxy_and_that_is_remembered() {
    let mut client = RegistryClient::new(Routes::new(Some(PROXY)));
    let host = |request: &HttpRequest| match request.url.starts_with(PROXY) {
        true => {
            assert_eq!(request.headers[0].1, "long");
            answer(200, &[], "")
        }
        false => {
            assert_eq!(request.headers[0].1, "short");
            Err(HttpFailure::Network)
        }
    };
    let direct = "https://r.example/v2/a/b/manifests/1";
    let proxied = "https://page.example/p/https/r.example/v2/a/b/manifests/1";
    let (lines, result) = run(&mut client, call("r.example"), host, nobody);
    assert_eq!((lines, result.unwrap().status), (vec![direct.into(), proxied.into()], 200));
    let (lines, _) = run(&mut client, call("r.example"), host, nobody);
    assert_eq!(lines, [proxied]);
}

#[test]
fn without_a_proxy_a_probe_tells_cors_from_a_host_that_is_down() {
    for (answers, code) in [(true, "registry-cors"), (false, "registry-unreachable")] {
        let mut client = RegistryClient::new(Routes::new(None));
        let host = |request: &HttpRequest| match request.opaque && answers {
            true => answer(0, &[], ""),
            false => Err(HttpFailure::Network),
        };
        let (lines, result) = run(&mut client, call("r.example"), host, nobody);
        assert_eq!(lines[1], "https://r.example/v2/ probe");
        assert_eq!(result.unwrap_err().problem.code, code);
    }
}

#[test]
fn a_host_that_refuses_the_preflight_of_a_login_is_not_said_to_send_no_cors_headers() {
    let mut client = RegistryClient::new(Routes::new(None));
    let host = |request: &HttpRequest| match (&request.authorization, request.opaque) {
        (Some(_), _) => Err(HttpFailure::Network),
        (None, true) => answer(0, &[], ""),
        (None, false) => answer(401, &[("www-authenticate", r#"Basic realm="r""#)], ""),
    };
    let login = |question: &UserQuestion, client: &mut RegistryClient| match question {
        UserQuestion::Login { registry, .. } => {
            client.log_in(registry, Some(Credentials::new("me", "secret")));
            true
        }
        _ => panic!("{question:?}"),
    };
    let (_, result) = run(&mut client, call("r.example"), host, login);
    let problem = result.unwrap_err().problem;
    assert_eq!(problem.code, "registry-cors");
    assert!(problem.message.to_string().contains("preflight"), "{problem}");
    assert!(!problem.message.to_string().contains("CORS headers"), "{problem}");
}

#[test]
fn loopback_is_asked_by_https_and_then_by_http() {
    // A browser without a network says so of this machine, too.
    for failure in [HttpFailure::Network, HttpFailure::Offline] {
        let mut client = RegistryClient::new(Routes::new(None));
        let host = |request: &HttpRequest| match request.url.starts_with("http:") {
            true => answer(200, &[], ""),
            false => Err(failure),
        };
        let (lines, _) = run(&mut client, call("localhost:5000"), host, nobody);
        assert_eq!(lines[1], "http://localhost:5000/v2/a/b/manifests/1");
        let (lines, _) = run(&mut client, call("localhost:5000"), host, nobody);
        assert_eq!(lines.len(), 1);
    }
    let mut client = RegistryClient::new(Routes::new(None));
    let offline = |_: &HttpRequest| Err(HttpFailure::Offline);
    let (lines, result) = run(&mut client, call("r.example"), offline, nobody);
    assert_eq!((lines.len(), &*result.unwrap_err().problem.code), (1, "registry-offline"));
}

#[test]
fn a_refusal_of_the_proxy_is_not_taken_for_the_registry_s() {
    let mut client = RegistryClient::new(Routes::new(Some(PROXY)));
    let host = |request: &HttpRequest| match request.url.starts_with(PROXY) {
        true => answer(403, &[("X-Proxy-Error", "host-not-listed")], ""),
        false => Err(HttpFailure::Network),
    };
    let (_, result) = run(&mut client, call("r.example"), host, nobody);
    let error = result.unwrap_err();
    assert_eq!((&*error.problem.code, error.retry), ("registry-proxy", Retry::Never));
    // Directly, the header is the registry's own and says nothing.
    let host = |_: &HttpRequest| answer(403, &[("X-Proxy-Error", "x")], "");
    let (_, result) = run(&mut client, call("other.example"), host, nobody);
    assert_eq!(result.unwrap().status, 403);
}

#[test]
fn an_anonymous_token_is_fetched_once() {
    let mut client = RegistryClient::new(Routes::new(None));
    let host = |request: &HttpRequest| match (&request.authorization, &request.url) {
        (_, url) if url.starts_with("https://auth.example/") => {
            answer(200, &[], r#"{"token":"t"}"#)
        }
        (Some(_), _) => answer(200, &[], ""),
        (None, _) => answer(401, &[BEARER], ""),
    };
    let manifest = "https://r.example/v2/a/b/manifests/1";
    let token = "https://auth.example/t?service=s&scope=repository%3Aa/b%3Apull";
    let (lines, _) = run(&mut client, call("r.example"), host, nobody);
    assert_eq!(lines, [manifest, token, &format!("{manifest} Bearer")]);
    let (lines, _) = run(&mut client, call("r.example"), host, nobody);
    assert_eq!(lines, [format!("{manifest} Bearer")]);
}

#[test]
fn a_hidden_challenge_is_looked_up_through_the_proxy() {
    let mut client = RegistryClient::new(Routes::new(Some(PROXY)));
    let host = |request: &HttpRequest| match request.authorization {
        _ if request.url.contains("auth.example") => answer(200, &[], r#"{"token":"t"}"#),
        Some(_) => answer(200, &[], ""),
        None if request.url.starts_with(PROXY) => {
            answer(401, &[("X-Registry-Authenticate", BEARER.1)], "")
        }
        None => answer(401, &[], ""),
    };
    let (lines, result) = run(&mut client, call("r.example"), host, nobody);
    assert_eq!(result.unwrap().status, 200);
    assert!(lines[1].starts_with(PROXY), "{lines:?}");
}

#[test]
fn credentials_wait_for_the_user_s_word_on_host_and_proxy() {
    let mut client = RegistryClient::new(Routes::new(Some(PROXY)).proxy_only());
    client.log_in("r.example", Some(Credentials::new("u", "p")));
    let host = |request: &HttpRequest| match request.authorization {
        _ if request.url.contains("auth.example") => answer(200, &[], r#"{"token":"t"}"#),
        Some(_) => answer(200, &[], ""),
        None => answer(401, &[BEARER], ""),
    };
    let user = |question: &UserQuestion, client: &mut RegistryClient| {
        match question {
            UserQuestion::TokenHost { registry, host } => client.approve(registry, host),
            UserQuestion::TrustProxy { proxy, .. } => {
                assert_eq!(proxy, PROXY);
                client.trust_proxy();
            }
            UserQuestion::Login { .. } => return false,
        }
        true
    };
    let (lines, _) = run(&mut client, call("r.example"), host, user);
    let words: Vec<_> = lines.iter().map(|line| line.split('/').next().unwrap()).collect();
    assert_eq!(words, ["https:", "TokenHost", "TrustProxy", "https:", "https:"]);
    assert!(lines[3].ends_with(" Basic") && lines[4].ends_with(" Bearer"));
    // Another registry gets nothing of it, and who declines sends nothing.
    let (lines, _) = run(&mut client, call("other.example"), host, |_, _| false);
    assert!(!lines.iter().any(|line| line.ends_with("Basic")), "{lines:?}");
    client.log_in("r.example", Some(Credentials::new("u", "p")));
    let (lines, result) = run(&mut client, call("r.example"), host, |_, _| false);
    assert_eq!(result.unwrap_err().problem.code, "registry-not-agreed");
    assert!(!lines.iter().any(|line| line.ends_with("Basic")), "{lines:?}");
}

#[test]
fn a_registry_that_refuses_every_token_ends_in_a_login() {
    let mut client = RegistryClient::new(Routes::new(None));
    let host = |request: &HttpRequest| match request.url.contains("auth.example") {
        true => answer(200, &[], r#"{"token":"t"}"#),
        false => answer(401, &[BEARER], ""),
    };
    let (lines, result) = run(&mut client, call("r.example"), host, |_, _| false);
    assert_eq!(lines.last().unwrap(), "Login");
    assert_eq!(result.unwrap_err().problem.code, "registry-unauthorized");
    // A realm that may not be asked is not asked.
    let wrong = [("www-authenticate", r#"Bearer realm="http://r.example/t""#)];
    let (lines, result) = run(&mut client, call("x.example"), |_| answer(401, &wrong, ""), nobody);
    assert_eq!((lines.len(), &*result.unwrap_err().problem.code), (1, "registry-challenge"));
}

/// What Harbor says to a token that it does not take.
const HARBOR: (&str, &str) = ("www-authenticate", r#"Basic realm="harbor""#);

/// Logs in with the right password; never twice.
fn once(question: &UserQuestion, client: &mut RegistryClient) -> bool {
    match question {
        UserQuestion::TokenHost { registry, host } => client.approve(registry, host),
        question => panic!("{question:?}"),
    }
    true
}

fn logged_in() -> RegistryClient {
    let mut client = RegistryClient::new(Routes::new(None));
    client.log_in("r.example", Some(Credentials::new("u", "p")));
    client
}

fn scheme(request: &HttpRequest) -> Option<&str> {
    request.authorization.as_ref()?.expose().split(' ').next()
}

#[test]
fn credentials_are_sent_themselves_where_a_token_of_them_is_refused() {
    // The registry refuses the token; or the token endpoint does.
    for token_status in [200, 401] {
        let host = |request: &HttpRequest| match scheme(request) {
            _ if request.url.contains("auth.example") => {
                answer(token_status, &[HARBOR], r#"{"token":"t"}"#)
            }
            None => answer(401, &[BEARER], ""),
            Some("Bearer") => answer(401, &[HARBOR], ""),
            Some(_) => answer(200, &[], ""),
        };
        let mut client = logged_in();
        let (lines, result) = run(&mut client, call("r.example"), host, once);
        assert_eq!(result.unwrap().status, 200, "{lines:?}");
        let basic = "https://r.example/v2/a/b/manifests/1 Basic";
        assert_eq!(lines.iter().filter(|line| *line == basic).count(), 1, "{lines:?}");
        // The next call knows it.
        let (lines, result) = run(&mut client, call("r.example"), host, nobody);
        assert_eq!((lines, result.unwrap().status), (vec![basic.to_owned()], 200));
    }
}

#[test]
fn a_password_that_was_good_for_a_token_is_not_called_wrong() {
    for (token_status, reason) in [(200, LoginReason::Denied), (401, LoginReason::Wrong)] {
        let host = |request: &HttpRequest| match scheme(request) {
            _ if request.url.contains("auth.example") => {
                answer(token_status, &[HARBOR], r#"{"token":"t"}"#)
            }
            None => answer(401, &[BEARER], ""),
            Some(_) => answer(401, &[HARBOR], ""),
        };
        let asked = std::cell::RefCell::new(Vec::new());
        let user = |question: &UserQuestion, client: &mut RegistryClient| match question {
            UserQuestion::TokenHost { registry, host } => {
                client.approve(registry, host);
                true
            }
            question => {
                asked.borrow_mut().push(question.clone());
                false
            }
        };
        let (lines, result) = run(&mut logged_in(), call("r.example"), host, user);
        assert_eq!(result.unwrap_err().problem.code, "registry-unauthorized");
        let registry = "r.example".to_owned();
        assert_eq!(asked.into_inner(), [UserQuestion::Login { registry, reason }]);
        let sent = |end: &str| {
            let calls = lines.iter().filter(|line| line.contains("/manifests/"));
            calls.filter(|line| line.ends_with(end)).count()
        };
        assert_eq!(sent(" Basic"), 1, "{lines:?}");
    }
}
