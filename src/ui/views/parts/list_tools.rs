//! What views that are a table share: the choice of a group, which rows are shown, a note above, export buttons, the
//! sum below, and the text for a table without rows.

use crate::browser::page::download;
use crate::format;
use crate::protocol::{Export, ExportForm, LinkWord};
use crate::selection::LayerSelection;
use crate::ui::app::{
    Loaded, Navigation, TableTotals, spawn, use_image, use_navigation, use_notices,
};
use crate::ui::widgets::{Button, ButtonKind, EmptyState, Glyph, Icon, Segment, Segments};
use leptos::prelude::*;

/// What the rows are grouped by, as the link has it.
#[component]
pub fn GroupSelect<G>(
    /// A group's name, after "By".
    name: fn(G) -> &'static str,
) -> AnyView
where
    G: LinkWord + Send + Sync,
{
    let navigation = use_navigation();
    let current = move || navigation.group::<G>().map_or("", LinkWord::word);
    let choose = move |event| {
        let group = event_target_value(&event);
        navigation.go(|link| link.group = group);
    };
    let options = G::ALL.iter().map(|group| {
        let word = group.word();
        view! { <option value=word selected=move || current() == word>{format!("By {}", name(*group))}</option> }
    });
    view! {
        <select class="field" aria-label="Group" on:change=choose prop:value=current>
            <option value="" selected=move || current().is_empty()>"Not grouped"</option>
            {options.collect_view()}
        </select>
    }
    .into_any()
}

/// A choice of rows: its word in the link, its name, and how many rows it has.
pub type ShowChoice<W> = (W, &'static str, u32);

/// Which rows are shown, each choice with its number of rows. The first choice is the link's default.
#[component]
pub fn ShowButtons<W>(
    #[prop(into)] choices: Signal<Vec<ShowChoice<W>>>,
    /// What is shown now.
    #[prop(into)]
    shown: Signal<W>,
) -> AnyView
where
    W: LinkWord + PartialEq + Default + Send + Sync,
{
    let navigation = use_navigation();
    let segments = Memo::new(move |_| segments(&choices.read(), shown.get()));
    let choose = move |show: W| {
        navigation.go(|link| {
            link.show = show.word().to_owned();
            link.item.clear();
        });
    };
    view! {
        <Show when=move || !segments.read().is_empty()>
            <Segments
                label="Show"
                choices=segments
                pressed=move |show: &W| shown.get() == *show
                on_choose=choose
            />
        </Show>
    }
    .into_any()
}

/// What there is none of is no choice, unless it is what is shown, or the default.
fn segments<W: LinkWord + PartialEq + Default>(
    choices: &[ShowChoice<W>],
    shown: W,
) -> Vec<Segment<W>> {
    let is_offered =
        |(show, _, count): &&ShowChoice<W>| *show == W::default() || *show == shown || *count > 0;
    let segment = |(show, name, count): &ShowChoice<W>| {
        Segment::new(*show, format!("{name} {}", format::count((*count).into())))
    };
    choices.iter().filter(is_offered).map(segment).collect()
}

/// What restricts a list; nothing where the text is empty.
#[component]
pub fn ListNote(#[prop(into)] text: Signal<String>) -> AnyView {
    view! {
        <Show when=move || !text.read().is_empty()>
            <p class="note"><Glyph icon=Icon::Medium /><span class="sp">{move || text.get()}</span></p>
        </Show>
    }
    .into_any()
}

/// Buttons that save what was found as a document.
#[component]
pub fn ExportButtons(
    /// The forms, each with its name.
    forms: Vec<(ExportForm, &'static str)>,
) -> AnyView {
    let (image, notices) = (use_image(), use_notices());
    let export = move |form| {
        let Some(client) = image.client() else { return };
        let image = image.position;
        spawn(async move {
            let saved = client.ask(Export { image, form }).await;
            let saved =
                saved.and_then(|file| download::save_bytes(&file.name, file.text.as_bytes()));
            match saved {
                Err(problem) if problem.code != "closed" => {
                    notices.failed("Could not export", problem);
                }
                _ => {}
            }
        });
    };
    let buttons = forms.into_iter().map(|(form, name)| {
        view! { <Button label=name kind=ButtonKind::Quiet on_press=move || export(form) /> }
    });
    view! {
        <span class="bt" role="group" aria-label="Export">
            <span class="soft">"Export"</span>
            {buttons.collect_view()}
        </span>
    }
    .into_any()
}

/// The line below a table: how many rows there are, and what can be done with them.
#[component]
pub fn TableSums(
    totals: Signal<Loaded<TableTotals>>,
    /// What a row is.
    one: &'static str,
    /// What several rows are.
    many: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> AnyView {
    let counted = move || totals.read().map(|totals| format::counted(totals.rows, one, many));
    view! {
        <div class="sums">
            <span role="status">{counted}</span>
            <span class="sp"></span>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}

/// What of a link, beside the filter, chooses the rows of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowChoice {
    /// The selection of layers, and `show`.
    #[default]
    LayersAndShow,
    /// The selection of layers; `show` names the table.
    Layers,
    /// Nothing: `show` names the table, which is about the whole image.
    Nothing,
}

impl RowChoice {
    /// Something is chosen; tracked.
    fn hides_rows(self, navigation: Navigation) -> bool {
        let layers = navigation.layers() != LayerSelection::All;
        match self {
            RowChoice::LayersAndShow => layers || !navigation.show().is_empty(),
            RowChoice::Layers => layers,
            RowChoice::Nothing => false,
        }
    }
}

/// The text of a table without rows: the filter, the selection or the image has none.
#[component]
pub fn NoRows(
    /// What rows are, several of them: `packages`.
    many: &'static str,
    /// Said where neither a filter nor a selection hides rows.
    #[prop(into)]
    none: Signal<String>,
    /// What of the link, beside the filter, hides rows of this table.
    #[prop(optional)]
    chosen_by: RowChoice,
) -> AnyView {
    let navigation = use_navigation();
    let text = move || {
        let filter = navigation.filter();
        if !filter.is_empty() {
            format!("No {many} match “{filter}”.")
        } else if chosen_by.hides_rows(navigation) {
            format!("No {many} in this selection.")
        } else {
            none.get()
        }
    };
    let cleared = move || navigation.href(|link| link.filter.clear());
    view! {
        {move || {
            let button = (!navigation.filter().is_empty())
                .then(|| view! { <a class="btn" href=cleared>"Clear filter"</a> });
            view! { <EmptyState text=text()>{button}</EmptyState> }
        }}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::PackageGroup;
    use crate::ui::testing::TestPage;

    fn group_name(group: PackageGroup) -> &'static str {
        match group {
            PackageGroup::Type => "type",
            PackageGroup::Layer => "layer",
            PackageGroup::Licence => "licence",
            PackageGroup::Directory => "directory",
        }
    }

    #[test]
    fn the_links_group_is_selected() {
        let html = TestPage::at("#/?view=packages&group=layer")
            .render(|| view! { <GroupSelect name=group_name /> });
        assert!(html.has(r#"<select aria-label="Group""#), "{html}");
        assert!(html.has(r#"<option value="layer" selected"#), "{html}");
        assert_eq!(html.count(" selected"), 1);
    }

    #[test]
    fn what_is_not_there_is_no_choice_unless_it_is_shown() {
        use crate::protocol::RiskShow;
        let choices = [
            (RiskShow::All, "All", 0),
            (RiskShow::High, "High", 2000),
            (RiskShow::Low, "Low", 0),
            (RiskShow::Ignored, "Ignored", 0),
        ];
        let labels = |shown| {
            let labels = segments(&choices, shown).into_iter().map(|segment| segment.label);
            labels.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(labels(RiskShow::All), "All 0, High 2,000");
        assert_eq!(labels(RiskShow::Low), "All 0, High 2,000, Low 0");
    }

    #[test]
    fn a_table_without_rows_says_what_hides_them() {
        let text = |link: &str| {
            let none = "No package database was found.";
            TestPage::at(link).render(move || view! { <NoRows many="packages" none /> }).text()
        };
        assert_eq!(text("#/?filter=%3Cb%3E"), "No packages match “<b>”. Clear filter");
        assert_eq!(text("#/?layers=2"), "No packages in this selection.");
        assert_eq!(text("#/?show=removed"), "No packages in this selection.");
        assert_eq!(text("#/"), "No package database was found.");
    }

    #[test]
    fn the_sum_counts_rows_and_not_heads() {
        let html = TestPage::new().render(|| {
            let totals = Signal::stored(Loaded::of(TableTotals { lines: 9, rows: 1 }));
            view! { <TableSums totals one="package" many="packages" /> }
        });
        assert_eq!(html.text(), "1 package");
    }

    #[test]
    fn exports_are_named_buttons() {
        let html = TestPage::new().render(|| {
            view! { <ExportButtons forms=vec![(ExportForm::Spdx, "SPDX"), (ExportForm::CycloneDx, "CycloneDX")] /> }
        });
        assert!(html.has(r#"role="group" aria-label="Export""#));
        assert_eq!(html.text(), "Export SPDX CycloneDX");
    }
}
