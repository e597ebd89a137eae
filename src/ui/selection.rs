//! The selection of layers, which filters every view: how a click on a layer changes it, and the strip
//! that says what is selected.

use super::facts::Facts;
use super::here::{Here, here};
use super::parts::{chip, clicks, layer_class, live, says, view};
use super::raw::el;
use super::state::RwSignal;
use crate::selection::LayerSelection;
use crate::vocabulary::LayerNumber;
use leptos::prelude::*;

/// What choosing a layer means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The image as it is after the layer.
    UpTo,
    /// What the layer alone did.
    Only,
    /// What the layers from the first chosen to this one did together.
    Range,
}

impl Mode {
    /// All, with their words.
    pub const ALL: [(Mode, &str, &str); 3] = [
        (Mode::UpTo, "Up to", "The file system as it is after a layer"),
        (Mode::Only, "Only", "What one layer changed"),
        (Mode::Range, "Range", "What several layers changed together"),
    ];
}

/// How layers are chosen: what the link says, and what the next click will mean.
#[derive(Clone, Copy)]
pub struct Choice {
    here: Here,
    /// What was asked for where the link doesn't tell (no selection, or one that is a range of one).
    asked: RwSignal<Mode>,
}

impl Choice {
    /// Nothing asked for yet.
    pub fn new(here: Here) -> Choice {
        Choice { here, asked: RwSignal::new(Mode::Only) }
    }

    /// What the next click means.
    pub fn mode(self) -> Mode {
        match (self.here.layers(), self.asked.get()) {
            (LayerSelection::UpTo(_), _) => Mode::UpTo,
            (LayerSelection::Range(first, last), _) if first < last => Mode::Range,
            (LayerSelection::Range(..), Mode::UpTo) => Mode::Only,
            (_, asked) => asked,
        }
    }

    /// The selection after layer `number` is chosen.
    pub fn with(self, number: u32) -> LayerSelection {
        let number = layer_number(number);
        match (self.mode(), self.here.layers()) {
            (Mode::UpTo, _) => LayerSelection::UpTo(number),
            (Mode::Range, LayerSelection::Range(first, last)) if number > last => {
                LayerSelection::Range(first, number)
            }
            (Mode::Range, LayerSelection::Range(first, last)) if number < first => {
                LayerSelection::Range(number, last)
            }
            (Mode::Range, LayerSelection::Range(first, last))
                if number.get() - first.get() < last.get() - number.get() =>
            {
                LayerSelection::Range(number, last) // within: the nearer end moves
            }
            (Mode::Range, LayerSelection::Range(first, _)) => LayerSelection::Range(first, number),
            _ => LayerSelection::one(number),
        }
    }

    /// Asks for another meaning, and turns what is selected into it.
    pub fn ask_for(self, mode: Mode) {
        self.asked.set(mode);
        let selection = match (mode, self.here.layers()) {
            (_, LayerSelection::All) => return,
            (Mode::UpTo, LayerSelection::Range(_, last)) => LayerSelection::UpTo(last),
            (Mode::Only, LayerSelection::UpTo(last) | LayerSelection::Range(_, last)) => {
                LayerSelection::one(last)
            }
            (Mode::Range, LayerSelection::UpTo(last)) => {
                LayerSelection::Range(LayerNumber::FIRST, last)
            }
            (_, same) => same,
        };
        self.here.go(|link| link.layers = selection);
    }

    /// The address of this view with layer `number` chosen.
    pub fn href(self, number: u32) -> String {
        let selection = self.with(number);
        self.here.href(|link| link.layers = selection)
    }
}

/// Up to, only, range.
#[component]
pub fn ModeButtons() -> impl IntoView {
    let choice = expect_context::<Choice>();
    let button = |(mode, words, title)| {
        let pressed = says(move || if choice.mode() == mode { "true" } else { "false" });
        view! {
            <button aria-pressed=pressed title=title on:click=clicks(move |_| choice.ask_for(mode))>
                {words}
            </button>
        }
    };
    view! {
        <span class="seg" role="group" aria-label="What choosing a layer selects">
            {Mode::ALL.map(button)}
        </span>
    }
}

/// The selection in words.
pub fn words(selection: LayerSelection) -> Option<String> {
    match selection {
        LayerSelection::All => None,
        LayerSelection::UpTo(last) => Some(format!("Up to layer {last}")),
        LayerSelection::Range(first, last) if first == last => Some(format!("Layer {first}")),
        LayerSelection::Range(first, last) => Some(format!("Layers {first}–{last}")),
    }
}

/// What is selected, above every view.
#[component]
pub fn Scope() -> impl IntoView {
    let here = here();
    let facts = expect_context::<Facts>();
    live(move || {
        let selection = here.layers();
        let words = words(selection)?;
        let (last, what) = match selection {
            LayerSelection::UpTo(last) => (last, "the image as it is after it"),
            LayerSelection::Range(first, last) if first < last => {
                (last, "what they changed together")
            }
            LayerSelection::Range(_, last) => (last, "what it changed"),
            LayerSelection::All => return None,
        };
        let href = here.href(|link| link.layers = LayerSelection::All);
        let last = last.get();
        let instruction = facts.instruction(last);
        let what = el("span", "soft").text(&format!(": {what} · {instruction}"));
        let clear = el("a", "btn").set("role", "button").set("href", &href);
        let scope = el("div", &format!("scope {}", layer_class(last))).set("role", "group");
        let scope = scope.set("aria-label", "Selected layers").add(chip(last));
        let scope = scope.add(el("p", "").add(el("b", "").text(&words)).add(what));
        Some(scope.add(el("span", "sp")).add(clear.text("Clear selection")))
    })
}

/// A layer as rows name it, from 1.
pub fn layer_number(number: u32) -> LayerNumber {
    LayerNumber::new(number).unwrap_or(LayerNumber::FIRST)
}
