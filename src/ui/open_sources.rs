//! The list of open sources, in the header: what is open, what each is at, to turn to it or to close it.

use super::dom::is_plain_click;
use super::opened::Opened;
use super::parts::{Views, clicks, holds, icon, live, says, small_icon, view};
use super::raw::{self, el};
use super::sources::{Sources, sources};
use super::state::{Memo, RwSignal};
use leptos::ev::{FocusEvent, KeyboardEvent, MouseEvent};
use leptos::html::{Button, Nav};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// A button with the list below it; nothing while nothing is open.
pub fn open_sources() -> AnyView {
    let sources = sources();
    let some = Memo::new(move |_| !sources.list.read().is_empty());
    live(move || some.get().then(|| menu(sources)))
}

fn menu(sources: Sources) -> AnyView {
    let shown = RwSignal::new(false);
    let nav = NodeRef::<Nav>::new();
    let button = NodeRef::<Button>::new();
    let is_within = move |target: Option<web_sys::EventTarget>| {
        let target = target.and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        nav.get_untracked().is_some_and(|nav| nav.contains(target.as_ref()))
    };
    let elsewhere = window_event_listener(leptos::ev::pointerdown, move |event| {
        if !is_within(event.target()) {
            shown.set(false);
        }
    });
    on_cleanup(move || elsewhere.remove());
    let left = move |event: FocusEvent| {
        let to = event.related_target();
        if to.is_some() && !is_within(to) {
            shown.set(false);
        }
    };
    let pressed = move |event: KeyboardEvent| {
        if event.key() == "Escape" && shown.get_untracked() {
            shown.set(false);
            focus(button);
        }
    };
    let expanded = says(move || if shown.get() { "true" } else { "false" });
    let count = live(move || sources.list.read().len());
    view! {
        <nav class="menu sources" aria-label="Open sources" node_ref=nav on:focusout=left on:keydown=pressed>
            <button
                class="btn q"
                node_ref=button
                aria-label="Open sources"
                title="Open sources"
                aria-expanded=expanded
                on:click=clicks(move |_| shown.update(|shown| *shown = !*shown))
            >
                {icon("sources")}
                <span class="num">{count}</span>
                {live(move || failures(sources))}
            </button>
            <ul class="list" hidden=holds(move || !shown.get())>
                {live(move || {
                    let list = sources.list.get().into_iter();
                    list.map(|opened| entry(sources, opened, shown, button)).views()
                })}
            </ul>
        </nav>
    }
}

fn focus(button: NodeRef<Button>) {
    if let Some(button) = button.get_untracked() {
        let _ = button.focus(); // fails for no element in the document
    }
}

/// Those that failed behind the user's back: the one in front has its alert on the page.
fn failures(sources: Sources) -> Option<AnyView> {
    let front = sources.front.get();
    let list = sources.list.read();
    let failed = list.iter().filter(|s| Some(**s) != front && s.problem.read().is_some()).count();
    (failed > 0).then(|| {
        let words = format!("{failed} of the files could not be opened");
        let alert = el("span", "vh").set("role", "alert").text(&words);
        [el("span", "d").add(raw::icon("high")), alert].into_iter().views()
    })
}

fn entry(
    sources: Sources,
    opened: Opened,
    shown: RwSignal<bool>,
    button: NodeRef<Button>,
) -> AnyView {
    let name = opened.name();
    let label = format!("Close {name}");
    let turned = move || {
        shown.set(false);
        focus(button);
    };
    let words = view! {
        {el("span", "").text(&name)}
        {live(move || el("span", "soft").text(&state_words(opened)))}
    };
    let is_front = move || (sources.front.get() == Some(opened)).then_some("true");
    let close = move |_| {
        focus(button); // the one that was pressed goes
        sources.close(opened);
    };
    view! {
        <li>
            {source_link(opened, turned, is_front, words)}
            <button class="btn q" aria-label=label.clone() title=label on:click=clicks(close)>{small_icon("x")}</button>
        </li>
    }
}

/// What a source holds, or what it is at.
fn state_words(opened: Opened) -> String {
    if opened.problem.read().is_some() {
        return "could not be opened".to_owned();
    }
    let source = opened.source.read();
    let Some(source) = source.as_ref() else { return "opening…".to_owned() };
    match source.images.len() {
        0 => "no image".to_owned(),
        1 => opened.title(),
        more => format!("{more} images"),
    }
}

/// A link to a source as it was last shown. It works where the address is the same already, too.
pub fn source_link(
    opened: Opened,
    turned: impl Fn() + 'static,
    current: impl Fn() -> Option<&'static str> + Send + 'static,
    words: AnyView,
) -> AnyView {
    let sources = sources();
    let href = says(move || sources.link_to(opened).to_string());
    let clicked = move |event: MouseEvent| {
        if is_plain_click(&event) {
            event.prevent_default();
            turned();
            sources.show(opened);
        }
    };
    view! { <a href=href aria-current=says(current) on:click=clicks(clicked)>{words}</a> }
}
