//! The shell around an image: views, the selection, progress, and the view that the link names.

use super::facts::Facts;
use super::files::FilesView;
use super::here::here;
use super::history::HistoryView;
use super::images::{Images, source_form};
use super::layers::LayersView;
use super::opened::{Opened, needs_layers};
use super::overview::OverviewView;
use super::packages::packages_view;
use super::parts::{Views, effect, icon, live, says, view};
use super::problems::source_warnings;
use super::progress::BackgroundProgress;
use super::pull::{pull_panel, remote_notes};
use super::raw::el;
use super::selection::{Choice, Scope};
use super::state::Memo;
use super::vulnerabilities::vulnerabilities_view;
use crate::format;
use crate::link::View;
use leptos::prelude::*;

/// The views that there are: link, icon, words.
const VIEWS: [(View, &str, &str); 6] = [
    (View::Overview, "overview", "Overview"),
    (View::Layers, "layers", "Layers"),
    (View::History, "clock", "History"),
    (View::Files, "folder", "Files"),
    (View::Packages, "box", "Packages"),
    (View::Vulnerabilities, "shield", "Vulnerabilities"),
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
    effect(move || {
        let words = VIEWS.iter().find(|(v, ..)| *v == view.get()).map_or("Overview", |v| v.2);
        document().set_title(&format!("{} · {words} · Layerscope", opened.title()));
    });
    effect(move || {
        if needs_layers(view.get()) && opened.pulling.read().is_some() {
            opened.need_layers();
        }
    });
    // What has come is told at the end of the overview.
    let pulled = opened.has_all_layers();
    let pull = move || (pulled.get() == Some(false)).then(|| pull_panel(opened));
    view! {
        <ViewsNav facts />
        <main>
            <Scope />
            {live(move || remote_notes(opened))}
            {live(pull)}
            {live(move || match view.get() {
                View::Layers => view! { <LayersView /> },
                View::History => view! { <HistoryView /> },
                View::Files => view! { <FilesView /> },
                View::Packages => packages_view(opened),
                View::Vulnerabilities => vulnerabilities_view(opened),
                _ => view! { <OverviewView /> },
            })}
        </main>
        <BackgroundProgress />
    }
}

/// A source without an image: what it holds instead.
#[component]
pub fn ContentsScreen() -> impl IntoView {
    let opened = expect_context::<Opened>();
    document().set_title(&format!("{} · Layerscope", opened.name()));
    let form = live(move || Some(source_form(el("p", "soft"), &*opened.source.get()?)));
    view! {
        <main>
            <div class="view">
                <div class="page">
                    <section class="first">
                        {el("h1", "title").text(&opened.name())}
                        {el("p", "is").text("There is no image in it that can be shown.")}
                        {form}
                        {live(move || source_warnings(opened))}
                    </section>
                    <Images />
                </div>
            </div>
        </main>
    }
}

/// The views, as links.
#[component]
fn ViewsNav(facts: Facts) -> impl IntoView {
    let here = here();
    let entry = move |(view, glyph, words): (View, &'static str, &'static str)| {
        let href = says(move || here.href(|link| link.turn_to(view)));
        let current = says(move || (here.view() == view).then_some("page"));
        view! {
            <a href=href aria-current=current>
                {icon(glyph)}
                <span>{words}</span>
                " "
                <small>{live(move || tally(facts, view))}</small>
            </a>
        }
    };
    view! {
        <nav class="side" aria-label="Views">
            <h2 aria-hidden="true">"Image"</h2>
            {VIEWS[..3].iter().copied().map(entry).views()}
            <h2 aria-hidden="true">"Contents"</h2>
            {VIEWS[3..].iter().copied().map(entry).views()}
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
        View::Packages => facts.installed()?,
        _ => return None,
    };
    Some(format::count(count))
}
