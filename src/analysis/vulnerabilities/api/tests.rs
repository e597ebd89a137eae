//! Recorded responses, responses as OSV documents them, and hostile ones.

use super::batch_lookup::MAX_PAGES;
use super::*;
use crate::analysis::service::MAX_TRIES;
use crate::analysis::vulnerabilities::ecosystem::OsvQuery;
use crate::analysis::vulnerabilities::evaluation::affects;
use crate::http::{HttpFailure, HttpResponse};
use crate::problem::Problem;
use osv_cassettes::Cassettes;
use serde_json::{Value, json};
use std::path::Path;

fn good(body: &Value) -> Result<HttpResponse, HttpFailure> {
    Ok(HttpResponse { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() })
}

fn bad(status: u16, retry_after: Option<&str>) -> Result<HttpResponse, HttpFailure> {
    let header = retry_after.map(|value| ("Retry-After".to_owned(), value.to_owned()));
    Ok(HttpResponse { status, headers: header.into_iter().collect(), body: Vec::new() })
}

fn sent(lookup: &mut BatchLookup, now: u64) -> Value {
    match lookup.step(now) {
        LookupStep::Send(request) => {
            assert_eq!(request.url, "https://api.osv.dev/v1/querybatch");
            serde_json::from_str(&request.body.unwrap()).unwrap()
        }
        other => panic!("{other:?}"),
    }
}

fn done<T>(step: LookupStep<T>) -> Result<T, Problem> {
    match step {
        LookupStep::Done(result) => result,
        _ => panic!("not over"),
    }
}

fn query(name: &str) -> OsvQuery {
    OsvQuery::new("npm", name, "1.0.0")
}

fn of(value: &Value) -> Option<OsvQuery> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let (ecosystem, name) = (&value["package"]["ecosystem"], &value["package"]["name"]);
    let (ecosystem, name) = (text(ecosystem)?, text(name)?);
    Some(OsvQuery { ecosystem, name, version: text(&value["version"])? })
}

fn cassettes() -> Cassettes {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/osv/cassettes");
    Cassettes::load(&folder).unwrap()
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn requests_and_results_are_as_recorded() {
    let cassettes = cassettes();
    assert!(cassettes.interactions.len() > 80);
    for interaction in &cassettes.interactions {
        // Queries about commits are skipped: only packages are looked up.
        let pairs = interaction.request["queries"].as_array().unwrap().iter();
        let pairs = pairs.zip(interaction.response["results"].as_array().unwrap());
        let mut pairs: Vec<_> = pairs.filter_map(|(q, r)| Some((of(q)?, q, r))).collect();
        // A lookup sends each query once, sorted.
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        pairs.dedup_by(|a, b| a.0 == b.0);
        if pairs.is_empty() {
            continue;
        }
        let mut lookup = BatchLookup::new(ORIGIN, pairs.iter().map(|(query, _, _)| query.clone()));
        let questions: Vec<_> = pairs.iter().map(|(_, question, _)| (*question).clone()).collect();
        assert_eq!(sent(&mut lookup, 0), json!({ "queries": questions }));
        let results: Vec<_> = pairs.iter().map(|(_, _, result)| (*result).clone()).collect();
        lookup.take(good(&json!({ "results": results })), 0);
        let found = done(lookup.step(0)).unwrap();
        assert!(found.warnings.is_empty());
        for ((query, known), (_, _, result)) in found.answers.iter().zip(&pairs) {
            let ids: Vec<_> = known.iter().map(|known| known.id.as_str()).collect();
            let want = result["vulns"].as_array().into_iter().flatten();
            let want: Vec<_> = want.map(|known| known["id"].as_str().unwrap()).collect();
            assert_eq!(ids, want, "{query:?}");
        }
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn the_recordings_answer_any_batch() {
    let cassettes = cassettes();
    let openssl = OsvQuery::new("Alpine:v3.18", "openssl", "1.1.1k-r0");
    let mut lookup = BatchLookup::new(ORIGIN, [query("never-recorded"), openssl]);
    let LookupStep::Send(request) = lookup.step(0) else { panic!() };
    let body = request.body.unwrap();
    let (status, body) = cassettes
        .answer("POST", request.url.strip_prefix(ORIGIN).unwrap(), body.as_bytes())
        .unwrap();
    lookup.take(Ok(HttpResponse { status, headers: Vec::new(), body }), 0);
    let found = done(lookup.step(0)).unwrap();
    assert!(found.answers[0].1.len() > 5);
    assert_eq!(found.answers[1].1, []);
    let mut detail = RecordLookup::new(ORIGIN, &found.answers[0].1[0].id).unwrap();
    let LookupStep::Send(request) = detail.step(0) else { panic!() };
    let (status, body) =
        cassettes.answer("GET", request.url.strip_prefix(ORIGIN).unwrap(), b"").unwrap();
    detail.take(Ok(HttpResponse { status, headers: Vec::new(), body }), 0);
    let record = done(detail.step(0)).unwrap();
    assert!(affects(&record, &found.answers[0].0).is_some());
}

#[test]
fn only_ecosystem_name_and_version_are_sent() {
    let mut lookup = BatchLookup::new(ORIGIN, [query("a"), query("b")]);
    let token = json!({"vulns": [{"id": "X-1", "secret": "s"}], "next_page_token": "t"});
    let first = sent(&mut lookup, 0);
    lookup.take(good(&json!({"results": [token, {}], "secret": "s"})), 0);
    let second = sent(&mut lookup, 0);
    let keys = |value: &Value, want: &[&str]| {
        let keys: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(keys.iter().all(|key| want.contains(key)), "{keys:?}");
    };
    for body in [&first, &second] {
        keys(body, &["queries"]);
        for question in body["queries"].as_array().unwrap() {
            keys(question, &["package", "version", "page_token"]);
            keys(&question["package"], &["ecosystem", "name"]);
        }
    }
    let want = json!({"package": {"ecosystem": "npm", "name": "a"}, "version": "1.0.0", "page_token": "t"});
    assert_eq!(second, json!({"queries": [want]}));
}

#[test]
fn more_than_a_thousand_queries_are_several_batches() {
    let mut lookup = BatchLookup::new(ORIGIN, (0..2500).map(|n| query(&format!("p{n:04}"))));
    let mut names = Vec::new();
    for want in [1000, 1000, 500] {
        let body = sent(&mut lookup, 0);
        let queries = body["queries"].as_array().unwrap();
        assert_eq!(queries.len(), want);
        names.extend(queries.iter().map(|q| q["package"]["name"].as_str().unwrap().to_owned()));
        let results = names[names.len() - want..].iter().map(|name| {
            let number = name.trim_start_matches('p');
            json!({"vulns": [{"id": format!("X-{number}"), "modified": "m"}]})
        });
        lookup.take(good(&json!({ "results": results.collect::<Vec<_>>() })), 0);
    }
    let found = done(lookup.step(0)).unwrap();
    for (query, known) in &found.answers {
        assert_eq!(query.name.replace('p', "X-"), known[0].id);
    }
}

#[test]
fn pages_are_joined_in_their_order() {
    let mut lookup = BatchLookup::new(ORIGIN, [query("a"), query("b")]);
    let page = |id: &str, token: Value| json!({"vulns": [{"id": id}], "next_page_token": token});
    sent(&mut lookup, 0);
    lookup.take(good(&json!({"results": [page("A-1", json!("1")), page("B-1", json!("2"))]})), 0);
    assert_eq!(sent(&mut lookup, 0)["queries"][1]["page_token"], "2");
    lookup.take(good(&json!({"results": [page("A-2", json!("")), page("B-2", json!("3"))]})), 0);
    assert_eq!(sent(&mut lookup, 0)["queries"].as_array().unwrap().len(), 1);
    lookup.take(good(&json!({"results": [page("B-3", Value::Null)]})), 0);
    let found = done(lookup.step(0)).unwrap();
    let ids = |at: usize| found.answers[at].1.iter().map(|known| &known.id[..]).collect::<Vec<_>>();
    assert_eq!((ids(0), ids(1)), (vec!["A-1", "A-2"], vec!["B-1", "B-2", "B-3"]));
}

#[test]
fn endless_pages_end_with_a_warning() {
    let mut lookup = BatchLookup::new(ORIGIN, [query("a")]);
    let mut sends = 0;
    while let LookupStep::Send(_) = lookup.step(0) {
        sends += 1;
        lookup.take(good(&json!({"results": [{"next_page_token": "again"}]})), 0);
    }
    assert_eq!(sends, MAX_PAGES);
    assert_eq!(done(lookup.step(0)).unwrap().warnings[0].code, "vulnerabilities-incomplete");
}

#[test]
fn a_busy_server_is_retried_at_the_time_that_it_gives() {
    let mut lookup = BatchLookup::new(ORIGIN, [query("a")]);
    sent(&mut lookup, 1000);
    lookup.take(bad(429, Some("7")), 1000);
    assert_eq!(lookup.step(1000), LookupStep::Wait(8000));
    let again = sent(&mut lookup, 8000);
    assert_eq!(again["queries"][0]["package"]["name"], "a");
    lookup.take(Err(HttpFailure::Network), 8000);
    assert_eq!(lookup.step(8000), LookupStep::Wait(10_000));
    sent(&mut lookup, 10_000);
    lookup.take(good(&json!({"results": [{}]})), 10_000);
    assert!(done(lookup.step(10_000)).is_ok());
}

#[test]
fn a_server_that_stays_busy_fails_the_lookup() {
    let mut lookup = BatchLookup::new(ORIGIN, [query("a")]);
    let (mut now, mut sends) = (0, 0);
    let error = loop {
        match lookup.step(now) {
            LookupStep::Send(_) => {
                sends += 1;
                lookup.take(bad(503, None), now);
            }
            LookupStep::Wait(time) => now = time,
            LookupStep::Done(result) => break result.unwrap_err(),
        }
    };
    assert_eq!((sends, &error.code[..]), (MAX_TRIES, "vulnerabilities-refused"));
    let mut lookup = BatchLookup::new(ORIGIN, [query("a")]);
    lookup.take(bad(429, Some("86400")), 0);
    assert!(done(lookup.step(0)).is_err());
}

#[test]
fn invalid_responses_are_errors_and_invalid_ids_are_skipped() {
    for body in
        [json!(7), json!({"results": []}), json!({"results": [{}, {}]}), json!({"results": 1})]
    {
        let mut lookup = BatchLookup::new(ORIGIN, [query("a")]);
        lookup.take(good(&body), 0);
        assert_eq!(done(lookup.step(0)).unwrap_err().code, "vulnerabilities-unreadable", "{body}");
    }
    let mut lookup = BatchLookup::new(ORIGIN, [query("a")]);
    lookup.take(bad(400, Some("1")), 0);
    assert_eq!(done(lookup.step(0)).unwrap_err().code, "vulnerabilities-refused");
    let mut lookup = BatchLookup::new(ORIGIN, [query("a")]);
    let ids =
        ["../../x1", "..", "", "a b1", "GHSA-1?x=1", "RHSA-2024:1-1"].map(|id| json!({"id": id}));
    lookup.take(good(&json!({"results": [{"vulns": ids}]})), 0);
    let found = done(lookup.step(0)).unwrap();
    assert_eq!(found.answers[0].1.len(), 1);
    assert_eq!(found.warnings.len(), 1);
    assert!(RecordLookup::new(ORIGIN, "../querybatch1").is_none());
}

#[test]
fn a_batch_whose_response_is_too_large_is_halved() {
    let mut lookup = BatchLookup::new(ORIGIN, (0..10).map(|n| query(&format!("p{n}"))));
    assert_eq!(sent(&mut lookup, 0)["queries"].as_array().unwrap().len(), 10);
    lookup.take(Err(HttpFailure::TooLarge), 0);
    assert_eq!(sent(&mut lookup, 0)["queries"].as_array().unwrap().len(), 5);
}

#[test]
fn a_record_has_the_requested_id() {
    let mut detail = RecordLookup::new(ORIGIN, "GO-2022-0001").unwrap();
    detail.take(good(&json!({"id": "GO-2022-0002"})), 0);
    assert_eq!(done(detail.step(0)).unwrap_err().code, "vulnerabilities-unreadable");
    let mut detail = RecordLookup::new(ORIGIN, "GO-2022-0001").unwrap();
    detail.take(good(&json!({"id": "GO-2022-0001"})), 0);
    assert_eq!(done(detail.step(0)).unwrap().id, "GO-2022-0001");
}

#[test]
fn a_result_is_cached_for_a_day() {
    let day = 86_400_000;
    assert_eq!(cache_key(&query("a"), 0), cache_key(&query("a"), day - 1));
    assert_ne!(cache_key(&query("a"), 0), cache_key(&query("a"), day));
    assert_ne!(cache_key(&query("a"), 0), cache_key(&query("b"), 0));
}
