//! The layers beside a list or tree: each with its size and changes, to be chosen without leaving the view.
//!
//! One Tab stop; arrows, Home, End and the page keys move the focus, Enter selects.

use super::cells::{InstructionText, absent_of};
use super::selection::{ModeButtons, last_of};
use crate::browser::page::dom;
use crate::selection::LayerSelection;
use crate::ui::app::{use_facts, use_layer_choice, use_navigation};
use crate::ui::widgets::{Absent, ChangeCounts, Meter, SizeText, layer_class, row_after};
use crate::vocabulary::LayerNumber;
use leptos::ev::KeyboardEvent;
use leptos::html::Section;
use leptos::prelude::*;

/// Layers that the page keys pass over.
const PAGE: u32 = 10;

/// The pane.
#[component]
pub fn LayerPane() -> AnyView {
    let (navigation, facts) = (use_navigation(), use_facts());
    let pane = NodeRef::<Section>::new();
    let numbers = move || {
        let layers = facts.layers.read();
        let numbers = layers.ready().map(|table| {
            let layers = table.rows.iter().filter_map(|row| row.layer.as_ref());
            layers.map(|layer| layer.number).collect::<Vec<_>>()
        });
        numbers.unwrap_or_default()
    };
    let numbers = Memo::new(move |_| numbers());
    // A layer that a link selects is brought into view once, not at each click.
    Effect::new(move |done: Option<bool>| {
        let there = !numbers.read().is_empty();
        if let (true, None | Some(false), Some(pane)) = (there, done, pane.get()) {
            request_animation_frame(move || dom::scroll_into_view(&pane, "[aria-current=true]"));
        }
        there
    });
    // Line 0 stands for all layers.
    let stop = Memo::new(move |_| {
        let last = last_of(navigation.layers());
        let line = numbers.read().iter().position(|number| Some(*number) == last);
        line.map_or(0, |line| line as u32 + 1)
    });
    let key = move |event: KeyboardEvent| {
        if let Some(pane) = pane.get_untracked() {
            pressed(&event, &pane, numbers.with_untracked(Vec::len) as u32 + 1);
        }
    };
    let all = move || navigation.href(|link| link.layers = LayerSelection::All);
    let no_selection = move || navigation.layers() == LayerSelection::All;
    view! {
        <section class="beside" aria-label="Choose layers" node_ref=pane on:keydown=key>
            <div class="bar2"><h2>"Layers"</h2></div>
            <div class="modes"><ModeButtons /></div>
            <a
                class="layer all"
                class:on=no_selection
                data-line="0"
                tabindex=move || if stop.get() == 0 { "0" } else { "-1" }
                aria-current=move || no_selection().then_some("true")
                href=all
            >
                <span></span>
                <b>"All layers"</b>
                <span class="num"><SizeOfAll /></span>
            </a>
            <For
                each=move || numbers.get().into_iter().zip(1..)
                key=|(number, _)| *number
                let((number, line))
            >
                <LayerEntry number line stop />
            </For>
        </section>
    }
    .into_any()
}

#[component]
fn SizeOfAll() -> impl IntoView {
    let facts = use_facts();
    move || {
        let bytes = facts.layers.read().map(|table| table.size).flatten();
        view! { <SizeText bytes /> }
    }
}

#[component]
fn LayerEntry(number: LayerNumber, line: u32, stop: Memo<u32>) -> AnyView {
    let (navigation, facts, choice) = (use_navigation(), use_facts(), use_layer_choice());
    let row = Memo::new(move |_| facts.layer_row(number).unwrap_or_default());
    let layers = move || navigation.layers();
    let is_on = move || layers() != LayerSelection::All && layers().contains(number);
    let size = move || row.read().layer.as_ref().and_then(|layer| layer.size);
    let absent = move || row.read().layer.as_ref().map_or(Absent::Pending, absent_of);
    let instruction = move || {
        let row = row.read();
        view! { <InstructionText row=&row /> }
    };
    let changes = move || {
        let changes = row.read().layer.as_ref().and_then(|layer| layer.changes);
        changes.map(|changes| view! { <ChangeCounts changes /> })
    };
    view! {
        <a
            class=format!("layer {}", layer_class(number))
            class:on=is_on
            data-line=line
            tabindex=move || if stop.get() == line { "0" } else { "-1" }
            aria-current=move || is_on().then_some("true")
            href=move || choice.href(number)
            title=move || row.read().instruction.recorded.to_string()
        >
            <span class="num soft">{number.get()}</span>
            <span class="cmd">{instruction}</span>
            <span class="num">{move || view! { <SizeText bytes=size() absent=absent() /> }}</span>
            <Meter
                part=Signal::derive(move || size().unwrap_or_default())
                whole=Signal::derive(move || facts.size())
                visible=true
            />
            <span class="chg">{changes}</span>
        </a>
    }
    .into_any()
}

fn pressed(event: &KeyboardEvent, pane: &web_sys::Element, lines: u32) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return; // the browser's
    }
    let line = dom::line_of(event).and_then(|line| row_after(&event.key(), line, lines, PAGE));
    if let Some(line) = line {
        event.prevent_default();
        dom::focus_line(pane, line);
        dom::scroll_into_view(pane, &format!("[data-line=\"{line}\"]"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Instruction, LayerChanges, LayerPresence, LayerRow, LayerTable, Layers};
    use crate::ui::testing::{Rendered, TestPage, layer_facts};

    fn pane(link: &str, rows: Vec<LayerRow>) -> Rendered {
        let table = LayerTable { rows, size: Some(3_000_000), ..LayerTable::default() };
        TestPage::at(link).answers::<Layers>(table).render(|| view! { <LayerPane /> })
    }

    fn row(number: u32, text: &str) -> LayerRow {
        LayerRow {
            instruction: Instruction {
                keyword: "RUN".into(),
                text: text.into(),
                recorded: "RUN as recorded".into(),
            },
            layer: Some(layer_facts(number)),
            ..LayerRow::default()
        }
    }

    #[test]
    fn layers_can_be_chosen() {
        let mut second = row(2, "<b>");
        second.layer.as_mut().unwrap().changes =
            Some(LayerChanges { added: 3, modified: 0, removed: 1, unchanged: 0 });
        second.layer.as_mut().unwrap().size = Some(2_000_000);
        let rows = vec![row(1, "one"), LayerRow::default(), second];
        let html = pane("#/?view=files&layers=2", rows);
        assert_eq!(
            html.text(),
            "Layers Up to this layer This layer Range All layers 3.00 MB 1 RUN one … 2 RUN <b> 2.00 MB +3 −1"
        );
        assert!(html.has(r##"href="#/?view=files&amp;layers=1""##), "{html}");
        assert!(html.has(r#"title="RUN as recorded""#));
        assert_eq!(html.count(r#"aria-current="true""#), 1);
    }

    #[test]
    fn without_a_selection_all_layers_are_selected() {
        let html = pane("#/?view=files", vec![row(1, "one")]);
        assert!(
            html.has(r##"aria-current="true" href="#/?view=files" class="layer all on""##),
            "{html}"
        );
    }

    #[test]
    fn a_layer_that_is_not_here_has_no_size() {
        for (presence, text) in [
            (LayerPresence::NotDownloaded, "Not downloaded"),
            (LayerPresence::Missing, "Not known"),
            (LayerPresence::Unread, "Not known yet"),
        ] {
            let mut row = row(1, "one");
            row.layer.as_mut().unwrap().presence = presence;
            let html = pane("#/", vec![row]);
            assert!(html.has(&format!(r#"title="{text}""#)), "{html}");
        }
    }

    #[test]
    fn one_line_is_a_tab_stop() {
        let html = pane("#/?view=files&layers=..2", vec![row(1, "one"), row(2, "two")]);
        assert_eq!(html.count(r#"tabindex="0""#), 1);
        assert!(html.has(r#"data-line="2" tabindex="0""#), "{html}");
    }
}
