//! Text with line numbers and colours. Of a long text only the lines near the screen are drawn.

use super::text_find::{MAX_WRAPPED_SEARCH, TextFind};
use super::text_lines::{LineMark, TextLines};
use crate::browser::page::dom;
use crate::format;
use crate::ui::widgets::{
    Button, ButtonKind, Glyph, Icon, Pane, measured, note_scroll, on_measure,
};
use leptos::ev::KeyboardEvent;
use leptos::html::Div;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// A shorter text is drawn as a whole, so that the browser's own search finds all of it.
const DRAWN_AT_ONCE: usize = 500;
/// Lines of a text that are coloured when it is wrapped.
const COLOURED: usize = 2_000;

/// Lines of a wrapped text that are drawn: the window of a long text needs lines of one height.
const WRAPPED: usize = 10_000;

/// What the parts share.
#[derive(Clone, Copy)]
struct TextSignals {
    lines: Memo<TextLines>,
    /// First lines of what is folded.
    folded: RwSignal<BTreeSet<u32>>,
    /// The lines that are seen.
    seen: Memo<Vec<u32>>,
    pane: RwSignal<Pane>,
    root: NodeRef<Div>,
    find: TextFind,
}

/// The text. A fold that hides the line that the link names is opened.
#[component]
pub fn TextView(
    lines: Memo<TextLines>,
    /// The line that the link names, from 1.
    line: Memo<Option<u32>>,
    find: TextFind,
) -> AnyView {
    let folded = RwSignal::new(BTreeSet::new());
    let state = TextSignals {
        lines,
        folded,
        seen: Memo::new(move |_| lines.read().seen(&folded.read())),
        pane: RwSignal::new(Pane { row: 18.0, ..Pane::default() }),
        root: NodeRef::new(),
        find,
    };
    on_measure(state.root, move |element| {
        state.pane.try_set(measured(element, "--line-row", 18.0));
    });
    let scroll_to_line = move |line: u32| state.show(line);
    Effect::new(move || {
        let count = lines.read().count() as u32;
        if let Some(line) = line.get().filter(|line| *line <= count) {
            request_animation_frame(move || scroll_to_line(line - 1));
        }
    });
    Effect::new(move || {
        if let Some(found) = find.now() {
            request_animation_frame(move || state.show(found.line));
        }
    });
    let has_folds = Memo::new(move |_| !lines.read().folds().is_empty());
    view! {
        <div class="text-view">
            <Show when=move || has_folds.get()><FoldTools state /></Show>
            <Lines state line has_folds />
        </div>
    }
    .into_any()
}

impl TextSignals {
    fn is_long(self) -> bool {
        self.seen.read().len() > DRAWN_AT_ONCE
    }

    /// The rows that are drawn. Tracked.
    fn rows(self) -> std::ops::Range<usize> {
        let rows = self.seen.read().len();
        if rows <= DRAWN_AT_ONCE {
            return 0..rows;
        }
        let window = self.pane.read().window(rows as u32).rows();
        window.start as usize..window.end as usize
    }

    fn scrolled(self) {
        if untrack(move || self.is_long()) {
            note_scroll(self.root, self.pane);
        }
    }

    /// Opens what hides a line, and scrolls to it.
    fn show(self, line: u32) {
        let hides = |first: &u32| {
            let range = self.lines.read_untracked().fold_at(*first);
            range.is_some_and(|range| range.first < line && line < range.last)
        };
        let hidden = self.folded.read_untracked().iter().any(hides);
        if hidden {
            self.folded.update(|folded| folded.retain(|first| !hides(first)));
        }
        let (row, rows) = {
            let seen = self.seen.read_untracked();
            (seen.binary_search(&line).unwrap_or(0) as u32, seen.len() as u32)
        };
        let pane = self.pane.get_untracked();
        let long = untrack(move || self.is_long());
        if let (true, Some(root), Some(top)) =
            (long, self.root.get_untracked(), pane.scroll_to(row, rows))
        {
            dom::scroll_to(&root, top);
            self.pane.update(|pane| pane.top = top);
        }
    }

    /// The browser's own search finds only lines that are drawn: of a long text its keys lead to the box.
    fn search_by_key(self, event: &KeyboardEvent) {
        let is_search = (event.ctrl_key() || event.meta_key()) && event.key() == "f";
        if is_search && untrack(move || self.is_long()) {
            event.prevent_default();
            self.find.focus();
        }
    }

    fn toggle(self, line: u32) {
        self.folded.update(|folded| {
            if !folded.remove(&line) {
                folded.insert(line);
            }
        });
    }
}

/// Folds everything below the first level, or nothing.
#[component]
fn FoldTools(state: TextSignals) -> AnyView {
    let fold = move || {
        let lines = state.lines.read_untracked();
        let outer = lines.folds().first().copied();
        let inner = lines.folds().iter().filter(|range| Some(**range) != outer);
        state.folded.set(inner.map(|range| range.first).collect());
    };
    view! {
        <div class="tools folds">
            <Button label="Expand all" kind=ButtonKind::Quiet on_press=move || state.folded.set(BTreeSet::new()) />
            <Button label="Collapse all" kind=ButtonKind::Quiet on_press=fold />
        </div>
    }
    .into_any()
}

/// One row that is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct TextRow {
    /// From 0.
    line: u32,
    named: bool,
    /// Whether it is folded, if it can be.
    folded: Option<bool>,
    /// A line that grows while more is read is drawn again.
    length: usize,
    marks: Vec<LineMark>,
}

#[component]
fn Lines(state: TextSignals, line: Memo<Option<u32>>, has_folds: Memo<bool>) -> AnyView {
    let drawn = move || {
        let (seen, lines, folded) = (state.seen.read(), state.lines.read(), state.folded.read());
        let named = line.get().and_then(|line| line.checked_sub(1));
        let rows = seen.get(state.rows()).unwrap_or_default();
        let row = |line: &u32| TextRow {
            line: *line,
            named: named == Some(*line),
            folded: lines.fold_at(*line).map(|_| folded.contains(line)),
            length: lines.line(*line as usize).len(),
            marks: state.find.marks(*line),
        };
        rows.iter().map(row).collect::<Vec<_>>()
    };
    let space = move || {
        let rows = state.seen.read().len() as u32;
        state.is_long().then(|| format!("{}px", state.pane.read().space(rows)))
    };
    let offset = move || {
        let window = state.pane.read().window(state.seen.read().len() as u32);
        state.is_long().then(|| format!("{}px", window.top_of(window.first)))
    };
    let digits = move || format!("{}ch", state.lines.read().count().max(1).to_string().len());
    view! {
        <div
            class="dump text-lines"
            class:long=move || state.is_long()
            class:foldable=move || has_folds.get()
            role="group"
            aria-label="Text of the file"
            tabindex="0"
            node_ref=state.root
            on:scroll=move |_| state.scrolled()
            on:keydown=move |event| state.search_by_key(&event)
            style:--digits=digits
        >
            <div class="space" style:height=space>
                <div class="drawn" style:top=offset>
                    <For each=drawn key=TextRow::clone let(row)>
                        <LineRow state row />
                    </For>
                </div>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn LineRow(state: TextSignals, row: TextRow) -> AnyView {
    let TextRow { line, named, folded, marks, .. } = row;
    let number = line + 1;
    let fold = folded.map(|folded| {
        let label = format!("Fold line {number}");
        view! {
            <button
                type="button"
                class="fold-mark"
                class:closed=folded
                aria-label=label
                aria-expanded=if folded { "false" } else { "true" }
                on:click=move |_| state.toggle(line)
            >
                <Glyph icon=Icon::ChevronRight />
            </button>
        }
    });
    let rest = (folded == Some(true)).then(|| view! { <span class="soft">" …"</span> });
    let text = state.lines.read_untracked().draw(line as usize, &marks);
    view! {
        <div class="line" class:at=named>
            <span class="ln" aria-hidden="true">{number}</span>
            <span class="mk">{fold}</span>
            <span class="tx">{text}{rest}"\n"</span>
        </div>
    }
    .into_any()
}

/// Text whose long lines are wrapped. Of very many lines the part with the one that the link names is drawn.
#[component]
pub fn WrappedText(
    lines: Memo<TextLines>,
    /// The line that the link names, from 1.
    line: Memo<Option<u32>>,
    find: TextFind,
) -> AnyView {
    let part = Memo::new(move |_| part_of(lines.read().count(), line.get()));
    let drawn = move || {
        let (lines, named) = (lines.read(), line.get());
        let is_searched = lines.count() <= MAX_WRAPPED_SEARCH;
        let item = |at: usize| {
            let class = (named == u32::try_from(at + 1).ok()).then_some("at");
            let text = match (at < COLOURED, is_searched) {
                (_, true) => lines.draw(at, &find.marks(at as u32)),
                (true, false) => lines.draw(at, &[]),
                (false, false) => lines.line(at).to_owned().into_any(),
            };
            view! { <li class=class>{text}</li> }
        };
        part.get().map(item).collect_view()
    };
    let note = move || {
        let (part, count) = (part.get(), lines.read().count());
        (part.len() < count).then(|| {
            let [first, last, count] =
                [part.start + 1, part.end, count].map(|number| format::count(number as u64));
            view! { <p class="hint">{format!("Lines {first} to {last} of {count}. Without “Wrap” all are shown.")}</p> }
        })
    };
    view! {
        {note}
        <ol
            class="dump wrapped"
            tabindex="0"
            aria-label="Text of the file"
            style:--before=move || part.read().start.to_string()
        >
            {drawn}
        </ol>
    }
    .into_any()
}

/// The lines that are drawn wrapped: all, or the part with the line that the link names, from 1.
fn part_of(count: usize, line: Option<u32>) -> std::ops::Range<usize> {
    let named =
        line.map_or(0, |line| (line as usize).saturating_sub(1)).min(count.saturating_sub(1));
    let first = named / WRAPPED * WRAPPED;
    first..count.min(first + WRAPPED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::{Rendered, TestPage};

    fn drawn(path: &'static str, text: String, line: Option<u32>) -> Rendered {
        TestPage::new().render(move || {
            let lines = Memo::new(move |_| TextLines::new(path, &text));
            let find = TextFind::in_lines(lines);
            view! { <TextView lines line=Memo::new(move |_| line) find /> }
        })
    }

    #[test]
    fn a_text_has_numbers_and_the_named_line_is_marked() {
        let html = drawn("/a", "one\ntwo\n".into(), Some(2));
        assert_eq!(html.count("class=\"ln\""), 2);
        assert!(html.has(r#"class="line at""#) && html.text().contains("two"), "{html}");
        assert!(!html.has("Expand all"), "a plain text has nothing to fold");
    }

    #[test]
    fn what_can_be_folded_says_so() {
        let html = drawn("/a.json", "{\n \"a\": [\n ]\n}\n".into(), None);
        assert!(
            html.has(r#"aria-label="Fold line 1""#) && html.has(r#"aria-expanded="true""#),
            "{html}"
        );
        assert!(html.text().starts_with("Expand all Collapse all"), "{}", html.text());
    }

    #[test]
    fn of_a_long_text_only_the_lines_near_the_screen_are_drawn() {
        let html = drawn("/a", "line\n".repeat(100_000), None);
        assert!(html.count("class=\"ln\"") < 200);
    }

    #[test]
    fn of_endless_wrapped_lines_the_part_with_the_named_one_is_drawn() {
        let drawn = |line| {
            TestPage::new().render(move || {
                let lines = Memo::new(move |_| TextLines::new("/a", &"\n".repeat(100_000)));
                let find = TextFind::in_lines(lines);
                view! { <WrappedText lines line=Memo::new(move |_| line) find /> }
            })
        };
        let html = drawn(Some(25_000));
        assert_eq!(html.count("<li"), WRAPPED);
        assert!(html.has("--before:20000") && html.count("class=\"at\"") == 1);
        assert!(html.text().starts_with("Lines 20,001 to 30,000 of 100,000."));
        assert!(drawn(None).text().starts_with("Lines 1 to 10,000 of"));
    }
}
