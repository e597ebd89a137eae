//! Runs an operation against recorded responses: the requests must come in the expected order.

use layerscope::http::{HttpFailure, HttpRequest, HttpResponse, Method};
use layerscope::oci::Reference;
use layerscope::registry::platform::Wish;
use layerscope::registry::pull::Pull;
use layerscope::registry::{
    Credentials, Operation, OperationRun, OperationStep, RegistryClient, RegistryError, Routes,
};
use layerscope::vocabulary::{LoginReason, UserQuestion};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

pub(super) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/recorded")
}

/// Every recorded response by its name.
pub(super) fn recorded() -> BTreeMap<String, Value> {
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

pub(super) fn response(name: &str) -> HttpResponse {
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

/// `GET host/path`, and the scheme of the credentials.
pub(super) fn line(request: &HttpRequest) -> String {
    let method = if request.method == Method::Head { "HEAD" } else { "GET" };
    let url = request.url.strip_prefix("https://").unwrap_or(&request.url);
    let scheme = request.authorization.as_ref().map(|a| a.expose().split(' ').next().unwrap());
    format!("{method} {url}{}", scheme.map(|scheme| format!(" {scheme}")).unwrap_or_default())
}

/// The expected requests in order, each with the name of its response.
pub(super) type Table<'a> = std::slice::Iter<'a, (&'a str, &'a str)>;

pub(super) fn answer(
    table: &mut Table,
    request: &HttpRequest,
) -> Result<HttpResponse, HttpFailure> {
    let (expected, name) = table.next().unwrap_or_else(|| panic!("and {}", line(request)));
    assert_eq!(line(request), *expected);
    match *name {
        // The proxy's response to a redirect to a host that is not on its list: proxy/cases.json.
        "refused" => Ok(HttpResponse {
            status: 403,
            headers: vec![("X-Proxy-Error".into(), "host-not-listed".into())],
            body: Vec::new(),
        }),
        name => Ok(response(name)),
    }
}

/// Runs an operation; the user logs in with each of `logins`, then declines. Also returns the questions.
pub(super) fn run<O: Operation>(
    client: &mut RegistryClient,
    operation: O,
    table: &[(&str, &str)],
    logins: &[(&str, &str)],
) -> (Result<O::Output, RegistryError>, Vec<UserQuestion>) {
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
                    (UserQuestion::Login { registry, .. }, Some((user, password))) => {
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

pub(super) fn direct() -> RegistryClient {
    RegistryClient::new(Routes::new(None))
}

pub(super) fn pull(name: &str) -> Pull {
    Pull::new(Reference::parse(name).unwrap(), Wish::Preferably(Default::default()))
}

pub(super) fn login(registry: &str, reason: LoginReason) -> UserQuestion {
    UserQuestion::Login { registry: registry.to_owned(), reason }
}

/// A problem's code, what was found, and the advice.
pub(super) fn told<T: std::fmt::Debug>(
    result: Result<T, RegistryError>,
) -> (String, String, String) {
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
