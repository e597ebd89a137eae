//! How vulnerabilities come to be known: a database is asked, or files of advisories are read here.
//!
//! - Nothing is sent before the user has agreed to what and to whom.
//! - What goes on does so while other views are shown; Cancel takes it back.

use super::here::Here;
use super::opened::Opened;
use super::parts::spawn;
use super::raw::{El, el, icon};
use super::sources::{Screen, Sources};
use crate::browser::folder::{self, NamedFiles};
use crate::link::View;
use crate::problem::Problem;
use futures_util::future::abortable;
use leptos::prelude::*;
use std::pin::Pin;
use web_sys::{DataTransfer, File};

/// Asks the database at `endpoint`. The user has agreed.
pub fn ask_database(opened: Opened, endpoint: String) {
    if let Some(client) = opened.client.get_untracked() {
        begin(opened, Box::pin(async move { client.check(endpoint).await }));
    }
}

/// Matches packages with what is in files.
fn read_files(opened: Opened, files: Vec<File>) {
    if let Some(client) = opened.client.get_untracked()
        && !files.is_empty()
    {
        let files = files.into_iter().map(|file| (file.name(), file)).collect();
        begin(opened, Box::pin(async move { client.advisories(files).await }));
    }
}

fn begin(opened: Opened, work: Pin<Box<dyn Future<Output = Result<(), Problem>>>>) {
    let (asking, handle) = abortable(work);
    opened.checking.set(Some(handle));
    opened.unchecked.set(None);
    spawn(async move {
        // An error of the outer kind only says that it was taken back.
        if let Ok(Err(problem)) = asking.await
            && problem.code != "closed"
        {
            opened.unchecked.set(Some(problem));
        }
        opened.checking.set(None);
        opened.tell_news();
    });
}

/// Takes back what goes on.
pub fn cancel(opened: Opened) {
    if let Some(handle) = opened.checking.get_untracked() {
        handle.abort();
    }
}

/// The picker of files; `picked` hears of them.
pub fn advisory_picker() -> El {
    let input = el("input", "vh").set("type", "file").set("multiple", "");
    let input = input.set("accept", ".json,.zip").set("data-key", "advisories");
    let label = el("label", "btn open").set("title", "Open advisories");
    label.add(input).add(icon("open")).add(el("span", "").text("Open advisories"))
}

/// Files were chosen.
pub fn picked(opened: Opened, event: &web_sys::Event) {
    read_files(opened, folder::from_input(&event_target(event)));
}

/// True if a drop was one of advisories: on their view, and of nothing else. A folder is looked into first;
/// if it is another one, `open` takes it.
pub fn takes(
    sources: Sources,
    here: Here,
    data: &DataTransfer,
    open: fn(Sources, String, NamedFiles),
) -> bool {
    let (Screen::Image, Some(opened)) = sources.shown() else { return false };
    if here.view() != View::Vulnerabilities {
        return false;
    }
    let (mut folders, files) = folder::from_drop(data);
    if folders.len() == 1 && files.is_empty() {
        let Some(folder) = folders.pop() else { return false };
        spawn(async move {
            let name = folder.name();
            match folder::walk(folder, |_| sources.has(opened)).await {
                Ok(files) if files.iter().all(|(path, _)| is_ours(path)) => {
                    read_files(opened, files.into_iter().map(|(_, file)| file).collect());
                }
                Ok(files) => open(sources, name, files),
                Err(problem) => opened.unchecked.set(Some(problem)),
            }
        });
        return true;
    }
    let ours = folders.is_empty() && !files.is_empty() && files.iter().all(|f| is_ours(&f.name()));
    if ours {
        read_files(opened, files);
    }
    ours
}

fn is_ours(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".json") || name.ends_with(".zip")
}
