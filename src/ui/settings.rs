//! Settings: the proxy, and what this browser keeps of registries.

use super::dialogs::modal;
use super::lists::list;
use super::network::net;
use super::parts::{clicks, icon, live, spawn, view};
use super::raw::el;
use super::state::RwSignal;
use crate::browser::config;
use crate::session::query::Listing;
use leptos::html::Input;
use leptos::prelude::*;

/// Said of the proxy.
const PROXY: &str = "Most registries answer no web page. A proxy asks them in the page's place, and \
    sees what passes: logins too, if you agree. Empty: none is used.";

/// Said of what is kept.
const STORED: &str = "Layers and what was found in them, so that a second visit transfers nothing.";

/// The button, and the dialog that it opens.
pub fn settings() -> AnyView {
    let shown = RwSignal::new(false);
    view! {
        <button class="btn q" aria-label="Settings" title="Settings" on:click=clicks(move |_| shown.set(true))>
            {icon("settings")}
        </button>
        {live(move || shown.get().then(|| dialog(shown)))}
    }
}

fn dialog(shown: RwSignal<bool>) -> AnyView {
    let net = net();
    let field = NodeRef::<Input>::new();
    let cleared = RwSignal::new(0);
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let proxy = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        net.set_proxy(Some(proxy.trim().to_owned()));
        shown.set(false);
    };
    let offered = move |_| {
        net.set_proxy(None);
        shown.set(false);
    };
    let clear = move |_| {
        spawn(async move {
            config::forget_known();
            if net.lists().clear_kept().await.is_ok() {
                cleared.update(|cleared| *cleared += 1);
            }
        });
    };
    let kept = live(move || {
        cleared.track();
        list(move || Some(net.lists()), Listing::Kept, "Kept in this browser", "")
    });
    let inner = view! {
        <form on:submit=save>
            <label>
                "Proxy"
                <input class="field mono" node_ref=field value=net.proxy() placeholder="none" spellcheck="false" />
            </label>
            {el("p", "soft").text(PROXY)}
            <p class="bt">
                <button type="button" on:click=clicks(offered)>"As this site offers"</button>
                <button class="btn p">"Save"</button>
            </p>
        </form>
        {el("h3", "").text("Kept in this browser")}
        {el("p", "soft").text(STORED)}
        {kept}
        <p class="bt">
            <button on:click=clicks(clear)>"Clear what is kept"</button>
            <button on:click=clicks(move |_| shown.set(false))>"Close"</button>
        </p>
    };
    modal("Settings".to_owned(), move || shown.set(false), inner.into_any())
}
