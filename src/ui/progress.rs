//! Work in numbers: bytes done and all, layer by layer, and Cancel.

use super::here::here;
use super::opened::{Opened, Picked};
use super::parts::{Views, clicks, live, meter, view};
use super::sources::{Screen, sources};
use super::state::Memo;
use crate::format;
use crate::session::query::{LayerProgress, Progress, Stage};
use leptos::prelude::*;

/// The strip below the header, until the tree is there.
#[component]
pub fn OpeningProgress() -> impl IntoView {
    let (sources, here) = (sources(), here());
    let shown = Memo::new(move |_| match sources.shown() {
        (Screen::Start | Screen::Contents | Screen::List, _) => false,
        (_, Some(opened)) => opened.tree.read().is_none() && !opened.waits_for_word(here.view()),
        (_, None) => false,
    });
    live(move || {
        shown.get().then(|| {
            view! {
                <section class="prog" role="status" aria-label="Progress">
                    {live(move || sources.shown().1.map(strip))}
                    <button on:click=clicks(move |_| sources.cancel())>"Cancel"</button>
                    <div class="tot" aria-hidden="true">{live(move || sources.shown().1.map(bars))}</div>
                </section>
            }
        })
    })
}

fn walked(files: u32) -> AnyView {
    let files = format::counted(files.into(), "file", "files");
    view! { <p><b>"Looking through the folder"</b><span>{files}</span></p> }
}

fn strip(opened: Opened) -> AnyView {
    if let Some(pulling) = opened.pulling.get() {
        let all: u64 = pulling.rows.iter().map(|row| row.size).sum();
        if pulling.missing > 0 {
            return numbers("Pulling".to_owned(), all.saturating_sub(pulling.missing), all);
        }
    }
    if opened.client.read().is_none() {
        return walked(opened.walked.get());
    }
    let progress = opened.progress.get().unwrap_or_default();
    let Picked { size, files, .. } = opened.picked();
    let words = match progress.stage {
        Stage::Opening if files > 1 => format!("Opening {} files", format::count(files as u64)),
        Stage::Opening if opened.origin().is_some() => "Asking the registry".to_owned(),
        Stage::Opening => "Opening the archive".to_owned(),
        Stage::Fetching => "Fetching".to_owned(),
        _ => {
            let done = progress.layers.iter().filter(|layer| layer.finished).count();
            format!("Reading layers · {done} of {}", progress.layers.len())
        }
    };
    numbers(words, progress.done, if progress.all == 0 { size } else { progress.all })
}

fn numbers(words: String, done: u64, all: u64) -> AnyView {
    let numbers = (all > 0).then(|| {
        view! {
            <span>{format!("{} of {}", format::size(done), format::size(all))}</span>
            <span class="soft">{format::percent_text(done, all)}</span>
        }
    });
    view! { <p><b>{words}</b>{numbers}</p> }
}

/// A bar a layer, as wide as its bytes.
fn bars(opened: Opened) -> AnyView {
    let progress = opened.progress.get().unwrap_or_default();
    let one = |layer: &LayerProgress| {
        let width = match layer.finished {
            true => "100%".to_owned(),
            false => format::width(layer.done, layer.all),
        };
        let grow = layer.all.max(1).to_string();
        view! { <span class:fin=layer.finished style:flex-grow=grow><i style:width=width></i></span> }
    };
    if progress.layers.is_empty() {
        return view! { <span></span> };
    }
    progress.layers.iter().map(one).views()
}

/// Work that goes on while the image is in use already.
#[component]
pub fn BackgroundProgress() -> impl IntoView {
    let opened = expect_context::<Opened>();
    let shown =
        Memo::new(move |_| opened.tree.read().is_some() && opened.progress.read().is_some());
    live(move || {
        shown.get().then(|| {
            view! {
                <div class="stat" role="status">
                    {live(move || background(opened.progress.get().unwrap_or_default()))}
                </div>
            }
        })
    })
}

fn background(progress: Progress) -> AnyView {
    let words = match progress.stage {
        Stage::Analysing => "Reading large files",
        Stage::Reporting => "Finishing all images for the report",
        _ => "Checking digests",
    };
    let filled = format::width(progress.done, progress.all);
    let numbers = format!("{} of {}", format::size(progress.done), format::size(progress.all));
    view! { <span>{words}</span>{meter(filled)}<span class="soft num">{numbers}</span> }
}
