//! An attached SBOM compared with what was found. It is a claim: no signature of it is checked here.

use crate::format;
use crate::protocol::{
    LinkWord, SbomColumn, SbomComparison, SbomComparisonPart, SbomRow, SbomSummary, SbomTable,
};
use crate::text::Shown;
use crate::ui::app::{use_image, use_navigation, use_query, use_table_in};
use crate::ui::views::parts::{NoRows, RowChoice, TableSums};
use crate::ui::widgets::{Badge, Column, DataTable, TableSort};
use crate::ui::words;
use leptos::prelude::*;

/// The one group that differences have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SbomGroup;

impl LinkWord for SbomGroup {
    const ALL: &'static [SbomGroup] = &[SbomGroup];

    fn word(self) -> &'static str {
        "state"
    }
}

/// What differs, and a sentence about the rest.
#[component]
pub fn SbomTableView(
    /// `SbomSummary::key`.
    key: String,
) -> AnyView {
    let (navigation, image) = (use_navigation(), use_image().position);
    let key = StoredValue::new(key);
    let question = move |rows| {
        Some(SbomComparison {
            table: SbomTable {
                image,
                key: key.get_value(),
                filter: navigation.filter(),
                sort: navigation.sort(),
                grouped: navigation.group::<SbomGroup>().is_some(),
                rows,
            },
        })
    };
    let rows = use_table_in(question, |answer: SbomComparisonPart| answer.table);
    // Without rows: the summary of the whole comparison.
    let whole = use_query(move || question(Default::default()));
    let summary =
        move || whole.read().map(|part| summary(&part.sbom, part.same, part.without_purl));
    view! {
        <p class="note soft">{summary}</p>
        <DataTable
            label="Packages"
            rows
            columns=columns()
            sort={TableSort::of_link::<SbomColumn>(navigation)}
            waiting="Comparing with the SBOM…"
            empty=|| view! {
                <NoRows
                    many="differences"
                    none="The SBOM and what was found list the same packages."
                    chosen_by=RowChoice::Nothing
                />
            }
        />
        <TableSums totals=rows.totals one="difference" many="differences" />
    }
    .into_any()
}

/// What is the same, who made the SBOM, and what it is not.
fn summary(sbom: &SbomSummary, same: u64, without_purl: u64) -> String {
    let mut text = match same {
        1 => "1 package is the same here and in the SBOM.".to_owned(),
        n => format!("{} packages are the same here and in the SBOM.", format::count(n)),
    };
    text.push_str(" The SBOM is a claim: its signature, if any, was not checked.");
    let makers: Vec<&str> = sbom.makers.iter().map(Shown::as_str).collect();
    let by = match makers.is_empty() {
        true => String::new(),
        false => format!(" by {}", makers.join(", ")),
    };
    let at = match sbom.created.is_empty() {
        true => String::new(),
        false => format!(" at {}", sbom.created),
    };
    if !(by.is_empty() && at.is_empty()) {
        text.push_str(&format!(" Made{by}{at}."));
    }
    if without_purl > 0 {
        let entries = format::counted(without_purl, "entry has", "entries have");
        text.push_str(&format!(" {entries} no PURL and cannot be compared."));
    }
    text
}

fn columns() -> Vec<Column<SbomRow>> {
    let versions =
        |versions: &[Shown]| versions.iter().map(Shown::as_str).collect::<Vec<_>>().join(", ");
    vec![
        Column::text("Package", |row: &SbomRow| row.package.to_string())
            .share(4)
            .sorts(SbomColumn::Package),
        Column::new("Difference", |row: &SbomRow| {
            view! { <Badge text=words::sbom_difference(row.difference) /> }
        })
        .fixed(176)
        .sorts(SbomColumn::Difference),
        Column::text("In the SBOM", move |row: &SbomRow| versions(&row.claimed)).code().share(2),
        Column::text("Found", move |row: &SbomRow| versions(&row.found)).code().share(2),
    ]
}

#[test]
fn the_summary_says_who_made_it_and_that_it_is_a_claim() {
    let mut sbom = SbomSummary::default();
    assert_eq!(
        summary(&sbom, 1, 0),
        "1 package is the same here and in the SBOM. The SBOM is a claim: its signature, if any, was \
         not checked."
    );
    sbom.makers = vec!["syft 1.0".into(), "Example Inc".into()];
    sbom.created = "2026-01-01T00:00:00Z".into();
    let text = summary(&sbom, 1200, 2);
    assert!(text.starts_with("1,200 packages are the same"), "{text}");
    assert!(
        text.ends_with(
            "Made by syft 1.0, Example Inc at 2026-01-01T00:00:00Z. 2 entries have no PURL and cannot be \
             compared."
        ),
        "{text}"
    );
}
