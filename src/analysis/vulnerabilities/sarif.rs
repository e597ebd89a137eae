//! Findings as SARIF, for code scanning and other readers of results.
//!
//! Source: OASIS, SARIF 2.1.0 (sarif-schema-2.1.0.json); `security-severity` as GitHub's "SARIF support for
//! code scanning" has it.
//!
//! - A rule for each vulnerability, a result for each package that has it. What a VEX document calls not
//!   affected or fixed is suppressed, not left out.
//! - The same findings give the same bytes.

use super::vulnerability::{VexStatus, Vulnerability};
use crate::text::{percent_encode, show};
use crate::vocabulary::{LayerPosition, Severity};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A finding, and where its package is.
#[derive(Clone, Copy, Debug)]
pub struct LocatedVulnerability<'a> {
    pub vulnerability: &'a Vulnerability,
    /// Paths relative to the root, without a leading slash, and their layers.
    pub locations: &'a [(Vec<u8>, LayerPosition)],
}

/// The document. `image`: what the findings are of, as a reader is to see it.
pub fn sarif(findings: &[LocatedVulnerability<'_>], image: &str) -> String {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut rules = Vec::new();
    let mut results = Vec::new();
    for located in findings {
        let finding = located.vulnerability;
        let rule_index = *places.entry(&finding.id).or_insert_with(|| {
            rules.push(rule(finding));
            rules.len() - 1
        });
        results.push(result(located, rule_index, image));
    }
    let driver = json!({
        "name": "Layerscope",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules,
    });
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}],
    });
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

fn rule(finding: &Vulnerability) -> Value {
    let id = show(finding.id.as_bytes());
    let summary = if finding.summary.is_empty() { &id } else { &show(finding.summary.as_bytes()) };
    let mut properties = Map::new();
    properties.insert("tags".to_owned(), json!(["security", "vulnerability"]));
    if let Some(score) = finding.rating.as_ref().and_then(|rating| rating.score) {
        properties.insert("security-severity".to_owned(), json!(score.to_string()));
    }
    let aliases: Vec<_> = finding.aliases.iter().map(|alias| show(alias.as_bytes())).collect();
    let full = match aliases.join(", ") {
        aliases if aliases.is_empty() => summary.clone(),
        aliases => format!("{summary} ({aliases})"),
    };
    json!({
        "id": id,
        "shortDescription": {"text": summary},
        "fullDescription": {"text": full},
        "helpUri": finding.link,
        "defaultConfiguration": {"level": level(finding)},
        "properties": properties,
    })
}

fn level(finding: &Vulnerability) -> &'static str {
    match finding.severity() {
        Severity::Critical | Severity::High => "error",
        Severity::Medium | Severity::Unrated => "warning",
        Severity::Low | Severity::None => "note",
    }
}

fn result(located: &LocatedVulnerability<'_>, rule_index: usize, image: &str) -> Value {
    let finding = located.vulnerability;
    let (package, id) = (&finding.package, show(finding.id.as_bytes()));
    let (name, version) = (show(package.name.as_bytes()), show(package.version.as_bytes()));
    let fixed: Vec<_> = finding.fixed.iter().map(|version| show(version.as_bytes())).collect();
    let fixed = match fixed.join(", ") {
        fixed if fixed.is_empty() => "no fix is known".to_owned(),
        fixed => format!("fixed in {fixed}"),
    };
    let message = format!("{name} {version} of {} has {id}; {fixed}.", show(image.as_bytes()));
    let location = |(path, layer): &(Vec<u8>, LayerPosition)| {
        let layer = format!("layer {}", layer.number());
        json!({
            "physicalLocation": {
                "artifactLocation": {"uri": percent_encode(path)},
                "region": {"startLine": 1},
            },
            "message": {"text": layer},
        })
    };
    let locations: Vec<_> = located.locations.iter().map(location).collect();
    let mut result = json!({
        "ruleId": id,
        "ruleIndex": rule_index,
        "level": level(finding),
        "message": {"text": message},
        "locations": locations,
        "partialFingerprints": {"package/v1": format!("{}:{id}", show(package.purl.as_bytes()))},
    });
    let suppressed = finding
        .vex
        .as_ref()
        .filter(|said| matches!(said.status, VexStatus::NotAffected | VexStatus::Fixed));
    if let (Some(said), Some(fields)) = (suppressed, result.as_object_mut()) {
        let words = [said.justification.as_str(), &said.note, &said.source];
        let words: Vec<_> = words.into_iter().filter(|text| !text.is_empty()).collect();
        let justification = show(words.join("; ").as_bytes());
        let one = json!({"kind": "external", "status": "accepted", "justification": justification});
        fields.insert("suppressions".to_owned(), json!([one]));
    }
    result
}

#[cfg(test)]
mod tests;
