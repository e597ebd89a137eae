//! Secrets as documents, masked: SARIF (`analysis/sarif.rs`), and a table of tab-separated values.
//!
//! - Secrets of unchanged files of packages are suppressed in SARIF, and marked in the table.

use super::finding::{SecretFinding, SecretPlace};
use crate::analysis::ignore::IgnoreList;
use crate::analysis::sarif::{IGNORED, SarifDocument, SuppressionStatus, location, suppression};
use crate::text::{Shown, percent_encode, show, spreadsheet_cell};
use serde_json::{Value, json};

/// The secrets as SARIF. `image` is the name of the image; `gaps` says what of it was not searched. What the ignore
/// list names is suppressed.
pub fn sarif(findings: &[SecretFinding], image: &str, gaps: &str, ignored: &IgnoreList) -> String {
    let mut document = SarifDocument::default();
    for finding in findings {
        let index = document.rule_index(finding.rule.code, || rule(finding));
        let mut result = result(finding, index, image);
        let why = match finding.is_alarm() {
            false => Some("It belongs to an installed package and is unchanged since."),
            true => finding.is_ignored(ignored).then_some(IGNORED),
        };
        if let Some(why) = why {
            result["suppressions"] = suppression(SuppressionStatus::Accepted, why);
        }
        document.add_result(result);
    }
    document.write(gaps)
}

fn rule(finding: &SecretFinding) -> Value {
    let rule = finding.rule;
    json!({
        "id": rule.code,
        "shortDescription": {"text": format!("Secret of {}", rule.service)},
        "fullDescription": {"text": format!("It gives access to {}.", rule.access)},
        "help": {"text": format!("Revoke it: {}. Then build without it.", rule.revoke)},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["security", "secret"], "security-severity": "8.0"},
    })
}

fn result(finding: &SecretFinding, rule_index: usize, image: &str) -> Value {
    let rule = finding.rule;
    let (image, masked) = (Shown::new(image), Shown::new(&finding.masked));
    let place = finding.place_words();
    let (locations, gone) = match &finding.place {
        SecretPlace::File { path, layer, line, removed, .. } => {
            (vec![location(path, *layer, line.unwrap_or(1))], *removed)
        }
        _ => (vec![json!({"logicalLocations": [{"name": place, "kind": "variable"}]})], false),
    };
    let state = if gone { " A later layer removes the file; its layer still has it." } else { "" };
    let message = format!("{image} has a secret of {} in {place}: {masked}.{state}", rule.service);
    let path = match &finding.place {
        SecretPlace::File { path, .. } => percent_encode(path),
        _ => percent_encode(place.as_bytes()),
    };
    json!({
        "ruleId": rule.code,
        "ruleIndex": rule_index,
        "level": "error",
        "message": {"text": message},
        "locations": locations,
        "partialFingerprints": {"place/v1": format!("{}:{path}", rule.code)},
    })
}

/// A line of names, then one for each secret.
pub fn table(findings: &[SecretFinding], ignored: &IgnoreList) -> String {
    let mut out = "rule\tof\twhere\tlayer\tstate\tmasked\n".to_owned();
    for finding in findings {
        let (layer, state) = match &finding.place {
            SecretPlace::File { layer, removed, package, .. } => {
                let state = match (package, removed) {
                    (Some(_), _) => "of a package",
                    (None, true) => "removed later",
                    (None, false) => "in the image",
                };
                (Some(*layer), state)
            }
            SecretPlace::History { layer, .. } => (*layer, "in the image"),
            SecretPlace::Env { .. } | SecretPlace::Label { .. } | SecretPlace::Setting { .. } => {
                (None, "in the image")
            }
        };
        let layer = layer.map(|layer| layer.number().to_string()).unwrap_or_default();
        let fields = [
            finding.rule.code,
            finding.rule.service,
            &finding.place_words(),
            &layer,
            if finding.is_ignored(ignored) { "ignored" } else { state },
            &show(finding.masked.as_bytes()),
        ];
        out.push_str(&fields.map(spreadsheet_cell).join("\t"));
        out.push('\n');
    }
    out
}
