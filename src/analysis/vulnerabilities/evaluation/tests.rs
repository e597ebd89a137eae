//! Evaluation, by the examples of OSV's schema and its server.

use super::*;
use serde_json::{Value, json};

fn record(affected: Value) -> OsvRecord {
    let record = json!({"id": "T-1", "modified": "2026-01-01T00:00:00Z", "affected": [affected]});
    OsvRecord::parse(record.to_string().as_bytes()).unwrap()
}

fn check(ecosystem: &str, ranges: Value, cases: &[(&str, Option<&[&str]>)]) {
    let package = json!({"ecosystem": ecosystem, "name": "p"});
    let record = record(json!({"package": package, "ranges": ranges}));
    for (version, want) in cases {
        let fixed = affects(&record, &OsvQuery::new(ecosystem, "p", version));
        let want = want.map(|want| want.iter().map(|&v| v.to_owned()).collect());
        assert_eq!(fixed, want, "{version}");
    }
}

/// The section "Examples" of the schema's page.
#[test]
fn the_schemas_examples_apply_as_documented() {
    let unfixed = json!([{"type": "SEMVER", "events": [{"introduced": "0"}]}]);
    check("npm", unfixed, &[("0.0.0-0", Some(&[])), ("99.0.0", Some(&[]))]);
    let fixed = json!([{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.0.2"}]}]);
    check(
        "npm",
        fixed,
        &[("1.0.1", Some(&["1.0.2"])), ("1.0.2-rc1", Some(&["1.0.2"])), ("1.0.2", None)],
    );
    let two = json!([{"type": "SEMVER", "events": [
        {"introduced": "1.0.0"}, {"fixed": "1.0.2"}, {"introduced": "3.0.0"}, {"fixed": "3.2.5"}]}]);
    check(
        "npm",
        two,
        &[
            ("0.9.0", None),
            ("1.0.1", Some(&["1.0.2"])),
            ("2.0.0", None),
            ("3.2.4", Some(&["3.2.5"])),
            ("3.2.5", None),
        ],
    );
    let last =
        json!([{"type": "SEMVER", "events": [{"introduced": "0"}, {"last_affected": "2.1.214"}]}]);
    check("npm", last, &[("2.1.214", Some(&[])), ("2.1.215", None)]);
}

#[test]
fn events_apply_in_any_order() {
    let events = json!([{"type": "ECOSYSTEM", "events": [
        {"fixed": "2:10-1"}, {"introduced": "2:1-1"}, {"fixed": "9-1"}, {"introduced": "0"}]}]);
    check(
        "Debian:12",
        events,
        &[
            ("8-1", Some(&["9-1"])),
            ("9-2", None),
            ("2:9~rc1-1", Some(&["2:10-1"])),
            ("2:10-1+b1", None),
        ],
    );
}

#[test]
fn a_limit_ends_a_range() {
    let limited =
        json!([{"type": "SEMVER", "events": [{"introduced": "1.0.0"}, {"limit": "2.0.0"}]}]);
    check("npm", limited, &[("1.5.0", Some(&[])), ("2.0.0", None)]);
    let unlimited =
        json!([{"type": "SEMVER", "events": [{"introduced": "1.0.0"}, {"limit": "*"}]}]);
    check("npm", unlimited, &[("2.0.0", Some(&[]))]);
}

#[test]
fn commits_and_invalid_versions_match_nothing() {
    let commits = json!([{"type": "GIT", "repo": "x", "events": [{"introduced": "0"}]}]);
    check("npm", commits, &[("1.0.0", None)]);
    let all = json!([{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]);
    check("Hackage", all, &[("git-main", None), ("1.0", Some(&[]))]);
}

#[test]
fn listed_versions_match_exactly() {
    let package = json!({"ecosystem": "PyPI", "name": "Flask_Cors"});
    let record = record(json!({"package": package, "versions": ["1.0"]}));
    assert!(affects(&record, &OsvQuery::new("PyPI", "flask-cors", "1.0")).is_some());
    assert_eq!(affects(&record, &OsvQuery::new("PyPI", "flask-cors", "1.0.0")), None);
    assert_eq!(affects(&record, &OsvQuery::new("PyPI", "flask", "1.0")), None);
}

#[test]
fn withdrawn_records_match_nothing() {
    let json = json!({"id": "T-1", "withdrawn": "2026-01-01T00:00:00Z", "affected": [
        {"package": {"ecosystem": "npm", "name": "p"}, "versions": ["1.0.0"]}]});
    let mut record = OsvRecord::parse(json.to_string().as_bytes()).unwrap();
    let query = OsvQuery::new("npm", "p", "1.0.0");
    assert_eq!(affects(&record, &query), None);
    record.withdrawn.clear();
    assert!(affects(&record, &query).is_some());
}

/// The pairs of google/osv.dev, osv/ecosystems/_ecosystems_test.py, "test_add_matching_ecosystems".
#[test]
fn releases_match_as_in_osvs_server() {
    for (own, wanted, want) in [
        ("Ubuntu:22.04:LTS", "Ubuntu:22.04:LTS", true),
        ("Ubuntu:22.04:LTS", "Ubuntu:22.04", true),
        ("Ubuntu:Pro:18.04:LTS", "Ubuntu:18.04", true),
        ("Ubuntu:Pro:18.04:LTS", "Ubuntu:18.04:LTS", false),
        ("Debian:11", "Debian:12", false),
        ("AlmaLinux", "AlmaLinux:9", true),
        ("Maven:https://maven.google.com", "Maven", true),
        ("Debian", "Deb", false),
    ] {
        let package = OsvPackage { ecosystem: own.into(), name: "p".into() };
        assert_eq!(package.is(wanted, "p"), want, "{own} {wanted}");
    }
}

#[test]
fn a_hostile_order_of_versions_does_not_stop_the_evaluation() {
    // Alpine orders invalid versions as text, but against valid ones by their numbers, which makes
    // cycles. The standard library's sort panics if it notices one.
    let numbers = (0..300).map(|n| match n % 3 {
        0 => format!("{}!", 1000 - n),
        1 => format!("{n}"),
        _ => format!("{}.{}!", n % 7, n % 5),
    });
    let events: Vec<_> = numbers.map(|version| json!({ "fixed": version })).collect();
    let ranges = json!([{"type": "ECOSYSTEM", "events": events}]);
    let package = json!({"ecosystem": "Alpine:v3.18", "name": "p"});
    let record = record(json!({"package": package, "versions": ["1.0"], "ranges": ranges}));
    assert!(affects(&record, &OsvQuery::new("Alpine:v3.18", "p", "1.0")).is_some());
}

#[test]
fn a_range_without_a_fix_ends_where_github_last_knew_the_package_to_be_affected() {
    let record_up_to = |known: Value, kind: &str, ecosystem: &str| {
        record(json!({
            "package": {"ecosystem": ecosystem, "name": "p"},
            "ranges": [{"type": kind, "events": [{"introduced": "0"}]}],
            "versions": ["9.9.9"],
            "database_specific": {"last_known_affected_version_range": known}}))
    };
    for (known, ecosystem, version, want) in [
        (json!("<= 2.4.0"), "npm", "2.4.0", true),
        (json!("<= 2.4.0"), "npm", "2.4.1", false),
        (json!("<= 2.4.0"), "npm", "2.4.0-rc.1", true),
        (json!("< 2.4.0"), "npm", "2.4.0", false),
        (json!("< 2.4.0"), "npm", "2.3.9", true),
        (json!("<=1.0.post1"), "PyPI", "1.0", true),
        (json!("<= 1.0.0.Beta2"), "Maven", "1.0.0.Beta3", false),
        // Listed by itself.
        (json!("<= 2.4.0"), "npm", "9.9.9", true),
        // Nothing that could be compared is said.
        (json!(null), "npm", "2.4.1", true),
        (json!(""), "npm", "2.4.1", true),
        (json!("all"), "npm", "2.4.1", true),
        (json!(["<= 1.0.0"]), "npm", "2.4.1", true),
    ] {
        for kind in ["ECOSYSTEM", "SEMVER"] {
            if kind == "SEMVER" && ecosystem != "npm" {
                continue;
            }
            let record = record_up_to(known.clone(), kind, ecosystem);
            let found = affects(&record, &OsvQuery::new(ecosystem, "p", version)).is_some();
            assert_eq!(found, want, "{known} {kind} {ecosystem} {version}");
        }
    }
}

#[test]
fn a_range_with_a_fix_ends_there() {
    let record = record(json!({
        "package": {"ecosystem": "npm", "name": "p"},
        "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "3.0.0"}]}],
        "database_specific": {"last_known_affected_version_range": "< 3.0.0"}}));
    let fixed = |version: &str| affects(&record, &OsvQuery::new("npm", "p", version));
    assert_eq!(fixed("2.9.9"), Some(vec!["3.0.0".to_owned()]));
    assert_eq!(fixed("3.0.0"), None);
}
