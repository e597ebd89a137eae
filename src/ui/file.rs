//! The file under the cursor: its facts, what each layer did to it, its content.

use super::content::Content;
use super::facts::ask;
use super::here::{Here, here};
use super::opened::Opened;
use super::parts::{
    Views, age, change_letter, clicks, holds, layer_class, live, says, small_icon, spawn, view,
};
use super::problems::ProblemAlert;
use super::raw::{El, button, el, icon, raw};
use super::state::{Memo, RwSignal, untrack};
use super::table::{copy, fill, heard};
use crate::browser::{download, locale};
use crate::format;
use crate::link::View;
use crate::selection::LayerSelection;
use crate::session::query::{
    Cell, ContentRequest, File, FileEvent, FileFacts, FileState, NodeKind,
};
use crate::text::percent_decode;
use leptos::prelude::*;
use std::sync::Arc;

/// The pane.
#[component]
pub fn FilePane() -> impl IntoView {
    let here = here();
    let opened = expect_context::<Opened>();
    let path = here.path();
    let layers = Memo::new(move |_| here.layers().to_string());
    let facts = ask(opened, move || {
        opened.tree.get()?;
        let path = Some(path.get()).filter(|path| !path.is_empty())?;
        Some(File { path, layers: layers.get() })
    });
    let size = Memo::new(move |_| readable(facts.get(), &path.read()));
    view! {
        <aside class="file" role="region" aria-label="File">
            {live(move || {
                let path = path.get();
                match facts.get() {
                    _ if path.is_empty() => nothing(),
                    Some(Err(problem)) => view! { <ProblemAlert problem /> },
                    Some(Ok(facts)) if facts.path == path => known(&facts, here, opened),
                    _ => head(&last_name(&path), None, here),
                }
            })}
            <Content path layers size />
        </aside>
    }
}

/// The size, if the path is a file whose content can be read.
fn readable(facts: super::facts::Answer<FileFacts>, path: &str) -> Option<u64> {
    let facts = facts?.ok().filter(|facts| facts.path == path)?;
    let state = facts.current.as_ref()?;
    state.readable.then_some(state.size)
}

fn nothing() -> AnyView {
    let words = "Choose a path to see what it is, which layers touched it, and what is in it.";
    let bar = el("div", "bar2").add(el("b", "").text("File"));
    [bar, el("p", "hint").text(words)].into_iter().views()
}

/// The last component, for the eye.
fn last_name(path: &str) -> String {
    let bytes = percent_decode(path).unwrap_or_default();
    let name = bytes.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    crate::text::show(name)
}

fn head(name: &str, save: Option<AnyView>, here: Here) -> AnyView {
    let close = || says(move || here.href(|link| link.path.clear()));
    view! {
        <div class="bar2">
            <a class="btn q back" href=close() aria-label="Back to files">{super::parts::icon("back")}</a>
            {el("b", "").set("title", name).text(name)}
            {el("span", "sp")}
            {save}
            <a class="btn q hide" href=close() aria-label="Close file" title="Close file">{small_icon("x")}</a>
        </div>
    }
}

fn known(facts: &Arc<FileFacts>, here: Here, opened: Opened) -> AnyView {
    let name = last_name(&facts.path);
    let current = facts.current.clone();
    let save = current.as_ref().filter(|state| state.readable).map(|state| {
        save_button(facts.path.clone(), here.layers().to_string(), state.size, opened)
    });
    let shown = facts.clone();
    let fill = move |into: El| body(into, &shown, here);
    let heard = move |key: &str, event: &web_sys::Event| match key {
        "link" => {
            let address = untrack(|| opened.address(here));
            heard(&format!("copy:{address}"), event, here);
        }
        key => heard(key, event, here),
    };
    view! { {head(&name, save, here)}{raw("details", fill, heard)} }
}

fn body(into: El, facts: &FileFacts, here: Here) -> El {
    let path = el("dd", "mono").text(&facts.shown).add(copy("Copy path", &facts.shown));
    let path = el("dl", "what").add(el("dt", "").text("Path")).add(path);
    let mut made = into.add(path);
    match &facts.current {
        Some(state) => {
            let copy = button("btn", "link").add(icon("copy")).text("Copy link to file");
            made = made.add(describe(state, here)).add(el("div", "do").add(copy));
        }
        None => {
            let gone = facts.history.iter().find(|event| event.state.is_none());
            let words = match gone {
                Some(event) => format!("Not here: removed in layer {}.", event.layer),
                None => "Not in the layers that are selected.".to_owned(),
            };
            made = made.add(el("p", "hint").text(&words));
        }
    }
    // The package that it belongs to, and those that it names.
    let mut packages = el("dl", "what");
    for package in &facts.packages {
        let href = here.href(|link| {
            link.turn_to(View::Packages);
            link.item = package.key.clone();
        });
        let words = if package.owns { "Belongs to" } else { "Names" };
        let link = el("a", "").set("href", &href).text(&package.name);
        packages = packages.add(el("dt", "").text(words)).add(el("dd", "").add(link));
    }
    if !facts.packages.is_empty() {
        made = made.add(packages);
    }
    let mut history = el("ul", "tl");
    for event in &facts.history {
        history = history.add(event_line(event, here));
    }
    made.add(el("h3", "").text("History through the layers")).add(history)
}

fn save_button(path: String, layers: String, size: u64, opened: Opened) -> AnyView {
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<String>);
    let save = move |_| {
        let Some(client) = opened.client.get_untracked() else { return };
        let request =
            ContentRequest { path: path.clone(), layers: layers.clone(), offset: 0, length: size };
        let bytes = percent_decode(&path).unwrap_or_default();
        let name = bytes.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        let name = String::from_utf8_lossy(name).into_owned();
        busy.set(true);
        spawn(async move {
            let content = client.content(request, |_, _, _| {}).await;
            let saved = content.and_then(|(bytes, _)| download::save_bytes(&name, &bytes));
            busy.set(false);
            failed.set(saved.err().map(|problem| problem.to_string()));
        });
    };
    view! {
        {live(move || failed.get().map(|words| el("span", "d").set("role", "alert").text(&words)))}
        <button on:click=clicks(save) disabled=holds(move || busy.get())>{small_icon("down")}"Download"</button>
    }
}

fn kind_words(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::File => "File",
        NodeKind::Directory => "Directory",
        NodeKind::Symlink => "Symbolic link",
        NodeKind::HardLink => "File, written as a hard link",
        NodeKind::CharDevice => "Character device",
        NodeKind::BlockDevice => "Block device",
        NodeKind::Fifo => "Named pipe",
    }
}

/// What a path is, line by line; what doesn't apply is left out.
fn describe(state: &FileState, here: Here) -> El {
    let owner = |name: &str, id: u64| match name {
        "" => id.to_string(),
        name => format!("{name} ({id})"),
    };
    let owners = format!("{} : {}", owner(&state.user, state.uid), owner(&state.group, state.gid));
    let line = |into: El, name: &str, value: El| into.add(el("dt", "").text(name)).add(value);
    let some = |into: El, name: &str, value: &str| match value.is_empty() {
        true => into,
        false => line(into, name, el("dd", "mono").text(value)),
    };
    let value = || el("dd", "");
    let soft = |words: &str| el("span", "soft").text(words);
    let mut made = line(el("dl", "what"), "Type", value().text(kind_words(state.kind)));
    made = some(made, "Target", &state.target);
    let mut size = fill(value(), &Cell::Size(state.size), here);
    if state.size >= 1000 {
        size = size.text(" ").add(soft(&format::exact_size(state.size)));
    }
    made = line(made, "Size", size);
    made = some(made, "Mode", &format!("{} {}", state.mode, state.mode_octal));
    made = line(made, "Owner", value().text(&owners));
    if let Some(at) = state.mtime {
        let when = value().text(&age(at)).text(" ").add(soft(&locale::local_time(at)));
        made = line(made, "Modified", when);
    }
    let chip = el("span", &format!("chip {}", layer_class(state.layer)));
    made = line(made, "Layer", value().add(chip).text(&state.layer.to_string()));
    made = some(made, "Device", &state.device);
    if state.links > 1 {
        made = line(made, "Hard links", value().text(&state.links.to_string()));
    }
    let mut xattrs = value();
    for (name, value) in &state.xattrs {
        xattrs = xattrs.add(el("div", "mono").text(&format!("{name} = {value}")));
    }
    if !state.xattrs.is_empty() {
        made = line(made, "Attributes", xattrs);
    }
    some(made, "BLAKE3", state.content_hash.as_deref().unwrap_or_default())
}

fn event_line(event: &FileEvent, here: Here) -> El {
    let layer = event.layer;
    let href = here
        .href(|link| link.layers = LayerSelection::one(crate::ui::selection::layer_number(layer)));
    let words = format!("{layer} · {}", event.instruction);
    let link = el("a", "").set("href", &href).set("title", "Show what this layer changed");
    let mut said = el("span", "").add(link.text(&words));
    if !event.detail.is_empty() {
        said = said.add(el("span", "soft").text(&event.detail));
    }
    let mut after = el("span", "num");
    if let Some(state) = &event.state {
        after = fill(after, &Cell::Size(state.size), here);
    }
    let tag = match change_letter(event.change) {
        Some((letter, class, word)) => {
            let title = format!("{word} in layer {layer}");
            let tag = el("span", class).set("role", "img").set("aria-label", &title);
            tag.set("title", &title).text(letter)
        }
        None => el("span", ""),
    };
    el("li", "").add(tag).add(said).add(after)
}
