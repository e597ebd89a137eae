//! Before an image is there: the start, what a link asks for, an error, a file on its way in.

use super::here::here;
use super::opened::Opened;
use super::parts::{CopyButton, Logo, icon, small_icon};
use super::problems::ProblemAlert;
use super::progress::OpeningProgress;
use crate::browser::fetch;
use crate::problem::Problem;
use leptos::ev::{DragEvent, Event};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Where the sample lies, beside the page.
const SAMPLE: &str = "sample.tar";

/// The start: something to open, after an alert or a prompt where there is one.
#[component]
pub fn StartScreen() -> impl IntoView {
    let opened = expect_context::<Opened>();
    document().set_title("Layerscope");
    view! {
        <header class="top"><Logo /></header>
        <main class="start">
            <div>
                {move || opened.problem.get().map(|problem| view! { <Failure problem /> })}
                {move || opened.note.get().map(|note| {
                    view! { <p class="note" role="status">{small_icon("cached")}{note}</p> }
                })}
                {move || match opened.missing() {
                    Some(digest) => view! { <Asked digest /> }.into_any(),
                    None => view! { <Welcome /> }.into_any(),
                }}
                <p class="priv">
                    {icon("shield")}
                    <span>
                        <b>"What you open never leaves this machine."</b>
                        " There is no server behind this page: the archive is read here, in this tab."
                    </span>
                </p>
            </div>
        </main>
    }
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
        <div class="card">
            <div class="drop">
                {icon("box")}
                <b class="by-drop">"Drop an image archive anywhere on this page"</b>
                <span class="soft">
                    <span class="mono">"docker save"</span>
                    ", old form or new; layers plain, gzip or zstd"
                </span>
                <span class="bt"><OpenArchive class="btn p big open" /></span>
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
    let opened = expect_context::<Opened>();
    let fetching = RwSignal::new(false);
    let open = move |_| {
        fetching.set(true);
        spawn_local(async move {
            let sample = fetch::file(SAMPLE).await;
            fetching.try_set(false);
            match sample {
                Ok(file) => opened.open(file),
                Err(problem) => opened.problem.set(Some(problem)),
            }
        });
    };
    view! {
        <div class="sample">
            <p><b>"No image at hand?"</b>" A small one, with flaws to find."</p>
            <button on:click=open disabled=fetching>
                {small_icon("play")}
                {move || if fetching.get() { "Fetching…" } else { "Try the sample image" }}
            </button>
        </div>
    }
}

/// The way back to what is still open.
#[component]
fn Continue() -> impl IntoView {
    let opened = expect_context::<Opened>();
    let here = here();
    move || {
        let id = opened.chosen_id()?;
        let place = crate::link::Place::Archive { digest: id };
        let href = here.href(|link| *link = crate::link::Link::to(place));
        let name = opened.picked.get().map_or(String::new(), |picked| picked.name);
        Some(view! {
            <p class="how">
                <a class="btn" href=href>{small_icon("back")}"Back to "{name}</a>
            </p>
        })
    }
}

/// What a link to a local image asks for.
#[component]
fn Asked(digest: String) -> impl IntoView {
    let opened = expect_context::<Opened>();
    let here = here();
    let view_name = move || here.view().name();
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
                {move || path().map(|path| view! { <dt>"Path"</dt><dd class="mono">{path}</dd> })}
            </dl>
            {move || opened.source.read().as_ref().map(|source| {
                view! { <p class="note">{small_icon("medium")}{source.name.clone()}" does not hold it."</p> }
            })}
            <div class="card">
                <div class="drop">
                    {icon("box")}
                    <b class="by-drop">"Drop the archive anywhere on this page"</b>
                    <span class="bt"><OpenArchive class="btn p big open" /></span>
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
#[component]
fn Failure(problem: Problem) -> impl IntoView {
    let opened = expect_context::<Opened>();
    let name = opened.picked.get_untracked().map(|picked| picked.name);
    view! {
        {name.map(|name| view! { <h2 class="title">"Could not open "{name}</h2> })}
        <ProblemAlert problem />
    }
}

/// The file picker: a label that is the button, and the input in it.
#[component]
pub fn OpenArchive(
    /// How it looks.
    class: &'static str,
) -> impl IntoView {
    let opened = expect_context::<Opened>();
    let picked = move |event: Event| {
        let input: web_sys::HtmlInputElement = event_target(&event);
        let file = input.files().and_then(|files| files.get(0));
        input.set_value(""); // so that the same file can be picked again
        if let Some(file) = file {
            opened.open(file);
        }
    };
    view! {
        <label class=class>
            <input class="vh" type="file" on:change=picked />
            {small_icon("open")}
            "Open image archive"
        </label>
    }
}

/// Takes a drop anywhere on the page, and shows that it would.
#[component]
pub fn DropTarget() -> impl IntoView {
    let opened = expect_context::<Opened>();
    let over = RwSignal::new(false);
    let dragged = move |event: DragEvent| {
        let Some(data) = event.data_transfer() else { return };
        if data.types().includes(&"Files".into(), 0) {
            event.prevent_default(); // says that a drop is welcome
            over.set(true);
        }
    };
    let left = move |event: DragEvent| {
        if event.related_target().is_none() {
            over.set(false); // out of the window, not into another element
        }
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        let files = event.data_transfer().and_then(|data| data.files());
        if let Some(file) = files.and_then(|files| files.get(0)) {
            opened.open(file);
        }
    };
    let handles = [
        window_event_listener(leptos::ev::dragenter, dragged),
        window_event_listener(leptos::ev::dragover, dragged),
        window_event_listener(leptos::ev::dragleave, left),
        window_event_listener(leptos::ev::drop, dropped),
    ];
    on_cleanup(move || handles.into_iter().for_each(|handle| handle.remove()));
    move || {
        over.get().then(|| {
            view! { <div class="dropping" aria-hidden="true">{icon("box")}"Drop to open"</div> }
        })
    }
}

/// While a file's own index is read: nothing is known yet but its name and size.
#[component]
pub fn OpeningScreen() -> impl IntoView {
    let opened = expect_context::<Opened>();
    let name = move || opened.picked.get().map_or(String::new(), |picked| picked.name);
    view! {
        <header class="top"><Logo /></header>
        <OpeningProgress />
        <main class="start">
            <div>
                <div><h1>"Opening "{name}</h1><p class="lead">"Reading what the archive holds…"</p></div>
            </div>
        </main>
    }
}
