//! The files that jobs read, by number: those of the source as the page handed them over, and those that were
//! added.

use super::blob_reader::BlobReader;
use crate::session::schedule::FileNumber;
use crate::session::{Files, ReadSeek};
use js_sys::{Array, Uint8Array};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::File;

/// Files by number. A clone is the same table.
#[derive(Clone, Default)]
pub struct FileTable {
    files: Rc<RefCell<BTreeMap<FileNumber, File>>>,
}

impl FileTable {
    /// The source's files, in their order.
    pub fn add_all(&self, files: &Array) {
        for (number, file) in (0..).zip(files.iter()) {
            self.add(FileNumber(number), file.unchecked_ref());
        }
    }

    pub fn add(&self, number: FileNumber, file: &File) {
        self.files.borrow_mut().insert(number, file.clone());
    }

    /// Adds a file if there is one; true if there was.
    pub fn add_found(&self, number: FileNumber, file: Option<File>) -> bool {
        if let Some(file) = &file {
            self.add(number, file);
        }
        file.is_some()
    }

    pub fn remove(&self, number: FileNumber) {
        self.files.borrow_mut().remove(&number);
    }

    pub fn get(&self, number: FileNumber) -> Option<File> {
        self.files.borrow().get(&number).cloned()
    }

    /// The first files as a source, with their paths.
    pub fn source(&self, paths: Vec<String>) -> SessionFiles {
        let file = |number: u32| self.get(FileNumber(number));
        SessionFiles { files: (0..).zip(paths).map(|(at, path)| (path, file(at))).collect() }
    }

    /// One file as a source.
    pub fn one(&self, number: FileNumber) -> SessionFiles {
        SessionFiles { files: vec![(String::new(), self.get(number))] }
    }
}

/// Files with their paths in the folder that they are in.
pub struct SessionFiles {
    files: Vec<(String, Option<File>)>,
}

impl Files for SessionFiles {
    fn list(&self) -> Vec<(String, u64)> {
        let size = |file: &Option<File>| file.as_ref().map_or(0, |file| file.size() as u64); // below 2^53
        self.files.iter().map(|(path, file)| (path.clone(), size(file))).collect()
    }

    fn open(&self, file: u32) -> io::Result<Box<dyn ReadSeek>> {
        match self.files.get(file as usize) {
            Some((_, Some(file))) => Ok(Box::new(BlobReader::new(file.clone().into())?)),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// Bytes as a file.
pub fn bytes_file(bytes: &[u8]) -> Option<File> {
    let parts = Array::of1(&Uint8Array::from(bytes));
    File::new_with_u8_array_sequence(&parts, "document").ok()
}

/// One of several files, or several of them as one, with a line break after each.
pub fn joined_file(files: &Array, positions: &[usize]) -> Option<File> {
    let file = |at: usize| files.get(at as u32).dyn_into::<File>().ok();
    if let [one] = positions {
        return file(*one);
    }
    let parts = positions.iter().filter_map(|at| file(*at));
    let parts: Array = parts.flat_map(|file| [file.into(), JsValue::from("\n")]).collect();
    File::new_with_blob_sequence(&parts, "documents").ok()
}
