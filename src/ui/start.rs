//! Before an image is there: the start, what a link asks for, an error, a file on its way in.

use super::here::here;
use super::inspect::{ask_host, reference_form};
use super::open_sources::source_link;
use super::opened::Opened;
use super::parts::{CopyButton, Views, clicks, holds, live, small_icon, spawn, view};
use super::pick::{self, openers};
use super::problems::ProblemAlert;
use super::raw::{self, El, big_icon, el};
use super::sources::sources;
use super::state::RwSignal;
use crate::browser::fetch;
use crate::link::{Link, LinkTarget};
use crate::problem::Problem;
use crate::text;
use leptos::prelude::*;

/// Where the sample lies, beside the page.
const SAMPLE: &str = "sample.tar";

/// What the page is for.
const WELCOME: &str = "Layers, history and every file, read here, in this tab.";

/// Why the page cannot open it by itself.
const ASKED: &str = "The archive is on the machine of whoever has it, and nowhere else. Open it again, and \
    the page goes to where the link points.";

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
                    el("p", "note").set("role", "status").add(raw::icon("cached")).text(&note)
                }))}
                {live(move || match (sources.missing(), sources.unasked()) {
                    (Some(digest), _) => view! { <Asked digest /> },
                    (None, Some(link)) => ask_host(link),
                    (None, None) => view! { {comparison(here().place())} <Welcome /> },
                })}
                {private()}
            </div>
        </main>
    }
}

fn private() -> El {
    let promise = el("b", "").text("What you open from disk never leaves this machine.");
    let words = el("span", "")
        .add(promise)
        .text(" There is no server behind this page: archives are read here, in this tab.");
    el("p", "priv").add(big_icon("shield")).add(words)
}

/// What a link to a comparison leads to: its sides, for this version shows them one by one.
fn comparison(place: LinkTarget) -> Option<El> {
    let LinkTarget::Compare { a, b } = place else { return None };
    let side = |side: String| {
        let link = Link::parse(&format!("#/{side}")).to_string();
        let link = el("a", "mono").set("href", &link);
        el("li", "").add(link.text(&text::show(side.as_bytes())))
    };
    let words =
        "This link compares two images, which this version does not do yet. Each by itself:";
    let sides = el("ul", "").add(side(a)).add(side(b));
    let words = el("div", "").add(el("p", "").text(words)).add(sides);
    Some(el("div", "note").set("role", "status").add(raw::icon("medium")).add(words))
}

/// The invitation.
#[component]
fn Welcome() -> impl IntoView {
    view! {
        {titled("See what is inside a container image", WELCOME)}
        <Continue />
        {reference_form()}
        <div class="card">
            <div class="drop">
                {by_drop("Drop an image archive or folder anywhere on this page")}
                {kinds()}
                <span class="bt">{openers("btn big open", "btn p big open")}</span>
            </div>
            <Sample />
        </div>
        <div class="how">
            {el("span", "").text("No archive yet?")}
            <span class="code">
                {el("code", "").text("docker save -o image.tar NAME")}
                <CopyButton label="Copy the docker save command" text="docker save -o image.tar " />
            </span>
        </div>
    }
}

/// A title, and the sentence below it.
fn titled(title: &str, lead: &str) -> El {
    el("div", "").add(el("h1", "").text(title)).add(el("p", "lead").text(lead))
}

/// Where to drop.
fn by_drop(words: &str) -> AnyView {
    [big_icon("box"), el("b", "by-drop").text(words)].into_iter().views()
}

/// What can be opened.
fn kinds() -> El {
    let save = el("span", "mono").text("docker save");
    let export = el("span", "mono").text("docker export");
    let made = el("span", "soft").add(save).text(", OCI layout, ").add(export);
    made.text(", single layers; packed or not")
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
            {el("p", "").add(el("b", "").text("No image at hand?")).text(" A small one, with flaws to find.")}
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
    let told = live(move || {
        let path = here.path().get();
        let lines = [
            ("Image ID", "mono", &digest[..]),
            ("View", "", here.view().name()),
            ("Path", "mono", &path),
        ];
        let mut made = el("dl", "");
        for (term, class, words) in lines {
            if !words.is_empty() {
                made = made.add(el("dt", "").text(term)).add(el("dd", class).text(words));
            }
        }
        made
    });
    let start = el("a", "btn").set("href", "#/").text("Start");
    view! {
        <div class="asks">
            {el("h1", "").text("This link shows an image of a local archive")}
            {el("p", "lead").text(ASKED)}
            {told}
            {live(move || lacking(sources.front.get()?))}
            <Continue />
            <div class="card">
                <div class="drop">
                    {by_drop("Drop the archive anywhere on this page")}
                    <span class="bt">{openers("btn big open", "btn p big open")}</span>
                </div>
                {el("div", "sample").add(el("p", "").text("Or begin with something else.")).add(start)}
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
        {el("h2", "title").text("Could not open ").text(&opened.name())}
        <ProblemAlert problem />
        {again}
    }
}

/// Said of what is open and is not what the link names.
fn lacking(opened: Opened) -> Option<El> {
    let open = opened.source.read().is_some();
    let note = || el("p", "note").add(raw::icon("medium")).text(&opened.name());
    open.then(|| note().text(" does not hold it."))
}

/// While a source's own index is read: nothing is known yet but its name and size.
#[component]
pub fn OpeningScreen() -> impl IntoView {
    let sources = sources();
    let titled = live(move || {
        let name = sources.front.get().map(Opened::name).unwrap_or_default();
        titled(&format!("Opening {name}"), "Reading what it holds…")
    });
    view! { <main class="start"><div>{titled}</div></main> }
}
