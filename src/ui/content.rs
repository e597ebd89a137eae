//! A file's content: text with line numbers, or hexadecimal for what is not text; a part at a time.

use super::opened::Opened;
use super::parts::{Views, clicks, live, says, spawn, view};
use super::raw::el;
use super::state::{Memo, RwSignal, StoredValue};
use crate::format;
use crate::problem::Problem;
use crate::session::query::ContentRequest;
use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;

/// Bytes that are read at once.
const PART: u64 = 256 * 1024;

/// What has been read of one file.
#[derive(Clone, Copy)]
struct Reading {
    bytes: RwSignal<Vec<u8>>,
    /// Of the whole file; `None` until something has come.
    all: RwSignal<Option<u64>>,
    problem: RwSignal<Option<Problem>>,
    /// Bytes done, of how many, and why it takes long.
    progress: RwSignal<Option<(u64, u64, String)>>,
    cancel: StoredValue<Option<AbortHandle>>,
    cancelled: RwSignal<bool>,
    /// `None`: as the content is.
    hex: RwSignal<Option<bool>>,
}

/// The content of `path`, where `size` says that there is some.
#[component]
pub fn Content(
    /// Percent-encoded.
    path: Memo<String>,
    /// The selection.
    layers: Memo<String>,
    /// The file's size, if it can be read; else there is nothing.
    size: Memo<Option<u64>>,
) -> impl IntoView {
    let opened = expect_context::<Opened>();
    live(move || {
        let size = size.get()?;
        let (path, layers) = (path.get(), layers.get());
        let reading = Reading {
            bytes: RwSignal::new(Vec::new()),
            all: RwSignal::new(None),
            problem: RwSignal::new(None),
            progress: RwSignal::new(None),
            cancel: StoredValue::new(None),
            cancelled: RwSignal::new(false),
            hex: RwSignal::new(None),
        };
        let read_on = move || read(opened, reading, path.clone(), layers.clone());
        if size > 0 {
            read_on();
        } else {
            reading.all.set(Some(0));
        }
        Some(view! {
            <section class="content" aria-label="Content">
                <h3>"Content"<span class="sp"></span>{live(move || modes(reading))}</h3>
                {live(move || shown(reading))}
                {rest(reading, read_on)}
            </section>
        })
    })
}

/// Reads the next part.
fn read(opened: Opened, reading: Reading, path: String, layers: String) {
    let Some(client) = opened.client.get_untracked() else { return };
    let offset = reading.bytes.read_untracked().len() as u64;
    reading.cancelled.set(false);
    let (reads, cancel) = abortable(async move {
        let request = ContentRequest { path, layers, offset, length: PART };
        let progress = move |done, all, why| {
            reading.progress.set(Some((done, all, why)));
        };
        let answer = client.content(request, progress).await;
        if reading.bytes.is_disposed() {
            return; // another file is shown by now
        }
        match answer {
            Ok((bytes, all)) => {
                reading.bytes.update(|read| read.extend(bytes));
                reading.all.set(Some(all));
            }
            Err(problem) => reading.problem.set(Some(problem)),
        }
    });
    reading.cancel.set_value(Some(cancel));
    spawn(async move {
        let ended = reads.await; // dropped when cancelled, and with it the request
        reading.progress.set(None);
        reading.cancelled.set(ended.is_err());
    });
}

/// Text or hexadecimal, where there is a choice.
fn modes(reading: Reading) -> Option<AnyView> {
    let all = reading.all.get().filter(|all| *all > 0)?;
    let bytes = reading.bytes.read();
    let is_text = format::as_text(&bytes, bytes.len() as u64 >= all).is_some();
    if !is_text {
        return Some(view! { <span class="soft">"Hexadecimal"</span> });
    }
    let button = move |words: &'static str, of: bool| {
        let pressed = says(move || match reading.hex.get().unwrap_or(false) == of {
            true => "true",
            false => "false",
        });
        view! { <button aria-pressed=pressed on:click=clicks(move |_| reading.hex.set(Some(of)))>{words}</button> }
    };
    Some(view! {
        <span class="seg" role="group" aria-label="Show as">
            {button("Text", false)} {button("Hex", true)}
        </span>
    })
}

fn shown(reading: Reading) -> AnyView {
    let Some(all) = reading.all.get() else {
        return match reading.cancelled.get() || reading.problem.read().is_some() {
            true => ().into_any(),
            false => hint("Reading…"),
        };
    };
    if all == 0 {
        return hint("The file is empty.");
    }
    let bytes = reading.bytes.read();
    let text = format::as_text(&bytes, bytes.len() as u64 >= all);
    let parts = match text.filter(|_| reading.hex.get() != Some(true)) {
        Some(text) => {
            let (numbers, text) = format::numbered(text);
            let numbers = el("pre", "ln").set("aria-hidden", "true").text(&numbers);
            vec![numbers, el("pre", "").text(&text)]
        }
        None => {
            let (offsets, hex, ascii) = format::hex_dump(&bytes);
            let (offsets, hex) = (el("pre", "ln").text(&offsets), el("pre", "hx").text(&hex));
            vec![offsets, hex, el("pre", "").text(&ascii)]
        }
    };
    // It stays when more has come, and with it where it is scrolled to.
    view! { <div class="dump" tabindex="0">{parts.into_iter().views()}</div> }
}

fn hint(words: &str) -> AnyView {
    el("p", "hint").text(words).into_any()
}

/// How much there is beyond what is shown, and the way to it; what went wrong.
fn rest(reading: Reading, read_on: impl Fn() + Clone + Send + 'static) -> impl IntoView {
    live(move || {
        if let Some(problem) = reading.problem.get() {
            let words = super::problems::warning(&problem, true);
            return Some(el("div", "").set("role", "alert").add(words).into_any());
        }
        if let Some(progress) = reading.progress.get() {
            return Some(on_the_way(reading, progress));
        }
        if reading.cancelled.get() {
            let read_on = read_on.clone();
            return Some(again(read_on));
        }
        let (all, read) = (reading.all.get()?, reading.bytes.read().len() as u64);
        if read >= all {
            return None;
        }
        let words = format!("{} of {}", format::size(read), format::size(all));
        let read_on = read_on.clone();
        Some(view! {
            <p class="bt">
                <button on:click=clicks(move |_| read_on())>"Show more"</button>
                <span class="soft">" "{words}</span>
            </p>
        })
    })
}

/// A read that takes its time: how far it is, why, and the way out of it.
fn on_the_way(reading: Reading, (done, all, why): (u64, u64, String)) -> AnyView {
    let words =
        format!("Reading the layer: {} of {}", format::size(done.min(all)), format::size(all));
    let cancel = move |_| {
        if let Some(handle) = reading.cancel.get_value() {
            handle.abort();
        }
    };
    view! {
        <p class="bt" role="status">
            <button on:click=clicks(cancel)>"Cancel"</button>
            <span class="soft">" "{words}"."{(!why.is_empty()).then(|| format!(" {why}"))}</span>
        </p>
    }
}

fn again(read: impl Fn() + Send + 'static) -> AnyView {
    view! {
        <p class="bt">
            <button on:click=clicks(move |_| read())>"Read on"</button>
            <span class="soft">" Cancelled."</span>
        </p>
    }
}
