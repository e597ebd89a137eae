//! Work in numbers: bytes done and all, layer by layer, and Cancel.

use super::here::here;
use super::opened::{Opened, Picked};
use super::parts::{Views, clicks, live, view};
use super::raw::{El, el, meter};
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
                    {live(move || sources.shown().1.map(bars))}
                </section>
            }
        })
    })
}

fn strip(opened: Opened) -> AnyView {
    if let Some(pulling) = opened.pulling.get() {
        let all: u64 = pulling.rows.iter().map(|row| row.size).sum();
        if pulling.missing > 0 {
            return numbers("Pulling".to_owned(), all.saturating_sub(pulling.missing), all);
        }
    }
    if opened.client.read().is_none() {
        let files = format::counted(opened.walked.get().into(), "file", "files");
        return line(["Looking through the folder", &files, ""]);
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
    if all == 0 {
        return line([&words, "", ""]);
    }
    let numbers = format!("{} of {}", format::size(done), format::size(all));
    line([&words, &numbers, &format::percent_text(done, all)])
}

/// Each part by itself: what is read aloud is what has changed.
fn line([what, numbers, share]: [&str; 3]) -> AnyView {
    let parts = [("b", "", what), ("span", "", numbers), ("span", "soft", share)];
    let parts = parts.into_iter().filter(|(.., words)| !words.is_empty());
    let parts = parts.map(|(tag, class, words)| el(tag, class).text(words));
    view! { <p>{parts.views()}</p> }
}

/// A bar a layer, as wide as its bytes.
fn bars(opened: Opened) -> El {
    let progress = opened.progress.get().unwrap_or_default();
    let mut made = el("div", "tot").set("aria-hidden", "true");
    if progress.layers.is_empty() {
        made = made.add(el("span", ""));
    }
    for LayerProgress { finished, done, all, .. } in progress.layers {
        let width = match finished {
            true => "100%".to_owned(),
            false => format::width(done, all),
        };
        let class = if finished { "fin" } else { "" };
        let filled = el("i", "").style("width", &width);
        let bar = el("span", class).style("flex-grow", &all.max(1).to_string());
        made = made.add(bar.add(filled));
    }
    made
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
    let numbers = el("span", "soft num").text(&numbers);
    let made = [el("span", "").text(words), meter(&filled), numbers];
    made.into_iter().views()
}
