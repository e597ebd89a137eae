//! Findings as text, tabs between columns: for a spreadsheet, or `cut` and `sort`.
//!
//! - Escaped, so that a row is a line and a column a column, whatever names hold; and a cell that a
//!   spreadsheet would take for a formula has an apostrophe before it.

use super::sarif::LocatedVulnerability;
use crate::text::show;
use crate::vocabulary::Severity;
use std::collections::BTreeSet;

const HEADER: [&str; 11] = [
    "ID",
    "Aliases",
    "Severity",
    "Score",
    "Package",
    "Installed",
    "Fixed",
    "Layers",
    "VEX",
    "Link",
    "Summary",
];

/// A line of names, then one for each finding.
pub fn table(findings: &[LocatedVulnerability<'_>]) -> String {
    let mut out = HEADER.join("\t");
    out.push('\n');
    for located in findings {
        let finding = located.vulnerability;
        let rating = finding.rating.as_ref();
        let score = rating.and_then(|rating| rating.score).map(|score| score.to_string());
        let mut layers = BTreeSet::new();
        layers.extend(located.locations.iter().map(|(_, layer)| *layer));
        let layers = layers.iter().map(|layer| layer.number().to_string());
        let vex = finding.vex.as_ref().and_then(|said| serde_json::to_value(said.status).ok());
        let row = [
            finding.id.clone(),
            finding.aliases.join(" "),
            severity_word(finding.severity()).to_owned(),
            score.unwrap_or_default(),
            finding.package.name.clone(),
            finding.package.version.clone(),
            finding.fixed.join(" "),
            layers.collect::<Vec<_>>().join(" "),
            vex.as_ref().and_then(|word| word.as_str()).unwrap_or_default().to_owned(),
            finding.link.clone(),
            finding.summary.clone(),
        ];
        out.push_str(&row.map(|cell| escaped(&cell)).join("\t"));
        out.push('\n');
    }
    out
}

/// In lower case; empty: not rated.
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

fn escaped(cell: &str) -> String {
    let cell = show(cell.as_bytes());
    if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell }
}
