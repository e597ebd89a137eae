//! The file under the cursor: its facts, what each layer did to it, its content.

use super::content::Content;
use super::facts::ask;
use super::here::{Here, here};
use super::opened::Opened;
use super::parts::{
    CopyButton, Views, age, change_tag, chip, clicks, copy_button, holds, icon, live, says, size,
    small_icon, spawn, view,
};
use super::problems::ProblemAlert;
use super::state::{Memo, RwSignal, untrack};
use crate::browser::{download, locale};
use crate::format;
use crate::link::View;
use crate::selection::LayerSelection;
use crate::session::query::{
    ContentRequest, File, FileEvent, FileFacts, FileState, NodeKind, PackageLink,
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
    view! {
        <div class="bar2"><b>"File"</b></div>
        <p class="hint">
            "Choose a path to see what it is, which layers touched it, and what is in it."
        </p>
    }
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
            <a class="btn q back" href=close() aria-label="Back to files">{icon("back")}</a>
            <b title=name.to_owned()>{name.to_owned()}</b>
            <span class="sp"></span>
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
    let facts_list = match current {
        Some(state) => describe(&state, here, opened),
        None => {
            let gone = facts.history.iter().find(|event| event.state.is_none());
            let words = match gone {
                Some(event) => format!("Not here: removed in layer {}.", event.layer),
                None => "Not in the layers that are selected.".to_owned(),
            };
            view! { <p class="hint">{words}</p> }
        }
    };
    view! {
        {head(&name, save, here)}
        <dl class="what">
            <dt>"Path"</dt>
            <dd class="mono">
                {facts.shown.clone()}
                <CopyButton label="Copy path" text=facts.shown.clone() />
            </dd>
        </dl>
        {facts_list}
        {packages(facts, here)}
        <h3>"History through the layers"</h3>
        <ul class="tl">{facts.history.iter().map(|event| event_line(event, here)).views()}</ul>
    }
}

/// The package that it belongs to, and those that it names.
fn packages(facts: &FileFacts, here: Here) -> Option<AnyView> {
    let one = |package: &PackageLink| {
        let (key, name) = (package.key.clone(), package.name.clone());
        let href = says(move || {
            here.href(|link| {
                link.turn_to(View::Packages);
                link.item = key.clone();
            })
        });
        let words = if package.owns { "Belongs to" } else { "Names" };
        view! { <dt>{words}</dt><dd><a href=href>{name}</a></dd> }
    };
    (!facts.packages.is_empty())
        .then(|| view! { <dl class="what">{facts.packages.iter().map(one).views()}</dl> })
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
        {live(move || failed.get().map(|words| view! { <span class="d" role="alert">{words}</span> }))}
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
fn describe(state: &FileState, here: Here, opened: Opened) -> AnyView {
    let owner = |name: &str, id: u64| match name {
        "" => id.to_string(),
        name => format!("{name} ({id})"),
    };
    let owners = format!("{} : {}", owner(&state.user, state.uid), owner(&state.group, state.gid));
    let line = |name: &'static str, value: AnyView| view! { <dt>{name}</dt><dd>{value}</dd> };
    let some = |name, value: &str| {
        let value = value.to_owned();
        (!value.is_empty()).then(|| line(name, view! { <span class="mono">{value}</span> }))
    };
    let mode =
        view! { <span class="mono">{state.mode.clone()}" "{state.mode_octal.clone()}</span> };
    let exact = (state.size >= 1000).then(|| format::exact_size(state.size));
    let sizes = view! { {size(Some(state.size))}" "<span class="soft">{exact}</span> };
    let modified = state.mtime.map(|at| {
        let local = locale::local_time(at);
        view! { {age(at)}" "<span class="soft">{local}</span> }
    });
    let xattr = |(name, value): &(String, String)| {
        view! { <div class="mono">{name.clone()}" = "{value.clone()}</div> }
    };
    let xattrs = (!state.xattrs.is_empty())
        .then(|| line("Attributes", state.xattrs.iter().map(xattr).views()));
    view! {
        <dl class="what">
            {line("Type", kind_words(state.kind).into_any())}
            {some("Target", &state.target)}
            {line("Size", sizes)}
            {line("Mode", mode)}
            {line("Owner", owners.into_any())}
            {modified.map(|words| line("Modified", words))}
            {line("Layer", view! { {chip(state.layer)}{state.layer} })}
            {some("Device", &state.device)}
            {(state.links > 1).then(|| line("Hard links", state.links.into_any()))}
            {xattrs}
            {some("BLAKE3", state.content_hash.as_deref().unwrap_or_default())}
        </dl>
        <div class="do">
            {copy_button("Copy link to file", true, move || untrack(|| opened.address(here)))}
        </div>
    }
}

fn event_line(event: &FileEvent, here: Here) -> AnyView {
    let layer = event.layer;
    let href = says(move || here.href(|link| link.layers = LayerSelection::one(layer)));
    let detail = (!event.detail.is_empty())
        .then(|| view! { <span class="soft">{event.detail.clone()}</span> });
    let after = event.state.as_ref().map(|state| size(Some(state.size)));
    view! {
        <li>
            {change_tag(event.change, layer)}
            <span>
                <a href=href title="Show what this layer changed">
                    {layer}" · "{event.instruction.clone()}
                </a>
                {detail}
            </span>
            <span class="num">{after}</span>
        </li>
    }
}
