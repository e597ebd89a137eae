//! What went wrong, as a value: errors and warnings are one shape, so that what stops one image can be
//! a line in another's report.
//!
//! - `code` is what reports carry and tests match: it outlives every rewording of the message. Each
//!   code stands in docs/report.md.
//! - Text that came out of an archive is escaped (`text::show`) before it gets in here.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// An error or a warning: what was expected, what was found, where, and what the user can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable, kebab-case.
    pub code: Cow<'static, str>,
    /// One sentence.
    pub message: String,
    /// What would have been right.
    pub expected: Option<String>,
    /// What was there instead.
    pub found: Option<String>,
    /// The blob or the archive's member.
    pub blob: Option<String>,
    /// Layer index from 0.
    pub layer: Option<u32>,
    /// Bytes from the start of what is named by `blob`, or of the layer's uncompressed tar.
    pub offset: Option<u64>,
    /// A path in the layer, escaped for the eye.
    pub path: Option<String>,
    /// What the user can do.
    pub advice: Option<String>,
}

impl Problem {
    /// A problem with its code and its sentence; the rest is added by the methods below.
    pub fn new(code: &'static str, message: impl Into<String>) -> Problem {
        Problem {
            code: Cow::Borrowed(code),
            message: message.into(),
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
    pub fn expected(mut self, text: impl Into<String>) -> Problem {
        self.expected = Some(text.into());
        self
    }

    /// What was there instead.
    pub fn found(mut self, text: impl Into<String>) -> Problem {
        self.found = Some(text.into());
        self
    }

    /// The blob, or the archive's member.
    pub fn in_blob(mut self, name: impl Into<String>) -> Problem {
        self.blob = Some(name.into());
        self
    }

    /// The layer index, from 0.
    pub fn in_layer(mut self, layer: u32) -> Problem {
        self.layer = Some(layer);
        self
    }

    /// Bytes from the start of the blob or tar.
    pub fn at(mut self, offset: u64) -> Problem {
        self.offset = Some(offset);
        self
    }

    /// A path in the layer, escaped.
    pub fn on_path(mut self, path: impl Into<String>) -> Problem {
        self.path = Some(path.into());
        self
    }

    /// What the user can do.
    pub fn advice(mut self, text: impl Into<String>) -> Problem {
        self.advice = Some(text.into());
        self
    }
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
