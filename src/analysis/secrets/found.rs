//! What is noted about a secret that was found in a text.

use crate::json;
use serde::{Deserialize, Serialize};

/// A secret in a file, without its value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotedSecret {
    /// The rule's code.
    pub rule: String,
    /// From 1; 0 where a file has no lines.
    pub line: u32,
    /// At most the format's prefix and the last two characters of the value.
    pub masked: String,
}

/// The secrets of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NotedSecrets {
    pub found: Vec<NotedSecret>,
    /// There are more, or looking at the text took too much.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

/// The part of a file's note that is about secrets (`FileNotes` in `analysis/contents.rs` has all of it).
#[derive(Default, Deserialize)]
#[serde(default)]
struct SecretPart {
    secrets: NotedSecrets,
}

impl NotedSecrets {
    /// The secrets in a file's note. Most notes have none, and some are many megabytes. An unreadable one was
    /// written by another version and counts as empty.
    pub fn in_note(text: &str) -> NotedSecrets {
        match text.contains("\"secrets\":") {
            true => json::from_text::<SecretPart>(text).unwrap_or_default().secrets,
            false => NotedSecrets::default(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty() && !self.cut
    }
}

/// What is hidden of a value.
const HIDDEN: &str = "…";

/// Shorter values are hidden as a whole, in bytes.
const MIN_SHOWN: usize = 16;

/// A value without what makes it one. `prefix` are bytes that every value of its format starts with.
pub fn mask(value: &[u8], prefix: &str) -> String {
    let random = value.get(prefix.len()..).unwrap_or_default();
    let shown = random.len() >= MIN_SHOWN;
    let last = random.last_chunk::<2>().filter(|last| shown && last.is_ascii());
    let last = last.map(|last| String::from_utf8_lossy(last)).unwrap_or_default();
    format!("{prefix}{HIDDEN}{last}")
}

#[test]
fn a_mask_has_the_prefix_and_two_characters() {
    assert_eq!(mask(b"ghp_abcdefghijklmnopqrstuvwxyz", "ghp_"), "ghp_…yz");
    assert_eq!(mask(b"short-one", ""), "…");
}
