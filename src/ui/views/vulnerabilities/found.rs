//! The table of vulnerabilities, which of them are shown, and the sum below it.

use super::details::UncertainMark;
use super::state::none_text;
use crate::format;
use crate::link::View;
use crate::protocol::{
    CheckFacts, ExportForm, LinkWord, Vulnerabilities, VulnerabilityColumn, VulnerabilityCounts,
    VulnerabilityGroup, VulnerabilityNumbers, VulnerabilityRow, VulnerabilityShow,
    VulnerabilityTable,
};
use crate::selection::LayerSelection;
use crate::text::Shown;
use crate::ui::app::{Loaded, Navigation, use_image, use_navigation, use_query, use_table};
use crate::ui::views::packages::SeverityCellMark;
use crate::ui::views::parts::{ExportButtons, GroupSelect, NoRows, TableSums};
use crate::ui::widgets::{
    Absent, AbsentMark, Column, DataTable, FilterBox, LayerMark, RowTarget, Segment, Segments,
    TableSort,
};
use leptos::prelude::*;

/// Filter, choices, table and sum.
#[component]
pub fn FoundVulnerabilities(check: Signal<Loaded<CheckFacts>>) -> AnyView {
    let (navigation, image) = (use_navigation(), use_image().position);
    let numbers =
        use_query(move || Some(VulnerabilityCounts { image, layers: navigation.layers() }));
    let rows = use_table(move |rows| {
        Some(Vulnerabilities {
            table: VulnerabilityTable {
                image,
                layers: navigation.layers(),
                filter: navigation.filter(),
                sort: navigation.sort(),
                group: navigation.group(),
                show: navigation.show_words(),
                rows,
            },
        })
    });
    let href =
        move |row: &VulnerabilityRow| Some(navigation.href(|link| link.item = row.key.clone()));
    let is_open = move |row: &VulnerabilityRow| navigation.item() == row.key;
    let none = move || {
        let text = check.read().map(none_text);
        text.unwrap_or_else(|| none_text(&CheckFacts::default())).to_owned()
    };
    view! {
        <div class="tools">
            <FilterBox
                label="Filter vulnerabilities"
                hint="Filter by ID, package or summary"
            />
            <GroupSelect name=group_name />
            <ShowButtons numbers navigation />
        </div>
        <DataTable
            label="Vulnerabilities"
            rows
            columns=columns(navigation)
            sort={TableSort::of_link::<VulnerabilityColumn>(navigation)}
            target=RowTarget::new(href, is_open)
            row_class=|row: &VulnerabilityRow| if row.applies { "" } else { "gone" }
            waiting="Matching advisories…"
            empty=move || view! { <NoRows many="vulnerabilities" none=Signal::derive(none) /> }
        />
        <TableSums totals=rows.totals one="vulnerability" many="vulnerabilities">
            <ExportButtons forms=vec![
                (ExportForm::Sarif, "SARIF"),
                (ExportForm::VulnerabilityTable, "Table"),
            ] />
        </TableSums>
    }
    .into_any()
}

fn group_name(group: VulnerabilityGroup) -> &'static str {
    match group {
        VulnerabilityGroup::Package => "package",
        VulnerabilityGroup::Advisory => "advisory",
        VulnerabilityGroup::Severity => "severity",
        VulnerabilityGroup::Layer => "layer",
    }
}

fn show_name(show: VulnerabilityShow) -> &'static str {
    match show {
        VulnerabilityShow::Fixable => "Fixable",
        VulnerabilityShow::Critical => "Critical",
        VulnerabilityShow::High => "High",
        VulnerabilityShow::Medium => "Medium",
        VulnerabilityShow::Low => "Low",
        VulnerabilityShow::None => "None",
        VulnerabilityShow::Unrated => "Not rated",
        VulnerabilityShow::Suppressed => "Not applicable (VEX)",
    }
}

fn number_of(numbers: &VulnerabilityNumbers, show: VulnerabilityShow) -> u32 {
    let counts = &numbers.counts;
    match show {
        VulnerabilityShow::Fixable => numbers.fixable,
        VulnerabilityShow::Critical => counts.critical,
        VulnerabilityShow::High => counts.high,
        VulnerabilityShow::Medium => counts.medium,
        VulnerabilityShow::Low => counts.low,
        VulnerabilityShow::None => counts.none,
        VulnerabilityShow::Unrated => counts.unrated,
        VulnerabilityShow::Suppressed => numbers.suppressed,
    }
}

/// What of the rows is shown; several at once. What there is none of is left out, unless it is chosen.
#[component]
fn ShowButtons(numbers: Signal<Loaded<VulnerabilityNumbers>>, navigation: Navigation) -> AnyView {
    let choices = Memo::new(move |_| {
        let chosen = navigation.show_words::<VulnerabilityShow>();
        numbers.read().map(|numbers| segments(numbers, &chosen)).unwrap_or_default()
    });
    let is_pressed = move |choice: &Option<VulnerabilityShow>| {
        let chosen = navigation.show_words::<VulnerabilityShow>();
        match choice {
            None => chosen.is_empty(),
            Some(show) => chosen.contains(show),
        }
    };
    let choose = move |choice: Option<VulnerabilityShow>| {
        navigation.go(|link| link.show = toggled(&link.show, choice));
    };
    view! {
        <Show when=move || !choices.read().is_empty()>
            <Segments label="Show" choices pressed=is_pressed on_choose=choose />
        </Show>
    }
    .into_any()
}

fn segments(
    numbers: &VulnerabilityNumbers,
    chosen: &[VulnerabilityShow],
) -> Vec<Segment<Option<VulnerabilityShow>>> {
    let labelled = |name: &str, count: u32| format!("{name} {}", format::count(count.into()));
    let all = Segment::new(None, labelled("All", numbers.counts.total()));
    let some = VulnerabilityShow::ALL.iter().filter_map(|show| {
        let count = number_of(numbers, *show);
        let label = labelled(show_name(*show), count);
        (count > 0 || chosen.contains(show)).then(|| Segment::new(Some(*show), label))
    });
    std::iter::once(all).chain(some).collect()
}

/// The link's `show` after a choice was pressed; `None` is all.
fn toggled(shown: &str, choice: Option<VulnerabilityShow>) -> String {
    let Some(choice) = choice else { return String::new() };
    let word = choice.word();
    let mut words: Vec<&str> =
        shown.split(',').filter(|there| !there.is_empty() && *there != word).collect();
    if !shown.split(',').any(|there| there == word) {
        words.push(word);
    }
    words.join(",")
}

fn columns(navigation: Navigation) -> Vec<Column<VulnerabilityRow>> {
    vec![
        Column::new("ID", |row: &VulnerabilityRow| {
            let doubt = row.uncertain.map(|doubt| view! { " "<UncertainMark doubt /> });
            view! { <span title=row.id.to_string()>{row.id.to_string()}</span>{doubt} }
        })
        .code()
        .fixed(190)
        .sorts(VulnerabilityColumn::Id),
        Column::new("Severity", |row: &VulnerabilityRow| {
            view! { <SeverityCellMark severity=row.severity /> }
        })
        .fixed(116)
        .sorts_largest_first(VulnerabilityColumn::Severity),
        Column::text("Package", |row: &VulnerabilityRow| row.package.to_string())
            .share(2)
            .sorts(VulnerabilityColumn::Package),
        Column::text("Installed", |row: &VulnerabilityRow| row.version.to_string())
            .code()
            .share(2)
            .rank(1),
        Column::new("Fixed in", |row: &VulnerabilityRow| {
            let fixed: Vec<&str> = row.fixed.iter().map(Shown::as_str).collect();
            match fixed.is_empty() {
                true => view! { <AbsentMark why=Absent::Unknown /> }.into_any(),
                false => {
                    view! { <span title=fixed.join(", ")>{fixed.join(", ")}</span> }.into_any()
                }
            }
        })
        .code()
        .share(2)
        .sorts(VulnerabilityColumn::Fixed),
        Column::new("Layer", move |row: &VulnerabilityRow| {
            let layers = LayerSelection::one(row.layer.number);
            let href = Signal::derive(move || {
                navigation.href(|link| {
                    link.view = View::Vulnerabilities;
                    link.layers = layers;
                })
            });
            view! { <LayerMark layer=row.layer href /> }
        })
        .number()
        .fixed(84)
        .sorts(VulnerabilityColumn::Layer)
        .rank(2),
        Column::text("Summary", |row: &VulnerabilityRow| row.summary.to_string()).share(5).rank(3),
    ]
}

#[test]
fn several_choices_add_up_and_all_clears_them() {
    use VulnerabilityShow::{Fixable, High};
    assert_eq!(toggled("", Some(High)), "high");
    assert_eq!(toggled("high", Some(Fixable)), "high,fixable");
    assert_eq!(toggled("high,fixable", Some(High)), "fixable");
    assert_eq!(toggled("high,fixable", None), "");
}

#[test]
fn what_is_not_there_is_no_choice_unless_it_is_chosen() {
    let mut numbers = VulnerabilityNumbers { fixable: 1, ..VulnerabilityNumbers::default() };
    numbers.counts.high = 2;
    let labels = |chosen: &[VulnerabilityShow]| {
        let labels = segments(&numbers, chosen).into_iter().map(|segment| segment.label);
        labels.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(labels(&[]), "All 2, Fixable 1, High 2");
    assert_eq!(labels(&[VulnerabilityShow::Low]), "All 2, Fixable 1, High 2, Low 0");
}
