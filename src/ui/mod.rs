//! The page: what the user sees, and nothing else.
//!
//! - The link is the state of the view (`here`); what is open (`sources`, each an `opened`) answers for
//!   the rest (`facts`); components are views of both.
//! - Views hold no logic but presentation: what deserves a test lives in format.rs and link.rs.
//! - The policy of the page forbids style attributes: classes, or `style:property`, which Leptos sets
//!   one by one.

mod attention;
mod bar;
mod check;
mod content;
mod details;
mod dialogs;
mod dom;
mod facts;
mod file;
mod files;
mod filter;
mod header;
mod here;
mod history;
mod images;
mod inspect;
mod layer_list;
mod layers;
mod lists;
mod network;
mod open_sources;
mod opened;
mod others;
mod overview;
mod packages;
mod parts;
mod pick;
mod platforms;
mod problems;
mod progress;
mod pull;
mod raw;
mod runs;
mod selection;
mod settings;
mod shell;
mod sources;
mod start;
mod state;
mod table;
mod tabled;
mod tree;
mod tree_keys;
mod tree_row;
mod tree_rows;
mod vulnerabilities;

use crate::browser::{client::Client, marks};
use here::Here;
use leptos::prelude::*;
use network::Net;
use opened::Opened;
use parts::{effect, live, view};
use sources::{Screen, Shown, Sources};
use state::Memo;
use wasm_bindgen::JsCast;

/// Shows the page, and gets the engine under way while the user chooses.
pub fn mount() {
    Client::warm_up();
    let root = document().get_element_by_id("app").expect("index.html has an element `app`");
    root.set_text_content(None); // what was shown until now
    leptos::mount::mount_to(root.unchecked_into(), App).forget();
}

/// All there is: a header, and one of four screens by what is open and what the link names.
#[component]
fn App() -> impl IntoView {
    let here = Here::new();
    provide_context(here);
    let net = Net::new();
    provide_context(net);
    let sources = Sources::new(here, net);
    provide_context(sources);
    let shown = Memo::new(move |_| sources.shown());
    sources.follow_link();
    tell_state(shown);
    let screen = live(move || {
        let (screen, opened) = shown.get();
        if let Some(opened) = opened {
            provide_context(opened);
        }
        match screen {
            Screen::Image => view! { <shell::ImageScreen /> },
            Screen::Contents => view! { <shell::ContentsScreen /> },
            Screen::Opening => view! { <start::OpeningScreen /> },
            Screen::List => view! { <lists::ListScreen /> },
            Screen::Start => view! { <start::StartScreen /> },
        }
    });
    view! {
        <header::Header shown />
        <progress::OpeningProgress />
        {screen}
        <pick::DropTarget />
        {dialogs::questions()}
    }
}

/// Keeps `data-state`, the root's class and the marks of the tree: what others than the eye wait for.
fn tell_state(shown: Memo<Shown>) {
    let here = here::here();
    let state = Memo::new(move |_| match shown.get() {
        (_, Some(opened)) if opened.problem.read().is_some() => "error",
        (Screen::Start, _) => "empty",
        (Screen::List, _) => "ready",
        (Screen::Contents, _) => "ready",
        (Screen::Image, Some(opened)) => match (opened.tree.get(), opened.ready.get()) {
            (_, true) => "ready",
            (None, _) if opened.waits_for_word(here.view()) => "ready",
            (Some(_), _) => "tree",
            _ => "loading",
        },
        _ => "loading",
    });
    effect(move || {
        let bare = shown.get().0 != Screen::Image;
        let app = document().get_element_by_id("app").expect("the page is mounted there");
        let _ = app.class_list().toggle_with_force("bare", bare); // "bare" is a valid token
    });
    Effect::new(move |before: Option<(Option<Opened>, &'static str)>| {
        let (opened, state) = (shown.get().1, state.get());
        let root = document().document_element().expect("a page has a root element");
        let _ = root.set_attribute("data-state", state); // a valid name
        // Turning to a source that was there before is no moment in its life.
        let before = before.filter(|(shown, _)| *shown == opened).map(|(_, state)| state);
        if before.is_some_and(|before| before != state) && matches!(state, "tree" | "ready") {
            if before != Some("tree") {
                marks::mark(marks::Mark::Tree);
            }
            if state == "ready" {
                marks::mark(marks::Mark::Ready);
            }
        }
        (opened, state)
    });
}
