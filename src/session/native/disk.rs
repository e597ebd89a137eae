//! A source on a disk: a file, or a folder with all that is below it.

use crate::session::{Files, ReadSeek};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A folder with more files than this is none of an image's.
const MAX_FILES: usize = 100_000;

/// Paths on the disk with their names and bytes.
pub struct Disk {
    files: Vec<(PathBuf, String, u64)>,
}

impl Disk {
    /// Lists what is at `path`.
    pub fn open(path: &Path) -> io::Result<Disk> {
        let mut disk = Disk { files: Vec::new() };
        let data = fs::metadata(path)?;
        if data.is_dir() {
            disk.walk(path, "")?;
            disk.files.sort();
        } else {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            disk.files.push((path.to_owned(), name, data.len()));
        }
        Ok(disk)
    }

    fn walk(&mut self, folder: &Path, prefix: &str) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type()?; // links are not followed
            if kind.is_dir() {
                self.walk(&entry.path(), &format!("{name}/"))?;
            } else if kind.is_file() {
                self.files.push((entry.path(), name, entry.metadata()?.len()));
            }
            if self.files.len() > MAX_FILES {
                return Err(io::Error::other(format!("more than {MAX_FILES} files")));
            }
        }
        Ok(())
    }
}

impl Files for Disk {
    fn list(&self) -> Vec<(String, u64)> {
        self.files.iter().map(|(_, name, size)| (name.clone(), *size)).collect()
    }

    fn open(&self, file: u32) -> io::Result<Box<dyn ReadSeek>> {
        let (path, ..) = self.files.get(file as usize).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(File::open(path)?))
    }
}
