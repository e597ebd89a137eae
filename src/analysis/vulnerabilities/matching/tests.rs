//! Grouping of records, IDs, ratings and links.

use super::*;
use crate::vocabulary::Severity;
use serde_json::{Value, json};

fn subject() -> AffectedPackage {
    AffectedPackage { purl: "pkg:npm/p@1.0.0".into(), name: "p".into(), version: "1.0.0".into() }
}

fn record(mut json: Value) -> OsvRecord {
    if json.get("affected").is_none() {
        json["affected"] = json!([{"package": {"ecosystem": "npm", "name": "p"}, "ranges": [
            {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.0.1"}]}]}]);
    }
    OsvRecord::parse(json.to_string().as_bytes()).unwrap()
}

fn of(records: &[OsvRecord]) -> Vec<Vulnerability> {
    let query = OsvQuery::new("npm", "p", "1.0.0");
    vulnerabilities(&subject(), records.iter().map(|record| (&query, record)))
}

fn ids(found: &[Vulnerability]) -> Vec<&str> {
    found.iter().map(|vulnerability| vulnerability.id.as_str()).collect()
}

#[test]
fn aliases_are_one_vulnerability_with_the_best_known_id() {
    let records = [
        record(json!({"id": "GO-2026-1", "aliases": ["CVE-2026-1"]})),
        record(json!({"id": "GHSA-a", "aliases": ["CVE-2026-1"]})),
        record(json!({"id": "GO-2026-2"})),
    ];
    let found = of(&records);
    assert_eq!(ids(&found), ["GHSA-a", "GO-2026-2"]);
    assert_eq!(found[0].aliases, ["CVE-2026-1", "GO-2026-1"]);
    assert_eq!(found[0].records, ["GHSA-a", "GO-2026-1"]);
}

#[test]
fn the_order_of_records_does_not_matter() {
    let mut records = [
        record(json!({"id": "A-1", "aliases": ["B-1"]})),
        record(json!({"id": "C-1", "aliases": ["D-1"]})),
        record(json!({"id": "B-1", "aliases": ["D-1"]})),
        record(json!({"id": "CVE-2026-7"})),
    ];
    let want = of(&records);
    assert_eq!(ids(&want), ["CVE-2026-7", "A-1"]);
    for _ in 0..4 {
        records.rotate_left(1);
        assert_eq!(of(&records), want);
    }
}

#[test]
fn a_distributions_record_is_an_alias_of_its_cve_but_a_notice_is_not() {
    let records = [
        record(json!({"id": "DEBIAN-CVE-2026-1", "upstream": ["CVE-2026-1"]})),
        record(json!({"id": "DSA-1-1", "upstream": ["CVE-2026-1", "CVE-2026-2"]})),
    ];
    let found = of(&records);
    assert_eq!(ids(&found), ["DEBIAN-CVE-2026-1", "DSA-1-1"]);
    assert_eq!(found[0].aliases, ["CVE-2026-1"]);
}

#[test]
fn the_newest_cvss_counts_and_a_word_is_the_last_resort() {
    let three = json!({"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"});
    let four = json!({"type": "CVSS_V4",
        "score": "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"});
    let word = json!({"severity": "MODERATE"});
    let of = |severity: Value, word: Value| {
        let json = json!({"id": "GHSA-a", "severity": severity, "database_specific": word});
        of(&[record(json)])[0].rating.clone()
    };
    let best = of(json!([three, four]), word.clone()).unwrap();
    assert_eq!((best.score.unwrap().tenths(), &best.source[..]), (73, "CVSS 4.0, GHSA-a"));
    let best = of(json!([{"type": "CVSS_V4", "score": "?"}, three]), word.clone()).unwrap();
    assert_eq!((best.score.unwrap().tenths(), best.severity), (98, Severity::Critical));
    let best = of(json!([]), word).unwrap();
    assert_eq!((best.score, best.severity, &best.source[..]), (None, Severity::Medium, "GitHub"));
    let best = of(json!([{"type": "Ubuntu", "score": "low"}]), json!({})).unwrap();
    assert_eq!((best.severity, &best.source[..]), (Severity::Low, "Ubuntu"));
    assert_eq!(of(json!([]), json!({})), None);
}

#[test]
fn links_lead_only_to_the_web() {
    for (url, want) in [
        ("https://example.test/advisory", "https://example.test/advisory"),
        ("javascript:alert(1)", "https://osv.dev/vulnerability/X-1"),
        ("https://example.test/\"><script>", "https://example.test/\"><script>"),
        ("https://example.test/a b", "https://osv.dev/vulnerability/X-1"),
    ] {
        let references = json!([{"type": "ADVISORY", "url": url}]);
        assert_eq!(of(&[record(json!({"id": "X-1", "references": references}))])[0].link, want);
    }
}

#[test]
fn records_about_other_packages_are_ignored() {
    let other = json!([{"package": {"ecosystem": "npm", "name": "q"}, "versions": ["1.0.0"]}]);
    assert!(of(&[record(json!({"id": "X-1", "affected": other}))]).is_empty());
}

#[test]
fn the_ratings_of_a_record_are_not_repeated_for_each_package() {
    let severity =
        json!({"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"});
    let affected = json!({"package": {"ecosystem": "npm", "name": "p"}, "versions": ["1.0.0"]});
    let mut last = affected.clone();
    last["severity"] = json!([{"type": "CVSS_V4",
        "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}]);
    let mut all = vec![affected; 20_000];
    all.push(last);
    let one = record(json!({"id": "A-1", "affected": all, "severity": vec![severity; 200]}));
    let rating = of(&[one])[0].rating.clone().unwrap();
    assert_eq!(rating.source, "CVSS 4.0, A-1", "the newest of all");
}
