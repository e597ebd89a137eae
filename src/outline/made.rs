//! Outlines, put together.

use crate::protocol::{
    FileOutline, OutlineFact, OutlineItem, OutlineList, OutlineName, OutlineValue, OutlinedFormat,
};
use crate::text::Shown;

/// Items of a list that are kept, and bytes of a text.
pub const MOST_ITEMS: usize = 500;
pub const MOST_TEXT: usize = 512;

/// An outline with one group of facts.
pub fn of(format: OutlinedFormat, facts: Vec<OutlineFact>) -> FileOutline {
    FileOutline { format: Some(format), groups: vec![facts], ..FileOutline::default() }
}

/// A fact.
pub fn fact(name: OutlineName, value: OutlineValue) -> OutlineFact {
    OutlineFact { name, value }
}

/// A text of the file, escaped and cut.
pub fn shown(text: impl AsRef<[u8]>) -> Shown {
    let text = text.as_ref();
    Shown::new(text.get(..MOST_TEXT).unwrap_or(text))
}

/// A fact that is a text.
pub fn text(name: OutlineName, text: impl AsRef<[u8]>) -> OutlineFact {
    fact(name, OutlineValue::Text(shown(text)))
}

/// An item.
pub fn item(text: impl AsRef<[u8]>, detail: impl AsRef<[u8]>, bytes: Option<u64>) -> OutlineItem {
    OutlineItem { text: shown(text), detail: shown(detail), bytes, count: None }
}

/// A list, of which the first items are kept.
pub fn list(
    name: OutlineName,
    items: impl Iterator<Item = OutlineItem>,
    total: u64,
) -> OutlineList {
    OutlineList { name, items: items.take(MOST_ITEMS).collect(), total }
}
