//! Files that the user gives: from an input or a drop, as the sources that they are.
//!
//! Files given at once are one source where one of them is a part of a layout (`are_one_source`);
//! otherwise each is a source. A folder is always one. A view may claim dropped files that are not sources.

use super::ignore_list::{is_ignore_list, take_ignore_list};
use super::open_sources::OpenSources;
use super::spawn;
use crate::browser::page::folder::{self, PathFiles};
use crate::format;
use leptos::prelude::*;
use std::rc::Rc;
use web_sys::{DataTransfer, File, FileSystemDirectoryEntry};

/// Takes files that were dropped, if they are its own: `true`.
pub type ClaimDrop = Rc<dyn Fn(&[File]) -> bool>;

/// The view that claims dropped files.
#[derive(Clone, Copy)]
pub struct DropClaim(StoredValue<Option<ClaimDrop>, LocalStorage>);

impl DropClaim {
    /// No view claims any.
    pub fn new() -> DropClaim {
        DropClaim(StoredValue::new_local(None))
    }

    /// The view that is shown claims files.
    pub fn is_claimed(self) -> bool {
        self.0.with_value(Option::is_some)
    }

    /// Offers files to the view that is shown. The parts of a layout are never a view's own.
    fn offer(self, files: &[File]) -> bool {
        let names: Vec<String> = files.iter().map(File::name).collect();
        if files.is_empty() || are_one_source(names.iter().map(String::as_str)) {
            return false;
        }
        let claim = self.0.try_get_value().flatten();
        claim.is_some_and(|claim| claim(files))
    }
}

impl Default for DropClaim {
    fn default() -> DropClaim {
        DropClaim::new()
    }
}

/// Offers dropped files to this view for as long as it lives; `claim` returns `true` for those that it took.
pub fn claim_drops(claim: impl Fn(&[File]) -> bool + 'static) {
    let Some(DropClaim(current)) = use_context() else { return };
    current.set_value(Some(Rc::new(claim)));
    on_cleanup(move || {
        current.try_set_value(None);
    });
}

impl OpenSources {
    /// Takes an ignore list for the source that is shown; the other files are left.
    fn without_ignore_lists(self, files: Vec<File>) -> Vec<File> {
        let Some(source) = untrack(|| self.screen()).source() else { return files };
        let is_list = |file: &File| is_ignore_list(&file.name());
        let (lists, files) = files.into_iter().partition(is_list);
        take_ignore_list(source, self.notices, lists);
        files
    }

    /// Opens files, as the sources that they are. An ignore list is none.
    pub fn open_files(self, files: Vec<File>) {
        let files = self.without_ignore_lists(files);
        let names: Vec<String> = files.iter().map(File::name).collect();
        let count = files.len();
        let files = names.iter().cloned().zip(files);
        if count > 1 && are_one_source(names.iter().map(String::as_str)) {
            self.open_folder(format::counted(count as u64, "file", "files"), files.collect());
        } else if count > 0 {
            let begun = self.begin(names.clone());
            begun.into_iter().zip(files).for_each(|(source, file)| self.load(source, vec![file]));
        }
    }

    /// Opens the files of a folder, with their paths in it, as one source.
    pub fn open_folder(self, name: String, files: PathFiles) {
        if files.len() > folder::MOST_FILES {
            self.fail(name, folder::too_many());
        } else if let Some(source) = self.begin(vec![name]).first() {
            self.load(*source, files);
        }
    }

    /// Opens what was dropped: folders are walked first.
    pub fn open_drop(self, claim: DropClaim, data: &DataTransfer) {
        let (mut folders, files) = folder::from_drop(data);
        if folders.is_empty() && claim.offer(&files) {
            return;
        }
        if let (1, true, Some(folder)) = (folders.len(), files.is_empty(), folders.first().cloned())
        {
            folders.clear();
            spawn(self.open_dropped_folder(claim, folder));
        }
        let begun = match folders.is_empty() {
            true => Vec::new(),
            false => self.begin(folders.iter().map(|folder| folder.name()).collect()),
        };
        self.open_files(files);
        for (source, folder) in begun.into_iter().zip(folders) {
            spawn(async move {
                let files = folder::walk(folder, |found| {
                    source.walked.set(found);
                    self.has(source)
                })
                .await;
                match files {
                    _ if !self.has(source) => {}
                    Ok(files) => self.load(source, files),
                    Err(problem) => self.failed(source, problem),
                }
            });
        }
    }

    /// One folder by itself may be the view's own: its files are offered before it is opened.
    async fn open_dropped_folder(self, claim: DropClaim, folder: FileSystemDirectoryEntry) {
        let name = folder.name();
        let begun = match claim.is_claimed() {
            true => None, // nothing is shown as opening before it is known what it is
            false => self.begin(vec![name.clone()]).first().copied(),
        };
        let walked = folder::walk(folder, |found| match begun {
            Some(source) => {
                source.walked.set(found);
                self.has(source)
            }
            None => true,
        });
        match (walked.await, begun) {
            (_, Some(source)) if !self.has(source) => {}
            (Ok(files), Some(source)) => self.load(source, files),
            (Err(problem), Some(source)) => self.failed(source, problem),
            (Ok(files), None) => {
                let own: Vec<File> = files.iter().map(|(_, file)| file.clone()).collect();
                if !claim.offer(&own) {
                    self.open_folder(name, files);
                }
            }
            (Err(problem), None) => self.fail(name, problem),
        }
    }
}

/// Whether files that were given together are one source: the parts of a layout, and not several archives.
fn are_one_source<'a>(mut names: impl Iterator<Item = &'a str>) -> bool {
    names.any(|name| {
        let stem = name.split('.').next().unwrap_or_default();
        let is_digest = stem.len() == 64 && stem.bytes().all(|b| b.is_ascii_hexdigit());
        is_digest || matches!(name, "index.json" | "oci-layout" | "manifest.json" | "version")
    })
}

#[test]
fn files_with_a_part_of_a_layout_are_one_source() {
    let hex = "ab".repeat(32);
    for part in
        ["index.json", "oci-layout", "manifest.json", "version", &hex, &format!("{hex}.tar.gz")]
    {
        assert!(are_one_source(["a.tar", part].into_iter()), "{part}");
    }
    assert!(!are_one_source(["a.tar", "b.tar", "index.json.tar", "abc"].into_iter()));
}
