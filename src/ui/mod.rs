//! The page: what the user sees, and nothing else.
//!
//! - The link is the state of the view (`here`); what is open answers for the rest (`opened`,
//!   `facts`); components are views of both.
//! - Views hold no logic but presentation: what deserves a test lives in format.rs and link.rs.
//! - The policy of the page forbids style attributes: classes, or `style:property`, which Leptos sets
//!   one by one.

mod attention;
mod bar;
mod content;
mod dom;
mod facts;
mod file;
mod files;
mod here;
mod history;
mod images;
mod layer_list;
mod layers;
mod opened;
mod overview;
mod parts;

mod problems;
mod progress;
mod runs;
mod selection;
mod shell;
mod start;
mod tree;
mod tree_keys;
mod tree_row;
mod tree_rows;

use crate::browser::{client::Client, marks};
use here::Here;
use leptos::prelude::*;
use opened::{Opened, Screen};
use wasm_bindgen::JsCast;

/// Shows the page, and gets the engine under way while the user chooses.
pub fn mount() {
    Client::warm_up();
    let root = document().get_element_by_id("app").expect("index.html has an element `app`");
    root.set_text_content(None); // what was shown until now
    leptos::mount::mount_to(root.unchecked_into(), App).forget();
}

/// All there is: one of three screens, by what is open and what the link names.
#[component]
fn App() -> impl IntoView {
    let here = Here::new();
    let opened = Opened::new(here);
    provide_context(here);
    provide_context(opened);
    let screen = Memo::new(move |_| opened.screen());
    opened.follow_link();
    opened.follow_answers();
    tell_state(opened, screen);
    view! {
        {move || match screen.get() {
            Screen::Image => view! { <shell::ImageScreen /> }.into_any(),
            Screen::Opening => view! { <start::OpeningScreen /> }.into_any(),
            Screen::Start => view! { <start::StartScreen /> }.into_any(),
        }}
        <start::DropTarget />
    }
}

/// Keeps `data-state`, the root's class and the marks of the tree: what others than the eye wait for.
fn tell_state(opened: Opened, screen: Memo<Screen>) {
    let state = Memo::new(move |_| match screen.get() {
        _ if opened.problem.read().is_some() => "error",
        Screen::Start => "empty",
        Screen::Opening => "loading",
        Screen::Image => match (opened.tree.get(), opened.ready.get()) {
            (_, true) => "ready",
            (Some(_), _) => "tree",
            _ => "loading",
        },
    });
    Effect::new(move |_| {
        let bare = screen.get() != Screen::Image;
        let app = document().get_element_by_id("app").expect("the page is mounted there");
        let _ = app.class_list().toggle_with_force("bare", bare); // "bare" is a valid token
    });
    Effect::new(move |before: Option<&str>| {
        let state = state.get();
        let root = document().document_element().expect("a page has a root element");
        let _ = root.set_attribute("data-state", state); // a valid name
        if before != Some(state) && matches!(state, "tree" | "ready") {
            if before != Some("tree") {
                marks::mark(marks::Mark::Tree);
            }
            if state == "ready" {
                marks::mark(marks::Mark::Ready);
            }
        }
        state
    });
}
