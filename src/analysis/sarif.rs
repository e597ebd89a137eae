//! SARIF, for code scanning and other readers of results: what documents about vulnerabilities, secrets and risks
//! have in common.
//!
//! Source: OASIS, SARIF 2.1.0 (sarif-schema-2.1.0.json); `security-severity` as in GitHub's "SARIF support
//! for code scanning".
//!
//! - The same findings give the same bytes.

use crate::text::percent_encode;
use crate::vocabulary::{LayerPosition, RiskSeverity};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Why a finding is suppressed that the ignore list names.
pub const IGNORED: &str = "The ignore list names it.";

/// Whether a suppression counts.
#[derive(Clone, Copy)]
pub enum SuppressionStatus {
    Accepted,
    /// It was proposed: the result is not yet suppressed.
    UnderReview,
}

/// A suppression of a result, with its reason.
pub fn suppression(status: SuppressionStatus, why: &str) -> Value {
    let status = match status {
        SuppressionStatus::Accepted => "accepted",
        SuppressionStatus::UnderReview => "underReview",
    };
    json!([{"kind": "external", "status": status, "justification": why}])
}

/// A document in the making: each rule once, and the results.
#[derive(Default)]
pub struct SarifDocument {
    rule_indexes: BTreeMap<String, usize>,
    rules: Vec<Value>,
    results: Vec<Value>,
}

impl SarifDocument {
    /// The position of a rule, which is made if it is new.
    pub fn rule_index(&mut self, id: &str, rule: impl FnOnce() -> Value) -> usize {
        if let Some(index) = self.rule_indexes.get(id) {
            return *index;
        }
        let index = self.rules.len();
        self.rule_indexes.insert(id.to_owned(), index);
        self.rules.push(rule());
        index
    }

    pub fn add_result(&mut self, result: Value) {
        self.results.push(result);
    }

    /// The text. `gaps` says what of the image was not read, and is empty if everything was.
    pub fn write(self, gaps: &str) -> String {
        let driver = json!({
            "name": "Layerscope",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": self.rules,
        });
        let mut document = json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": {"driver": driver},
                "results": self.results,
                "columnKind": "unicodeCodePoints",
            }],
        });
        if !gaps.is_empty() {
            let notice = json!({"level": "warning", "message": {"text": gaps}});
            document["runs"][0]["invocations"] =
                json!([{"executionSuccessful": false, "toolExecutionNotifications": [notice]}]);
        }
        serde_json::to_string_pretty(&document).unwrap_or_default()
    }
}

/// A place in a file: its path, relative to the root, its layer, its line from 1.
pub fn location(path: &[u8], layer: LayerPosition, line: u32) -> Value {
    json!({
        "physicalLocation": {
            "artifactLocation": {"uri": percent_encode(path)},
            "region": {"startLine": line},
        },
        "message": {"text": format!("layer {}", layer.number())},
    })
}

/// How severe a result is.
pub fn level_of_risk(severity: RiskSeverity) -> &'static str {
    match severity {
        RiskSeverity::High => "error",
        RiskSeverity::Medium => "warning",
        RiskSeverity::Low | RiskSeverity::Info => "note",
    }
}

/// GitHub's number for a severity, from 0 to 10.
pub fn security_severity(severity: RiskSeverity) -> &'static str {
    match severity {
        RiskSeverity::High => "8.0",
        RiskSeverity::Medium => "5.0",
        RiskSeverity::Low => "2.0",
        RiskSeverity::Info => "0.0",
    }
}
