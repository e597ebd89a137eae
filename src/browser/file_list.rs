//! The files of a source as the page handed them over.

use super::blob_reader::BlobReader;
use crate::session::{Files, ReadSeek};
use js_sys::Array;
use std::io;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::File;

/// Files with their paths in the folder that they were in. Copied at every hand-out of jobs, so a copy
/// shares them.
#[derive(Clone)]
pub struct FileList {
    paths: Rc<[String]>,
    files: Array,
}

impl FileList {
    /// `files` is as long as `paths`.
    pub fn new(paths: Vec<String>, files: Array) -> FileList {
        FileList { paths: paths.into(), files }
    }

    /// The file at a position, for a worker.
    pub fn file(&self, at: u32) -> File {
        self.files.get(at).unchecked_into()
    }

    /// Adds a file that is not of the source, and says its position.
    pub fn add(&mut self, file: &File) -> u32 {
        self.files.push(file) - 1
    }
}

impl Files for FileList {
    fn list(&self) -> Vec<(String, u64)> {
        let size = |at: u32| self.file(at).size() as u64; // below 2^53 as the browser has it
        (0..).zip(&*self.paths).map(|(at, path)| (path.clone(), size(at))).collect()
    }

    fn open(&self, file: u32) -> io::Result<Box<dyn ReadSeek>> {
        Ok(Box::new(BlobReader::new(self.file(file).into())?))
    }
}
