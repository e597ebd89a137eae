//! Vulnerabilities as SARIF (`analysis/sarif.rs`).
//!
//! - One rule for each vulnerability, one result for each package that has it. A result that a VEX document
//!   calls not affected or fixed is suppressed, not left out. What the image says about itself is a suppression that
//!   nobody has accepted: readers of SARIF count such a result like the others.

use super::vulnerability::{VexOrigin, Vulnerability};
use crate::analysis::sarif::{SarifDocument, SuppressionStatus, location, suppression};
use crate::text::Shown;
use crate::vocabulary::{LayerPosition, Severity};
use serde_json::{Map, Value, json};

/// A vulnerability and the locations of its package.
#[derive(Clone, Copy, Debug)]
pub struct LocatedVulnerability<'a> {
    pub vulnerability: &'a Vulnerability,
    /// Paths relative to the root, without a leading slash, and their layers.
    pub locations: &'a [(Vec<u8>, LayerPosition)],
}

/// Writes the document. `image` is the name of the image; `gaps` says what of it was not read, and is empty if
/// everything was.
pub fn sarif(vulnerabilities: &[LocatedVulnerability<'_>], image: &str, gaps: &str) -> String {
    let mut document = SarifDocument::default();
    for located in vulnerabilities {
        let vulnerability = located.vulnerability;
        let rule_index = document.rule_index(&vulnerability.id, || rule(vulnerability));
        document.add_result(result(located, rule_index, image));
    }
    document.write(gaps)
}

fn rule(vulnerability: &Vulnerability) -> Value {
    let id = Shown::new(&vulnerability.id);
    let summary = Shown::new(&vulnerability.summary);
    let summary = if summary.is_empty() { &id } else { &summary };
    let mut properties = Map::new();
    properties.insert("tags".to_owned(), json!(["security", "vulnerability"]));
    if let Some(score) = vulnerability.rating.as_ref().and_then(|rating| rating.score) {
        properties.insert("security-severity".to_owned(), json!(score.to_string()));
    }
    let full = match shown_list(&vulnerability.aliases) {
        aliases if aliases.is_empty() => summary.to_string(),
        aliases => format!("{summary} ({aliases})"),
    };
    json!({
        "id": id,
        "shortDescription": {"text": summary},
        "fullDescription": {"text": full},
        "helpUri": vulnerability.link,
        "defaultConfiguration": {"level": level(vulnerability.severity())},
        "properties": properties,
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium | Severity::Unrated => "warning",
        Severity::Low | Severity::None => "note",
    }
}

fn result(located: &LocatedVulnerability<'_>, rule_index: usize, image: &str) -> Value {
    let vulnerability = located.vulnerability;
    let (package, id) = (&vulnerability.package, Shown::new(&vulnerability.id));
    let fixed = match shown_list(&vulnerability.fixed) {
        fixed if fixed.is_empty() => "no fix is known".to_owned(),
        fixed => format!("fixed in {fixed}"),
    };
    let [name, version, image] = [&package.name[..], &package.version, image].map(Shown::new);
    let doubt = vulnerability.uncertain.map(|doubt| format!(" Uncertain: {}.", doubt.words()));
    let doubt = doubt.unwrap_or_default();
    let message = format!("{name} {version} of {image} has {id}; {fixed}.{doubt}");
    let places = located.locations.iter();
    let locations: Vec<_> = places.map(|(path, layer)| location(path, *layer, 1)).collect();
    let fingerprint = format!("{}:{id}", Shown::new(&package.purl));
    let mut result = json!({
        "ruleId": id,
        "ruleIndex": rule_index,
        "level": level(vulnerability.severity()),
        "message": {"text": message},
        "locations": locations,
        "partialFingerprints": {"package/v1": fingerprint},
    });
    if let Some(vex) = vulnerability.suppression() {
        let status = match vex.document.origin {
            VexOrigin::Attached => SuppressionStatus::UnderReview,
            VexOrigin::Opened => SuppressionStatus::Accepted,
        };
        result["suppressions"] = suppression(status, &Shown::new(vex.reason()));
    }
    result
}

fn shown_list(texts: &[String]) -> String {
    let texts: Vec<_> = texts.iter().map(|text| Shown::new(text).into_string()).collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests;
