//! The built page as a static host stores it: each file precompressed, if that makes it smaller.

use brotli::enc::BrotliEncoderParams;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What hosts use to compress a file once and serve it often; budgets count these sizes, too.
const QUALITY: i32 = 11;
const WINDOW_BITS: i32 = 22;

/// The files of a folder in brotli. A clone shares them.
#[derive(Clone)]
pub struct Compressed {
    /// The folder.
    pub folder: PathBuf,
    files: Arc<HashMap<PathBuf, Vec<u8>>>,
}

impl Compressed {
    /// Compresses every file below a folder, which takes seconds.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn of(folder: &Path) -> io::Result<Compressed> {
        let parameters =
            BrotliEncoderParams { quality: QUALITY, lgwin: WINDOW_BITS, ..Default::default() };
        let mut files = HashMap::new();
        let mut folders = vec![folder.to_path_buf()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let bytes = std::fs::read(&path)?;
                let mut packed = Vec::new();
                brotli::BrotliCompress(&mut &bytes[..], &mut packed, &parameters)?;
                if packed.len() < bytes.len() {
                    files.insert(path, packed);
                }
            }
        }
        Ok(Compressed { folder: folder.to_path_buf(), files: Arc::new(files) })
    }

    /// A file's bytes in brotli, if that makes it smaller.
    pub fn get(&self, file: &Path) -> Option<&[u8]> {
        self.files.get(file).map(Vec::as_slice)
    }
}
