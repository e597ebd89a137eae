//! Both exports of vulnerabilities: SARIF by its published schema, and the table.

use super::super::cvss::Score;
use super::super::table::table;
use super::super::vulnerability::{
    AffectedPackage, AppliedVex, Rating, Uncertainty, VexDocument, VexStatus, VexVerdict,
};
use super::*;

fn vulnerability(id: &str, version: &str) -> Vulnerability {
    let package = AffectedPackage {
        purl: format!("pkg:npm/p@{version}"),
        name: "p\u{202e}\t".into(),
        version: version.into(),
    };
    Vulnerability {
        id: id.to_owned(),
        aliases: vec!["CVE-2026-1".to_owned()],
        records: vec![id.to_owned()],
        summary: "=Reads \"too\" much\nand more".to_owned(),
        package,
        fixed: vec!["1.0.1".to_owned()],
        rating: Some(Rating {
            score: Score::of_tenths(98),
            severity: Severity::Critical,
            vector: String::new(),
            source: String::new(),
        }),
        link: "https://osv.dev/vulnerability/GHSA-a".to_owned(),
        published: String::new(),
        modified: String::new(),
        database: "npm".to_owned(),
        uncertain: None,
        vex: None,
    }
}

/// One that a document of this origin calls not affected.
fn spared(origin: VexOrigin) -> Vulnerability {
    let verdict = VexVerdict {
        status: VexStatus::NotAffected,
        justification: "component_not_present".to_owned(),
        note: String::new(),
        source: "Maker".to_owned(),
    };
    let document = VexDocument { origin, name: "sha256:aa".to_owned() };
    let vex = Some(AppliedVex { verdict, document });
    Vulnerability { vex, ..vulnerability("GHSA-a", "0.9.0") }
}

fn document() -> String {
    let all = [
        vulnerability("GHSA-a", "1.0.0"),
        spared(VexOrigin::Opened),
        Vulnerability {
            rating: None,
            fixed: Vec::new(),
            summary: String::new(),
            ..vulnerability("GHSA-b", "1.0.0")
        },
    ];
    let places = [(b"app/node_modules/p \xff/package.json".to_vec(), LayerPosition(2))];
    let located =
        all.iter().map(|vulnerability| LocatedVulnerability { vulnerability, locations: &places });
    sarif(&located.collect::<Vec<_>>(), "app:1", "")
}

#[test]
fn documents_satisfy_the_published_schema() {
    let schema = include_str!("../../../../tests/fixtures/vulnerabilities/sarif-schema-2.1.0.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let good: Value = serde_json::from_str(&document()).unwrap();
    let errors: Vec<_> = validator.iter_errors(&good).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    let mut bad = good;
    bad["runs"][0]["results"][0]["ruleIndex"] = json!(-2);
    assert!(!validator.is_valid(&bad));
}

#[test]
fn a_rule_occurs_once_and_unaffected_results_are_suppressed() {
    let document: Value = serde_json::from_str(&document()).unwrap();
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 2);
    assert_eq!(rules[0]["properties"]["security-severity"], "9.8");
    let results = run["results"].as_array().unwrap();
    let places: Vec<_> = results.iter().map(|result| result["ruleIndex"].as_u64()).collect();
    assert_eq!(places, [Some(0), Some(0), Some(1)]);
    let suppressed: Vec<_> = results.iter().map(|r| r.get("suppressions").is_some()).collect();
    assert_eq!(suppressed, [false, true, false]);
    let uri = &results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "app/node_modules/p%20%FF/package.json");
}

#[test]
fn a_table_has_one_line_per_vulnerability_and_no_formulas() {
    let vulnerability = vulnerability("GHSA-a", "1.0.0");
    let places = [
        (b"a".to_vec(), LayerPosition(2)),
        (b"b".to_vec(), LayerPosition(0)),
        (b"c".to_vec(), LayerPosition(2)),
    ];
    let text = table(&[LocatedVulnerability { vulnerability: &vulnerability, locations: &places }]);
    let lines: Vec<Vec<_>> = text.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0].len(), lines[1].len());
    assert_eq!(
        lines[1][..7],
        ["GHSA-a", "CVE-2026-1", "critical", "9.8", "p\\u{202e}\\t", "1.0.0", "1.0.1"]
    );
    assert_eq!((lines[1][7], lines[1][11]), ("1 3", "'=Reads \"too\" much\\nand more"));
}

#[test]
fn a_vulnerability_that_may_not_be_one_says_so_in_every_export() {
    let doubtful = Vulnerability {
        uncertain: Some(Uncertainty::LocalVersion),
        ..vulnerability("GHSA-a", "1.0.0+cu118")
    };
    let located = [LocatedVulnerability { vulnerability: &doubtful, locations: &[] }];
    assert!(table(&located).contains("\tsomebody built this version again, maybe with the fix\t"));
    let message =
        "fixed in 1.0.1. Uncertain: somebody built this version again, maybe with the fix.";
    assert!(sarif(&located, "x", "").contains(message));
}

#[test]
fn a_suppression_by_the_image_itself_is_not_accepted() {
    for (origin, want) in [(VexOrigin::Attached, "underReview"), (VexOrigin::Opened, "accepted")] {
        let vulnerability = spared(origin);
        let located = [LocatedVulnerability { vulnerability: &vulnerability, locations: &[] }];
        let document: Value = serde_json::from_str(&sarif(&located, "x", "")).unwrap();
        assert_eq!(document["runs"][0]["results"][0]["suppressions"][0]["status"], want);
    }
}

#[test]
fn exports_have_the_reason_and_the_document_of_a_suppression() {
    let vulnerability = spared(VexOrigin::Attached);
    let located = [LocatedVulnerability { vulnerability: &vulnerability, locations: &[] }];
    let reason = "component_not_present; Maker; according to the image itself (attached VEX document \
                  sha256:aa, whose author was not checked)";
    assert!(table(&located).ends_with(&format!("\t{reason}\n")));
    assert!(sarif(&located, "x", "").contains(reason));
}
