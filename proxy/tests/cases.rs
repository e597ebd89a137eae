//! Tests the server with the table of cases (proxy/cases.json), and the edge script too. Each case is a request on a raw
//! connection, each registry an upstream on loopback.

mod support;

use std::collections::{HashMap, HashSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use layerscope_proxy::{InsecureHost, RootCertStore};
use serde::Deserialize;
use support::{Internet, Reply, Upstream, UpstreamBody, exchange, proxy, request};

#[derive(Deserialize)]
struct Table {
    config: Settings,
    network: Names,
    upstream: HashMap<String, Said>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    prefix: String,
    host_names: Vec<String>,
    origins: Vec<String>,
    insecure: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Names {
    names: HashMap<String, VecDeque<Vec<SocketAddr>>>,
    plain_ports: HashSet<u16>,
    dead_ports: HashSet<u16>,
}

#[derive(Clone, Deserialize)]
struct Said {
    status: u16,
    headers: HashMap<String, String>,
    #[serde(default)]
    body: String,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    request: Sent,
    expect: Expected,
}

#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    path: String,
    #[serde(default)]
    host: Option<String>,
    #[serde(default)]
    headers: HashMap<String, String>,
    #[serde(default)]
    raw: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    status: u16,
    code: Option<String>,
    body: Option<String>,
    #[serde(default)]
    headers: HashMap<String, String>,
    #[serde(default)]
    absent: Vec<String>,
    asked: Option<Vec<Asked>>,
    connected: Option<Vec<SocketAddr>>,
    resolved: Option<usize>,
    /// Number of responses on the connection.
    answers: Option<usize>,
}

#[derive(Debug, Deserialize)]
struct Asked {
    url: String,
    #[serde(default)]
    headers: HashMap<String, String>,
    #[serde(default)]
    absent: Vec<String>,
}

/// A request that an upstream received: URL and headers.
type Record = Arc<Mutex<Vec<(String, HashMap<String, String>)>>>;

fn table() -> Table {
    serde_json::from_str(include_str!("../cases.json")).unwrap()
}

/// Answers as the table says, and records requests.
fn upstream(said: HashMap<String, Said>, record: Record) -> Upstream {
    Arc::new(move |tls, request: Request<Incoming>| {
        let headers: HashMap<_, _> = request
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        let scheme = if tls { "https" } else { "http" };
        let url = format!("{scheme}://{}{}", headers["host"], request.uri());
        record.lock().unwrap().push((url.clone(), headers));
        let mut response: Response<UpstreamBody> = Response::default();
        let Some(said) = said.get(&url) else {
            *response.status_mut() = hyper::StatusCode::NOT_FOUND;
            return Box::pin(async { response });
        };
        *response.status_mut() = said.status.try_into().unwrap();
        for (name, value) in &said.headers {
            let name: hyper::header::HeaderName = name.parse().unwrap();
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        let body = Full::new(Bytes::from(said.body.clone())).map_err(|never| match never {});
        *response.body_mut() = body.boxed_unsync();
        Box::pin(async { response })
    })
}

/// Runs one case on an internet of its own; returns what is wrong.
async fn run(case: &Case, table: &Table, template: &(Upstream, Record)) -> Vec<String> {
    let hosts: HashSet<_> = table.upstream.keys().filter_map(|url| url.split('/').nth(2)).collect();
    let hosts: Vec<_> = hosts.into_iter().filter(|host| !host.contains(':')).collect();
    let (mut internet, roots): (Internet, RootCertStore) =
        Internet::new(&hosts, template.0.clone()).await;
    *internet.names.get_mut().unwrap() = table.network.names.clone();
    internet.plain_ports = table.network.plain_ports.clone();
    internet.dead_ports = table.network.dead_ports.clone();
    let internet = Arc::new(internet);
    let address = proxy(internet.clone(), roots, |config| {
        config.prefix = table.config.prefix.clone();
        config.host_names = table.config.host_names.clone();
        config.origins = table.config.origins.clone();
        let insecure = table.config.insecure.iter().map(|it| InsecureHost::parse(it).unwrap());
        config.lists.insecure = insecure.collect();
    })
    .await;
    template.1.lock().unwrap().clear();
    let sent = &case.request;
    let bytes = match sent.raw.is_empty() {
        false => sent.raw.join("\r\n").into_bytes(),
        true => {
            let method = sent.method.as_deref().unwrap_or("GET");
            let host = sent.host.as_deref().unwrap_or(&table.config.host_names[0]);
            let headers: Vec<_> = sent.headers.clone().into_iter().collect();
            request(method, &sent.path, host, &headers)
        }
    };
    let answer = exchange(address, &bytes).await;
    let mut wrong = judge(&case.expect, &answer, &template.1.lock().unwrap());
    let connected = internet.connected.lock().unwrap();
    if case.expect.connected.as_ref().is_some_and(|want| *want != *connected) {
        wrong.push(format!("connected to {connected:?}"));
    }
    let resolved = *internet.resolved.lock().unwrap();
    if case.expect.resolved.is_some_and(|want| want != resolved) {
        wrong.push(format!("looked up {resolved} times"));
    }
    wrong
}

fn judge(
    expect: &Expected,
    answer: &[u8],
    record: &[(String, HashMap<String, String>)],
) -> Vec<String> {
    let Some(reply) = Reply::parse(answer) else {
        return vec![format!("no answer: {}", answer.escape_ascii())];
    };
    let mut wrong = Vec::new();
    let mut check = |what: &str, got: Option<&str>, want: Option<&str>| {
        if got != want {
            wrong.push(format!("{what}: {got:?}, not {want:?}"));
        }
    };
    check("status", Some(&reply.status.to_string()), Some(&expect.status.to_string()));
    for (name, value) in &expect.headers {
        check(name, reply.header(name), Some(value));
    }
    for name in &expect.absent {
        check(name, reply.header(name), None);
    }
    if let Some(body) = &expect.body {
        check("body", std::str::from_utf8(&reply.body).ok(), Some(body));
    }
    if let Some(code) = &expect.code {
        check("code", reply.header("x-proxy-error"), Some(code));
    }
    if let Some(answers) = expect.answers {
        let heads = answer.windows(9).filter(|nine| nine == b"HTTP/1.1 ").count();
        check("answers", Some(&heads.to_string()), Some(&answers.to_string()));
    }
    let Some(asked) = &expect.asked else { return wrong };
    let urls = |urls: Vec<&String>| format!("{urls:?}");
    let got = urls(record.iter().map(|(url, _)| url).collect());
    check("asked", Some(&got), Some(&urls(asked.iter().map(|it| &it.url).collect())));
    for (want, (url, headers)) in asked.iter().zip(record) {
        for (name, value) in &want.headers {
            check(&format!("{url}: {name}"), headers.get(name).map(String::as_str), Some(value));
        }
        for name in &want.absent {
            check(&format!("{url}: {name}"), headers.get(name).map(String::as_str), None);
        }
    }
    wrong
}

#[tokio::test]
async fn the_server_keeps_every_case() {
    let table = table();
    let record = Record::default();
    let template = (upstream(table.upstream.clone(), record.clone()), record);
    let mut wrong = Vec::new();
    for case in &table.cases {
        let found = run(case, &table, &template).await;
        wrong.extend(found.into_iter().map(|line| format!("{}: {line}", case.name)));
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), table.cases.len(), wrong.join("\n"));
}

/// Server and edge script have the same hosts; the edge script has only exact names.
#[test]
fn the_edge_has_the_exact_names_of_the_lists() {
    let script = include_str!("../edge/worker.js");
    let lists: serde_json::Value = serde_json::from_str(include_str!("../hosts.json")).unwrap();
    let between = |from: &str, to: &str| {
        let start = script.find(from).unwrap() + from.len();
        &script[start..start + script[start..].find(to).unwrap()]
    };
    let json = between("// hosts.json begins\nconst LISTS = ", ";\n// hosts.json ends");
    let edge: serde_json::Value = serde_json::from_str(json).unwrap();
    let exact = |list: &str, with_paths: bool| {
        let rules = lists[list].as_array().unwrap().iter();
        let rules = rules.filter(|rule| !rule["host"].as_str().unwrap().contains('*'));
        let pair = |rule: &serde_json::Value| {
            let value = if with_paths { rule["paths"].clone() } else { true.into() };
            (rule["host"].as_str().unwrap().to_owned(), value)
        };
        serde_json::Value::Object(rules.map(pair).collect())
    };
    assert_eq!(edge["requested"], exact("requested", true));
    assert_eq!(edge["redirected"], exact("redirected", false));
}
