//! The ignore list of a source: a file of the user that names findings which count no more (docs/risks.md).
//!
//! - It goes to the source's session, and stays there until it is removed or the source is closed. No link has it.

use super::notices::Notices;
use super::open_source::OpenSource;
use super::spawn;
use crate::browser::page::file_bytes;
use crate::problem::Problem;
use crate::protocol::{IgnoreFile, SetIgnoreList};
use web_sys::File;

/// Bytes of a list: the engine takes no more.
const MAX_BYTES: u32 = 1 << 20;

/// Whether a file is an ignore list wherever it is dropped.
pub fn is_ignore_list(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".layerscopeignore")
}

/// Whether a file may be one where lists are expected, as in the views Secrets and Risks.
pub fn may_be_ignore_list(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with("ignore") || name.ends_with(".txt")
}

/// Takes the first of these files as the ignore list of a source.
pub fn take_ignore_list(source: OpenSource, notices: Notices, files: Vec<File>) {
    let Some(file) = files.into_iter().next() else { return };
    spawn(async move {
        match file_bytes::read(&file, MAX_BYTES).await {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                give(source, notices, Some(IgnoreFile { name: file.name(), text })).await;
            }
            Err(problem) => failed(notices, problem),
        }
    });
}

/// Removes the ignore list of a source.
pub fn remove_ignore_list(source: OpenSource, notices: Notices) {
    spawn(give(source, notices, None));
}

async fn give(source: OpenSource, notices: Notices, list: Option<IgnoreFile>) {
    use leptos::prelude::GetUntracked;
    let Some(client) = source.client.get_untracked() else { return };
    match client.ask(SetIgnoreList { list }).await {
        Ok(unknown) => {
            for rule in unknown {
                notices.say(format!("Ignore list: no rule or check has the name “{rule}”."));
            }
        }
        Err(problem) => failed(notices, problem),
    }
}

fn failed(notices: Notices, problem: Problem) {
    if problem.code != "closed" {
        notices.failed("Could not use the ignore list", problem);
    }
}

#[test]
fn lists_are_told_by_their_names() {
    assert!(is_ignore_list(".layerscopeignore") && is_ignore_list("app.LayerscopeIgnore"));
    for name in [".layerscopeignore", "accepted.txt", "images.ignore", ".trivyignore"] {
        assert!(may_be_ignore_list(name), "{name}");
    }
    for name in ["image.tar", "layerscopeignore.tar.gz", "index.json", "a.layerscope"] {
        assert!(!is_ignore_list(name) && !may_be_ignore_list(name), "{name}");
    }
}
