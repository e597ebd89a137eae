//! The table of paths that differ.

use super::compared_words::metadata;
use crate::format;
use crate::link::{Link, View};
use crate::protocol::{
    ComparisonFacts, DifferenceColumn, DifferenceGroup, DifferenceRow, DifferenceShow,
    DifferenceTable, Differences, LinkWord,
};
use crate::ui::app::{
    Answerer, ComparedPair, Loaded, PlacedPair, set_path, use_navigation, use_table_of,
};
use crate::ui::views::parts::{GroupSelect, NoRows, TableSums};
use crate::ui::widgets::{
    Badge, Column, DataTable, FilterBox, RowTarget, Segment, Segments, SizeChangeText, SizeText,
    TableSort,
};
use crate::ui::words;
use crate::vocabulary::PathDifference;
use leptos::prelude::*;

/// The table with its tools. A row whose content differs opens the differences beside the table; any other leads to the
/// path in the second image, or in the first one if only that has it.
#[component]
pub fn Changes(
    pair: ComparedPair,
    answerer: Answerer,
    /// Where both images are.
    place: Signal<Loaded<PlacedPair>>,
    facts: Signal<Loaded<ComparisonFacts>>,
) -> AnyView {
    let navigation = use_navigation();
    let show = move || DifferenceShow::from_word(&navigation.show()).unwrap_or_default();
    let question = move |rows| {
        let PlacedPair { a, b } = place.read().map(|placed| *placed)?;
        Some(Differences {
            table: DifferenceTable {
                a,
                b,
                without: navigation.without(),
                filter: navigation.filter(),
                show: show(),
                sort: navigation.sort(),
                group: navigation.group(),
                rows,
            },
        })
    };
    let rows = use_table_of(answerer, question);
    let links = Memo::new(move |_| (pair.a.link(), pair.b.link()));
    let href = move |row: &DifferenceRow| {
        let links = links.get();
        let link = match row.difference {
            PathDifference::Content => {
                return Some(navigation.href(|link| set_path(link, &row.path)));
            }
            PathDifference::Removed => links.0,
            _ => links.1,
        };
        let mut link: Link = link?;
        link.turn_to(View::Files);
        set_path(&mut link, &row.path);
        Some(link.to_string())
    };
    let choices = Signal::derive(move || facts.read().map(choices).unwrap_or_default());
    let pressed = move |choice: &DifferenceShow| *choice == show();
    let choose =
        move |choice: DifferenceShow| navigation.go(|link| link.show = choice.word().to_owned());
    view! {
        <div class="tools">
            <FilterBox label="Filter changes" hint="Filter by path" />
            <GroupSelect name=group_name />
            <Segments label="Show" choices pressed on_choose=choose />
        </div>
        <DataTable
            label="Changes"
            rows
            columns=columns()
            sort={TableSort::of_link::<DifferenceColumn>(navigation)}
            target=RowTarget::new(href, move |row| row.path == navigation.path())
            waiting="Comparing…"
            empty=|| view! { <NoRows many="changes" none="No path differs." /> }
        />
        <TableSums totals=rows.totals one="path" many="paths" />
    }
    .into_any()
}

fn group_name(group: DifferenceGroup) -> &'static str {
    match group {
        DifferenceGroup::Difference => "difference",
        DifferenceGroup::Directory => "directory",
    }
}

/// All, all but times where there are both, and each class that has paths.
fn choices(facts: &ComparisonFacts) -> Vec<Segment<DifferenceShow>> {
    let all: u64 = facts.classes.iter().map(|class| class.paths).sum();
    let mut choices =
        vec![Segment::new(DifferenceShow::All, format!("All {}", format::count(all)))];
    let times = facts.classes.iter().any(|class| class.difference == PathDifference::Time);
    if times && facts.classes.len() > 1 {
        choices.push(Segment::new(DifferenceShow::WithoutTimes, "Without times"));
    }
    choices.extend(facts.classes.iter().map(|class| {
        let words = words::path_difference(class.difference);
        Segment::new(
            DifferenceShow::of(class.difference),
            format!("{words} {}", format::count(class.paths)),
        )
    }));
    choices
}

fn columns() -> Vec<Column<DifferenceRow>> {
    let is_there = |row: &DifferenceRow, without| (row.difference != without).then_some(());
    vec![
        Column::text("Path", |row: &DifferenceRow| row.shown.to_string())
            .code()
            .share(4)
            .sorts(DifferenceColumn::Path),
        Column::new("Differs in", |row: &DifferenceRow| {
            let details = row.metadata.as_ref().map(metadata).filter(|text| !text.is_empty());
            view! {
                <Badge text=words::path_difference(row.difference) />
                {details.map(|details| view! { " "<span class="soft">{details}</span> })}
            }
        })
        .share(2)
        .sorts(DifferenceColumn::Difference),
        Column::new("Before", move |row: &DifferenceRow| {
            is_there(row, PathDifference::Added).map(|()| view! { <SizeText bytes=row.bytes_a /> })
        })
        .number()
        .fixed(92)
        .rank(2),
        Column::new("After", move |row: &DifferenceRow| {
            is_there(row, PathDifference::Removed)
                .map(|()| view! { <SizeText bytes=row.bytes_b /> })
        })
        .number()
        .fixed(92)
        .rank(2),
        Column::new("Change", |row: &DifferenceRow| {
            view! { <SizeChangeText bytes=change(row.bytes_a, row.bytes_b) /> }
        })
        .number()
        .fixed(104)
        .rank(1)
        .sorts_largest_first(DifferenceColumn::Change),
    ]
}

/// The second less the first.
pub fn change(a: u64, b: u64) -> i64 {
    let change = i128::from(b) - i128::from(a);
    change.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}
