//! What analyses ask of contents: one list, so that a pass over a layer serves them all.
//!
//! A note is JSON with a field for each analysis that has something to say. It is made in the worker that
//! reads the layer, so that no content crosses to the session.

use super::packages::{Facts, catalog};
use crate::entry::Member;
use crate::entry::path;
use crate::layer::{Note, Onlooker};
use serde::{Deserialize, Serialize};

/// What all analyses have to say of one file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Noted {
    /// Of packages.
    #[serde(skip_serializing_if = "Facts::is_empty")]
    pub packages: Facts,
}

/// Reads a note. One that cannot be read says nothing: it is of another version.
pub fn noted(note: &Note) -> Noted {
    serde_json::from_str(&note.text).unwrap_or_default()
}

/// A file as it is asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Relative to the root.
    pub path: Vec<u8>,
    /// Bytes.
    pub size: u64,
    /// Permission bits.
    pub mode: u16,
}

impl Asked {
    fn candidate<'a>(&'a self, head: &'a [u8]) -> catalog::Candidate<'a> {
        catalog::Candidate { path: &self.path, size: self.size, mode: self.mode, head }
    }

    /// Looks at a whole file.
    pub fn look(&self, content: &[u8]) -> Option<String> {
        let head = &content[..content.len().min(crate::layer::HEAD)];
        let file = self.candidate(head);
        let mut noted = Noted::default();
        for cataloger in catalog::CATALOGERS {
            if (cataloger.wants)(&file) {
                noted.packages.add((cataloger.read)(&file, content));
            }
        }
        if noted.packages.is_empty() {
            return None;
        }
        serde_json::to_string(&noted).ok() // plain values always serialise
    }
}

/// Shows contents to all analyses as they go by.
#[derive(Default)]
pub struct Everyone {
    asked: Asked,
}

impl Onlooker for Everyone {
    fn wants(&mut self, member: &Member, head: &[u8]) -> bool {
        self.asked = Asked {
            path: path::parts(&member.name).join(&b'/'),
            size: member.size,
            mode: member.mode as u16,
        };
        let file = self.asked.candidate(head);
        catalog::CATALOGERS.iter().any(|cataloger| (cataloger.wants)(&file))
    }

    fn see(&mut self, _: &Member, content: &[u8]) -> Option<String> {
        self.asked.look(content)
    }
}
