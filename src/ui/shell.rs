//! The shell around an image: header, views, the selection, progress, and the view that the link names.

use super::facts::Facts;
use super::files::FilesView;
use super::here::{Here, here};
use super::history::HistoryView;
use super::layers::LayersView;
use super::opened::Opened;
use super::overview::OverviewView;
use super::parts::{Logo, copy_button, icon, small_icon};
use super::progress::{BackgroundProgress, OpeningProgress};
use super::selection::{Choice, Scope};
use super::start::OpenArchive;
use crate::browser::download;
use crate::format;
use crate::link::{Link, Place, View};
use crate::session::query::ImageLine;
use leptos::html::Details;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The views that there are: link, icon, words.
const VIEWS: [(View, &str, &str); 4] = [
    (View::Overview, "overview", "Overview"),
    (View::Layers, "layers", "Layers"),
    (View::History, "clock", "History"),
    (View::Files, "folder", "Files"),
];

/// An image.
#[component]
pub fn ImageScreen() -> impl IntoView {
    let here = here();
    let opened = expect_context::<Opened>();
    let facts = Facts::new(opened);
    provide_context(facts);
    provide_context(Choice::new(here));
    let view = Memo::new(move |_| here.view());
    Effect::new(move |_| {
        let words = VIEWS.iter().find(|(v, ..)| *v == view.get()).map_or("Overview", |v| v.2);
        document().set_title(&format!("{} · {words} · Layerscope", opened.title()));
    });
    view! {
        <Header />
        <OpeningProgress />
        <ViewsNav facts />
        <main>
            <Scope />
            {move || match view.get() {
                View::Layers => view! { <LayersView /> }.into_any(),
                View::History => view! { <HistoryView /> }.into_any(),
                View::Files => view! { <FilesView /> }.into_any(),
                _ => view! { <OverviewView /> }.into_any(),
            }}
        </main>
        <BackgroundProgress />
    }
}

#[component]
fn Header() -> impl IntoView {
    let here = here();
    let opened = expect_context::<Opened>();
    let shown = RwSignal::new(false);
    let expanded = move || if shown.get() { "true" } else { "false" };
    view! {
        <header class="top">
            <Logo />
            <ImagePicker />
            <span class="sp"></span>
            <button
                class="btn q more"
                aria-label="Open, download, copy"
                aria-expanded=expanded
                on:click=move |_| shown.update(|shown| *shown = !*shown)
            >
                {icon("more")}
            </button>
            <div class="actions" class:shown=shown on:click=move |_| shown.set(false)>
                <OpenArchive class="btn open" />
                <ReportButton opened />
                {copy_button("Copy link", true, move || address(here))}
            </div>
        </header>
    }
}

/// The whole address of what is shown.
fn address(here: Here) -> String {
    let location = window().location();
    let href = location.href().unwrap_or_default();
    let page = href.split(['#', '?']).next().unwrap_or_default();
    format!("{page}{}", here.href(|_| ()))
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
    let platform = move || {
        let source = opened.source.read();
        let chosen = source.as_ref().and_then(|s| s.images.get(s.chosen as usize));
        chosen.map(|image| image.platform.clone())
    };
    let line = move || {
        let name = move || {
            let title = opened.title();
            let at = title.rfind('/').map_or(0, |at| at + 1);
            view! { <span class="soft hide">{title[..at].to_owned()}</span>{title[at..].to_owned()} }
        };
        view! { <b>{name}</b><span class="soft">{platform}</span> }
    };
    move || match several.get() {
        false => view! { <div class="where">{line()}</div> }.into_any(),
        true => view! {
            <details class="menu" node_ref=menu>
                <summary title="Images of this archive">
                    <span class="where">{line()}</span>
                    {small_icon("chevd")}
                </summary>
                <div class="list" on:click=close>{move || image_links(opened, here)}</div>
            </details>
        }
        .into_any(),
    }
}

fn image_links(opened: Opened, here: Here) -> AnyView {
    let source = opened.source.get().unwrap_or_default();
    let link = |image: &ImageLine| {
        let name = match image.names.first() {
            Some(name) => format!("{}:{}", name.repository, name.tag),
            None => format!("<none> {}", format::short_digest(&image.image_id)),
        };
        let digest = image.image_id.clone();
        let href = move || {
            let place = Place::Archive { digest: digest.clone() };
            Link { view: here.view(), ..Link::to(place) }.to_string()
        };
        let current = (image.number == source.chosen).then_some("true");
        let platform = image.platform.clone();
        view! {
            <a href=href aria-current=current>
                <span>{name}</span>
                <span class="soft">{platform}</span>
            </a>
        }
    };
    source.images.iter().map(link).collect_view().into_any()
}

/// Saves the report of all images; they are finished first, which takes its time.
#[component]
fn ReportButton(opened: Opened) -> impl IntoView {
    let busy = RwSignal::new(false);
    let save = move |_| {
        let Some(client) = opened.client.get_untracked() else { return };
        let name = opened.source.get_untracked().map_or(String::new(), |s| s.name.clone());
        busy.set(true);
        spawn_local(async move {
            let saved = match client.report().await {
                Ok(json) => download::save_json(&format!("{name}.layerscope.json"), &json),
                Err(problem) => Err(problem),
            };
            busy.try_set(false);
            match saved {
                Err(problem) if problem.code != "closed" => {
                    opened.note.set(Some(problem.to_string()))
                }
                _ => opened.note.set(None),
            }
        });
    };
    view! {
        <button on:click=save disabled=busy>
            {small_icon("down")}
            {move || if busy.get() { "Preparing report…" } else { "Download report" }}
        </button>
    }
}

/// The views, as links.
#[component]
fn ViewsNav(facts: Facts) -> impl IntoView {
    let here = here();
    let entry = move |(view, glyph, words): (View, &'static str, &'static str)| {
        let href = move || here.href(|link| link.view = view);
        let current = move || (here.view() == view).then_some("page");
        view! {
            <a href=href aria-current=current>
                {icon(glyph)}
                <span>{words}</span>
                " "
                <small>{move || tally(facts, view)}</small>
            </a>
        }
    };
    view! {
        <nav class="side" aria-label="Views">
            <h2 aria-hidden="true">"Image"</h2>
            {VIEWS[..3].iter().copied().map(entry).collect_view()}
            <h2 aria-hidden="true">"Contents"</h2>
            {entry(VIEWS[3])}
        </nav>
    }
}

/// How much a view holds.
fn tally(facts: Facts, view: View) -> Option<String> {
    let count = match view {
        View::Layers => {
            facts.layer_table()?.rows.iter().filter(|r| r.number.is_some()).count() as u64
        }
        View::History => facts.layer_table()?.rows.len() as u64,
        View::Files => facts.overview.get()?.ok()?.tree_entries?,
        _ => return None,
    };
    Some(format::count(count))
}
