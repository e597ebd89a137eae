//! A source in memory: what tests and fuzzing open.

use crate::session::{Files, ReadSeek};
use std::io::{self, Cursor, Read};
use std::sync::Arc;

/// Files with their paths.
#[derive(Clone, Debug, Default)]
pub struct Memory(pub Vec<(String, Arc<[u8]>)>);

impl Memory {
    /// One file.
    pub fn one(bytes: impl Into<Arc<[u8]>>) -> Memory {
        Memory::default().with("x", bytes)
    }

    /// All files of another source.
    pub fn load(files: &dyn Files) -> io::Result<Memory> {
        let read = |(at, (path, _)): (u32, (String, u64))| {
            let mut bytes = Vec::new();
            files.open(at)?.read_to_end(&mut bytes)?;
            Ok((path, bytes.into()))
        };
        Ok(Memory((0..).zip(files.list()).map(read).collect::<io::Result<_>>()?))
    }

    /// A file more.
    pub fn with(mut self, path: &str, bytes: impl Into<Arc<[u8]>>) -> Memory {
        self.0.push((path.to_owned(), bytes.into()));
        self
    }
}

impl Files for Memory {
    fn list(&self) -> Vec<(String, u64)> {
        self.0.iter().map(|(path, bytes)| (path.clone(), bytes.len() as u64)).collect()
    }

    fn open(&self, file: u32) -> io::Result<Box<dyn ReadSeek>> {
        let (_, bytes) = self.0.get(file as usize).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Cursor::new(Arc::clone(bytes))))
    }
}
