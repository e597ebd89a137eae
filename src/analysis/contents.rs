//! What the analyses want to see of file contents: one hook, so that one pass over a layer serves them all.
//!
//! A note is a JSON object with a field for each analysis that has something to say. It is made in the
//! worker that reads the layer, so that no content crosses to the session.

use super::packages::{CatalogFacts, catalog};
use crate::entry::Member;
use crate::entry::path;
use crate::layer::{ContentHook, Note};
use serde::{Deserialize, Serialize};

/// What all analyses found in one file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileNotes {
    #[serde(skip_serializing_if = "CatalogFacts::is_empty")]
    pub packages: CatalogFacts,
}

impl FileNotes {
    /// Reads a note. An unreadable one was written by another version and counts as empty.
    pub fn parse(note: &Note) -> FileNotes {
        serde_json::from_str(&note.text).unwrap_or_default()
    }
}

/// A file to inspect, as the analyses choose it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InspectedFile {
    /// Relative to the root.
    pub path: Vec<u8>,
    /// Bytes.
    pub size: u64,
    /// Permission bits.
    pub mode: u16,
}

impl InspectedFile {
    fn candidate<'a>(&'a self, head: &'a [u8]) -> catalog::Candidate<'a> {
        catalog::Candidate { path: &self.path, size: self.size, mode: self.mode, head }
    }

    /// Runs the analyses on the file's whole content. Returns the note, if they found anything.
    pub fn inspect(&self, content: &[u8]) -> Option<String> {
        let head = &content[..content.len().min(crate::layer::HEAD)];
        let file = self.candidate(head);
        let mut notes = FileNotes::default();
        for cataloger in catalog::CATALOGERS {
            if (cataloger.wants)(&file) {
                notes.packages.add((cataloger.read)(&file, content));
            }
        }
        if notes.packages.is_empty() {
            return None;
        }
        serde_json::to_string(&notes).ok() // plain values always serialise
    }
}

/// Shows the contents of a pass to all analyses.
#[derive(Default)]
pub struct AnalysisHook {
    /// The file that `wants` was last called for.
    file: InspectedFile,
}

impl ContentHook for AnalysisHook {
    fn wants(&mut self, member: &Member, head: &[u8]) -> bool {
        self.file = InspectedFile {
            path: path::parts(&member.name).join(&b'/'),
            size: member.size,
            mode: member.mode as u16,
        };
        let file = self.file.candidate(head);
        catalog::CATALOGERS.iter().any(|cataloger| (cataloger.wants)(&file))
    }

    fn note(&mut self, _: &Member, content: &[u8]) -> Option<String> {
        self.file.inspect(content)
    }
}
