//! What was read of a file's content, a part at a time.

use super::file_on_show::FileOnShow;
use crate::content_type::ContentType;
use crate::problem::Problem;
use crate::protocol::OrderProgress;
use crate::text::ReadableText;
use crate::ui::app::{ShownImage, spawn};
use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;

/// Bytes that are read at once: at first, and at most.
const PART: u64 = 256 * 1024;
const MAX_PART: u64 = 8 << 20;
/// Bytes that are read by themselves to reach the line that the link names.
const MAX_TO_LINE: u64 = 16 << 20;

/// What was read of one file.
#[derive(Clone, Copy)]
pub struct ContentRead {
    pub bytes: RwSignal<Vec<u8>>,
    /// Bytes of the whole file; `None` until something has come.
    pub size: RwSignal<Option<u64>>,
    /// Its first bytes may be those of a format that is read in outline.
    pub has_outline: RwSignal<bool>,
    pub problem: RwSignal<Option<Problem>>,
    pub progress: RwSignal<Option<OrderProgress>>,
    pub cancelled: RwSignal<bool>,
    cancel: StoredValue<Option<AbortHandle>>,
    /// A part is on its way: no second one is requested.
    busy: StoredValue<bool>,
}

/// What a content is.
#[derive(Clone, Debug, PartialEq)]
pub struct ContentKind {
    pub content_type: ContentType,
    /// It can be shown as text.
    pub is_text: bool,
}

impl ContentRead {
    /// Nothing of a file of `size` bytes.
    pub fn of(size: u64) -> ContentRead {
        ContentRead {
            bytes: RwSignal::new(Vec::new()),
            size: RwSignal::new((size == 0).then_some(0)),
            has_outline: RwSignal::new(false),
            problem: RwSignal::new(None),
            progress: RwSignal::new(None),
            cancelled: RwSignal::new(false),
            cancel: StoredValue::new(None),
            busy: StoredValue::new(false),
        }
    }

    /// All of the file was read; tracked.
    pub fn is_complete(self) -> bool {
        self.size.get().is_some_and(|size| self.bytes.read().len() as u64 >= size)
    }

    /// Reading ended before its end; tracked.
    pub fn is_stopped(self) -> bool {
        self.cancelled.get() || self.problem.read().is_some()
    }

    /// Passes on what was read as text; `None`: nothing has come, or it is not text. Tracked.
    pub fn with_text<T>(self, then: impl FnOnce(&ReadableText<'_>) -> T) -> Option<T> {
        self.size.get()?;
        let whole = self.is_complete();
        ReadableText::read(&self.bytes.read(), whole).as_ref().map(then)
    }

    /// What it is, as far as it was read; `None` until something has come. Tracked.
    pub fn kind(self) -> Option<ContentKind> {
        self.size.get()?;
        let whole = self.is_complete();
        let bytes = self.bytes.read();
        let text = ReadableText::read(&bytes, whole);
        Some(ContentKind {
            content_type: ContentType::of(&bytes, text.as_ref()),
            is_text: text.is_some(),
        })
    }

    /// Whether more must be read for a line that the link names; tracked.
    pub fn lacks_line(self, line: u32) -> bool {
        lacks_line(&self.bytes.read(), self.size.get().unwrap_or(0), line)
    }

    pub fn cancel(self) {
        if let Some(Some(handle)) = self.cancel.try_update_value(Option::take) {
            handle.abort();
        }
    }

    /// Reads the next part.
    pub fn read_on(self, image: ShownImage, file: FileOnShow) {
        let read = self;
        let Some(client) = image.client().filter(|_| !read.busy.get_value()) else { return };
        read.busy.set_value(true);
        let offset = read.bytes.read_untracked().len() as u64;
        read.cancelled.set(false);
        read.problem.set(None);
        let (reading, handle) = abortable(async move {
            // All that is here is drawn again with each part: as large as that, so that a part is drawn twice on average.
            let length = offset.clamp(PART, MAX_PART);
            let progress = move |progress| {
                read.progress.try_set(Some(progress));
            };
            let answer = file.read(client, image.position, (offset, length), progress).await;
            if read.bytes.is_disposed() {
                return; // another file is shown by now
            }
            match answer {
                Ok((info, bytes)) => {
                    // A file that ends earlier than it says is as long as what came.
                    let size = if bytes.is_empty() { offset } else { info.size };
                    read.bytes.update(|read| read.extend(bytes));
                    read.size.set(Some(size));
                    if info.has_outline {
                        read.has_outline.set(true);
                    }
                }
                Err(problem) if problem.code == "closed" => {}
                Err(problem) => read.problem.set(Some(problem)),
            }
        });
        read.cancel.set_value(Some(handle));
        spawn(async move {
            let ended = reading.await; // dropped when cancelled, and with it the request
            read.busy.try_set_value(false);
            read.progress.try_set(None);
            read.cancelled.try_set(ended.is_err());
        });
    }
}

/// Whether more of a file of `size` bytes must be read for a line. Bytes that are not text have no lines.
fn lacks_line(bytes: &[u8], size: u64, line: u32) -> bool {
    let done = bytes.len() as u64;
    (1..size.min(MAX_TO_LINE)).contains(&done)
        && ReadableText::read(bytes, false).is_some_and(|read| is_before(&read.text, line))
}

/// Whether a text ends before a line.
pub fn is_before(text: &str, line: u32) -> bool {
    text.bytes().filter(|byte| *byte == b'\n').take(line as usize).count() < line as usize
}

#[test]
fn no_more_is_read_for_a_line_than_it_needs() {
    assert!(lacks_line(b"a\nb", 99, 3) && !lacks_line(b"a\nb", 3, 3), "the file has ended");
    assert!(!lacks_line(b"\x7fELF\0\n", 1 << 40, 3), "bytes that are not text have no lines");
    let utf16 = b"\xff\xfea\0\x0a\x0a\x0a\x0a"; // two characters, neither of them a line end
    assert!(lacks_line(utf16, 99, 1));
    assert!(is_before("a\nb", 2) && !is_before("a\nb\n", 2) && is_before("", 1));
}
