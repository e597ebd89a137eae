//! The registry protocol over answers that others have recorded: which requests, tokens, login questions
//! and pages well-known registries lead to, and what the page tells of their refusals.
//!
//! Source: tests/recorded/README.md, with where each answer was published.

use layerscope::http::{HttpFailure, HttpRequest, HttpResponse, Method, ResponseBody};
use layerscope::oci::{Digest, Reference};
use layerscope::registry::catalog::Catalog;
use layerscope::registry::hub::{Badge, ListHubTags, Search};
use layerscope::registry::platform::Wish;
use layerscope::registry::pull::Pull;
use layerscope::registry::referrers::{ListReferrers, fallback_tag};
use layerscope::registry::tags::Tags;
use layerscope::registry::{
    Call, Credentials, Exchange, ExchangeStep, Operation, OperationRun, OperationStep,
    RegistryClient, RegistryError, Routes,
};
use layerscope::vocabulary::{LoginReason, Question};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/recorded")
}

/// Every answer by its name.
fn recorded() -> BTreeMap<String, Value> {
    let mut answers = BTreeMap::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            for answer in file["answers"].as_array().unwrap() {
                let name = answer["name"].as_str().unwrap().to_owned();
                assert!(answers.insert(name.clone(), answer.clone()).is_none(), "{name} twice");
            }
        }
    }
    answers
}

fn response(name: &str) -> HttpResponse {
    let answers = recorded();
    let answer = answers.get(name).unwrap_or_else(|| panic!("no answer {name}"));
    let pair = |header: &Value| {
        (header[0].as_str().unwrap().to_owned(), header[1].as_str().unwrap().to_owned())
    };
    let body = match &answer["body"] {
        Value::String(text) => text.clone(),
        json => json.to_string(),
    };
    HttpResponse {
        status: answer["status"].as_u64().unwrap() as u16,
        headers: answer["headers"].as_array().unwrap().iter().map(pair).collect(),
        body: body.into_bytes(),
    }
}

/// `GET host/path`, and the scheme of what goes along.
fn line(request: &HttpRequest) -> String {
    let method = if request.method == Method::Head { "HEAD" } else { "GET" };
    let url = request.url.strip_prefix("https://").unwrap_or(&request.url);
    let scheme = request.authorization.as_ref().map(|a| a.expose().split(' ').next().unwrap());
    format!("{method} {url}{}", scheme.map(|scheme| format!(" {scheme}")).unwrap_or_default())
}

/// The expected requests in order, each with the name of its response.
type Table<'a> = std::slice::Iter<'a, (&'a str, &'a str)>;

fn answer(table: &mut Table, request: &HttpRequest) -> Result<HttpResponse, HttpFailure> {
    let (expected, name) = table.next().unwrap_or_else(|| panic!("and {}", line(request)));
    assert_eq!(line(request), *expected);
    match *name {
        // The proxy, for a redirect to a host that is not on its list: proxy/cases.json.
        "refused" => Ok(HttpResponse {
            status: 403,
            headers: vec![("X-Proxy-Error".into(), "host-not-listed".into())],
            body: Vec::new(),
        }),
        name => Ok(response(name)),
    }
}

/// Runs an operation; the user logs in with each of `logins`, and then no more. Also what was asked.
fn run<O: Operation>(
    client: &mut RegistryClient,
    operation: O,
    table: &[(&str, &str)],
    logins: &[(&str, &str)],
) -> (Result<O::Output, RegistryError>, Vec<Question>) {
    let (mut run, mut table, mut logins) =
        (OperationRun::new(operation), table.iter(), logins.iter());
    let mut questions = Vec::new();
    loop {
        match run.step(client, 0) {
            OperationStep::Send(request) => {
                let answer = answer(&mut table, &request);
                run.take(client, answer, 0);
            }
            OperationStep::Ask(question) => {
                match (&question, logins.next()) {
                    (Question::Login { registry, .. }, Some((user, password))) => {
                        client.log_in(registry, Some(Credentials::new(*user, *password)));
                    }
                    _ => run.decline(),
                }
                questions.push(question);
            }
            OperationStep::Cached(_) => run.take_cached(None),
            OperationStep::Done(result) => {
                assert_eq!(table.next(), None, "not asked for");
                return (result, questions);
            }
        }
    }
}

fn direct() -> RegistryClient {
    RegistryClient::new(Routes::new(None))
}

fn pull(name: &str) -> Pull {
    Pull::new(Reference::parse(name).unwrap(), Wish::Preferably(Default::default()))
}

fn login(registry: &str, reason: LoginReason) -> Question {
    Question::Login { registry: registry.to_owned(), reason }
}

/// Code, what was found, advice.
fn told<T: std::fmt::Debug>(result: Result<T, RegistryError>) -> (String, String, String) {
    let problem = result.unwrap_err().problem;
    let advice = problem.advice.unwrap_or_default().into_string();
    (problem.code.to_string(), problem.found.unwrap_or_default().into_string(), advice)
}

#[test]
fn every_answer_names_its_source() {
    let readme = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let answers = recorded();
    for (name, answer) in &answers {
        let text = |key: &str| answer[key].as_str().unwrap_or_default();
        let (kind, source) = (text("kind"), text("source"));
        assert!(matches!(kind, "recorded" | "documented"), "{name}: {kind}");
        assert!(source.starts_with("https://") && !text("asked").is_empty(), "{name}");
        assert!(readme.contains(&format!("| `{name}` | {kind} | <{source}> |")), "{name}");
        response(name);
    }
    let rows = readme.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, answers.len(), "README.md and the files disagree");
}

#[test]
fn docker_hub_s_search_is_read_in_both_forms() {
    let asked = "GET hub.docker.com/api/search/v4?query=qwen&type=image&from=0&size=25";
    let (found, _) =
        run(&mut direct(), Search::new("qwen", 0, 25), &[(asked, "hub-search-v4")], &[]);
    let found = found.unwrap();
    let hit = &found.hits[0];
    assert_eq!((&*hit.name, &*hit.repository, hit.stars), ("nginx", "library/nginx", Some(21268)));
    assert_eq!((hit.badge, &*hit.publisher), (Some(Badge::Official), "Docker, Inc."));
    assert_eq!((&*found.hits[1].name, &*found.hits[1].pulls), ("ai/qwen3", "500K+"));
    assert!(found.hits[2].archived);
    let table = [
        (
            "GET hub.docker.com/api/search/v4?query=mysql&type=image&from=0&size=25",
            "hub-abuse-limited",
        ),
        ("GET index.docker.io/v1/search?q=mysql&n=25", "hub-search-v1"),
    ];
    let found = run(&mut direct(), Search::new("mysql", 0, 25), &table, &[]).0.unwrap();
    let names: Vec<_> = found.hits.iter().map(|hit| (&*hit.name, hit.official)).collect();
    assert_eq!(names, [("mysql", true), ("phpmyadmin", true)]);
    assert_eq!((found.old, found.total), (true, Some(30925)));
    assert_eq!(found.hits[0].pulls, "3282532963");
}

#[test]
fn docker_hub_s_tags_end_at_its_limit_of_pages() {
    let page = |repository: &str, page: u32| {
        format!("GET hub.docker.com/v2/repositories/{repository}/tags?page_size=100&page={page}")
    };
    let list = |repository: &str, number: u32, name: &str| {
        let asked = page(repository, number);
        run(&mut direct(), ListHubTags::new(repository, number, ""), &[(&asked, name)], &[]).0
    };
    let found = list("library/debian", 1, "hub-tags").unwrap();
    let images = found.tags[0].images.iter().map(|i| (i.platform.to_string(), i.size));
    let images: Vec<_> = images.collect();
    assert_eq!(images[0], ("linux/amd64".to_owned(), Some(31_420_038)));
    assert_eq!(images[1].0, "linux/arm/v5");
    assert!(!found.more);
    let found = list("library/node", 1, "hub-tags-without-images").unwrap();
    let tag = &found.tags[0];
    assert_eq!((&*tag.name, &*tag.updated), ("22.18.0-slim", "2025-08-04T15:40:07.906572Z"));
    assert!(tag.digest.is_some() && tag.images.is_empty());
    let (code, found, advice) = told(list("jitsi/jigasi", 11, "hub-tags-too-far"));
    assert_eq!(code, "registry-forbidden");
    assert!(found.ends_with("sign in to page further"), "{found}");
    assert!(advice.starts_with("Filter by a part"), "{advice}");
    // On the first page the same status is a refusal like any other.
    assert!(told(list("jitsi/jigasi", 1, "hub-tags-too-far")).2.starts_with("Log in"));
}

#[test]
fn docker_hub_s_useless_token_leads_to_a_login() {
    let tags = "GET registry-1.docker.io/v2/team/app/tags/list?n=1000";
    let token =
        "GET auth.docker.io/token?service=registry.docker.io&scope=repository%3Ateam/app%3Apull";
    let bearer = format!("{tags} Bearer");
    let table =
        [(tags, "hub-challenge"), (token, "hub-token"), (&bearer, "hub-insufficient-scope")];
    let (result, questions) = run(&mut direct(), Tags::new("docker.io", "team/app"), &table, &[]);
    assert_eq!(questions, [login("docker.io", LoginReason::Needed)]);
    assert_eq!(told(result).0, "registry-unauthorized");
    // The credentials would go to another host than the registry's: that is asked, too.
    let (_, questions) =
        run(&mut direct(), Tags::new("docker.io", "team/app"), &table, &[("u", "p")]);
    let (registry, host) = ("docker.io".to_owned(), "auth.docker.io".to_owned());
    assert_eq!(questions[1], Question::TokenHost { registry, host });
}

#[test]
fn docker_hub_s_rate_limit_is_a_problem_with_advice() {
    let mut client = direct();
    let manifests = "registry-1.docker.io/v2/ratelimitpreview/test/manifests/";
    let digest = "sha256:c2d41d2ba6d8b7b4a3ffec621578eb4d9a0909df29dfa2f6fd8a2e5fd0836aed";
    let (head, get) = (format!("HEAD {manifests}latest"), format!("GET {manifests}{digest}"));
    let table = [(&*head, "hub-manifest-head"), (&*get, "hub-rate-limited")];
    let (code, found, advice) =
        told(run(&mut client, pull("ratelimitpreview/test"), &table, &[]).0);
    assert_eq!(code, "registry-rate-limited");
    assert!(found.contains("429") && found.contains("unauthenticated pull rate limit"), "{found}");
    assert!(advice.contains("A login usually raises the limit."), "{advice}");
    let limit = client.rate_limit("registry-1.docker.io").unwrap();
    assert_eq!((limit.limit, limit.remaining, limit.window), (Some(100), Some(0), Some(21600)));
}

#[test]
fn docker_hub_never_lists_repositories() {
    let asked = "GET registry-1.docker.io/v2/_catalog?n=1000";
    let token =
        "GET auth.docker.io/token?service=registry.docker.io&scope=registry%3Acatalog%3A%2A";
    let bearer = format!("{asked} Bearer");
    let table =
        [(asked, "hub-catalog-challenge"), (token, "hub-token"), (&*bearer, "hub-catalog-refused")];
    let (result, questions) = run(&mut direct(), Catalog::new("docker.io"), &table, &[]);
    assert_eq!(questions, [login("docker.io", LoginReason::Needed)]);
    assert_eq!(told(result).0, "registry-unauthorized");
}

const GHCR: &str = "ghcr.io/v2/mic92/niks3/";
const GHCR_TOKEN: &str = "GET ghcr.io/token?service=ghcr.io&scope=repository%3Amic92/niks3%3Apull";

#[test]
fn github_gives_everybody_a_token_and_honours_accept() {
    let head = format!("HEAD {GHCR}manifests/v1.2.0");
    let (again, get) = (format!("{head} Bearer"), format!("GET {GHCR}manifests/v1.2.0 Bearer"));
    let table = [
        (&*head, "ghcr-challenge"),
        (GHCR_TOKEN, "ghcr-token"),
        // Asked for an index, then for a manifest: the token is kept.
        (&*again, "ghcr-index-not-accepted"),
        (&*again, "ghcr-index-not-accepted"),
        (&*get, "ghcr-index-not-accepted"),
        (&*get, "ghcr-index-not-accepted"),
    ];
    let (result, questions) = run(&mut direct(), pull("ghcr.io/mic92/niks3:v1.2.0"), &table, &[]);
    assert_eq!(questions, []);
    let (code, found, _) = told(result);
    assert_eq!(code, "registry-not-found");
    assert!(found.contains("MANIFEST_UNKNOWN: OCI index found"), "{found}");
}

#[test]
fn github_s_403_from_the_token_endpoint_asks_for_a_login() {
    let tags = format!("GET {GHCR}tags/list?n=1000");
    let basic = format!("{GHCR_TOKEN} Basic");
    let table = [
        (&*tags, "ghcr-challenge"),
        (GHCR_TOKEN, "ghcr-token-denied"),
        (&*basic, "ghcr-token-denied"),
    ];
    let (_, questions) =
        run(&mut direct(), Tags::new("ghcr.io", "mic92/niks3"), &table, &[("u", "old")]);
    let reasons = [LoginReason::Needed, LoginReason::Wrong];
    assert_eq!(questions, reasons.map(|reason| login("ghcr.io", reason)));
}

#[test]
fn github_s_redirect_of_referrers_to_its_site_counts_as_no_api() {
    const PROXY: &str = "https://page.example/p";
    let mut client = RegistryClient::new(Routes::new(Some(PROXY)).proxy_only());
    assert!(response("ghcr-referrers").header("location").unwrap().contains("//github.com/"));
    let subject = Digest::of(b"image");
    let proxied = format!("GET page.example/p/https/{GHCR}");
    let api = format!("{proxied}referrers/{subject}");
    let tag = format!("{proxied}manifests/{}", fallback_tag(&subject));
    let list = || ListReferrers::new("ghcr.io", "mic92/niks3", subject.clone());
    let table = [(&*api, "refused"), (&*tag, "oci-referrers")];
    let found = run(&mut client, list(), &table, &[]).0.unwrap();
    assert_eq!((found.by_api, found.descriptors.len()), (false, 1));
    assert_eq!(found.descriptors[0].artifact_type, "application/vnd.example.sbom.v1");
    let table = [(&*api, "refused"), (&*tag, "oci-not-found")];
    assert_eq!(run(&mut client, list(), &table, &[]).0.unwrap().descriptors, []);
    // A host that the proxy refuses as a whole is told.
    let table = [(&*api, "refused"), (&*tag, "refused")];
    assert_eq!(told(run(&mut client, list(), &table, &[]).0).0, "registry-proxy");
}

#[test]
fn a_cached_token_refused_without_a_challenge_is_renewed() {
    for (registry, repository, [challenge, token, refusal], token_path) in [
        (
            "public.ecr.aws",
            "docker/library/alpine",
            ["ecr-public-challenge", "ecr-public-token", "ecr-public-bad-token"],
            "public.ecr.aws/token/?service=public.ecr.aws&scope=aws",
        ),
        (
            "ghcr.io",
            "mic92/niks3",
            ["ghcr-challenge", "ghcr-token", "ghcr-invalid-token"],
            &GHCR_TOKEN["GET ".len()..],
        ),
    ] {
        let mut client = direct();
        let tags = format!("GET {registry}/v2/{repository}/tags/list?n=1000");
        let (bearer, token_path) = (format!("{tags} Bearer"), format!("GET {token_path}"));
        let fresh = [(&*tags, challenge), (&*token_path, token), (&*bearer, "ecr-public-tags")];
        let list = || Tags::new(registry, repository);
        let found = run(&mut client, list(), &fresh, &[]).0.unwrap();
        assert_eq!(found.tags.len(), 6);
        let table = [&[(&*bearer, refusal)][..], &fresh].concat();
        assert_eq!(run(&mut client, list(), &table, &[]).0.unwrap(), found);
        // A fresh token that is refused ends it.
        let table = [(&*bearer, refusal), fresh[0], fresh[1], (&*bearer, refusal)];
        assert!(run(&mut client, list(), &table, &[]).0.is_err());
    }
}

#[test]
fn quay_s_lists_continue_by_its_own_page_tokens() {
    let mut client = direct();
    for (name, repository, next) in [
        (
            "quay-tags-next-page",
            "invisionag/yet-another-cloudwatch-exporter",
            "next_page=gAAAAABg1i7jwRsgyD_X_wcMmj11T0waURK8w2MpuKG3a5B5C_iWzc1YMHTRDAPiwnqT4s0gkVdH7tUbc5HlXy7RxT139fZABKiEw7vtjNWj8D8dSAAy-fQ%3D&n=50",
        ),
        ("quay-tags-last", "keycloak/keycloak", "n=100&last=23.0.4-0"),
        (
            "quay-tags-old",
            "coreos/etcd",
            "next_page=gAAAAABYF4XlRL00UY6caJ4wGdywTryh8c_MpJfbRTEhQ6e-X4D9MnzHxe0V6UbhxqtGJBqjOvo8_LSmCqOccyvjPs8T4rR0Sw%3D%3D&n=50",
        ),
    ] {
        let list = format!("GET quay.io/v2/{repository}/tags/list");
        let (first, second) = (format!("{list}?n=1000"), format!("{list}?{next}"));
        let table = [(&*first, name), (&*second, "quay-tags-end")];
        let found = run(&mut client, Tags::new("quay.io", repository), &table, &[]).0.unwrap();
        assert!(found.tags.contains(&"25.0.2".to_owned()), "{name}");
    }
    let tags = "GET quay.io/v2/team/app/tags/list?n=1000";
    let token = "GET quay.io/v2/auth?service=quay.io&scope=repository%3Ateam/app%3Apull";
    let bearer = format!("{tags} Bearer");
    // Its challenge may name no scope.
    let table = [(tags, "quay-challenge"), (token, "ghcr-token"), (&bearer, "quay-unauthorized")];
    let (_, questions) = run(&mut client, Tags::new("quay.io", "team/app"), &table, &[]);
    assert_eq!(questions, [login("quay.io", LoginReason::Needed)]);
}

#[test]
fn amazon_needs_the_password_itself_and_a_new_one_every_day() {
    const ECR: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
    let list = || Tags::new(ECR, "team/app");
    let tags = format!("GET {ECR}/v2/team/app/tags/list?n=1000");
    let basic = format!("{tags} Basic");
    let next = format!("GET {ECR}/v2/team/app/tags/list?last=LONGSTRINGWITHIDSANDSTUFF Basic");
    let mut client = direct();
    let table = [(&*tags, "ecr-challenge"), (&basic, "ecr-tags"), (&next, "ecr-tags-end")];
    let (found, questions) = run(&mut client, list(), &table, &[("AWS", "today")]);
    assert_eq!(questions, [login(ECR, LoginReason::Needed)]);
    assert_eq!(found.unwrap().tags.len(), 8);
    let (code, found, advice) = told(run(&mut client, list(), &[(&basic, "ecr-expired")], &[]).0);
    assert_eq!(code, "registry-forbidden");
    assert!(found.contains("Your authorization token has expired."), "{found}");
    assert!(advice.starts_with("Log in, again"), "{advice}");
    let (code, found, _) = told(run(&mut client, list(), &[(&basic, "ecr-no-repository")], &[]).0);
    assert_eq!(code, "registry-not-found");
    assert!(found.contains("NAME_UNKNOWN: The repository with name 'team/app'"), "{found}");
    let wrong = [(&*tags, "ecr-challenge"), (&basic, "ecr-challenge")];
    let (_, questions) = run(&mut direct(), list(), &wrong, &[("AWS", "wrong")]);
    assert_eq!(questions[1], login(ECR, LoginReason::Wrong));
    let limited = "GET public.ecr.aws/v2/a/b/tags/list?n=1000";
    let table = [(limited, "ecr-public-rate-limited")];
    let (code, found, _) =
        told(run(&mut direct(), Tags::new("public.ecr.aws", "a/b"), &table, &[]).0);
    assert_eq!((&*code, found.ends_with("Rate exceeded")), ("registry-rate-limited", true));
}

#[test]
fn google_s_refusals_come_from_the_token_endpoint() {
    let tags = "GET gcr.io/v2/foo/addon-resizer/tags/list?n=1000";
    let list = || Tags::new("gcr.io", "foo/addon-resizer");
    let found = run(&mut direct(), list(), &[(tags, "gcr-tags")], &[]).0.unwrap();
    assert_eq!(found.tags.len(), 2);
    let folder = [("GET gcr.io/v2/foo/tags/list?n=1000", "gcr-folder")];
    let found = run(&mut direct(), Tags::new("gcr.io", "foo"), &folder, &[]).0.unwrap();
    assert_eq!(found.tags, [""; 0]);
    // A page of HTML is a refusal like any other, and none of it is shown.
    let (code, found, _) = told(run(&mut direct(), list(), &[(tags, "gcr-html")], &[]).0);
    assert_eq!((&*code, &*found), ("registry-forbidden", "status 403 from gcr.io"));
    let host = "europe-west1-docker.pkg.dev";
    let tags = format!("GET {host}/v2/wa4x-160521/backend/tags/list?n=1000");
    let token =
        format!("GET {host}/v2/token?service={host}&scope=repository%3Awa4x-160521/backend%3Apull");
    for refusal in ["gar-token-denied", "gcr-unauthorized"] {
        let table = [(&*tags, "gar-challenge"), (&token, refusal)];
        let list = Tags::new(host, "wa4x-160521/backend");
        let (_, questions) = run(&mut direct(), list, &table, &[]);
        assert_eq!(questions, [login(host, LoginReason::Needed)]);
    }
}

const ACR: &str = "myregistry.azurecr.io";
const READ: &str = "GET myregistry.azurecr.io/oauth2/token?service=myregistry.azurecr.io\
    &scope=repository%3Alibrary/hello-world%3Ametadata_read";

#[test]
fn azure_s_lists_continue_and_its_tokens_have_another_name() {
    let tags = format!("GET {ACR}/v2/library/hello-world/tags/list?n=1000");
    let (bearer, next) = (
        format!("{tags} Bearer"),
        format!("GET {ACR}/v2/library/hello-world/tags/list?last=v1&n=2&orderby= Bearer"),
    );
    let table = [
        (&*tags, "acr-challenge"),
        (READ, "acr-token"),
        (&bearer, "acr-tags"),
        (&next, "acr-tags-end"),
    ];
    let list = Tags::new(ACR, "library/hello-world");
    let found = run(&mut direct(), list, &table, &[]).0.unwrap();
    assert_eq!(found.tags.len(), 4);
    let all = format!("GET {ACR}/v2/_catalog?n=1000");
    let (bearer, next) = (
        format!("{all} Bearer"),
        format!("GET {ACR}/v2/_catalog?last=busybox&n=1&orderby= Bearer"),
    );
    let token = format!("GET {ACR}/oauth2/token?service={ACR}&scope=registry%3Acatalog%3A%2A");
    let table = [
        (&*all, "acr-catalog-challenge"),
        (&token, "acr-token"),
        (&bearer, "acr-catalog"),
        (&next, "acr-catalog-end"),
    ];
    let found = run(&mut direct(), Catalog::new(ACR), &table, &[]).0.unwrap();
    assert_eq!(found, ["busybox", "hello-world"]);
}

/// Azure asks for `metadata_read` where others ask for `pull`; a request for a manifest and one for
/// tags, under way at once, must not take each other's token for their own and ask for a login.
#[test]
fn two_requests_whose_tokens_differ_do_not_disturb_each_other() {
    let mut client = direct();
    let get = |path: &str| {
        let path = format!("/v2/library/hello-world/{path}");
        Call::pull(ACR, "library/hello-world", path, ResponseBody::Keep(1000))
    };
    let (mut tags, mut manifest) =
        (Exchange::new(get("tags/list")), Exchange::new(get("manifests/latest")));
    let send = |client: &mut RegistryClient, exchange: &mut Exchange| match exchange.step(client, 0)
    {
        ExchangeStep::Send(request) => request,
        other => panic!("{other:?}"),
    };
    for (exchange, challenge, token) in
        [(&mut tags, "acr-challenge", "metadata"), (&mut manifest, "acr-challenge-pull", "pull")]
    {
        send(&mut client, exchange);
        exchange.take(&mut client, Ok(response(challenge)), 0);
        assert!(send(&mut client, exchange).url.contains(token));
    }
    for (exchange, token) in [(&mut tags, "metadata"), (&mut manifest, "pull")] {
        let body = format!(r#"{{"access_token":"{token}"}}"#).into_bytes();
        exchange.take(&mut client, Ok(HttpResponse { body, ..response("acr-token") }), 0);
    }
    for (exchange, token) in [(&mut tags, "metadata"), (&mut manifest, "pull")] {
        let request = send(&mut client, exchange);
        assert_eq!(request.authorization.unwrap().expose(), format!("Bearer {token}"));
    }
}

#[test]
fn microsoft_s_registry_refuses_tags_and_lists_in_two_forms() {
    let manifests = "mcr.microsoft.com/v2/hello-world/manifests/1.1.2";
    let (head, get) = (format!("HEAD {manifests}"), format!("GET {manifests}"));
    let table =
        [(&*head, "mcr-no-tag"), (&head, "mcr-no-tag"), (&get, "mcr-no-tag"), (&get, "mcr-no-tag")];
    let wanted = pull("mcr.microsoft.com/hello-world:1.1.2");
    let (code, found, _) = told(run(&mut direct(), wanted, &table, &[]).0);
    assert_eq!(code, "registry-not-found");
    assert!(found.ends_with(r#"manifest tagged by "1.1.2" is not found"#), "{found}");
    let list = "GET mcr.microsoft.com/v2/mssql/tools/tags/list?n=1000";
    let tags = Tags::new("mcr.microsoft.com", "mssql/tools");
    let (code, found, _) = told(run(&mut direct(), tags, &[(list, "mcr-no-list")], &[]).0);
    assert_eq!((&*code, &*found), ("registry-not-found", "status 404 from mcr.microsoft.com"));
}

#[test]
fn gitlab_s_token_endpoint_is_on_another_host() {
    let tags = "GET registry.gitlab.com/v2/group/module/tags/list?n=1000";
    let token =
        "GET gitlab.com/jwt/auth?service=container_registry&scope=repository%3Agroup/module%3Apull";
    let bearer = format!("{tags} Bearer");
    let list = || Tags::new("registry.gitlab.com", "group/module");
    let table = [(tags, "gitlab-challenge"), (token, "ghcr-token"), (&bearer, "gitlab-tags")];
    assert_eq!(run(&mut direct(), list(), &table, &[]).0.unwrap().tags, ["latest"]);
    let table = [(tags, "gitlab-challenge"), (token, "gitlab-token-denied")];
    let (_, questions) = run(&mut direct(), list(), &table, &[]);
    assert_eq!(questions, [login("registry.gitlab.com", LoginReason::Needed)]);
}

#[test]
fn self_hosted_registries_name_their_token_endpoints() {
    for (registry, challenge, token) in [
        (
            "192.168.56.101",
            "harbor-challenge",
            "192.168.56.101/service/token?service=harbor-registry&scope=repository%3Aansible%3Apull",
        ),
        (
            "registry.mydomain.com",
            "distribution-challenge",
            "sso.mydomain.com/realms/registry/protocol/docker-v2/auth?service=registry&scope=repository%3Aansible%3Apull",
        ),
    ] {
        let tags = format!("GET {registry}/v2/ansible/tags/list?n=1000");
        let (bearer, token) = (format!("{tags} Bearer"), format!("GET {token}"));
        let table = [(&*tags, challenge), (&token, "ghcr-token"), (&bearer, "gitlab-tags")];
        let found = run(&mut direct(), Tags::new(registry, "ansible"), &table, &[]).0;
        assert_eq!(found.unwrap().tags, ["latest"]);
    }
    // Plain HTTP for a token is for this machine alone, whatever the challenge says.
    let tags = "GET zot.example/v2/a/tags/list?n=1000";
    let (result, _) =
        run(&mut direct(), Tags::new("zot.example", "a"), &[(tags, "zot-challenge")], &[]);
    assert_eq!(told(result).0, "registry-challenge");
    let manifests = "harbor.myreg.org/v2/xyz/coreos/prometheus-operator/manifests/v0.38.0";
    let (head, get) = (format!("HEAD {manifests}"), format!("GET {manifests}"));
    let name = "harbor-not-found";
    let table = [(&*head, name), (&head, name), (&get, name), (&get, name)];
    let wanted = pull("harbor.myreg.org/xyz/coreos/prometheus-operator:v0.38.0");
    let (code, found, _) = told(run(&mut direct(), wanted, &table, &[]).0);
    assert_eq!(code, "registry-not-found");
    assert!(found.contains("NOT_FOUND: artifact xyz/coreos/"), "{found}");
}

/// Where registry.k8s.io leads is on the proxy's list, which follows it; nothing of it is the page's.
#[test]
fn redirects_of_registry_k8s_io_are_on_the_proxy_s_list() {
    let redirect = response("k8s-redirect");
    let host = redirect.header("location").unwrap().split('/').nth(2).unwrap();
    assert!(host.ends_with("-docker.pkg.dev"));
    let path = folder().join("../../proxy/hosts.json");
    let hosts: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let listed = hosts["redirected"].as_array().unwrap();
    assert!(listed.iter().any(|entry| entry["host"] == "*-docker.pkg.dev"));
}
