//! The search in the text of one file: what is looked for, what was found, and where the reader is.

use super::text_lines::{LineMark, TextLines};
use super::text_matches::{MAX_MATCHES, TextMatch, of_line, search_step};
use crate::browser::page::dom;
use crate::format;
use crate::ui::widgets::{Button, ButtonKind, Icon};
use leptos::ev::KeyboardEvent;
use leptos::html::Input;
use leptos::prelude::*;
use std::time::Duration;

/// Lines of a wrapped text in which what was found is marked: each step to another match draws all of them again.
pub const MAX_WRAPPED_SEARCH: usize = 1_000;

/// The search in one text.
#[derive(Clone, Copy)]
pub struct TextFind {
    lines: Memo<TextLines>,
    text: RwSignal<String>,
    found: RwSignal<Vec<TextMatch>>,
    /// The match that the reader is at, from 0.
    at: RwSignal<usize>,
    /// Lines are left to search.
    running: RwSignal<bool>,
    /// Counts searches: one that is not the last stops.
    number: StoredValue<u32>,
    input: NodeRef<Input>,
}

impl TextFind {
    /// Nothing is looked for yet. It searches again when the lines grow.
    pub fn in_lines(lines: Memo<TextLines>) -> TextFind {
        let find = TextFind {
            lines,
            text: RwSignal::new(String::new()),
            found: RwSignal::new(Vec::new()),
            at: RwSignal::new(0),
            running: RwSignal::new(false),
            number: StoredValue::new(0),
            input: NodeRef::new(),
        };
        Effect::new(move || {
            find.lines.track();
            find.start(&find.text.read());
        });
        find
    }

    fn start(self, text: &str) {
        self.number.update_value(|number| *number += 1);
        self.found.set(Vec::new());
        self.running.set(!text.is_empty());
        if !text.is_empty() {
            self.step(self.number.get_value(), 0);
        }
    }

    /// Searches the next lines, and leaves the page to others before it goes on.
    fn step(self, number: u32, from: usize) {
        if self.number.try_get_value() != Some(number) {
            return;
        }
        let next = untrack(move || {
            let room = MAX_MATCHES - self.found.read().len();
            let step = search_step(&self.lines.read(), &self.text.read(), from, room);
            if !step.matches.is_empty() {
                self.found.update(|found| found.extend(step.matches));
            }
            step.next
        });
        match next {
            Some(next) => set_timeout(move || self.step(number, next), Duration::ZERO),
            None => self.running.set(false),
        }
    }

    /// The match that the reader is at; tracked.
    pub fn now(self) -> Option<TextMatch> {
        self.found.read().get(self.at.get()).copied()
    }

    /// What was found in a line; tracked.
    pub fn marks(self, line: u32) -> Vec<LineMark> {
        let found = self.found.read();
        let now = found.get(self.at.get()).copied();
        let mark = |found: &TextMatch| LineMark {
            start: found.start,
            end: found.end,
            is_now: now == Some(*found),
        };
        of_line(&found, line).iter().map(mark).collect()
    }

    /// Goes to the next match, or back to the one before; around the ends.
    fn go(self, back: bool) {
        let count = self.found.read_untracked().len();
        if count > 0 {
            self.at.update(|at| *at = neighbour(*at, count, back));
        }
    }

    /// Gives the box the focus.
    pub fn focus(self) {
        if let Some(input) = self.input.get_untracked() {
            dom::focus(&input);
            input.select();
        }
    }
}

fn neighbour(at: usize, count: usize, back: bool) -> usize {
    match back {
        true => at.checked_sub(1).unwrap_or(count - 1),
        false if at + 1 < count => at + 1,
        false => 0,
    }
}

/// The box, what was found in words, and the ways to the next and to the one before.
#[component]
pub fn TextFindBar(
    find: TextFind,
    /// Long lines are wrapped.
    #[prop(into)]
    wrapped: Signal<bool>,
    /// Bytes that were read, if these are not all.
    part: Signal<Option<u64>>,
) -> AnyView {
    let typed = move |event| {
        find.at.set(0);
        find.text.set(event_target_value(&event));
    };
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            find.go(event.shift_key());
        }
        "Escape" if !find.text.read_untracked().is_empty() => {
            event.prevent_default();
            event.stop_propagation(); // it closes nothing else
            find.text.set(String::new());
        }
        _ => {}
    };
    let is_asked = Memo::new(move |_| !find.text.read().is_empty());
    let has_found = Memo::new(move |_| !find.found.read().is_empty());
    let told = move || {
        is_asked.get().then(|| {
            let place = has_found.get().then(|| find.at.get());
            told_text(place, find.found.read().len(), find.running.get(), part.get())
        })
    };
    let is_too_long =
        Memo::new(move |_| wrapped.get() && find.lines.read().count() > MAX_WRAPPED_SEARCH);
    let bar = move || {
        match is_too_long.get() {
        true => view! { <p class="hint">{WRAPPED_HINT}</p> }.into_any(),
        false => view! {
            <div class="tools text-find">
                <input
                    class="field"
                    type="search"
                    aria-label="Search in this file"
                    placeholder="Search in this file…"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=find.text
                    node_ref=find.input
                    on:input=typed
                    on:keydown=key
                />
                <Show when=move || is_asked.get()>
                    <Button label="Previous match" icon=Icon::ChevronUp icon_only=true kind=ButtonKind::Quiet on_press=move || find.go(true) />
                    <Button label="Next match" icon=Icon::ChevronDown icon_only=true kind=ButtonKind::Quiet on_press=move || find.go(false) />
                </Show>
                <span class="soft" role="status">{told}</span>
            </div>
        }
        .into_any(),
    }
    };
    view! { {bar} }.into_any()
}

const WRAPPED_HINT: &str = "A text of more than 1,000 lines is searched with Wrap off.";

/// `3 of 12`, `3 of 12 in the first 256 kB`, `None`.
fn told_text(at: Option<usize>, count: usize, running: bool, part: Option<u64>) -> String {
    let within = part.map(|part| format!(" in the first {}", format::size(part)));
    let within = within.unwrap_or_default();
    let all = match count {
        MAX_MATCHES => format!("more than {}", format::count(MAX_MATCHES as u64 - 1)),
        count => format::count(count as u64),
    };
    match (at, running) {
        (Some(at), true) => format!("{} of {all} so far", format::count(at as u64 + 1)),
        (Some(at), false) => format!("{} of {all}{within}", format::count(at as u64 + 1)),
        (None, true) => "Searching…".to_owned(),
        (None, false) => format!("None{within}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::TestPage;

    #[test]
    fn what_was_found_is_told_in_words() {
        assert_eq!(told_text(Some(2), 12, false, None), "3 of 12");
        assert_eq!(told_text(Some(0), 1_234, true, None), "1 of 1,234 so far");
        assert_eq!(told_text(None, 0, false, Some(256_000)), "None in the first 256 kB");
        assert_eq!(told_text(None, 0, true, None), "Searching…");
        assert_eq!(told_text(Some(0), MAX_MATCHES, false, None), "1 of more than 9,999");
    }

    #[test]
    fn the_next_match_after_the_last_is_the_first() {
        assert_eq!([neighbour(0, 3, false), neighbour(2, 3, false)], [1, 0]);
        assert_eq!([neighbour(1, 3, true), neighbour(0, 3, true)], [0, 2]);
    }

    #[test]
    fn a_long_wrapped_text_says_how_it_is_searched() {
        let html = |wrapped: bool, lines: usize| {
            TestPage::new().render(move || {
                let lines = Memo::new(move |_| TextLines::new("/a", &"line\n".repeat(lines)));
                let (find, part) = (TextFind::in_lines(lines), Signal::derive(|| None));
                view! { <TextFindBar find wrapped=Signal::derive(move || wrapped) part /> }
            })
        };
        assert!(html(false, 5_000).has(r#"aria-label="Search in this file""#));
        assert!(html(true, 900).has(r#"aria-label="Search in this file""#));
        assert!(html(true, 5_000).text().contains("Wrap off"));
    }
}
