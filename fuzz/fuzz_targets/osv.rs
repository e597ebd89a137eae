//! Data of vulnerability databases and suppliers. The first byte selects what the rest is: a response, a
//! record, an export, a VEX document, a vector, two versions.

#![no_main]

use layerscope::analysis::vulnerabilities::api::{BatchLookup, LookupStep, ORIGIN, RecordLookup};
use layerscope::analysis::vulnerabilities::ecosystem::OsvQuery;
use layerscope::analysis::vulnerabilities::matching::vulnerabilities;
use layerscope::analysis::vulnerabilities::offline::ExportMatcher;
use layerscope::analysis::vulnerabilities::record::OsvRecord;
use layerscope::analysis::vulnerabilities::sarif::{LocatedVulnerability, sarif};
use layerscope::analysis::vulnerabilities::vulnerability::{AffectedPackage, VexDocument};
use layerscope::analysis::vulnerabilities::{cvss, table, versions, vex};
use layerscope::http::HttpResponse;
use layerscope::vocabulary::VexOrigin;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;
use std::ops::ControlFlow;

const ECOSYSTEMS: [&str; 12] = [
    "Debian:12",
    "Alpine:v3.18",
    "Rocky Linux:9",
    "npm",
    "Pub",
    "PyPI",
    "Maven",
    "RubyGems",
    "NuGet",
    "Packagist",
    "CRAN",
    "Hackage",
];

fn queries() -> Vec<OsvQuery> {
    ECOSYSTEMS.iter().map(|ecosystem| OsvQuery::new(ecosystem, "p", "1.0-1")).collect()
}

fn record(json: &[u8]) {
    let Ok(record) = OsvRecord::parse(json) else { return };
    let queries = queries();
    let subject = AffectedPackage { purl: "pkg:npm/p@1.0-1".into(), ..AffectedPackage::default() };
    let found = vulnerabilities(&subject, queries.iter().map(|query| (query, &record)));
    let located: Vec<_> = found
        .iter()
        .map(|vulnerability| LocatedVulnerability { vulnerability, locations: &[] })
        .collect();
    assert_eq!(table::table(&located).lines().count(), located.len() + 1);
    sarif(&located, "x", "");
}

fn answer(body: &[u8]) {
    let response = || Ok(HttpResponse { status: 200, headers: Vec::new(), body: body.to_vec() });
    let mut lookup = BatchLookup::new(ORIGIN, queries());
    for now in 0..100 {
        if matches!(lookup.step(now), LookupStep::Done(_)) {
            break;
        }
        lookup.take(response(), now);
    }
    let Some(mut detail) = RecordLookup::new(ORIGIN, "X-1") else { return };
    detail.take(response(), 0);
    assert!(matches!(detail.step(0), LookupStep::Done(_)));
}

/// Comparing two versions in the opposite order gives the opposite result.
fn order(text: &str) {
    let (a, b) = text.split_once('\n').unwrap_or((text, text));
    for ecosystem in ECOSYSTEMS {
        let there = versions::compare(ecosystem, a, b);
        assert_eq!(there, versions::compare(ecosystem, b, a).map(|order| order.reverse()));
        if let Some(same) = versions::compare(ecosystem, a, a) {
            assert!(same.is_eq());
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((&kind, rest)) = data.split_first() else { return };
    match kind % 6 {
        0 => answer(rest),
        1 => record(rest),
        2 => {
            let mut matcher = ExportMatcher::new(queries());
            let _ = matcher.read_zip("x", Cursor::new(rest), &mut |_, _| ControlFlow::Continue(()));
            matcher.add(b"x", rest);
            matcher.finish("x");
        }
        3 => {
            let Ok(statements) = vex::parse("x", rest) else { return };
            let document = VexDocument { origin: VexOrigin::Attached, name: String::new() };
            vex::apply(&mut [], &document, &statements, &["pkg:oci/x".to_owned()]);
        }
        4 => {
            cvss::score(&String::from_utf8_lossy(rest));
        }
        _ => order(&String::from_utf8_lossy(rest)),
    }
});
