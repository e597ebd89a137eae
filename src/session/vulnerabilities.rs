//! Answers about vulnerabilities: what could be asked, the table of what was found, one finding.

use super::answers::selection;
use super::check::{PackageQueries, VulnerabilityCheck, package_queries};
use super::packages::{add_fact, key};
use super::query::{
    Cell, CheckState, Checked, DetailList, Details, Leads, Table, TableAsk, TableRow,
};
use super::rows::{self, Lines, Order};
use super::state::Session;
use crate::analysis::packages::{FoundPackage, Inventory};
use crate::analysis::vulnerabilities::vulnerability::{VexStatus, Vulnerability};
use crate::problem::Problem;
use crate::text;
use crate::vocabulary::Severity;
use std::collections::{BTreeMap, HashMap};

/// References that are listed of a record.
const MAX_REFERENCES: usize = 50;

/// `Cell::Severity`'s rank of what nobody has rated.
const UNRATED: u8 = 5;

impl Session {
    /// How far it is known.
    pub(super) fn checked(&mut self) -> Checked {
        let (Some(image), Ok((_, inventory))) = (self.shown_image(), self.found()) else {
            return Checked::default();
        };
        let check = &image.check;
        let mut out = Checked {
            state: if check.state == CheckState::Waiting { CheckState::Ready } else { check.state },
            done: check.done,
            all: check.total,
            source: text::show(check.source.as_bytes()),
            as_of: check.as_of.clone(),
            warnings: check.warnings.clone(),
            vex: check.vex.iter().map(|(name, _)| text::show(name.as_bytes())).collect(),
            ..Checked::default()
        };
        let mut ecosystems = BTreeMap::<String, u32>::new();
        let mut unchecked = BTreeMap::<String, u32>::new();
        for PackageQueries { queries, .. } in package_queries(inventory) {
            out.packages += 1;
            match queries {
                Ok(queries) if queries.iter().any(|query| check.covers(query)) => {
                    out.checkable += 1;
                    let of = queries.first().map_or("", |query| &query.ecosystem);
                    *ecosystems.entry(text::show(of.as_bytes())).or_default() += 1;
                }
                Ok(_) => {
                    let why = "these files say nothing of their ecosystem".to_owned();
                    *unchecked.entry(why).or_default() += 1;
                }
                Err(why) => *unchecked.entry(why.reason().to_owned()).or_default() += 1,
            }
        }
        out.ecosystems = ecosystems.into_iter().collect();
        out.unchecked = unchecked.into_iter().collect();
        if let Ok((findings, _)) = self.vulnerabilities_found() {
            for finding in findings {
                match applies(finding) {
                    true => out.counts[usize::from(rank(finding))] += 1,
                    false => out.suppressed += 1,
                }
            }
        }
        out
    }

    pub(super) fn vulnerabilities_found(
        &self,
    ) -> Result<(&[Vulnerability], &VulnerabilityCheck), Problem> {
        let inventory = self.found()?.1;
        let check = &self.image(self.shown)?.check;
        Ok((check.findings(inventory), check))
    }

    /// The record of an ID.
    fn record(&self, id: &str) -> Option<&crate::analysis::vulnerabilities::osv::Record> {
        self.shown_image()?.check.record(id)
    }

    /// Findings that a selection, a filter and a choice leave.
    pub(super) fn finding_table(&mut self, ask: &TableAsk) -> Result<Table, Problem> {
        let selected = selection(&ask.layers)?;
        let findings = self.vulnerabilities_found()?.0.to_vec();
        let (_, inventory) = self.found()?;
        let by_purl = by_purl(inventory);
        let mut lines = Lines::default();
        let mut counts = [0u64; 9];
        for finding in &findings {
            let Some(found) = by_purl.get(&finding.package.purl[..]) else { continue };
            if !selected.contains(found.layer().number()) {
                continue;
            }
            let kinds = kinds(finding);
            kinds.iter().for_each(|kind| counts[*kind] += 1);
            let wanted = chosen(&kinds, &ask.show);
            if !wanted || !rows::holds(&searched(finding), &ask.filter) {
                continue;
            }
            let layer = found.layer().0;
            // The worst first, as everybody lists them.
            let worst = u64::from(200 - weight(finding));
            let order = match ask.sort.trim_start_matches('-') {
                "id" => Order::Text(finding.id.clone()),
                "package" => Order::Text(finding.package.name.to_lowercase()),
                "layer" => Order::Number(layer.into()),
                "fixed" => Order::Number(u64::from(finding.fixed.is_empty())),
                _ => Order::Number(worst),
            };
            let package = format!("{} {}", finding.package.name, finding.package.version);
            let (group, group_order) = match ask.group.as_str() {
                "package" => (package, 0),
                "id" => (finding.id.clone(), 0),
                "severity" => (word(rank(finding)).to_owned(), worst / 10),
                "layer" => {
                    let words = format!("Layer {}: {}", layer + 1, self.instruction(layer));
                    (words, u64::from(layer))
                }
                _ => (String::new(), 0),
            };
            lines.push(group, group_order, order, 0, self.finding_row(finding, found));
        }
        let mut table = lines.table(ask, &COLUMNS);
        let named = |(key, words): &(&str, &str)| ((*key).to_owned(), (*words).to_owned());
        table.groups = GROUPS.iter().map(named).collect();
        let shows = SHOWS.iter().zip(counts);
        let said = |(key, _, count): &(String, String, u64)| {
            key.is_empty() || *count > 0 || ask.show.split(',').any(|chosen| chosen == key)
        };
        table.shows = shows
            .map(|((key, words), count)| ((*key).to_owned(), (*words).to_owned(), count))
            .filter(said)
            .collect();
        Ok(table)
    }

    fn finding_row(&self, finding: &Vulnerability, found: &FoundPackage) -> TableRow {
        let fixed = match finding.fixed.is_empty() {
            true => Cell::Text("–".to_owned()),
            false => Cell::Code(shown(&finding.fixed.join(", "))),
        };
        TableRow {
            key: finding_key(finding),
            leads: Leads::Advisory(finding_key(finding)),
            gone: !applies(finding),
            cells: vec![
                Cell::Code(shown(&finding.id)),
                severity(finding),
                Cell::Text(shown(&finding.package.name)),
                Cell::Code(shown(&finding.package.version)),
                fixed,
                self.layer_cell(found.layer().0),
                Cell::Text(shown(&finding.summary)),
            ],
            ..TableRow::default()
        }
    }

    /// All that is known of a finding.
    pub(super) fn finding_details(&mut self, wanted: &str) -> Result<Details, Problem> {
        let findings = self.vulnerabilities_found()?.0;
        let finding = findings.iter().find(|finding| finding_key(finding) == wanted).cloned();
        let Some(finding) = finding else {
            return Err(Problem::new("no-such-advisory", "Nothing of this name was found.")
                .found(text::show(wanted.as_bytes())));
        };
        let (_, inventory) = self.found()?;
        let found = by_purl(inventory).get(&finding.package.purl[..]).copied();
        let record = finding.records.first().and_then(|id| self.record(id));
        let references = record.map_or(&[][..], |record| &record.references);
        let good = references.iter().filter(|reference| reference.url.starts_with("https://"));
        let rows: Vec<TableRow> = good
            .take(MAX_REFERENCES)
            .map(|reference| TableRow {
                leads: Leads::Web(reference.url.clone()),
                cells: vec![
                    Cell::Text(shown(&reference.url)),
                    Cell::Badge(shown(&reference.kind.to_lowercase())),
                ],
                ..TableRow::default()
            })
            .collect();
        let total = rows.len() as u64;
        let mut lists = Vec::new();
        if total > 0 {
            lists.push(DetailList { name: "References".to_owned(), rows, total });
        }
        Ok(Details {
            title: shown(&finding.id),
            facts: self.finding_facts(&finding, found),
            lists,
            text: record.map_or_else(String::new, |record| text::show_lines(&record.details)),
        })
    }

    fn finding_facts(
        &self,
        finding: &Vulnerability,
        found: Option<&FoundPackage>,
    ) -> Vec<super::query::Fact> {
        let mut facts = Vec::new();
        let mut add = |name: &str, value: Cell, leads: Leads| {
            add_fact(&mut facts, name, value, leads, false);
        };
        add("Summary", Cell::Text(shown(&finding.summary)), Leads::Nowhere);
        add("Severity", severity(finding), Leads::Nowhere);
        if let Some(rating) = &finding.rating {
            add("Rated by", Cell::Text(shown(&rating.source)), Leads::Nowhere);
            add("Vector", Cell::Code(shown(&rating.vector)), Leads::Nowhere);
        }
        let package = format!("{} {}", finding.package.name, finding.package.version);
        let leads = found.map_or(Leads::Nowhere, |found| Leads::Package(key(found)));
        add("Package", Cell::Text(shown(&package)), leads);
        let fixed = match finding.fixed.is_empty() {
            true => Cell::Text("no fix is known".to_owned()),
            false => Cell::Code(shown(&finding.fixed.join(", "))),
        };
        add("Fixed in", fixed, Leads::Nowhere);
        if let Some(found) = found {
            add("Layer", self.layer_cell(found.layer().0), Leads::Nowhere);
        }
        add("Aliases", Cell::Text(shown(&finding.aliases.join(", "))), Leads::Nowhere);
        add("Advisory", Cell::Text(shown(&finding.link)), Leads::Web(finding.link.clone()));
        let time = |time: &str| match time {
            "" => Cell::Text(String::new()),
            time => Cell::Time(shown(time)),
        };
        add("Published", time(&finding.published), Leads::Nowhere);
        add("Changed", time(&finding.modified), Leads::Nowhere);
        add("Database", Cell::Text(shown(&finding.database)), Leads::Nowhere);
        if let Some(said) = &finding.vex {
            let status = match said.status {
                VexStatus::NotAffected => "not affected",
                VexStatus::Affected => "affected",
                VexStatus::Fixed => "fixed",
                VexStatus::UnderInvestigation => "under investigation",
            };
            add(
                "VEX",
                Cell::Text(format!("{status}, says {}", shown(&said.source))),
                Leads::Nowhere,
            );
            add("Justification", Cell::Text(shown(&said.justification)), Leads::Nowhere);
            add("Note", Cell::Text(shown(&said.note)), Leads::Nowhere);
        }
        facts
    }

    /// Rows of what is known of one package.
    pub(super) fn findings_of(&mut self, found: &FoundPackage) -> Vec<TableRow> {
        let Ok((findings, _)) = self.vulnerabilities_found() else { return Vec::new() };
        let of = |finding: &&Vulnerability| finding.package.purl == found.purl;
        let line = |finding: &Vulnerability| TableRow {
            leads: Leads::Advisory(finding_key(finding)),
            gone: !applies(finding),
            cells: vec![Cell::Code(shown(&finding.id)), severity(finding)],
            ..TableRow::default()
        };
        findings.iter().filter(of).map(line).collect()
    }
}

const COLUMNS: [(&str, &str); 7] = [
    ("ID", "id"),
    ("Severity", "severity"),
    ("Package", "package"),
    ("Installed", ""),
    ("Fixed in", "fixed"),
    ("Layer", "layer"),
    ("Summary", ""),
];

const GROUPS: [(&str, &str); 4] =
    [("package", "Package"), ("id", "Advisory"), ("severity", "Severity"), ("layer", "Layer")];

/// What alone can be shown. Those that do not apply are no others.
const SHOWS: [(&str, &str); 9] = [
    ("", "All"),
    ("fixable", "Fixable"),
    ("critical", "Critical"),
    ("high", "High"),
    ("medium", "Medium"),
    ("low", "Low"),
    ("none", "None"),
    ("unrated", "Not rated"),
    ("suppressed", "Not applicable (VEX)"),
];

/// Positions in `SHOWS` that a finding belongs to.
fn kinds(finding: &Vulnerability) -> Vec<usize> {
    if !applies(finding) {
        return vec![8];
    }
    let by_rank = match rank(finding) {
        4 => 2,
        3 => 3,
        2 => 4,
        1 => 5,
        0 => 6,
        _ => 7,
    };
    match finding.fixed.is_empty() {
        true => vec![0, by_rank],
        false => vec![0, 1, by_rank],
    }
}

/// Whether a finding is among those that are chosen: of several severities one, and fixable if that is said.
fn chosen(kinds: &[usize], show: &str) -> bool {
    let wanted: Vec<usize> = show
        .split(',')
        .filter_map(|name| SHOWS.iter().position(|(known, _)| *known == name))
        .filter(|at| *at > 0)
        .collect();
    let of = |wanted: &usize| kinds.contains(wanted);
    let (fixable, ranks): (Vec<usize>, Vec<usize>) = wanted.into_iter().partition(|at| *at == 1);
    match ranks.is_empty() {
        true => kinds.contains(&0) && fixable.iter().all(of),
        false => ranks.iter().any(of) && fixable.iter().all(of),
    }
}

fn shown(words: &str) -> String {
    text::show(words.as_bytes())
}

/// What tells findings apart in links.
pub(super) fn finding_key(finding: &Vulnerability) -> String {
    format!("{} {}", finding.id, finding.package.purl)
}

/// No document says that it doesn't.
pub(super) fn applies(finding: &Vulnerability) -> bool {
    let said = finding.vex.as_ref().map(|said| said.status);
    !matches!(said, Some(VexStatus::NotAffected | VexStatus::Fixed))
}

fn rank(finding: &Vulnerability) -> u8 {
    match finding.severity() {
        Severity::Critical => 4,
        Severity::High => 3,
        Severity::Medium => 2,
        Severity::Low => 1,
        Severity::None => 0,
        Severity::Unrated => UNRATED,
    }
}

fn word(rank: u8) -> &'static str {
    match rank {
        4 => "Critical",
        3 => "High",
        2 => "Medium",
        1 => "Low",
        0 => "None",
        _ => "Not rated",
    }
}

/// How bad, from 0 to 200; what nobody has rated comes after all that is rated.
fn weight(finding: &Vulnerability) -> u8 {
    let Some(rating) = &finding.rating else { return 0 };
    let score = rating.score.map_or(rank(finding) * 20, |score| score.tenths());
    1 + rank(finding) * 20 + score.min(100) / 2
}

fn severity(finding: &Vulnerability) -> Cell {
    let score = finding.rating.as_ref().and_then(|rating| rating.score);
    Cell::Severity(rank(finding), score.map(|score| score.tenths()))
}

fn searched(finding: &Vulnerability) -> String {
    let aliases = finding.aliases.join(" ");
    [&finding.id, &aliases, &finding.package.purl, &finding.package.name, &finding.summary]
        .map(|text| &text[..])
        .join("\n")
}

/// Packages by PURL, installed ones alone.
pub(super) fn by_purl(inventory: &Inventory) -> HashMap<&str, &FoundPackage> {
    let installed = |found: &&FoundPackage| !found.package.declared && !found.removed();
    inventory.packages.iter().filter(installed).map(|found| (&found.purl[..], found)).collect()
}
