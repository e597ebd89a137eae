//! The view: tools above, one of three tables, details at the side.

use super::details::PackagePane;
use super::found::FoundTable;
use super::notes::PackageNotes;
use super::sbom::SbomTableView;
use super::unowned::UnownedTableView;
use crate::format;
use crate::protocol::{
    AttachedWish, ExportForm, LinkWord, PackageCounts, PackageGroup, PackageNumbers, PackageShow,
};
use crate::ui::app::{Loaded, Navigation, use_image, use_navigation, use_query};
use crate::ui::views::parts::{ExportButtons, GroupSelect, Workbench, fetch_attached};
use crate::ui::widgets::{FilterBox, Segment, Segments, ViewHead};
use leptos::prelude::*;

/// The link's `show` for files that no package owns.
const UNOWNED: &str = "unowned";

/// Which table the view shows, by the link's `show`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TableChoice {
    Packages(PackageShow),
    UnownedFiles,
    /// An attached SBOM, by its key.
    Sbom(String),
}

impl TableChoice {
    /// A word that is not known shows the packages.
    pub fn of_link(show: &str) -> TableChoice {
        match show {
            UNOWNED => TableChoice::UnownedFiles,
            key if key.starts_with("sbom-") => TableChoice::Sbom(key.to_owned()),
            word => TableChoice::Packages(PackageShow::from_word(word).unwrap_or_default()),
        }
    }
}

/// The view.
#[component]
pub fn PackagesView() -> AnyView {
    let navigation = use_navigation();
    let has_details = Signal::derive(move || !navigation.item().is_empty());
    fetch_attached(AttachedWish::All);
    view! {
        <Workbench
            id="packages"
            main=|| view! { <PackageList /> }
            details=|| view! { <PackagePane /> }
            has_details
        />
    }
    .into_any()
}

#[component]
fn PackageList() -> AnyView {
    let (navigation, image) = (use_navigation(), use_image().position);
    let choice = Memo::new(move |_| TableChoice::of_link(&navigation.show()));
    let counts = use_query(move || Some(PackageCounts { image, layers: navigation.layers() }));
    let exports = || {
        vec![
            (ExportForm::CycloneDx, "CycloneDX"),
            (ExportForm::Spdx, "SPDX"),
            (ExportForm::PackageTable, "Table"),
        ]
    };
    let table = move || match choice.get() {
        TableChoice::Packages(show) => view! {
            <FoundTable show counts><ExportButtons forms=exports() /></FoundTable>
        }
        .into_any(),
        TableChoice::UnownedFiles => view! { <UnownedTableView /> }.into_any(),
        TableChoice::Sbom(key) => view! { <SbomTableView key=key /> }.into_any(),
    };
    view! {
        <section class="browse" aria-label="Packages">
            <ViewHead title="Packages" />
            <div class="tools">
                <FilterBox label="Filter packages" hint="Filter by name, licence or path" />
                {move || match choice.get() {
                    TableChoice::Packages(_) => {
                        Some(view! { <GroupSelect name=group_name /> }.into_any())
                    }
                    TableChoice::UnownedFiles => None,
                    TableChoice::Sbom(_) => {
                        Some(view! { <GroupSelect name=|_: super::sbom::SbomGroup| "difference" /> }.into_any())
                    }
                }}
                <ShowButtons counts navigation />
            </div>
            <PackageNotes counts />
            {table}
        </section>
    }
    .into_any()
}

fn group_name(group: PackageGroup) -> &'static str {
    match group {
        PackageGroup::Type => "type",
        PackageGroup::Layer => "layer",
        PackageGroup::Licence => "licence",
        PackageGroup::Directory => "directory",
    }
}

/// What can be shown, each with its number of rows.
#[component]
fn ShowButtons(counts: Signal<Loaded<PackageNumbers>>, navigation: Navigation) -> AnyView {
    let choices = move || {
        let shown = navigation.show();
        counts.read().map(|counts| segments(counts, &shown)).unwrap_or_default()
    };
    let choose = move |show: String| {
        navigation.go(|link| {
            link.show = show;
            // Of the other table's columns and rows nothing is left.
            link.sort.clear();
            link.group.clear();
            link.item.clear();
        });
    };
    let choices = Memo::new(move |_| choices());
    view! {
        <Show when=move || !choices.read().is_empty()>
            <Segments
                label="Show"
                choices
                pressed=move |word: &String| navigation.show() == *word
                on_choose=choose
            />
        </Show>
    }
    .into_any()
}

/// What can be shown: what there is none of is left out, unless it is what is shown.
fn segments(counts: &PackageNumbers, shown: &str) -> Vec<Segment<String>> {
    let word = |show: PackageShow| show.word().to_owned();
    let mut all = vec![
        (word(PackageShow::Found), "All".to_owned(), counts.installed + counts.removed),
        (word(PackageShow::Installed), "Installed".to_owned(), counts.installed),
        (word(PackageShow::Removed), "Removed".to_owned(), counts.removed),
        (word(PackageShow::Declared), "Declared".to_owned(), counts.declared),
        (UNOWNED.to_owned(), "Files not owned by a package".to_owned(), counts.unowned_files),
    ];
    let sboms = counts.sboms.iter();
    all.extend(
        sboms.map(|sbom| (sbom.key.clone(), format!("Attached {}", sbom.format), sbom.packages)),
    );
    let is_shown =
        |(word, _, count): &(String, String, u64)| word.is_empty() || *count > 0 || word == shown;
    let segment = |(word, name, count): (String, String, u64)| {
        Segment::new(word, format!("{name} {}", format::count(count)))
    };
    all.into_iter().filter(is_shown).map(segment).collect()
}

#[test]
fn what_is_not_there_is_no_choice_unless_it_is_shown() {
    let counts = PackageNumbers { installed: 2, removed: 1, ..PackageNumbers::default() };
    let labels = |shown: &str| {
        let labels = segments(&counts, shown).into_iter().map(|segment| segment.label);
        labels.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(labels(""), "All 3, Installed 2, Removed 1");
    assert_eq!(labels("declared"), "All 3, Installed 2, Removed 1, Declared 0");
}

#[test]
fn the_link_names_the_table() {
    assert_eq!(TableChoice::of_link(""), TableChoice::Packages(PackageShow::Found));
    assert_eq!(TableChoice::of_link("removed"), TableChoice::Packages(PackageShow::Removed));
    assert_eq!(TableChoice::of_link("unowned"), TableChoice::UnownedFiles);
    assert_eq!(TableChoice::of_link("sbom-ab"), TableChoice::Sbom("sbom-ab".to_owned()));
    assert_eq!(TableChoice::of_link("colour"), TableChoice::Packages(PackageShow::Found));
}
