//! The view: choices above, the table, one secret at the side.

use super::details::SecretPane;
use super::place::place_words;
use crate::format;
use crate::protocol::{
    LinkWord, SecretColumn, SecretCounts, SecretNumbers, SecretRow, SecretShow, SecretTable,
    Secrets,
};
use crate::ui::app::{Loaded, Navigation, use_image, use_navigation, use_query, use_table};
use crate::ui::views::parts::{NoRows, RowChoice, TableSums, Workbench};
use crate::ui::widgets::{
    Badge, Column, DataTable, FilterBox, Glyph, Icon, LayerMark, RowTarget, Segment, Segments,
    TableSort, ViewHead,
};
use crate::ui::words;
use leptos::prelude::*;

/// The view.
#[component]
pub fn SecretsView() -> AnyView {
    let navigation = use_navigation();
    let has_details = Signal::derive(move || !navigation.item().is_empty());
    view! {
        <Workbench
            id="secrets"
            main=|| view! { <SecretList /> }
            details=|| view! { <SecretPane /> }
            has_details
        />
    }
    .into_any()
}

#[component]
fn SecretList() -> AnyView {
    let (navigation, image) = (use_navigation(), use_image().position);
    let show = move || SecretShow::from_word(&navigation.show()).unwrap_or_default();
    let numbers = use_query(move || Some(SecretCounts { image, layers: navigation.layers() }));
    let rows = use_table(move |rows| {
        Some(Secrets {
            table: SecretTable {
                image,
                layers: navigation.layers(),
                filter: navigation.filter(),
                sort: navigation.sort(),
                show: show(),
                rows,
            },
        })
    });
    let href = move |row: &SecretRow| Some(navigation.href(|link| link.item = row.key.clone()));
    let is_open = move |row: &SecretRow| navigation.item() == row.key;
    let none = move || {
        let complete = numbers.read().map(|numbers| notes(numbers).is_empty());
        match complete {
            Some(true) => {
                "Files, environment, labels and history were searched: no secrets were found."
            }
            _ => "No secrets were found in what was searched.",
        }
        .to_owned()
    };
    view! {
        <section class="browse" aria-label="Secrets">
            <ViewHead title="Secrets" />
            <div class="tools">
                <FilterBox label="Filter secrets" hint="Filter by kind or place" />
                <ShowButtons numbers navigation />
            </div>
            <SecretNotes numbers />
            <DataTable
                label="Secrets"
                rows
                columns=columns()
                sort={TableSort::of_link::<SecretColumn>(navigation)}
                target=RowTarget::new(href, is_open)
                row_class=|row: &SecretRow| if row.removed { "gone" } else { "" }
                waiting="Searching for secrets…"
                empty=move || view! {
                    <NoRows
                        many="secrets"
                        none=Signal::derive(none)
                        chosen_by=RowChoice::Layers
                    />
                }
            />
            <TableSums totals=rows.totals one="secret" many="secrets" />
        </section>
    }
    .into_any()
}

/// What restricts the list.
#[component]
fn SecretNotes(numbers: Signal<Loaded<SecretNumbers>>) -> AnyView {
    let text = Memo::new(move |_| numbers.read().map(notes).unwrap_or_default());
    view! {
        <Show when=move || !text.read().is_empty()>
            <p class="note"><Glyph icon=Icon::Medium /><span class="sp">{move || text.get()}</span></p>
        </Show>
    }
    .into_any()
}

fn notes(numbers: &SecretNumbers) -> String {
    let gaps = words::search_gaps(&numbers.unsearched, &numbers.partial);
    let gaps = (!gaps.is_empty()).then_some(gaps);
    let cut = numbers.cut.then(|| "There are more than are listed.".to_owned());
    gaps.into_iter().chain(cut).collect::<Vec<_>>().join(" ")
}

/// Which secrets are shown, each choice with its number.
#[component]
fn ShowButtons(numbers: Signal<Loaded<SecretNumbers>>, navigation: Navigation) -> AnyView {
    let shown = move || SecretShow::from_word(&navigation.show()).unwrap_or_default();
    let choices = Memo::new(move |_| {
        numbers.read().map(|numbers| segments(numbers, shown())).unwrap_or_default()
    });
    let choose = move |show: SecretShow| {
        navigation.go(|link| {
            link.show = show.word().to_owned();
            link.item.clear();
        });
    };
    view! {
        <Show when=move || !choices.read().is_empty()>
            <Segments
                label="Show"
                choices
                pressed=move |show: &SecretShow| shown() == *show
                on_choose=choose
            />
        </Show>
    }
    .into_any()
}

/// What can be shown: what there is none of is left out, unless it is what is shown.
fn segments(numbers: &SecretNumbers, shown: SecretShow) -> Vec<Segment<SecretShow>> {
    let all = SecretShow::ALL.iter().copied().map(|show| match show {
        SecretShow::Found => (show, "All", numbers.found()),
        SecretShow::Present => {
            (show, "In the image", numbers.in_files.saturating_add(numbers.in_configuration))
        }
        SecretShow::Removed => (show, "Removed later", numbers.removed),
        SecretShow::OfPackages => (show, "Files of packages", numbers.of_packages),
    });
    let is_shown = |(show, _, count): &(SecretShow, &str, u32)| {
        *show == SecretShow::Found || *count > 0 || *show == shown
    };
    let segment = |(show, name, count): (SecretShow, &str, u32)| {
        Segment::new(show, format!("{name} {}", format::count(count.into())))
    };
    all.filter(is_shown).map(segment).collect()
}

fn columns() -> Vec<Column<SecretRow>> {
    vec![
        Column::new("State", |row: &SecretRow| match (&row.package, row.removed) {
            (Some(package), _) => {
                let title = format!("A file of the package {package}, unchanged");
                view! { <Badge text="of a package" title /> }.into_any()
            }
            (None, true) => {
                let title = "Not in the final image, but still in its layer";
                view! { <Badge text="removed later" title /> }.into_any()
            }
            (None, false) => "In the image".into_any(),
        })
        .fixed(124)
        .sorts(SecretColumn::State),
        Column::text("Kind", |row: &SecretRow| row.service.clone())
            .share(3)
            .holds_link()
            .sorts(SecretColumn::Kind),
        Column::text("Place", |row: &SecretRow| place_words(&row.location))
            .code()
            .share(5)
            .sorts(SecretColumn::Place),
        Column::text("Secret", |row: &SecretRow| row.masked.to_string())
            .code()
            .share(2)
            .rank(2)
            .explained("Masked: at most the format's prefix and the last two characters"),
        Column::new("Layer", |row: &SecretRow| match row.layer {
            Some(layer) => view! { <LayerMark layer /> }.into_any(),
            None => ().into_any(),
        })
        .number()
        .fixed(84)
        .sorts(SecretColumn::Layer)
        .rank(1),
    ]
}

#[test]
fn what_is_not_there_is_no_choice_unless_it_is_shown() {
    let numbers = SecretNumbers { in_files: 2, removed: 1, ..SecretNumbers::default() };
    let labels = |shown| {
        let labels = segments(&numbers, shown).into_iter().map(|segment| segment.label);
        labels.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(labels(SecretShow::Found), "All 3, In the image 2, Removed later 1");
    assert_eq!(
        labels(SecretShow::OfPackages),
        "All 3, In the image 2, Removed later 1, Files of packages 0"
    );
}
