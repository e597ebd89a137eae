//! The view: choices above, the table, one secret at the side.

use super::details::SecretPane;
use super::place::place_words;
use crate::protocol::{
    ExportForm, LinkWord, SecretColumn, SecretCounts, SecretNumbers, SecretRow, SecretShow,
    SecretTable, Secrets,
};
use crate::ui::app::{use_image, use_navigation, use_query, use_table};
use crate::ui::views::parts::{
    ExportButtons, IgnoreListPart, ListNote, NoRows, RowChoice, ShowButtons, ShowChoice,
    ShownFindings, TableSums, Workbench, claim_ignore_lists,
};
use crate::ui::widgets::{
    Badge, Column, DataTable, FilterBox, LayerMark, RowTarget, TableSort, ViewHead,
};
use crate::ui::words;
use leptos::prelude::*;

/// The view.
#[component]
pub fn SecretsView() -> AnyView {
    let navigation = use_navigation();
    let has_details = Signal::derive(move || !navigation.item().is_empty());
    claim_ignore_lists();
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
    let numbers = use_query(move || Some(SecretCounts { image, layers: navigation.layers() }));
    let shown = Memo::new(move |_| {
        let asked = SecretShow::from_word(&navigation.show()).unwrap_or_default();
        let has_list = numbers.read().turn(|numbers| numbers.list.is_some());
        ShownFindings::of(asked, SecretShow::Ignored, &has_list)
    });
    let rows = use_table(move |rows| {
        let show = shown.get().question()?;
        Some(Secrets {
            table: SecretTable {
                image,
                layers: navigation.layers(),
                filter: navigation.filter(),
                sort: navigation.sort(),
                show,
                rows,
            },
        })
    });
    let href = move |row: &SecretRow| Some(navigation.href(|link| link.item = row.key.clone()));
    let is_open = move |row: &SecretRow| navigation.item() == row.key;
    let none = move || {
        let complete =
            numbers.read().map(|numbers| (notes(numbers).is_empty(), numbers.ignored > 0));
        match complete {
            Some((true, true)) => "No secrets were found but those that the ignore list names.",
            Some((true, false)) => {
                "Files, environment, labels and history were searched: no secrets were found."
            }
            _ => "No secrets were found in what was searched.",
        }
        .to_owned()
    };
    let shown_choices = move || numbers.read().map(choices).unwrap_or_default();
    let note = move || {
        let found = numbers.read().map(notes).unwrap_or_default();
        let notes = [shown.get().note(), &found];
        notes.into_iter().filter(|note| !note.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let pressed = move || shown.get().question().unwrap_or(SecretShow::Ignored);
    let ignored = move || {
        let ignored = numbers.read().map(|numbers| (numbers.list.clone(), numbers.ignored));
        ignored.unwrap_or_default()
    };
    let exports = vec![(ExportForm::SecretSarif, "SARIF"), (ExportForm::SecretTable, "Table")];
    view! {
        <section class="browse" aria-label="Secrets">
            <ViewHead title="Secrets" />
            <div class="tools">
                <FilterBox label="Filter secrets" hint="Filter by kind or place" />
                <ShowButtons choices=Signal::derive(shown_choices) shown=Signal::derive(pressed) />
                <IgnoreListPart ignored=Signal::derive(ignored) />
            </div>
            <ListNote text=Signal::derive(note) />
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
            <TableSums totals=rows.totals one="secret" many="secrets">
                <ExportButtons forms=exports />
            </TableSums>
        </section>
    }
    .into_any()
}

fn notes(numbers: &SecretNumbers) -> String {
    let gaps = words::search_gaps(&numbers.unsearched, &numbers.partial);
    let gaps = (!gaps.is_empty()).then_some(gaps);
    let cut = numbers.cut.then(|| "There are more than are listed.".to_owned());
    gaps.into_iter().chain(cut).collect::<Vec<_>>().join(" ")
}

/// What can be shown, each with its number.
fn choices(numbers: &SecretNumbers) -> Vec<ShowChoice<SecretShow>> {
    let in_image = numbers.in_files.saturating_add(numbers.in_configuration);
    let choice = |show: &SecretShow| match show {
        SecretShow::Found => (*show, "All", numbers.found()),
        SecretShow::Present => (*show, "In the image", in_image),
        SecretShow::Removed => (*show, "Removed later", numbers.removed),
        SecretShow::OfPackages => (*show, "Files of packages", numbers.of_packages),
        SecretShow::Ignored => (*show, "Ignored", numbers.ignored),
    };
    SecretShow::ALL.iter().map(choice).collect()
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
            (None, false) if row.ignored => {
                view! { <Badge text="ignored" title="The ignore list names it" /> }.into_any()
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
fn each_choice_has_its_number() {
    let numbers = SecretNumbers {
        in_files: 2,
        in_configuration: 4,
        removed: 1,
        of_packages: 5,
        ignored: 3,
        ..SecretNumbers::default()
    };
    let counts = choices(&numbers).into_iter().map(|(_, name, count)| format!("{name} {count}"));
    assert_eq!(
        counts.collect::<Vec<_>>().join(", "),
        "All 7, In the image 6, Removed later 1, Files of packages 5, Ignored 3"
    );
}
