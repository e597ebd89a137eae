//! Vulnerabilities as a table of text with tabs between columns, for a spreadsheet or for `cut` and `sort`.
//!
//! Cells are escaped: a row is always one line and a cell one column. A cell that a spreadsheet would take
//! for a formula gets an apostrophe before it.

use super::sarif::LocatedVulnerability;
use super::vulnerability::AppliedVex;
use crate::text::spreadsheet_cell;
use crate::vocabulary::{LayerPosition, Severity, Uncertainty};
use std::collections::BTreeSet;

const HEADER: [&str; 13] = [
    "ID",
    "Aliases",
    "Severity",
    "Score",
    "Package",
    "Installed",
    "Fixed",
    "Layers",
    "VEX",
    "Uncertain",
    "Link",
    "Summary",
    "VEX reason",
];

/// A line of column names, then a line for each vulnerability.
pub fn table(vulnerabilities: &[LocatedVulnerability<'_>]) -> String {
    let mut out = HEADER.join("\t");
    out.push('\n');
    for located in vulnerabilities {
        let vulnerability = located.vulnerability;
        let score = vulnerability.rating.as_ref().and_then(|rating| rating.score);
        let layers: BTreeSet<LayerPosition> =
            located.locations.iter().map(|(_, layer)| *layer).collect();
        let layers: Vec<_> = layers.iter().map(|layer| layer.number().to_string()).collect();
        let applied = vulnerability.vex.as_ref();
        let vex = applied.and_then(|applied| serde_json::to_value(applied.verdict.status).ok());
        let row = [
            vulnerability.id.clone(),
            vulnerability.aliases.join(" "),
            severity_word(vulnerability.severity()).to_owned(),
            score.map(|score| score.to_string()).unwrap_or_default(),
            vulnerability.package.name.clone(),
            vulnerability.package.version.clone(),
            vulnerability.fixed.join(" "),
            layers.join(" "),
            vex.as_ref().and_then(|word| word.as_str()).unwrap_or_default().to_owned(),
            vulnerability.uncertain.map(Uncertainty::words).unwrap_or_default().to_owned(),
            vulnerability.link.clone(),
            vulnerability.summary.clone(),
            applied.map(AppliedVex::reason).unwrap_or_default(),
        ];
        out.push_str(&row.map(|cell| spreadsheet_cell(&cell)).join("\t"));
        out.push('\n');
    }
    out
}

/// In lower case; empty if nobody rated it.
fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
        Severity::None => "none",
        Severity::Unrated => "",
    }
}
