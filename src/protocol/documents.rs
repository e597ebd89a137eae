//! The documents that describe an image, for the view Raw.

use crate::problem::Problem;
use crate::text::Shown;
use serde::{Deserialize, Serialize};

/// One document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocumentLine {
    pub kind: DocumentKind,
    /// As claimed by who names it, else as its content suggests; empty where unknown.
    pub media_type: Shown,
    pub digest: String,
    /// Bytes.
    pub size: u64,
}

/// What a document is to the image. Saved inspections spell these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DocumentKind {
    Index,
    /// Docker's `manifest.json`.
    DockerManifest,
    Manifest,
    Configuration,
    /// The manifest of an attestation.
    AttestationManifest,
    /// An in-toto statement or another document of an attestation or artifact.
    Attestation,
}

/// One document, opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocumentContent {
    pub line: DocumentLine,
    /// The exact bytes, to copy or save.
    pub bytes: Vec<u8>,
    /// The JSON in document order, depth first; empty where it is not JSON.
    pub lines: Vec<JsonLine>,
    /// Why `lines` ends early or is empty.
    pub problem: Option<Problem>,
}

/// One value of a JSON document. The children of a container follow it, one level deeper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JsonLine {
    /// 0 for the whole document.
    pub depth: u32,
    /// The member's name; `None` in a list and at the top.
    pub name: Option<Shown>,
    pub value: JsonValue,
}

/// A JSON value without its children.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum JsonValue {
    Null,
    Bool(bool),
    /// As written.
    Number(Shown),
    Text {
        text: Shown,
        /// It is the digest of a document that `Document` answers.
        is_document: bool,
    },
    /// With the number of its members.
    Object(u32),
    /// With the number of its elements.
    List(u32),
}
