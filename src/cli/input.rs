//! The path that a command reads: a file, a folder, or standard input.
//!
//! - Layers are read at any offset, and standard input cannot be: it is copied to a temporary file, which
//!   ends with the command.

use crate::session::native::Disk;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// What a command reads.
pub struct InputPath {
    path: PathBuf,
    /// The file's or folder's name.
    pub name: String,
    /// It is a copy, and goes when this is dropped.
    temporary: bool,
}

impl InputPath {
    /// `-` is standard input.
    pub fn new(argument: PathBuf) -> io::Result<InputPath> {
        if argument.as_os_str() == "-" {
            let path = copy_to_temporary_file(&mut io::stdin().lock())?;
            return Ok(InputPath { path, name: "stdin".to_owned(), temporary: true });
        }
        let name = argument.file_name().unwrap_or(argument.as_os_str());
        let name = name.to_string_lossy().into_owned();
        Ok(InputPath { path: argument, name, temporary: false })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The files at the path.
    pub fn open(&self) -> io::Result<Disk> {
        Disk::open(&self.path)
    }
}

impl Drop for InputPath {
    fn drop(&mut self) {
        if self.temporary {
            // What cannot be removed is the system's to clean up.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn copy_to_temporary_file(from: &mut impl io::Read) -> io::Result<PathBuf> {
    let (path, mut file) = temporary_file()?;
    let copied = io::copy(from, &mut file);
    if copied.is_err() {
        let _ = fs::remove_file(&path);
    }
    copied.map(|_| path)
}

/// A new file that nobody else can have put there.
fn temporary_file() -> io::Result<(PathBuf, File)> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut number = 0;
    loop {
        let name = format!("layerscope-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        match options.open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => {
                number += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

#[test]
fn standard_input_is_copied_and_the_copy_goes() {
    let path = copy_to_temporary_file(&mut &b"bytes"[..]).unwrap();
    let other = copy_to_temporary_file(&mut &b"others"[..]).unwrap();
    assert_ne!(path, other);
    assert_eq!(fs::read(&path).unwrap(), b"bytes");
    for path in [path, other] {
        let name = String::new();
        drop(InputPath { path: path.clone(), name, temporary: true });
        assert!(!path.exists());
    }
}
