//! A JSON document as a tree: only the rows near the screen are drawn, so a document of a hundred thousand lines
//! scrolls.
//!
//! Keyboard as in any tree: arrows, Home, End and the page keys move, right and left open and fold, Enter follows
//! a digest.

use super::outline::{KeyEffect, Outline, value_text};
use crate::browser::page::dom;
use crate::link::View;
use crate::protocol::{DocumentContent, JsonValue};
use crate::selection::LayerSelection;
use crate::ui::app::{use_facts, use_navigation};
use crate::ui::views::parts::{MaskedText, RevealButtons, use_masks};
use crate::ui::widgets::{
    Button, ButtonKind, CopyButton, Glyph, Icon, Pane, measured, note_scroll, on_measure,
};
use crate::vocabulary::LayerNumber;
use leptos::attr::custom::custom_attribute;
use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html::Div;
use leptos::prelude::*;
use std::sync::Arc;

/// Documents with more lines begin folded below their first level.
const LONG: usize = 2_000;

/// The tree of a document, and the line that has the focus in full.
#[component]
pub fn JsonTree(content: Arc<DocumentContent>) -> AnyView {
    let outline = match content.lines.len() > LONG {
        true => Outline::folded_below(&content.lines, 1),
        false => Outline::new(&content.lines),
    };
    let state = TreeSignals {
        content: StoredValue::new(content),
        outline: RwSignal::new(outline),
        current: RwSignal::new(0),
        pane: RwSignal::new(Pane::default()),
        root: NodeRef::new(),
    };
    on_measure(state.root, move |element| {
        state.pane.try_set(measured(element, "--row", 26.0));
    });
    let rows = move || state.outline.read().visible().len() as u32;
    let window = Memo::new(move |_| state.pane.read().window(rows()));
    let drawn = move || {
        let window = window.get();
        let outline = state.outline.read();
        window
            .rows()
            .filter_map(|row| Some((row, *outline.visible().get(row as usize)?)))
            .collect::<Vec<_>>()
    };
    let space = move || format!("{}px", state.pane.read().space(rows()));
    let offset = move || {
        let window = window.get();
        format!("{}px", window.top_of(window.first))
    };
    let key = move |event: KeyboardEvent| state.pressed(&event);
    let set_all = move |open: bool| {
        state.outline.update(|outline| outline.set_all(open));
        state.current.set(0);
    };
    view! {
        <div class="tools">
            <Button label="Expand all" kind=ButtonKind::Quiet on_press=move || set_all(true) />
            <Button label="Collapse all" kind=ButtonKind::Quiet on_press=move || set_all(false) />
        </div>
        <div
            class="json"
            role="tree"
            aria-label="Document"
            node_ref=state.root
            on:scroll=move |_| note_scroll(state.root, state.pane)
            on:keydown=key
        >
            <div class="space" role="none" style:height=space>
                <div class="drawn" role="none" style:top=offset>
                    <For each=drawn key=|(_, line)| *line let((_, line))>
                        <JsonRow line state />
                    </For>
                </div>
            </div>
        </div>
        <CurrentValue state />
    }
    .into_any()
}

/// What the parts of one tree share.
#[derive(Clone, Copy)]
struct TreeSignals {
    content: StoredValue<Arc<DocumentContent>>,
    outline: RwSignal<Outline>,
    /// The line that Tab leads to.
    current: RwSignal<u32>,
    pane: RwSignal<Pane>,
    root: NodeRef<Div>,
}

impl TreeSignals {
    fn pressed(self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return; // the browser's
        }
        let Some(root) = self.root.get_untracked() else { return };
        let line = dom::line_of(event).unwrap_or_else(|| self.current.get_untracked());
        if event.key() == "Enter" && !dom::is_from(event, "a, button") {
            dom::click_within(&root, &format!("[data-line=\"{line}\"] a"));
            return;
        }
        let page = self.pane.read_untracked().page();
        let effect = self.outline.read_untracked().after_key(&event.key(), line, page);
        let Some(effect) = effect else { return };
        event.prevent_default();
        match effect {
            KeyEffect::Open(line, open) => self.set_open(line, open),
            KeyEffect::Go(line) => self.go(line, &root),
        }
    }

    fn set_open(self, line: u32, open: bool) {
        self.outline.update(|outline| outline.set_open(line, open));
        // The focus stays on a line that is visible.
        let hidden = self.outline.read_untracked().row_of(self.current.get_untracked()).is_none();
        if hidden {
            self.current.set(line);
        }
    }

    fn go(self, line: u32, root: &web_sys::Element) {
        self.current.set(line);
        let row = self.outline.with_untracked(|outline| {
            Some((outline.row_of(line)?, outline.visible().len() as u32))
        });
        let pane = self.pane.get_untracked();
        if let Some(top) = row.and_then(|(row, rows)| pane.scroll_to(row, rows)) {
            dom::scroll_to(root, top);
            self.pane.update(|pane| pane.top = top);
        }
        // The row is drawn first.
        let root = root.clone();
        request_animation_frame(move || dom::focus_line(&root, line));
    }
}

#[component]
fn JsonRow(line: u32, state: TreeSignals) -> AnyView {
    let Some(json) = state.content.with_value(|content| content.lines.get(line as usize).cloned())
    else {
        return ().into_any();
    };
    let (position, siblings) = state.outline.read_untracked().position(line);
    let is_open = Memo::new(move |_| state.outline.read().is_open(line));
    let expanded = move || is_open.get().map(|open| if open { "true" } else { "false" });
    let is_current = move || state.current.get() == line;
    let toggle = move |event: MouseEvent| {
        state.current.set(line);
        if let Some(open) = is_open.get_untracked()
            && !dom::is_from(&event, "a")
            && !dom::text_is_selected()
        {
            state.set_open(line, !open);
        }
    };
    let twist = is_open.get_untracked().map(|_| view! { <Glyph icon=Icon::ChevronRight /> });
    let masks = use_masks();
    let name = json.name.map(|name| {
        let name = name.to_string();
        view! { <b class="key">{move || masks.text(&name)}</b>": " }
    });
    view! {
        <div
            class="jr"
            class:on=is_current
            role="treeitem"
            data-line=line
            tabindex=move || if is_current() { "0" } else { "-1" }
            aria-setsize=siblings
            aria-posinset=position
            aria-expanded=expanded
            style:padding-left=format!("calc({} * var(--indent) + 12px)", json.depth.min(40))
            on:click=toggle
            on:focus=move |_| state.current.set(line)
            {..custom_attribute("aria-level", (json.depth + 1).to_string())}
        >
            <span class="tw">{twist}</span>
            {name}
            <JsonValueView value=json.value />
        </div>
    }
    .into_any()
}

/// A value; a digest of the source leads to its document, a layer's to the layer.
#[component]
fn JsonValueView(value: JsonValue) -> AnyView {
    let (navigation, facts) = (use_navigation(), use_facts());
    let text = value_text(&value);
    match value {
        JsonValue::Text { text: digest, is_document: true } => {
            let item = digest.to_string();
            let href = move || navigation.href(|link| link.item = item.clone());
            view! { <a class="text" href=href tabindex="-1">{text}</a> }.into_any()
        }
        JsonValue::Text { text: digest, .. } if digest.starts_with("sha256:") => {
            let layer = Memo::new(move |_| layer_of(facts.layers.read().ready()?, &digest));
            let shown = text.clone();
            let link = move || match layer.get() {
                Some(number) => {
                    let href = move || {
                        let mut link = navigation.to_view(View::Layers);
                        link.layers = LayerSelection::one(number);
                        link.to_string()
                    };
                    let title = format!("Layer {number}");
                    view! { <a class="text" href=href title=title tabindex="-1">{shown.clone()}</a> }.into_any()
                }
                None => view! { <span class="text">{shown.clone()}</span> }.into_any(),
            };
            link.into_any()
        }
        JsonValue::Text { .. } => {
            view! { <span class="text"><MaskedText text /></span> }.into_any()
        }
        JsonValue::Object(_) | JsonValue::List(_) => {
            view! { <span class="soft">{text}</span> }.into_any()
        }
        JsonValue::Null | JsonValue::Bool(_) | JsonValue::Number(_) => {
            view! { <span class="literal">{text}</span> }.into_any()
        }
    }
}

/// The layer whose blob or uncompressed tar has this digest.
fn layer_of(table: &crate::protocol::LayerTable, digest: &str) -> Option<LayerNumber> {
    let layers = table.rows.iter().filter_map(|row| row.layer.as_ref());
    let is_it = |claimed: &Option<String>| claimed.as_deref() == Some(digest);
    let mut found = layers.filter(|layer| is_it(&layer.digest) || is_it(&layer.diff_id));
    found.next().map(|layer| layer.number)
}

/// The line that has the focus: its path, and its value where a row cuts it.
#[component]
fn CurrentValue(state: TreeSignals) -> AnyView {
    let masks = use_masks();
    let line = Memo::new(move |_| {
        let current = state.current.get();
        state.content.with_value(|content| {
            let json = content.lines.get(current as usize)?;
            let path = state.outline.read().path(&content.lines, current);
            let is_text = !matches!(json.value, JsonValue::Object(_) | JsonValue::List(_));
            Some((path, value_text(&json.value), is_text))
        })
    });
    (move || {
        let (path, value, is_text) = line.get()?;
        let copied = value.clone();
        let copied = Signal::derive(move || masks.text(&copied));
        let copy = is_text.then(|| view! { <CopyButton label="Copy value" text=copied /> });
        Some(view! {
            <div class="current" role="group" aria-label="Selected value">
                <code class="mono soft">{path}</code>
                <code class="mono"><MaskedText text=value.clone() /></code>
                {copy}
                <RevealButtons text=value />
            </div>
        })
    })
    .into_any()
}
