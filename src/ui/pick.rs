//! How files come in: two inputs and a drop anywhere on the page.
//!
//! - What was picked at once is one source where a file is a part of one (`format::are_one_source`);
//!   otherwise each file is. A folder is always one.

use super::check;
use super::here::here;
use super::opened::Opened;
use super::parts::{icon, live, small_icon, spawn, view};
use super::sources::{Sources, sources};
use super::state::{RwSignal, untrack};
use crate::browser::folder::{self, NamedFiles};
use crate::format;
use leptos::attr::custom::custom_attribute;
use leptos::ev::{DragEvent, Event};
use leptos::prelude::*;
use web_sys::{DataTransfer, File, FileSystemDirectoryEntry};

/// The pickers: labels that are the buttons, and the inputs in them.
pub fn openers(class: &'static str, first: &'static str) -> AnyView {
    let sources = sources();
    let archives = move |event: Event| {
        open(sources, folder::from_input(&event_target(&event)));
    };
    let folders = move |event: Event| {
        let (name, files) = folder::below(folder::from_input(&event_target(&event)));
        if !files.is_empty() {
            open_as(sources, name, files); // an empty folder tells of nothing
        }
    };
    let directory = custom_attribute("webkitdirectory", "");
    view! {
        <label class=first title="Open image archive">
            <input class="vh" type="file" multiple on:change=archives />
            {small_icon("open")}
            <span>"Open image archive"</span>
        </label>
        <label class=class title="Open image folder">
            <input class="vh" type="file" {..directory} on:change=folders />
            {small_icon("folder")}
            <span>"Open image folder"</span>
        </label>
    }
}

/// Opens files, as the sources that they are.
pub fn open(sources: Sources, files: Vec<File>) {
    let names: Vec<String> = files.iter().map(File::name).collect();
    let count = files.len();
    let files = names.iter().cloned().zip(files);
    if count > 1 && format::are_one_source(names.iter().map(String::as_str)) {
        open_as(sources, format::counted(count as u64, "file", "files"), files.collect());
    } else if count > 0 {
        let begun = sources.begin(names.clone());
        begun.into_iter().zip(files).for_each(|(opened, file)| sources.load(opened, vec![file]));
    }
}

fn open_as(sources: Sources, name: String, files: NamedFiles) {
    if files.len() > folder::MOST_FILES {
        sources.fail(name, folder::too_many());
    } else if let Some(opened) = sources.begin(vec![name]).first() {
        sources.load(*opened, files);
    }
}

/// What was dropped: folders are walked first.
fn dropped(sources: Sources, data: &DataTransfer) {
    let (folders, files) = folder::from_drop(data);
    let begun = match folders.len() {
        0 => Vec::new(),
        _ => sources.begin(folders.iter().map(|folder| folder.name()).collect()),
    };
    open(sources, files);
    for (opened, folder) in begun.into_iter().zip(folders) {
        spawn(walk(sources, opened, folder));
    }
}

async fn walk(sources: Sources, opened: Opened, folder: FileSystemDirectoryEntry) {
    let told = |files| {
        opened.walked.set(files);
        sources.has(opened)
    };
    match folder::walk(folder, told).await {
        _ if !sources.has(opened) => {}
        Ok(files) => sources.load(opened, files),
        Err(problem) => opened.problem.set(Some(problem)),
    }
}

/// Takes a drop anywhere on the page, and shows that it would.
#[component]
pub fn DropTarget() -> impl IntoView {
    let (sources, here) = (sources(), here());
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
    let drop = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        if let Some(data) = event.data_transfer()
            && !untrack(|| check::takes(sources, here, &data, open_as))
        {
            dropped(sources, &data);
        }
    };
    let handles = [
        window_event_listener(leptos::ev::dragenter, dragged),
        window_event_listener(leptos::ev::dragover, dragged),
        window_event_listener(leptos::ev::dragleave, left),
        window_event_listener(leptos::ev::drop, drop),
    ];
    on_cleanup(move || handles.into_iter().for_each(|handle| handle.remove()));
    live(move || {
        over.get().then(|| {
            view! { <div class="dropping" aria-hidden="true">{icon("box")}"Drop to open"</div> }
        })
    })
}
