//! What went wrong, as a value: errors and warnings are one shape, so that what stops one image can be
//! a line in another's report.
//!
//! - `code` is what reports carry and tests match: it outlives every rewording of the message. Each
//!   code is documented in docs/report.md.
//! - Every text in it is `Shown`: what came from an archive or a registry is escaped when the problem is
//!   made, and again when it is read from a message or a saved inspection.

use crate::text::Shown;
use crate::vocabulary::LayerPosition;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// Bytes of each text at most. A path of 4,096 bytes fits in whole, with each of them escaped by four; what a decoder
/// found may be a value of any length.
const MAX_TEXT: usize = 16 << 10;

/// The image has layers beyond the limit, which are left out.
pub const TOO_MANY_LAYERS: &str = "too-many-layers";

/// Codes of warnings that leave a part of the image unknown. An inspection may say all of them.
pub const LEAVES_OUT: &[&str] = &[
    "archive-damaged",
    "archive-limit",
    "archive-truncated",
    "blob-truncated",
    "chain-too-long",
    "layer-damaged",
    "layer-limit",
    "layer-missing",
    "not-a-tar",
    "package-database-damaged",
    "packages-limit",
    "read-failed",
    "source-changed",
    "tar-damaged",
    "tar-size",
    "tar-truncated",
    TOO_MANY_LAYERS,
    "tree-limit",
    "worker-answer",
    "worker-failed",
];

/// An error or a warning: what was expected, what was found, where, and what the user can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable, kebab-case.
    pub code: Cow<'static, str>,
    /// One sentence.
    pub message: Shown,
    /// What would have been right.
    pub expected: Option<Shown>,
    /// What was there instead.
    pub found: Option<Shown>,
    /// The blob or the archive's member.
    pub blob: Option<Shown>,
    /// The layer that it is about.
    pub layer: Option<LayerPosition>,
    /// Bytes from the start of what is named by `blob`, or of the layer's uncompressed tar.
    pub offset: Option<u64>,
    /// A path in the layer.
    pub path: Option<Shown>,
    /// What the user can do.
    pub advice: Option<Shown>,
}

impl Problem {
    /// A problem with its code and its sentence; the rest is added by the methods below.
    pub fn new(code: &'static str, message: impl AsRef<[u8]>) -> Problem {
        Problem {
            code: Cow::Borrowed(code),
            message: shown(message),
            expected: None,
            found: None,
            blob: None,
            layer: None,
            offset: None,
            path: None,
            advice: None,
        }
    }

    /// What would have been right.
    pub fn expected(mut self, text: impl AsRef<[u8]>) -> Problem {
        self.expected = Some(shown(text));
        self
    }

    /// What was there instead.
    pub fn found(mut self, text: impl AsRef<[u8]>) -> Problem {
        self.found = Some(shown(text));
        self
    }

    /// The blob, or the archive's member.
    pub fn in_blob(mut self, name: impl AsRef<[u8]>) -> Problem {
        self.blob = Some(shown(name));
        self
    }

    /// The layer that it is about.
    pub fn in_layer(mut self, layer: LayerPosition) -> Problem {
        self.layer = Some(layer);
        self
    }

    /// Bytes from the start of the blob or tar.
    pub fn at(mut self, offset: u64) -> Problem {
        self.offset = Some(offset);
        self
    }

    /// A path in the layer.
    pub fn on_path(mut self, path: impl AsRef<[u8]>) -> Problem {
        self.path = Some(shown(path));
        self
    }

    /// Whether it leaves a part of the image unknown. Codes: docs/report.md, "Warnings".
    pub fn leaves_out(&self) -> bool {
        LEAVES_OUT.contains(&&*self.code)
    }

    /// Whether it says that the source's file ends early.
    pub fn is_cut(&self) -> bool {
        matches!(
            &*self.code,
            "archive-truncated" | "archive-damaged" | "blob-truncated" | "tar-truncated"
        )
    }

    /// What the user can do.
    pub fn advice(mut self, text: impl AsRef<[u8]>) -> Problem {
        self.advice = Some(shown(text));
        self
    }
}

fn shown(text: impl AsRef<[u8]>) -> Shown {
    Shown::start_of_bytes(text.as_ref(), MAX_TEXT)
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(expected) = &self.expected {
            write!(f, " Expected {expected}.")?;
        }
        if let Some(found) = &self.found {
            write!(f, " Found {found}.")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

#[test]
fn texts_of_any_length_are_cut_and_paths_are_not() {
    let path = [1; 4096];
    let problem = Problem::new("a", "b").expected("x".repeat(1 << 20)).on_path(path);
    assert_eq!(problem.path, Some(Shown::new(path)));
    let cut = problem.expected.unwrap();
    assert!(cut.len() == MAX_TEXT + "…".len() && cut.ends_with('…'), "{} bytes", cut.len());
    assert_eq!(Problem::new("a", "b").found(&cut).found, Some(cut), "cut once");
}
