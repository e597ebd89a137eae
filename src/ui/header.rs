//! The header: what is shown, on which platform, what else is open, and what can be done with it.

use super::dom::is_plain_click;
use super::here::{Here, here};
use super::inspect::reference_form;
use super::open_sources::open_sources;
use super::opened::Opened;
use super::parts::{Views, clicks, copy_button, holds, icon, live, says, small_icon, spawn, view};
use super::pick::openers;
use super::platforms::platform_select;
use super::raw::el;
use super::settings::settings;
use super::sources::{Screen, Shown, sources};
use super::state::{Memo, RwSignal, untrack};
use crate::browser::{client::Client, download};
use crate::format;
use crate::link::{Link, LinkTarget};
use crate::problem::Problem;
use crate::session::query::ImageLine;
use leptos::html::Details;
use leptos::prelude::*;
use std::pin::Pin;

/// It stays while screens change below it, and with it the focus.
#[component]
pub fn Header(
    /// What is shown.
    shown: Memo<Shown>,
) -> impl IntoView {
    let used = move || match shown.get() {
        (Screen::Image | Screen::Contents, opened) => opened,
        _ => None,
    };
    let what = live(move || {
        let opened = used()?;
        provide_context(opened);
        Some(view! { <ImagePicker /> {platform_select(opened, "wide")} })
    });
    view! {
        <header class="top">
            {logo()}
            {what}
            {el("span", "sp")}
            {live(move || used().map(|_| reference_form()))}
            {open_sources()}
            {settings()}
            {live(move || used().map(actions))}
        </header>
    }
}

/// The name of the page, and the way to its start.
fn logo() -> AnyView {
    let sources = sources();
    let leave = move |event| {
        if is_plain_click(&event) {
            sources.leave();
        }
    };
    view! {
        <a class="logo" href="#/" aria-label="Layerscope, start" on:click=clicks(leave)>
            <svg viewBox="0 0 16 16" aria-hidden="true">
                <rect y="1" width="16" height="4" rx="1" />
                <rect y="6" width="12" height="4" rx="1" />
                <rect y="11" width="8" height="4" rx="1" />
            </svg>
            <span>"Layerscope"</span>
        </a>
    }
}

fn actions(opened: Opened) -> AnyView {
    let here = here();
    let shown = RwSignal::new(false);
    let expanded = says(move || if shown.get() { "true" } else { "false" });
    view! {
        <button
            class="btn q more"
            aria-label="Open, download, copy"
            aria-expanded=expanded
            on:click=clicks(move |_| shown.update(|shown| *shown = !*shown))
        >
            {icon("more")}
        </button>
        <div class="actions" class:shown=holds(move || shown.get()) on:click=clicks(move |_| shown.set(false))>
            {openers("btn open", "btn open")}
            {report_button(opened)}
            {inspection_button(opened)}
            {copy_button("Copy link", true, move || untrack(|| opened.address(here)))}
        </div>
    }
}

/// Which image is shown, and the others of the archive.
#[component]
fn ImagePicker() -> impl IntoView {
    let here = here();
    let opened = expect_context::<Opened>();
    let menu = NodeRef::<Details>::new();
    let close = move |_| {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    let several =
        Memo::new(move |_| opened.source.read().as_ref().map_or(0, |s| s.images.len()) > 1);
    let platform = move || opened.chosen(|image| image.platform.clone());
    let name = move || {
        let title = opened.title();
        let at = title.rfind('/').map_or(0, |at| at + 1);
        view! { <span class="soft hide">{title[..at].to_owned()}</span>{title[at..].to_owned()} }
    };
    let line = move || view! { <b>{live(name)}</b><span class="soft at">{live(platform)}</span> };
    live(move || match several.get() {
        false => view! { <div class="where">{line()}</div> },
        true => view! {
            <details class="menu" node_ref=menu>
                <summary title="Images of this archive">
                    <span class="where">{line()}</span>
                    {small_icon("chevd")}
                </summary>
                <div class="list" on:click=clicks(close)>{live(move || image_links(opened, here))}</div>
            </details>
        },
    })
}

fn image_links(opened: Opened, here: Here) -> AnyView {
    let source = opened.source.get().unwrap_or_default();
    let link = |image: &ImageLine| {
        let name = match image.names.first() {
            Some(name) => format::name_words(name),
            None => format!("<none> {}", format::short_digest(&image.image_id)),
        };
        let digest = image.image_id.clone();
        let href = says(move || {
            let place = LinkTarget::Archive { digest: digest.clone() };
            Link { view: here.view(), ..Link::to(place) }.to_string()
        });
        let current = (image.number == source.chosen).then_some("true");
        view! {
            <a href=href aria-current=current>
                {el("span", "").text(&name)}
                {el("span", "soft").text(&image.platform)}
            </a>
        }
    };
    source.images.iter().map(link).views()
}

/// Saves the report of all images; they are finished first, which takes its time.
fn report_button(opened: Opened) -> AnyView {
    save_button(opened, "report", "Download report", |client, name| {
        Box::pin(async move {
            download::save_json(&format!("{name}.layerscope.json"), &client.report().await?)
        })
    })
}

/// Saves what is known of the image that is shown, for those who don't have it.
fn inspection_button(opened: Opened) -> AnyView {
    save_button(opened, "cached", "Save inspection", |client, name| {
        Box::pin(async move {
            download::save_bytes(&format!("{name}.layerscope"), &client.save().await?)
        })
    })
}

type Saving = Pin<Box<dyn Future<Output = Result<(), Problem>>>>;

fn save_button(
    opened: Opened,
    glyph: &'static str,
    label: &'static str,
    save: fn(Client, String) -> Saving,
) -> AnyView {
    let busy = RwSignal::new(false);
    let save = move |_| {
        let Some(client) = opened.client.get_untracked() else { return };
        let name = opened.source.get_untracked().map_or(String::new(), |s| s.name.clone());
        busy.set(true);
        spawn(async move {
            let saved = save(client, name).await;
            busy.set(false);
            match saved {
                Err(problem) if problem.code != "closed" => {
                    opened.note.set(Some(problem.to_string()))
                }
                _ => opened.note.set(None),
            }
        });
    };
    view! {
        <button on:click=clicks(save) disabled=holds(move || busy.get())>
            {small_icon(glyph)}
            {live(move || if busy.get() { "Preparing…" } else { label })}
        </button>
    }
}
