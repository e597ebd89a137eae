//! The view: choices above, the table, one risk at the side.

use super::details::RiskPane;
use super::mark::RiskMark;
use crate::format;
use crate::protocol::{
    ExportForm, LinkWord, RiskColumn, RiskCounts, RiskGroup, RiskNumbers, RiskRow, RiskShow,
    RiskTable, Risks,
};
use crate::ui::app::{Loaded, use_image, use_navigation, use_query, use_table};
use crate::ui::views::parts::{
    ExportButtons, GroupSelect, IgnoreListPart, ListNote, NoRows, ShowButtons, ShowChoice,
    ShownFindings, TableSums, Workbench, claim_ignore_lists,
};
use crate::ui::widgets::{Column, DataTable, FilterBox, LayerMark, RowTarget, TableSort, ViewHead};
use crate::ui::words;
use crate::vocabulary::RiskSeverity;
use leptos::prelude::*;

/// The view.
#[component]
pub fn RisksView() -> AnyView {
    let navigation = use_navigation();
    let has_details = Signal::derive(move || !navigation.item().is_empty());
    claim_ignore_lists();
    view! {
        <Workbench
            id="risks"
            main=|| view! { <RiskList /> }
            details=|| view! { <RiskPane /> }
            has_details
        />
    }
    .into_any()
}

#[component]
fn RiskList() -> AnyView {
    let (navigation, image) = (use_navigation(), use_image().position);
    let numbers = use_query(move || Some(RiskCounts { image, layers: navigation.layers() }));
    let shown = Memo::new(move |_| {
        let asked = RiskShow::from_word(&navigation.show()).unwrap_or_default();
        let has_list = numbers.read().turn(|numbers| numbers.list.is_some());
        ShownFindings::of(asked, RiskShow::Ignored, &has_list)
    });
    let rows = use_table(move |rows| {
        let show = shown.get().question()?;
        Some(Risks {
            table: RiskTable {
                image,
                layers: navigation.layers(),
                filter: navigation.filter(),
                sort: navigation.sort(),
                group: navigation.group(),
                show,
                rows,
            },
        })
    });
    let href = move |row: &RiskRow| Some(navigation.href(|link| link.item = row.key.clone()));
    let is_open = move |row: &RiskRow| navigation.item() == row.key;
    let none = move || none(numbers);
    let shown_choices = move || numbers.read().map(choices).unwrap_or_default();
    let note = move || {
        let found = numbers.read().map(notes).unwrap_or_default();
        let notes = [shown.get().note(), &found];
        notes.into_iter().filter(|note| !note.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let pressed = move || shown.get().question().unwrap_or(RiskShow::Ignored);
    let ignored = move || {
        let ignored = numbers.read().map(|numbers| (numbers.list.clone(), numbers.ignored));
        ignored.unwrap_or_default()
    };
    let exports = vec![(ExportForm::RiskSarif, "SARIF"), (ExportForm::RiskTable, "Table")];
    view! {
        <section class="browse" aria-label="Risks">
            <ViewHead title="Risks" />
            <div class="tools">
                <FilterBox label="Filter risks" hint="Filter by kind or path" />
                <GroupSelect name=group_name />
                <ShowButtons choices=Signal::derive(shown_choices) shown=Signal::derive(pressed) />
                <IgnoreListPart ignored=Signal::derive(ignored) />
            </div>
            <ListNote text=Signal::derive(note) />
            <DataTable
                label="Risks"
                rows
                columns=columns()
                sort={TableSort::of_link::<RiskColumn>(navigation)}
                target=RowTarget::new(href, is_open)
                row_class=|_: &RiskRow| ""
                waiting="Looking for risks…"
                empty=move || view! { <NoRows many="risks" none=Signal::derive(none) /> }
            />
            <TableSums totals=rows.totals one="risk" many="risks">
                <ExportButtons forms=exports />
            </TableSums>
        </section>
    }
    .into_any()
}

fn group_name(group: RiskGroup) -> &'static str {
    match group {
        RiskGroup::Check => "kind",
        RiskGroup::Layer => "layer",
    }
}

/// What an image without risks was checked for.
fn none(numbers: Signal<Loaded<RiskNumbers>>) -> String {
    let said = numbers.read().map(|numbers| match notes(numbers).is_empty() {
        true if numbers.ignored > 0 => {
            "Nothing was found but what the ignore list names.".to_owned()
        }
        true => format!(
            "{} found nothing.",
            format::counted(numbers.checks.len() as u64, "check", "checks")
        ),
        false => "Nothing was found in what was read.".to_owned(),
    });
    said.unwrap_or_default()
}

/// What restricts the list.
fn notes(numbers: &RiskNumbers) -> String {
    let gaps = words::search_gaps(&numbers.unread, &numbers.partial);
    let gaps = (!gaps.is_empty()).then_some(gaps);
    let unchecked = numbers.unchecked.then(|| {
        "Programs and accounts were not checked completely: there are too many paths to look up.".to_owned()
    });
    let cut: Vec<&str> =
        numbers.checks.iter().filter(|check| check.cut).map(|check| &*check.title).collect();
    let cut =
        (!cut.is_empty()).then(|| format!("There are more than are listed: {}.", cut.join("; ")));
    gaps.into_iter().chain(unchecked).chain(cut).collect::<Vec<_>>().join(" ")
}

/// What can be shown, each with its number.
fn choices(numbers: &RiskNumbers) -> Vec<ShowChoice<RiskShow>> {
    let severity = |show, severity| (show, words::risk_severity(severity), numbers.of(severity));
    let all = numbers.found().saturating_add(numbers.of(RiskSeverity::Info));
    let choice = |show: &RiskShow| match show {
        RiskShow::All => (*show, "All", all),
        RiskShow::High => severity(*show, RiskSeverity::High),
        RiskShow::Medium => severity(*show, RiskSeverity::Medium),
        RiskShow::Low => severity(*show, RiskSeverity::Low),
        RiskShow::Info => severity(*show, RiskSeverity::Info),
        RiskShow::Ignored => (*show, "Ignored", numbers.ignored),
    };
    RiskShow::ALL.iter().map(choice).collect()
}

fn columns() -> Vec<Column<RiskRow>> {
    vec![
        Column::new("Severity", |row: &RiskRow| {
            let severity = row.severity;
            view! { <RiskMark severity /> }.into_any()
        })
        .fixed(112)
        .sorts(RiskColumn::Severity),
        Column::text("Risk", |row: &RiskRow| row.title.clone())
            .share(4)
            .holds_link()
            .sorts(RiskColumn::Check),
        Column::text("Place", |row: &RiskRow| {
            row.path.as_ref().map(|(_, shown)| shown.to_string()).unwrap_or_default()
        })
        .code()
        .share(3)
        .sorts(RiskColumn::Place),
        Column::text("Found", |row: &RiskRow| row.message.to_string()).share(4).rank(2),
        Column::new("Layer", |row: &RiskRow| match row.layer {
            Some(layer) => view! { <LayerMark layer /> }.into_any(),
            None => ().into_any(),
        })
        .number()
        .fixed(84)
        .sorts(RiskColumn::Layer)
        .rank(1),
    ]
}

#[test]
fn each_choice_has_its_number() {
    use crate::protocol::RiskCheckNumbers;
    let check = |high, info| RiskCheckNumbers { high, info, ..RiskCheckNumbers::default() };
    let checks = vec![check(2, 0), check(0, 1)];
    let numbers = RiskNumbers { checks, ignored: 3, ..RiskNumbers::default() };
    let counts = choices(&numbers).into_iter().map(|(_, name, count)| format!("{name} {count}"));
    assert_eq!(
        counts.collect::<Vec<_>>().join(", "),
        "All 3, High 2, Medium 0, Low 0, Information 1, Ignored 3"
    );
}

#[test]
fn what_was_cut_or_not_checked_is_named() {
    use crate::protocol::RiskCheckNumbers;
    let (title, cut) = ("Git repository".to_owned(), true);
    let check = RiskCheckNumbers { title, cut, ..RiskCheckNumbers::default() };
    let numbers = RiskNumbers { checks: vec![check], unchecked: true, ..RiskNumbers::default() };
    let text = notes(&numbers);
    assert!(text.contains("were not checked completely"), "{text}");
    assert!(text.ends_with("There are more than are listed: Git repository."), "{text}");
    assert_eq!(notes(&RiskNumbers::default()), "");
}
