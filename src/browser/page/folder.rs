//! Files from an input or a drop; dropped folders are walked.
//!
//! - The items of a drop must be taken while its event is handled; a folder is walked after that.
//! - A folder gives its entries in batches; an empty batch is the end.
//! - Paths are relative to the folder that was picked or dropped; the folder's own name is the source's name.

use crate::problem::Problem;
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry,
    HtmlInputElement,
};

/// No more files are opened at once: an image has hundreds, a home directory millions.
pub const MOST_FILES: usize = 100_000;

/// Files with their paths.
pub type PathFiles = Vec<(String, File)>;

/// The files of an input, which is then empty, so that the same files can be chosen again.
pub fn from_input(input: &HtmlInputElement) -> Vec<File> {
    let files = input.files();
    let list = files
        .map_or(Vec::new(), |files| (0..files.length()).filter_map(|at| files.get(at)).collect());
    input.set_value("");
    list
}

/// The files of a picked folder with their paths in it, and the folder's name.
pub fn below(files: Vec<File>) -> (String, PathFiles) {
    let mut name = String::new();
    let mut below = |file: File| {
        let path = Reflect::get(&file, &"webkitRelativePath".into());
        let path = path.ok().and_then(|path| path.as_string()).unwrap_or_default();
        match path.split_once('/') {
            Some((folder, path)) => {
                name = folder.to_owned();
                (path.to_owned(), file)
            }
            None => (file.name(), file),
        }
    };
    let files = files.into_iter().map(&mut below).collect();
    (name, files)
}

/// What was dropped: folders to walk, and files.
pub fn from_drop(data: &DataTransfer) -> (Vec<FileSystemDirectoryEntry>, Vec<File>) {
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    let items = data.items();
    for item in (0..items.length()).filter_map(|at| items.get(at)) {
        match item.webkit_get_as_entry() {
            Ok(Some(entry)) if entry.is_directory() => folders.push(entry.unchecked_into()),
            _ => files.extend(item.get_as_file().ok().flatten()),
        }
    }
    (folders, files)
}

/// All files below a folder. `progress` gets the number found so far; `false` ends the walk.
pub async fn walk(
    folder: FileSystemDirectoryEntry,
    progress: impl Fn(u32) -> bool,
) -> Result<PathFiles, Problem> {
    let mut files = PathFiles::new();
    let mut waiting = vec![(String::new(), folder)];
    let mut folders = 0;
    while let Some((above, folder)) = waiting.pop() {
        let reader = folder.create_reader();
        folders += 1;
        loop {
            let read = promise(|done, failed| {
                // Errors go to `failed`.
                let _ = reader.read_entries_with_callback_and_callback(done, failed);
            });
            let batch: Array = read.await.map_err(|error| unread(&above, &error))?.unchecked_into();
            if batch.length() == 0 {
                break;
            }
            let mut found = Vec::new();
            for entry in batch.iter() {
                let entry: FileSystemEntry = entry.unchecked_into();
                let path = format!("{above}{}", entry.name());
                match entry.is_directory() {
                    true => waiting.push((format!("{path}/"), entry.unchecked_into())),
                    false => found.push((path, file(entry.unchecked_into()))),
                }
            }
            for (path, file) in found {
                let file = file.await.map_err(|error| unread(&path, &error))?;
                files.push((path, file.unchecked_into()));
            }
            if files.len().max(folders) > MOST_FILES {
                return Err(too_many());
            }
            if !progress(files.len() as u32) {
                return Err(Problem::new("closed", "Cancelled."));
            }
        }
    }
    match files.is_empty() {
        true => Err(Problem::new("folder-empty", "The folder has no files.")
            .expected("the files of an image")
            .found("none")),
        false => Ok(files),
    }
}

/// Starts at once, so that the files of a batch are read side by side.
fn file(entry: FileSystemFileEntry) -> JsFuture {
    promise(|done, failed| entry.file_with_callback_and_callback(done, failed))
}

fn promise(begin: impl Fn(&Function, &Function)) -> JsFuture {
    JsFuture::from(Promise::new(&mut |done, failed| begin(&done, &failed)))
}

fn unread(path: &str, error: &JsValue) -> Problem {
    let problem = Problem::new("read-failed", "A part of the folder cannot be read.");
    let message = Reflect::get(error, &"message".into()).ok().and_then(|text| text.as_string());
    problem.found(format!("{path}: {}", message.unwrap_or_default()))
}

/// The folder has more files than an image can have.
pub fn too_many() -> Problem {
    Problem::new("too-many-files", "The folder has too many files.")
        .expected("at most 100,000 files")
        .found("more")
        .advice("Choose the folder of one image.")
}
