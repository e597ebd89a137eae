//! Reads SBOMs that others made: attached to an image, or files.
//!
//! Source: in-toto Statement v0.1 and v1 with the predicates `https://spdx.dev/Document` and
//! `https://cyclonedx.org/bom`, also in what signs it (`analysis/provenance/`).
//! Inside of these, or alone: SPDX 2.x JSON and CycloneDX 1.x JSON.
//!
//! - The content is a claim and is shown beside the packages that were found.
//! - An entry that cannot be read costs only itself (`unread`). A list that is too long is cut (`cut`).
//! - Hostile input: bytes, packages and nesting are limited.

use super::attached::{AttachedSbom, MAX_OTHERS};
use super::raw_json::{parse, unreadable};
use super::{read_cyclonedx, read_spdx};
use crate::analysis::provenance::{Statement, open};
use crate::json;
use crate::problem::Problem;
use crate::text::{byte_count, text_as_utf8};
use serde::Deserialize;
use std::borrow::Cow;

/// Most bytes of a document.
pub const MAX_BYTES: usize = 64 << 20;
/// Envelope, statement, document, and a document as text within a statement.
const MAX_DEPTH: usize = 4;
/// Most characters of a predicate type in an error.
const MAX_TYPE: usize = 200;

/// The fields by which the forms are distinguished.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DocumentHead {
    spdx_version: Option<String>,
    bom_format: Option<String>,
}

/// Whether `read` can read statements with this predicate.
pub fn is_read(predicate_type: &str) -> bool {
    let of = |name: &str| {
        predicate_type
            .strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    of("https://spdx.dev/Document") || of("https://cyclonedx.org/bom")
}

/// Reads a document with or without envelope and statement.
pub fn read(bytes: &[u8]) -> Result<AttachedSbom, Problem> {
    if bytes.len() > MAX_BYTES {
        return Err(Problem::new("sbom-too-large", "The SBOM is too large.")
            .expected(format!("{} at most", byte_count(MAX_BYTES as u64)))
            .found(byte_count(bytes.len() as u64)));
    }
    let bytes = text_as_utf8(bytes);
    let text = std::str::from_utf8(&bytes).map_err(|error| unreadable(error.to_string()))?;
    unwrap(text, MAX_DEPTH)
}

fn unwrap(text: &str, depth: usize) -> Result<AttachedSbom, Problem> {
    let depth = depth.checked_sub(1).ok_or_else(|| unreadable("a statement in a statement"))?;
    let head: DocumentHead = parse(text)?;
    if head.spdx_version.is_some() {
        return read_spdx::read(text);
    }
    if head.bom_format.is_some() {
        return read_cyclonedx::read(text);
    }
    let opened = open(text.as_bytes());
    if opened.is_wrapped() {
        let inner = std::str::from_utf8(&opened.inner);
        return unwrap(inner.map_err(|_| unreadable("a payload that is not text"))?, depth);
    }
    let Some(statement) = Statement::read(text.as_bytes()) else {
        return Err(unreadable("another document"));
    };
    let Some(predicate) = statement.predicate.filter(|_| is_read(&statement.predicate_type)) else {
        let kind = statement.predicate_type.chars().take(MAX_TYPE);
        return Err(unreadable(kind.collect::<String>()));
    };
    // Some statements contain the document as text.
    let mut attached = match json::from_text::<Cow<'_, str>>(predicate.get()) {
        Ok(inner) => unwrap(&inner, depth)?,
        Err(_) => unwrap(predicate.get(), depth)?,
    };
    attached.subjects = statement.subjects;
    attached.subjects.truncate(MAX_OTHERS);
    Ok(attached)
}

#[cfg(test)]
mod tests;
