//! NamedFiles as the user gives them: from an input, or out of a drop, folders walked to their last file.
//!
//! - What a drop holds must be taken in the event itself; walking a folder comes after it.
//! - A folder gives its entries in batches, and has given all when a batch is empty.
//! - A path is what stands below the folder that was picked or dropped; the folder's own name is the
//!   source's, and so no part of it.

use crate::problem::Problem;
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry,
    HtmlInputElement,
};

/// No more files are taken at once: an image has hundreds, a home directory millions.
pub const MOST_FILES: usize = 100_000;

/// NamedFiles with their paths, as `Client::open` takes them.
pub type NamedFiles = Vec<(String, File)>;

/// What an input was given; it can be given the same again.
pub fn from_input(input: &HtmlInputElement) -> Vec<File> {
    let files = input.files();
    let list = files
        .map_or(Vec::new(), |files| (0..files.length()).filter_map(|at| files.get(at)).collect());
    input.set_value("");
    list
}

/// The files of a picked folder with their paths in it, and the folder's name.
pub fn below(files: Vec<File>) -> (String, NamedFiles) {
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

/// What was dropped: folders, to be walked, and files.
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

/// All files below a folder. `told` hears how many there are so far, and ends the walk with `false`.
pub async fn walk(
    folder: FileSystemDirectoryEntry,
    told: impl Fn(u32) -> bool,
) -> Result<NamedFiles, Problem> {
    let mut files = NamedFiles::new();
    let mut waiting = vec![(String::new(), folder)];
    let mut folders = 0;
    while let Some((above, folder)) = waiting.pop() {
        let reader = folder.create_reader();
        folders += 1;
        loop {
            let read = promise(|done, failed| {
                // What goes wrong is told to `failed`.
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
            if !told(files.len() as u32) {
                return Err(Problem::new("closed", "Cancelled."));
            }
        }
    }
    match files.is_empty() {
        true => Err(Problem::new("folder-empty", "The folder holds no files.")
            .expected("the files of an image")
            .found("none")),
        false => Ok(files),
    }
}

/// Begins at once, so that a batch's files come side by side.
fn file(entry: FileSystemFileEntry) -> JsFuture {
    promise(|done, failed| entry.file_with_callback_and_callback(done, failed))
}

fn promise(begin: impl Fn(&Function, &Function)) -> JsFuture {
    JsFuture::from(Promise::new(&mut |done, failed| begin(&done, &failed)))
}

fn unread(path: &str, error: &JsValue) -> Problem {
    let problem = Problem::new("read-failed", "A part of the folder cannot be read.");
    let message = Reflect::get(error, &"message".into()).ok().and_then(|text| text.as_string());
    problem.found(format!(
        "{}: {}",
        crate::text::show(path.as_bytes()),
        message.unwrap_or_default()
    ))
}

/// Said of a folder that is more than an image.
pub fn too_many() -> Problem {
    Problem::new("too-many-files", "The folder holds more files than are taken at once.")
        .expected("at most 100,000 files")
        .found("more")
        .advice("Choose the folder of one image.")
}
