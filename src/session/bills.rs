//! Answers about attached SBOMs.

use super::attached::{AttachedContent, AttachedDocument};
use super::query::{Cell, Table, TableAsk, TableRow};
use super::rows::{self, Lines, Order};
use super::state::Session;
use crate::analysis::packages::Inventory;
use crate::analysis::sbom::compare::{Sides, compare};
use crate::analysis::sbom::read::Attached;
use crate::problem::Problem;
use crate::text;

impl Session {
    /// Attached bills: how `show` calls each, words, and how many packages it lists.
    pub(super) fn bills(&self) -> Vec<(String, String, u64)> {
        let bills = self.shown_attached().iter().filter_map(|known| match &known.content {
            Ok(AttachedContent::Sbom(bill)) => Some((known, bill)),
            _ => None,
        });
        bills
            .map(|(known, bill)| {
                let words = format!("Attached {}", text::show(bill.format.as_bytes()));
                (show_name(known), words, bill.packages.len() as u64)
            })
            .collect()
    }

    /// Why attached documents could not be read.
    pub(super) fn attached_problems(&self) -> impl Iterator<Item = &Problem> {
        self.shown_attached().iter().filter_map(|known| known.content.as_ref().err())
    }

    /// An attached bill held against what was found.
    pub(super) fn bill_table(&self, inventory: &Inventory, ask: &TableAsk) -> Option<Table> {
        let known = self.shown_attached().iter().find(|known| show_name(known) == ask.show)?;
        let Ok(AttachedContent::Sbom(bill)) = &known.content else { return None };
        let installed = inventory.packages.iter().filter(|f| !f.package.declared && !f.removed());
        let compared = compare(installed.map(|found| &found.purl[..]), bill);
        let mut lines = Lines::default();
        let mut add = |sides: &Sides, words: &str, rank: u64| {
            let shown =
                |versions: &[String]| Cell::Code(text::show(versions.join(", ").as_bytes()));
            if !rows::holds(&format!("{}\n{words}", sides.identity), &ask.filter) {
                return;
            }
            let order = match ask.sort.trim_start_matches('-') {
                "package" => Order::Text(sides.identity.clone()),
                _ => Order::Number(rank),
            };
            let row = TableRow {
                cells: vec![
                    Cell::Text(text::show(sides.identity.as_bytes())),
                    Cell::Badge(words.to_owned()),
                    shown(&sides.claimed),
                    shown(&sides.found),
                ],
                ..TableRow::default()
            };
            let group = if ask.group.is_empty() { String::new() } else { words.to_owned() };
            lines.push(group, rank, order, 0, row);
        };
        compared.only_claimed.iter().for_each(|sides| add(sides, "only in the SBOM", 0));
        compared.only_found.iter().for_each(|sides| add(sides, "only found here", 1));
        compared.other_version.iter().for_each(|sides| add(sides, "other version", 2));
        let columns =
            [("Package", "package"), ("Difference", "state"), ("SBOM", ""), ("Found", "")];
        let mut table = lines.table(ask, &columns);
        table.groups = vec![("state".to_owned(), "Difference".to_owned())];
        table.note = note(bill, compared.same, compared.unnamed);
        Some(table)
    }
}

/// How links call it: enough of its digest to tell it from others.
fn show_name(known: &AttachedDocument) -> String {
    let (_, hex) = known.digest.split_once(':').unwrap_or(("", &known.digest));
    format!("sbom-{}", hex.chars().take(12).collect::<String>())
}

/// Who made it, and what of it is the same.
fn note(bill: &Attached, same: usize, unnamed: usize) -> String {
    let tools = [&bill.tools[..], &bill.creators].concat().join(", ");
    let made = match (tools.as_str(), bill.created.as_str()) {
        ("", "") => String::new(),
        ("", time) => format!(" Made at {time}."),
        (tools, "") => format!(" Made by {tools}."),
        (tools, time) => format!(" Made by {tools} at {time}."),
    };
    let unnamed = match unnamed {
        0 => String::new(),
        count => format!(" {count} of its entries have no PURL and are not compared."),
    };
    let same = match same {
        1 => "1 package is the same".to_owned(),
        count => format!("{count} packages are the same"),
    };
    let words = format!(
        "{same} here and in the SBOM; what differs is listed. It is a claim: no signature of it is \
         checked.{made}{unnamed}"
    );
    text::show(words.as_bytes())
}
