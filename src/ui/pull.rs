//! A pull as `docker pull` shows it: a line a layer, then digest and status.

use super::opened::Opened;
use super::parts::{clicks, live, says, small_icon, view};
use super::raw::{El, el, icon, meter, raw};
use super::state::Memo;
use crate::browser::client::LayersWish;
use crate::format;
use crate::session::query::{PullRow, PullState, Pulling};
use leptos::prelude::*;

/// The pull of the image that is shown. Only what changes is drawn again: a button keeps the focus.
pub fn pull_panel(opened: Opened) -> AnyView {
    let digest = says(move || {
        let source = opened.source.read();
        let remote = source.as_ref()?.remote.as_ref()?;
        Some(format!("Digest: {}", remote.digest))
    });
    let status = says(move || {
        let pulling = opened.pulling.read();
        let status = &pulling.as_ref().filter(|pulling| !pulling.status.is_empty())?.status;
        Some(format!("Status: {status}"))
    });
    let rows = move |into: El| {
        let pulling = opened.pulling.read();
        let mut body = el("tbody", "");
        for row in pulling.iter().flat_map(|pulling| &pulling.rows) {
            let paused = pulling.as_ref().is_some_and(|pulling| pulling.paused);
            body = body.add(line(row, paused));
        }
        let mut head = el("tr", "");
        for (name, class) in [
            ("Layer", ""),
            ("State", ""),
            ("", ""),
            ("Here", "num"),
            ("Download", "num"),
            ("Speed", "num"),
        ] {
            head = head.add(el("th", class).text(name));
        }
        let table = el("table", "t").set("aria-label", "Pull");
        into.add(table.add(el("thead", "").add(head)).add(body))
    };
    let choices = Memo::new(move |_| opened.pulling.read().as_ref().map(Choices::of));
    view! {
        <section class="pull" aria-label="Pull">
            {raw("scroll-x", rows, |_, _| ())}
            <p class="mono">{digest}</p>
            <p class="mono">{status}</p>
            {live(move || choices.get().map(|choices| buttons(opened, choices)))}
        </section>
    }
}

/// What can be done about a pull.
#[derive(Clone, Copy, PartialEq)]
struct Choices {
    /// Bytes that come only if the user says so; 0: nothing is asked.
    asks: u64,
    paused: bool,
    done: bool,
    failed: bool,
}

impl Choices {
    fn of(pulling: &Pulling) -> Choices {
        Choices {
            asks: if pulling.asks { pulling.missing } else { 0 },
            paused: pulling.paused,
            done: pulling.done,
            failed: pulling.rows.iter().any(|row| row.state == PullState::Failed),
        }
    }
}

fn buttons(opened: Opened, choices: Choices) -> AnyView {
    let tell = move |wish| clicks(move |_| opened.wish_layers(wish));
    if choices.asks > 0 {
        let much = format!("Download layers ({})", format::size(choices.asks));
        return view! {
            <p class="bt">
                <button class="btn p" on:click=tell(LayersWish::Agreed)>{small_icon("down")}{much}</button>
                <span class="soft">"Files, sizes and checks need the layers. Nothing comes before you say so."</span>
            </p>
        };
    }
    let (words, wish) = match (choices.paused, choices.done, choices.failed) {
        (true, false, _) => ("Resume", LayersWish::Resume),
        (_, _, true) => ("Try again", LayersWish::Resume),
        (false, false, _) => ("Pause", LayersWish::Pause),
        (_, true, false) => return ().into_any(),
    };
    view! { <p class="bt"><button on:click=tell(wish)>{words}</button></p> }
}

fn line(row: &PullRow, paused: bool) -> El {
    let words = match row.state {
        PullState::Waiting | PullState::Downloading if paused => "Paused",
        PullState::Waiting => "Waiting",
        PullState::Downloading => "Downloading",
        PullState::Verifying => "Verifying",
        PullState::Indexing => "Indexing",
        PullState::Done => "Done",
        PullState::Here => "Already here",
        PullState::Listed => "Listed",
        PullState::Failed => "Failed",
    };
    let speed = match row.speed {
        0 => String::new(),
        speed => format!("{}/s", format::size(speed)),
    };
    let size = |bytes| {
        let words = el("span", "").set("title", &format::exact_size(bytes));
        el("td", "num").add(words.text(&format::size(bytes)))
    };
    let mut state = el("td", "").text(words);
    if !row.problem.is_empty() {
        state = state.text(" ").add(el("span", "d").text(&row.problem));
    }
    let digest = el("td", "mono").set("title", &row.digest);
    el("tr", "")
        .add(digest.text(format::short_digest(&row.digest)))
        .add(state)
        .add(el("td", "bar").add(meter(&format::width(row.done, row.size))))
        .add(size(row.done))
        .add(size(row.size))
        .add(el("td", "num soft").text(&speed))
}

/// What is to be known of where it came from: a tag that has moved, an answer that is old.
pub fn remote_notes(opened: Opened) -> Option<El> {
    let remote = opened.source.read().as_ref()?.remote.clone()?;
    let moved = el("span", "mono").text(&remote.moved_to?);
    let words = format!("The tag {} has moved: it names ", remote.reference);
    let words = el("span", "").text(&words).add(moved);
    let words = words.text(" now. What the link pins is shown.");
    Some(el("p", "note").add(icon("medium")).add(words))
}
