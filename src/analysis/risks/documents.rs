//! Risks as documents: SARIF (`analysis/sarif.rs`), and a table of tab-separated values.

use super::risk::Risk;
use crate::analysis::ignore::IgnoreList;
use crate::analysis::sarif::{
    IGNORED, SarifDocument, SuppressionStatus, level_of_risk, location, security_severity,
    suppression,
};
use crate::text::{Shown, spreadsheet_cell};
use crate::vocabulary::RiskSeverity;
use serde_json::{Value, json};

/// The place of a risk that no file has.
const CONFIGURATION: &str = "image configuration";

/// The risks as SARIF. `image` is the name of the image; `gaps` says what of it was not read. What the ignore list
/// names is suppressed.
pub fn sarif(risks: &[Risk], image: &str, gaps: &str, ignored: &IgnoreList) -> String {
    let mut document = SarifDocument::default();
    for risk in risks {
        let index = document.rule_index(risk.check.code, || rule(risk));
        let mut result = result(risk, index, image);
        if risk.is_ignored(ignored) {
            result["suppressions"] = suppression(SuppressionStatus::Accepted, IGNORED);
        }
        document.add_result(result);
    }
    document.write(gaps)
}

fn rule(risk: &Risk) -> Value {
    let check = risk.check;
    let aliases = match check.aliases {
        [] => String::new(),
        aliases => format!(" Also known as {}.", aliases.join(", ")),
    };
    let mut properties = json!({"tags": ["security", "risk"]});
    if check.severity != RiskSeverity::Info {
        properties["security-severity"] = json!(security_severity(check.severity));
    }
    json!({
        "id": check.code,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": format!("{}{aliases}", check.why)},
        "help": {"text": check.advice},
        "defaultConfiguration": {"level": level_of_risk(check.severity)},
        "properties": properties,
    })
}

fn result(risk: &Risk, rule_index: usize, image: &str) -> Value {
    let check = risk.check;
    let image = Shown::new(image);
    let path = risk.path.as_deref();
    let place = path.map_or_else(String::new, |_| format!(" {}:", risk.place()));
    let locations: Vec<Value> = match (path, risk.layer) {
        (Some(path), Some(layer)) => vec![location(path, layer, 1)],
        _ => vec![json!({"logicalLocations": [{"name": CONFIGURATION, "kind": "module"}]})],
    };
    json!({
        "ruleId": check.code,
        "ruleIndex": rule_index,
        "level": level_of_risk(risk.severity),
        "message": {"text": format!("{image}:{place} {} {}", check.title, risk.message)},
        "locations": locations,
        "partialFingerprints": {"risk/v2": risk.fingerprint()},
    })
}

/// A line of names, then one for each risk.
pub fn table(risks: &[Risk], ignored: &IgnoreList) -> String {
    let mut out = "check\tseverity\tpath\tlayer\twhat\tfound\tadvice\tstate\n".to_owned();
    for risk in risks {
        let layer = risk.layer.map(|layer| layer.number().to_string());
        let fields = [
            risk.check.code,
            risk.severity.name(),
            &risk.place(),
            &layer.unwrap_or_default(),
            risk.check.title,
            &risk.message,
            risk.check.advice,
            if risk.is_ignored(ignored) { "ignored" } else { "" },
        ];
        out.push_str(&fields.map(spreadsheet_cell).join("\t"));
        out.push('\n');
    }
    out
}
