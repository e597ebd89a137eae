//! Several files, opened as a folder. Each has the length of its name (one byte), the name, the length of
//! its content (three bytes, little-endian) and the content.

#![no_main]

use layerscope_fuzz::{Memory, open};
use libfuzzer_sys::fuzz_target;

/// The first file's name and content, and what follows.
fn file(data: &[u8]) -> Option<(String, &[u8], &[u8])> {
    let (&len, rest) = data.split_first()?;
    let (name, rest) = rest.split_at_checked(len.into())?;
    let (&[a, b, c], rest) = rest.split_first_chunk()?;
    let (bytes, rest) = rest.split_at(rest.len().min(u32::from_le_bytes([a, b, c, 0]) as usize));
    Some((String::from_utf8_lossy(name).into_owned(), bytes, rest))
}

fuzz_target!(|data: &[u8]| {
    let mut files = Vec::new();
    let mut rest = data;
    while let Some((name, bytes, more)) = file(rest) {
        files.push((name, bytes.into()));
        rest = more;
    }
    let _ = open(&Memory(files));
});
