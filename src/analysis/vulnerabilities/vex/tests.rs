//! VEX, by the examples of both specifications.

use super::super::vulnerability::{AffectedPackage, VexOrigin, VexStatus};
use super::*;

fn vulnerability(id: &str, alias: &str, purl: &str) -> Vulnerability {
    let package = AffectedPackage { purl: purl.to_owned(), name: "n".into(), version: "v".into() };
    Vulnerability {
        id: id.to_owned(),
        aliases: vec![alias.to_owned()],
        records: vec![id.to_owned()],
        summary: String::new(),
        package,
        fixed: Vec::new(),
        rating: None,
        link: String::new(),
        published: String::new(),
        modified: String::new(),
        database: String::new(),
        uncertain: None,
        vex: None,
    }
}

/// What the document says about Log4Shell in this package.
fn status_in(document: &str, purl: &str, image: &[&str]) -> Option<VexStatus> {
    let statements = parse("vex.json", document.as_bytes()).unwrap();
    let mut found = [vulnerability("GHSA-jfh8-c2jp-5v3q", "CVE-2021-44228", purl)];
    let image: Vec<_> = image.iter().map(|&purl| purl.to_owned()).collect();
    let document = VexDocument { origin: VexOrigin::Opened, name: "vex.json".to_owned() };
    apply(&mut found, &document, &statements, &image);
    let [vulnerability] = found;
    vulnerability.vex.map(|vex| vex.verdict.status)
}

/// The specification's own example (OPENVEX-SPEC.md, "Example"), with its commas corrected.
const SPRING: &str = r#"{
  "@context": "https://openvex.dev/ns/v0.2.0",
  "@id": "https://openvex.dev/docs/public/vex-2e67563e128250cbcb3e98930df948dd053e43271d70dc50cfa22d57e03fe96f",
  "author": "Spring Builds <spring-builds@users.noreply.github.com>",
  "timestamp": "2023-01-16T19:07:16.853479631-06:00",
  "version": 1,
  "statements": [ {
      "vulnerability": {
        "@id": "https://nvd.nist.gov/vuln/detail/CVE-2021-44228",
        "name": "CVE-2021-44228",
        "aliases": [ "GHSA-jfh8-c2jp-5v3q" ]
      },
      "products": [ {
          "@id": "pkg:maven/org.springframework.boot/spring-boot@2.6.0-M3",
          "identifiers": { "purl": "pkg:maven/org.springframework.boot/spring-boot@2.6.0-M3" }
      } ],
      "status": "not_affected",
      "justification": "vulnerable_code_not_in_execute_path"
  } ]
}"#;

#[test]
fn openvexs_example_is_about_its_package_and_version() {
    let spring = "pkg:maven/org.springframework.boot/spring-boot";
    assert_eq!(status_in(SPRING, &format!("{spring}@2.6.0-M3"), &[]), Some(VexStatus::NotAffected));
    assert_eq!(status_in(SPRING, &format!("{spring}@2.6.0"), &[]), None);
    assert_eq!(status_in(SPRING, &format!("{spring}-x@2.6.0-M3"), &[]), None);
    let document = SPRING.replace("@2.6.0-M3", "");
    assert_eq!(
        status_in(&document, &format!("{spring}@9?type=jar"), &[]),
        Some(VexStatus::NotAffected)
    );
}

#[test]
fn statements_about_the_image_are_about_its_packages() {
    let image = "pkg:oci/app@sha256%3Aaa?repository_url=ghcr.io/x/app";
    let document = SPRING.replace(
        "pkg:maven/org.springframework.boot/spring-boot@2.6.0-M3",
        "pkg:oci/app@sha256:aa",
    );
    assert_eq!(status_in(&document, "pkg:npm/a@1", &[image]), Some(VexStatus::NotAffected));
    assert_eq!(status_in(&document, "pkg:npm/a@1", &["pkg:oci/app@sha256%3Abb"]), None);
    let part = r#""subcomponents": [{"@id": "pkg:npm/a"}], "identifiers""#;
    let document = document.replace("\"identifiers\"", part);
    assert_eq!(status_in(&document, "pkg:npm/a@1", &[image]), Some(VexStatus::NotAffected));
    assert_eq!(status_in(&document, "pkg:npm/b@1", &[image]), None);
    assert_eq!(status_in(&document, "pkg:npm/a@1", &[]), None);
    let untold = document.replace(r#"{"@id": "pkg:npm/a"}"#, r#"{"hashes": {}}"#);
    assert_eq!(status_in(&untold, "pkg:npm/a@1", &[image]), None);
}

#[test]
fn the_qualifiers_of_a_statement_must_match() {
    let document = SPRING.replace(
        "pkg:maven/org.springframework.boot/spring-boot@2.6.0-M3",
        "pkg:apk/wolfi/git@2.39.0-r1?arch=armv7",
    );
    let git = "pkg:apk/wolfi/git@2.39.0-r1?distro=wolfi-1&arch=";
    assert_eq!(status_in(&document, &format!("{git}armv7"), &[]), Some(VexStatus::NotAffected));
    assert_eq!(status_in(&document, &format!("{git}x86_64"), &[]), None);
}

#[test]
fn the_newest_statement_counts() {
    let affected = r#""statements": [ {"vulnerability": "CVE-2021-44228", "status": "affected",
        "timestamp": "2024-01-01T00:00:00Z", "products": ["pkg:npm/a"]},
        {"vulnerability": "CVE-2021-44228", "status": "fixed", "products": ["pkg:npm/a"]},"#;
    let document = SPRING.replace("\"statements\": [", affected);
    assert_eq!(status_in(&document, "pkg:npm/a@1", &[]), Some(VexStatus::Affected));
}

/// From CycloneDX/bom-examples, VEX/CISA-Use-Cases/Case-1, with a PURL added to the component.
const CISA: &str = r#"{
  "bomFormat": "CycloneDX", "specVersion": "1.4", "version": 1,
  "metadata": { "timestamp": "2022-03-03T00:00:00Z", "component": {
      "name": "ABC", "version": "4.2", "type": "application", "bom-ref": "product-ABC",
      "purl": "pkg:generic/abc@4.2" } },
  "vulnerabilities": [ {
      "id": "CVE-2021-44228",
      "analysis": { "state": "not_affected", "justification": "code_not_present" },
      "affects": [ { "ref": "product-ABC" } ]
  } ]
}"#;

#[test]
fn cyclonedxs_states_are_read_as_openvexs() {
    let abc = "pkg:generic/abc@4.2";
    assert_eq!(status_in(CISA, abc, &[]), Some(VexStatus::NotAffected));
    for (state, want) in [
        ("exploitable", Some(VexStatus::Affected)),
        ("in_triage", Some(VexStatus::UnderInvestigation)),
        ("resolved", Some(VexStatus::Fixed)),
    ] {
        assert_eq!(status_in(&CISA.replace("not_affected", state), abc, &[]), want, "{state}");
    }
    let linked = CISA.replace(
        "\"ref\": \"product-ABC\"",
        "\"ref\": \"urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:npm/a@1\"",
    );
    assert_eq!(status_in(&linked, "pkg:npm/a@1", &[]), Some(VexStatus::NotAffected));
    let versions = CISA.replace(
        "\"ref\": \"product-ABC\"",
        "\"ref\": \"product-ABC\", \"versions\": [{\"version\": \"2.4\"}, {\"range\": \"vers:generic/>=9\"}]",
    );
    assert_eq!(status_in(&versions, "pkg:generic/abc@2.4", &[]), Some(VexStatus::NotAffected));
    assert_eq!(status_in(&versions, abc, &[]), None);
}

#[test]
fn a_document_that_is_no_vex_is_an_error() {
    for document in
        ["", "[]", "{}", "{\"bomFormat\": \"CycloneDX\"}", "{\"@context\": \"openvex\"}"]
    {
        assert_eq!(
            parse("x", document.as_bytes()).unwrap_err().code,
            "vex-unreadable",
            "{document}"
        );
    }
}

/// Bytes that the statements of a document take between workers.
fn kept(document: &str) -> usize {
    serde_json::to_string(&parse("vex.json", document.as_bytes()).unwrap()).unwrap().len()
}

#[test]
fn parts_beside_the_products_are_kept_once() {
    let names = vec!["\"a\""; 2000].join(",");
    let document = format!(
        r#"{{"@context":"https://openvex.dev/ns/v0.2.0","statements":[{{"status":"fixed",
            "vulnerability":"C","products":[{names}],"subcomponents":[{names}]}}]}}"#
    );
    assert!(kept(&document) < 10 * document.len(), "not 2000 times 2000");
}

#[test]
fn parts_beside_a_product_restrict_it_as_its_own_do() {
    let document = |beside: &str| {
        format!(
            r#"{{"@context":"openvex","statements":[{{"status":"fixed","vulnerability":
            "CVE-2021-44228","products":["pkg:oci/app"],"subcomponents":[{beside}]}}]}}"#
        )
    };
    let status = |beside: &str| status_in(&document(beside), "pkg:npm/a@1", &["pkg:oci/app@1"]);
    assert_eq!(status(""), Some(VexStatus::Fixed));
    assert_eq!(status(r#""pkg:npm/a""#), Some(VexStatus::Fixed));
    assert_eq!(status(r#""pkg:npm/b""#), None);
    assert_eq!(status("{}"), None, "unknown parts are not the whole");
}

#[test]
fn an_author_of_a_megabyte_is_kept_shortened() {
    let author = "a".repeat(1 << 20);
    let statement = r#"{"status":"fixed","vulnerability":"C","products":["pkg:npm/a"]}"#;
    let statements = vec![statement; 20].join(",");
    let document = format!(
        r#"{{"@context":"openvex","author":"{author}","timestamp":"{author}",
            "statements":[{statements}]}}"#
    );
    assert!(kept(&document) < 100 << 10);
}

/// CycloneDX whose only statement refers so many times to a component with this PURL.
fn referring(purl: &str, count: usize) -> String {
    let affects = vec![r#"{"ref":"a"}"#; count].join(",");
    format!(
        r#"{{"bomFormat":"CycloneDX","components":[{{"bom-ref":"a","purl":"{purl}"}}],
            "vulnerabilities":[{{"id":"C","analysis":{{"state":"resolved"}},"affects":[{affects}]}}]}}"#
    )
}

#[test]
fn purls_that_are_too_long_are_left_out_and_told() {
    let document = referring(&format!("pkg:npm/{}", "a".repeat(1 << 20)), 1000);
    assert!(kept(&document) < 1 << 20);
    let statements = parse("vex.json", document.as_bytes()).unwrap();
    assert_eq!(statements.warning("vex.json").unwrap().code, "vex-incomplete");
    let document = SPRING.replace("pkg:maven", &"p".repeat(4 << 10));
    assert_eq!(parse("vex.json", document.as_bytes()).unwrap().left_out, 2, "both names");
    assert_eq!(parse("vex.json", SPRING.as_bytes()).unwrap().warning("vex.json"), None);
}

#[test]
fn a_part_that_is_too_long_is_not_the_whole() {
    let part = format!(r#""subcomponents": ["pkg:npm/{}"], "identifiers""#, "a".repeat(4 << 10));
    let document = SPRING
        .replace("pkg:maven/org.springframework.boot/spring-boot@2.6.0-M3", "pkg:oci/app")
        .replace("\"identifiers\"", &part);
    assert_eq!(status_in(&document, "pkg:npm/a@1", &["pkg:oci/app@1"]), None);
}

#[test]
fn a_statement_without_room_is_left_out_and_told() {
    let document = referring(&format!("pkg:npm/{}", "a".repeat(2000)), 80_000);
    let statements = parse("vex.json", document.as_bytes()).unwrap();
    assert_eq!((statements.list.len(), statements.left_out), (0, 1));
    assert!(!statements.is_empty(), "it has statements");
}

#[test]
fn many_vulnerabilities_and_statements_are_matched_by_name() {
    let statement = |at: usize| {
        let names = format!(r#"{{"name":"CVE-{at}","aliases":["GHSA-{at}"]}}"#);
        format!(r#"{{"status":"fixed","vulnerability":{names},"products":["pkg:npm/a"]}}"#)
    };
    let statements = (0..20_000).map(statement).collect::<Vec<_>>().join(",");
    let document = format!(r#"{{"@context":"openvex","statements":[{statements}]}}"#);
    let statements = parse("vex.json", document.as_bytes()).unwrap();
    let one = |at| vulnerability(&format!("X-{at}"), &format!("GHSA-{at}"), "pkg:npm/a@1");
    let mut found: Vec<_> = (0..20_001).map(one).collect();
    let document = VexDocument { origin: VexOrigin::Opened, name: "vex.json".to_owned() };
    apply(&mut found, &document, &statements, &[]);
    assert_eq!(found.iter().filter(|one| one.vex.is_some()).count(), 20_000);
}

#[test]
fn a_purl_of_many_qualifiers_is_no_pattern() {
    assert!(PurlPattern::parse(&format!("pkg:npm/a?{}", "a=&".repeat(10))).is_some());
    assert!(PurlPattern::parse(&format!("pkg:npm/a?{}", "a=&".repeat(100))).is_none());
}
