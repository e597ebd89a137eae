//! The view: bar, table, and what is selected.

use super::columns::columns;
use super::details::BelowLayer;
use super::line::{LayerLine, lines, not_drawn};
use super::opened::OpenedRows;
use crate::browser::page::dom;
use crate::protocol::LayerTable;
use crate::selection::LayerSelection;
use crate::ui::app::{TableRows, use_facts, use_image, use_layer_choice, use_navigation};
use crate::ui::views::parts::{
    BarLegend, LayerBar, ModeButtons, NotDrawn, SourceProblems, mark_layers_shown,
};
use crate::ui::widgets::{BelowRow, DataTable, EmptyState, RowSignal, RowTarget, Switch, ViewHead};
use crate::vocabulary::Compression;
use leptos::html::Div;
use leptos::prelude::*;
use std::sync::Arc;

/// The link's `show` for empty layers in their place.
const EMPTY: &str = "empty";

/// The view.
#[component]
pub fn LayersView() -> AnyView {
    mark_layers_shown();
    let (facts, navigation) = (use_facts(), use_navigation());
    let with_empty = Memo::new(move |_| navigation.show() == EMPTY);
    let has_empty = Memo::new(move |_| {
        facts.layers.read().map(|table| table.rows.iter().any(|row| row.layer.is_none()))
            == Some(true)
    });
    let set_empty = move |on: bool| {
        navigation.go(|link| link.show = if on { EMPTY.to_owned() } else { String::new() });
    };
    let view = NodeRef::<Div>::new();
    scroll_to_selection(view);
    view! {
        <div class="view" node_ref=view>
            <div class="page">
                <ViewHead title="Layers" subtitle="base first">
                    <Show when=move || has_empty.get()>
                        <Switch label="Show empty layers" on=with_empty on_change=set_empty />
                    </Show>
                    <ModeButtons />
                </ViewHead>
                <SourceProblems />
                <LayerBar />
                <p class="legends"><BarLegend /></p>
                <Table with_empty />
            </div>
        </div>
    }
    .into_any()
}

/// The selected layer is on screen, whatever way it was selected.
fn scroll_to_selection(view: NodeRef<Div>) {
    let (facts, navigation) = (use_facts(), use_navigation());
    let is_known = Memo::new(move |_| facts.layers.read().ready().is_some());
    Effect::new(move || {
        let is_selected = navigation.layers() != LayerSelection::All;
        if let (true, true, Some(view)) = (is_known.get(), is_selected, view.get()) {
            request_animation_frame(move || dom::scroll_into_view(&view, ".layers [aria-current]"));
        }
    });
}

#[component]
fn Table(with_empty: Memo<bool>) -> AnyView {
    let (image, facts) = (use_image(), use_facts());
    let (navigation, choice) = (use_navigation(), use_layer_choice());
    let layers = facts.layers;
    let lines = Signal::derive(move || layers.read().turn(|table| lines(table, with_empty.get())));
    let number = |line: &LayerLine| line.row.layer.as_ref().map(|layer| layer.number);
    let href = move |line: &LayerLine| number(line).map(|number| choice.href(number));
    let is_selected = move |line: &LayerLine| {
        let layers = navigation.layers();
        layers != LayerSelection::All && number(line).is_some_and(|number| layers.contains(number))
    };
    let opened = OpenedRows::new();
    let in_registry =
        move || image.source.info.read().as_ref().is_some_and(|info| info.registry.is_some());
    let more = move || {
        let more = layers.read().map(not_drawn).filter(|_| with_empty.get())?;
        let words = ("more empty layer is", "more empty layers are");
        Some(view! { <NotDrawn more words place="Raw has all." /> })
    };
    let blobs = Memo::new(move |_| {
        facts.layers.read().map(|table| blob_column(in_registry(), table)).flatten()
    });
    (move || {
        let below: BelowRow<LayerLine> = Arc::new(move |line: RowSignal<LayerLine>, columns| {
            view! { <BelowLayer line opened columns /> }.into_any()
        });
        view! {
            <DataTable
                label="Layers"
                rows=TableRows::complete(lines)
                columns=columns(opened, blobs.get())
                target=RowTarget::new(href, is_selected)
                below
                row_class=|line: &LayerLine| if line.row.layer.is_some() { "" } else { "void" }
                natural_rows=true
                class="layers"
                waiting="Reading the layers…"
                empty=|| view! { <EmptyState text="The image has no layers." /> }
            />
            {more}
        }
    })
    .into_any()
}

/// The heading of the column of the blobs' sizes. `None` where nothing is compressed: the column would only
/// repeat the sizes.
fn blob_column(in_registry: bool, table: &LayerTable) -> Option<&'static str> {
    let mut layers = table.rows.iter().filter_map(|row| row.layer.as_ref());
    let compressed = |compression| !matches!(compression, None | Some(Compression::None));
    match in_registry {
        true => Some("Download"),
        false => layers.any(|layer| compressed(layer.compression)).then_some("Compressed"),
    }
}
