//! `Read + Seek` over a file or blob, through windows read with FileReaderSync.
//!
//! - Workers only: FileReaderSync does not exist in a page.
//! - Sequential reads are fastest with large windows (16 MiB were measured to be twice as fast as 1 MiB),
//!   seeks from header to header with small ones. So a window starts small after a far seek and grows with
//!   each sequential read. A short seek forward counts as sequential: a read costs 0.7 ms, as much as half
//!   a MiB. Who asks for more than the next window gets all of it at once. Who asks for little at once decompresses or
//!   hashes, for which half of the largest window is fast enough.
//! - A window stays in the browser's memory. Only what is read is copied into ours, which never shrinks: a pass over
//!   headers leaves contents where they are.
//! - A window is freed once it is used (freed.rs): no collection of garbage does it while a job runs, and a layer of
//!   500 MB took 500 MB.
//! - A file can change or vanish while it is open: that is an error for the user, not a panic.

use super::freed::free;
use js_sys::Uint8Array;
use std::io::{self, Read, Seek, SeekFrom};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, DomException, FileReaderSync};

/// The first window after a far seek.
const SMALL_BYTES: u64 = 64 * 1024;
/// The largest.
const LARGE_BYTES: u64 = 16 * 1024 * 1024;
/// The largest for reads of less than so many bytes.
const MEDIUM_BYTES: u64 = 8 * 1024 * 1024;
const LITTLE_BYTES: usize = 256 * 1024;
/// How much larger each window is than the one before it.
const GROWTH: u64 = 4;
/// A seek of this many bytes beyond the window still counts as sequential.
const SHORT_HOP_BYTES: u64 = 1024 * 1024;
/// Smaller windows are left to the browser.
const FREED_BYTES: u32 = 1024 * 1024;
/// What is copied at once for reads that are smaller.
const CHUNK_BYTES: u64 = 64 * 1024;

/// A position in a blob, with a window of bytes around it.
pub struct BlobReader {
    blob: Blob,
    reader: FileReaderSync,
    size_bytes: u64,
    position: u64,
    /// Bytes in the browser's memory.
    window: Uint8Array,
    /// Where in the blob the window begins.
    window_start: u64,
    /// A part of the window in ours.
    chunk: Vec<u8>,
    /// Where in the blob the chunk begins.
    chunk_start: u64,
    /// How much will be read next.
    next_bytes: u64,
}

impl BlobReader {
    /// Starts at the first byte.
    pub fn new(blob: Blob) -> io::Result<BlobReader> {
        let reader = FileReaderSync::new().map_err(|error| unreadable(&error))?;
        let size_bytes = blob.size() as u64; // below 2^53 as the browser has it
        Ok(BlobReader {
            blob,
            reader,
            size_bytes,
            position: 0,
            window: Uint8Array::new_with_length(0),
            window_start: 0,
            chunk: Vec::new(),
            chunk_start: 0,
            next_bytes: SMALL_BYTES,
        })
    }

    fn window_end(&self) -> u64 {
        self.window_start + u64::from(self.window.length())
    }

    /// What the chunk has from the position on.
    fn buffered(&self) -> &[u8] {
        let skipped = self.position.checked_sub(self.chunk_start);
        skipped.and_then(|n| self.chunk.get(n as usize..)).unwrap_or_default()
    }

    /// What the window has from the position on, as a range of the window.
    fn in_window(&self) -> Option<(u32, u32)> {
        let skipped = u32::try_from(self.position.checked_sub(self.window_start)?).ok()?;
        let length = self.window.length();
        (skipped < length).then_some((skipped, length))
    }

    /// Reads the window that begins at the position, of which so many bytes are wanted.
    fn read_window(&mut self, wanted: usize) -> io::Result<()> {
        let far = self.position < self.window_start
            || self.position > self.window_end() + SHORT_HOP_BYTES;
        if far {
            self.next_bytes = SMALL_BYTES;
        }
        let start = self.position;
        let most = if wanted < LITTLE_BYTES { MEDIUM_BYTES } else { LARGE_BYTES };
        let window_bytes = self.next_bytes.max(wanted as u64).min(most);
        let end = (start + window_bytes).min(self.size_bytes);
        // The old window first: the browser may then give its memory to the new one.
        self.free_window();
        self.window = self.read_slice(start, end)?;
        self.window_start = start;
        self.next_bytes = (self.next_bytes * GROWTH).min(LARGE_BYTES);
        Ok(())
    }

    fn free_window(&mut self) {
        let used = std::mem::replace(&mut self.window, Uint8Array::new_with_length(0));
        if used.length() >= FREED_BYTES {
            free(&used.buffer());
        }
    }

    fn read_slice(&self, start: u64, end: u64) -> io::Result<Uint8Array> {
        let buffer = self
            .blob
            .slice_with_f64_and_f64(start as f64, end as f64)
            .and_then(|slice| self.reader.read_as_array_buffer(&slice))
            .map_err(|error| unreadable(&error))?;
        let bytes = Uint8Array::new(&buffer);
        if u64::from(bytes.length()) != end - start {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("the file was cut short at byte {start} while it was open"),
            ));
        }
        Ok(bytes)
    }
}

impl Read for BlobReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.position >= self.size_bytes {
            return Ok(0);
        }
        if self.buffered().is_empty() {
            if self.in_window().is_none() {
                self.read_window(out.len())?;
            }
            let Some((start, end)) = self.in_window() else { return Ok(0) };
            if out.len() as u64 >= CHUNK_BYTES {
                // At most 16 MiB.
                let count = ((end - start) as usize).min(out.len());
                self.window.subarray(start, start + count as u32).copy_to(&mut out[..count]);
                self.position += count as u64;
                return Ok(count);
            }
            let count = (end - start).min(CHUNK_BYTES as u32);
            self.chunk.resize(count as usize, 0);
            self.window.subarray(start, start + count).copy_to(&mut self.chunk);
            self.chunk_start = self.position;
        }
        let buffered = self.buffered();
        let count = buffered.len().min(out.len());
        out[..count].copy_from_slice(&buffered[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl Drop for BlobReader {
    fn drop(&mut self) {
        self.free_window();
    }
}

impl Seek for BlobReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.size_bytes.checked_add_signed(by),
        };
        self.position = position.ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "a seek to before the file's first byte")
        })?;
        Ok(self.position)
    }
}

fn unreadable(error: &JsValue) -> io::Error {
    let name = error.dyn_ref::<DomException>().map(DomException::name).unwrap_or_default();
    match name.as_str() {
        "NotReadableError" | "NotFoundError" => io::Error::new(
            io::ErrorKind::NotFound,
            "the file was changed, moved or removed after it was opened",
        ),
        _ => io::Error::other(format!(
            "the browser could not read it: {}",
            crate::browser::panics::words(error)
        )),
    }
}
