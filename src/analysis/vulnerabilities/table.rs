//! Findings as text, tabs between columns: for a spreadsheet, or `cut` and `sort`.
//!
//! - Escaped, so that a row is a line and a column a column, whatever names hold; and a cell that a
//!   spreadsheet would take for a formula has an apostrophe before it.

use super::sarif::Located;
use crate::text::show;
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
pub fn table(findings: &[Located<'_>]) -> String {
    let mut out = HEADER.join("\t");
    out.push('\n');
    for located in findings {
        let finding = located.finding;
        let rating = finding.severity.as_ref();
        let score = rating.and_then(|rating| rating.score).map(|score| score.to_string());
        let mut layers = BTreeSet::new();
        layers.extend(located.locations.iter().map(|(_, layer)| *layer));
        // People count layers from 1.
        let layers = layers.iter().map(|layer| layer.saturating_add(1).to_string());
        let vex = finding.vex.as_ref().and_then(|said| serde_json::to_value(said.status).ok());
        let row = [
            finding.id.clone(),
            finding.aliases.join(" "),
            rating.map(|rating| rating.word.name()).unwrap_or_default().to_owned(),
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

fn escaped(cell: &str) -> String {
    let cell = show(cell.as_bytes());
    if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell }
}
