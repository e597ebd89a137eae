//! Help, at the key `?`: the keys of each part of the page, and what its signs and letters mean.

use crate::browser::page::dom;
use crate::ui::app::{on_window, use_help};
use crate::ui::widgets::{Button, ButtonKind, Dialog, Icon};
use crate::ui::words;
use crate::vocabulary::Change;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// Keys and what they do.
struct KeyGroup {
    title: &'static str,
    keys: &'static [(&'static str, &'static str)],
}

const KEYS: &[KeyGroup] = &[
    KeyGroup {
        title: "Everywhere",
        keys: &[
            ("?", "this help"),
            ("/", "to the filter"),
            ("t", "to the filter of Files"),
            ("Ctrl P", "opens a path by some of its letters"),
            ("Ctrl Shift F", "to the search in contents"),
            ("Esc", "empties the filter; closes the file, menu or dialog"),
        ],
    },
    KeyGroup {
        title: "Files",
        keys: &[
            ("↑ ↓ Home End Page", "move"),
            ("→ ←", "expand, collapse; to the first path below, to the parent"),
            ("*", "expands everything below"),
            ("Backspace", "to the parent; in an archive, to what holds the member"),
            ("Enter", "opens the file"),
            ("Space", "selects, to download several paths together"),
            ("Shift ↑ ↓, Shift click", "selects from one path to another"),
            ("Ctrl click", "selects one more"),
            ("Menu key, Shift F10", "filters by what the row has: its layer, its ending, its mode"),
            ("letters", "to the next path that begins with them"),
            ("↓ in the filter", "to the tree"),
        ],
    },
    KeyGroup {
        title: "Tables",
        keys: &[
            ("↑ ↓ Home End Page", "move"),
            ("Enter", "opens the row; sorts, on a heading"),
            ("Shift ← →", "makes the column of a heading narrower, wider"),
        ],
    },
    KeyGroup {
        title: "Hexadecimal view",
        keys: &[
            ("← → ↑ ↓ Page", "move by a byte, a row, a page"),
            ("Home End", "to the first, the last byte of the row"),
            ("Ctrl Home, Ctrl End", "to the first, the last byte of the file"),
        ],
    },
];

/// The button in the header.
#[component]
pub fn HelpButton() -> AnyView {
    let help = use_help();
    view! {
        <Button
            label="Keys and signs"
            icon=Icon::Help
            icon_only=true
            kind=ButtonKind::Quiet
            on_press=move || help.open()
        />
    }
    .into_any()
}

/// The dialog, while it is open; `?` opens it.
#[component]
pub fn HelpDialog() -> AnyView {
    let help = use_help();
    on_window(leptos::ev::keydown, move |event: KeyboardEvent| {
        let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
        let typing = dom::is_from(&event, dom::TYPING);
        if event.key() == "?" && plain && !typing && !event.default_prevented() {
            event.prevent_default();
            help.open();
        }
    });
    let close = move || help.close();
    view! {
        <Show when=move || help.is_open()>
            <Dialog label="Keys and signs" on_close=close>
                <div class="help">
                    {KEYS.iter().map(key_group).collect_view()}
                    <section>
                        <h3>"Signs"</h3>
                        <dl>{signs()}</dl>
                    </section>
                </div>
                <p class="bt"><Button label="Close" on_press=close /></p>
            </Dialog>
        </Show>
    }
    .into_any()
}

fn key_group(group: &'static KeyGroup) -> AnyView {
    let line = |(key, effect): &'static (&'static str, &'static str)| {
        view! { <dt><kbd>{*key}</kbd></dt><dd>{*effect}</dd> }
    };
    view! {
        <section>
            <h3>{group.title}</h3>
            <dl>{group.keys.iter().map(line).collect_view()}</dl>
        </section>
    }
    .into_any()
}

/// The letters of changes, the signs of sums, and how bars are drawn.
fn signs() -> AnyView {
    let changes = [Change::Added, Change::Modified, Change::Removed, Change::Unchanged];
    let letters = changes.into_iter().filter_map(words::change).map(|change| {
        view! {
            <dt><span class=format!("tag {}", change.class)>{change.letter}</span></dt>
            <dd>{change.word}</dd>
        }
    });
    view! {
        {letters.collect_view()}
        <dt><span class="mono">"+ ~ − ="</span></dt>
        <dd>"how many paths were added, modified, removed, rewritten without a change"</dd>
        <dt><span class="hatch" role="img" aria-label="hatched"></span></dt>
        <dd>"no longer visible in the final tree"</dd>
        <dt><span class="outline" role="img" aria-label="outlined"></span></dt>
        <dd>"under 1 %, not to scale"</dd>
        <dt>"–"</dt>
        <dd>"no such value"</dd>
        <dt>"…"</dt>
        <dd>"still being read"</dd>
    }
    .into_any()
}

#[test]
fn the_button_opens_a_list_of_keys_and_of_every_letter() {
    let render = |is_open: bool| {
        crate::ui::testing::TestPage::new().render(move || {
            if is_open {
                use_help().open();
            }
            view! { <HelpButton /><HelpDialog /> }
        })
    };
    assert!(!render(false).has("<dialog"));
    let text = render(true).text();
    for part in
        ["Everywhere", "Ctrl Home", "A Added", "M Modified", "D Removed", "= Rewritten, unchanged"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
}
