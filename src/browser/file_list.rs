//! The files of a source as the page handed them over.

use super::blob_reader::BlobReader;
use super::panics;
use crate::problem::Problem;
use crate::session::{Files, ReadSeek};
use js_sys::{Array, Uint8Array};
use std::io;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::File;

/// Files with their paths in the folder that they were in. Copied at every hand-out of jobs, so a copy
/// shares them. Of an image in a registry the files of layers come later.
#[derive(Clone)]
pub struct FileList {
    /// Path and bytes of each.
    entries: Rc<[(String, u64)]>,
    /// As long as `entries`, and longer by what was added; undefined: not there yet.
    files: Array,
}

impl FileList {
    /// `files` is as long as `paths`.
    pub fn new(paths: Vec<String>, files: Array) -> FileList {
        let size = |at: u32| files.get(at).unchecked_into::<File>().size() as u64; // below 2^53
        let entries = (0..).zip(paths).map(|(at, path)| (path, size(at))).collect();
        FileList { entries, files }
    }

    /// Files of which only paths and bytes are known.
    pub fn absent(entries: Vec<(String, u64)>) -> FileList {
        FileList { entries: entries.into(), files: Array::new() }
    }

    /// Whether the file at a position is there.
    pub fn has(&self, at: u32) -> bool {
        !self.files.get(at).is_undefined()
    }

    /// The file at a position, for a worker.
    pub fn file(&self, at: u32) -> File {
        self.files.get(at).unchecked_into()
    }

    /// A file has come.
    pub fn set(&mut self, at: u32, file: &File) {
        self.files.set(at, file.into());
    }

    /// Adds a file that is not of the source, and says its position.
    pub fn add(&mut self, file: &File) -> u32 {
        let at = self.files.length().max(self.entries.len() as u32);
        self.set(at, file);
        at
    }
}

impl Files for FileList {
    fn list(&self) -> Vec<(String, u64)> {
        self.entries.to_vec()
    }

    fn open(&self, file: u32) -> io::Result<Box<dyn ReadSeek>> {
        match self.has(file) {
            true => Ok(Box::new(BlobReader::new(self.file(file).into())?)),
            false => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// Bytes as a file.
pub fn document(bytes: &[u8]) -> Result<File, Problem> {
    let parts = Array::of1(&Uint8Array::from(bytes));
    File::new_with_u8_array_sequence(&parts, "document").map_err(|error| {
        Problem::new("read-failed", "A document cannot be held in memory.")
            .found(panics::words(&error))
    })
}
