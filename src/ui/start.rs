//! Before an image is there: the start, what a link asks for, an error, a file on its way in.

use super::here::here;
use super::inspect::{ask_host, reference_form};
use super::open_sources::source_link;
use super::opened::Opened;
use super::parts::{CopyButton, Views, clicks, holds, icon, live, small_icon, spawn, view};
use super::pick::{self, openers};
use super::problems::ProblemAlert;
use super::sources::sources;
use super::state::RwSignal;
use crate::browser::fetch;
use crate::link::{Link, Place};
use crate::problem::Problem;
use crate::text;
use leptos::prelude::*;

/// Where the sample lies, beside the page.
const SAMPLE: &str = "sample.tar";

/// The start: something to open, after an alert or a prompt where there is one.
#[component]
pub fn StartScreen() -> impl IntoView {
    let sources = sources();
    let problem = live(move || {
        let front = sources.front.get()?;
        Some(failure(front, front.problem.get()?))
    });
    document().set_title("Layerscope");
    view! {
        <main class="start">
            <div>
                {problem}
                {live(move || sources.note.get().map(|note| {
                    view! { <p class="note" role="status">{small_icon("cached")}{note}</p> }
                }))}
                {live(move || match (sources.missing(), sources.unasked()) {
                    (Some(digest), _) => view! { <Asked digest /> },
                    (None, Some(link)) => ask_host(link),
                    (None, None) => view! { {comparison(here().place())} <Welcome /> },
                })}
                <p class="priv">
                    {icon("shield")}
                    <span>
                        <b>"What you open from disk never leaves this machine."</b>
                        " There is no server behind this page: archives are read here, in this tab."
                    </span>
                </p>
            </div>
        </main>
    }
}

/// What a link to a comparison leads to: its sides, for this version shows them one by one.
fn comparison(place: Place) -> Option<AnyView> {
    let Place::Compare { a, b } = place else { return None };
    let side = |side: String| {
        let link = Link::parse(&format!("#/{side}")).to_string();
        view! { <li><a class="mono" href=link>{text::show(side.as_bytes())}</a></li> }
    };
    Some(view! {
        <div class="note" role="status">
            {small_icon("medium")}
            <div>
                <p>"This link compares two images, which this version does not do yet. Each by itself:"</p>
                <ul>{side(a)}{side(b)}</ul>
            </div>
        </div>
    })
}

/// The invitation.
#[component]
fn Welcome() -> impl IntoView {
    view! {
        <div>
            <h1>"See what is inside a container image"</h1>
            <p class="lead">"Layers, history and every file, read here, in this tab."</p>
        </div>
        <Continue />
        {reference_form()}
        <div class="card">
            <div class="drop">
                {icon("box")}
                <b class="by-drop">"Drop an image archive or folder anywhere on this page"</b>
                <span class="soft">
                    <span class="mono">"docker save"</span>
                    ", OCI layout, "
                    <span class="mono">"docker export"</span>
                    ", single layers; packed or not"
                </span>
                <span class="bt">{openers("btn big open", "btn p big open")}</span>
            </div>
            <Sample />
        </div>
        <div class="how">
            <span>"No archive yet?"</span>
            <span class="code">
                <code>"docker save -o image.tar NAME"</code>
                <CopyButton label="Copy the docker save command" text="docker save -o image.tar " />
            </span>
        </div>
    }
}

/// The sample image, at one click.
#[component]
fn Sample() -> impl IntoView {
    let sources = sources();
    let fetching = RwSignal::new(false);
    let open = move |_| {
        fetching.set(true);
        spawn(async move {
            let sample = fetch::file(SAMPLE).await;
            fetching.set(false);
            match sample {
                Ok(file) => pick::open(sources, vec![file]),
                Err(problem) => sources.fail("the sample image".to_owned(), problem),
            }
        });
    };
    view! {
        <div class="sample">
            <p><b>"No image at hand?"</b>" A small one, with flaws to find."</p>
            <button on:click=clicks(open) disabled=holds(move || fetching.get())>
                {small_icon("play")}
                {live(move || if fetching.get() { "Fetching…" } else { "Try the sample image" })}
            </button>
        </div>
    }
}

/// The way back to what is still open.
#[component]
fn Continue() -> impl IntoView {
    let sources = sources();
    let back = |opened: Opened| {
        let words = view! { {small_icon("back")}"Back to "{opened.name()} };
        source_link(opened, || (), || None, words)
    };
    let usable = move || {
        let list = sources.list.get();
        list.into_iter().filter(|opened| opened.problem.read().is_none()).collect::<Vec<_>>()
    };
    live(move || {
        let list = usable();
        (!list.is_empty()).then(|| {
            view! { <p class="how backs">{list.into_iter().map(back).views()}</p> }
        })
    })
}

/// What a link to a local image asks for.
#[component]
fn Asked(digest: String) -> impl IntoView {
    let sources = sources();
    let here = here();
    let view_name = live(move || here.view().name());
    let path = move || Some(here.path().get()).filter(|path| !path.is_empty());
    view! {
        <div class="asks">
            <h1>"This link shows an image of a local archive"</h1>
            <p class="lead">
                "The archive is on the machine of whoever has it, and nowhere else. Open it again, and \
                 the page goes to where the link points."
            </p>
            <dl>
                <dt>"Image ID"</dt>
                <dd class="mono">{digest}</dd>
                <dt>"View"</dt>
                <dd>{view_name}</dd>
                {live(move || path().map(|path| view! { <dt>"Path"</dt><dd class="mono">{path}</dd> }))}
            </dl>
            {live(move || lacking(sources.front.get()?))}
            <Continue />
            <div class="card">
                <div class="drop">
                    {icon("box")}
                    <b class="by-drop">"Drop the archive anywhere on this page"</b>
                    <span class="bt">{openers("btn big open", "btn p big open")}</span>
                </div>
                <div class="sample">
                    <p>"Or begin with something else."</p>
                    <a class="btn" href="#/">"Start"</a>
                </div>
            </div>
        </div>
    }
}

/// Why a file could not be opened.
fn failure(opened: Opened, problem: Problem) -> AnyView {
    let sources = sources();
    let again = opened.origin().map(|origin| {
        let again = clicks(move |_| sources.begin_web(origin.clone()));
        view! { <p class="bt"><button class="btn p" on:click=again>"Try again"</button></p> }
    });
    view! {
        <h2 class="title">"Could not open "{opened.name()}</h2>
        <ProblemAlert problem />
        {again}
    }
}

/// Said of what is open and is not what the link names.
fn lacking(opened: Opened) -> Option<AnyView> {
    let open = opened.source.read().is_some();
    open.then(|| {
        view! { <p class="note">{small_icon("medium")}{opened.name()}" does not hold it."</p> }
    })
}

/// While a source's own index is read: nothing is known yet but its name and size.
#[component]
pub fn OpeningScreen() -> impl IntoView {
    let sources = sources();
    let name = live(move || sources.front.get().map(Opened::name));
    view! {
        <main class="start">
            <div>
                <div><h1>"Opening "{name}</h1><p class="lead">"Reading what it holds…"</p></div>
            </div>
        </main>
    }
}
