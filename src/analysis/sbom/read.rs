//! Reads SBOMs that others made: attached to an image, or files.
//!
//! Source: in-toto Statement v0.1 and v1 with the predicates `https://spdx.dev/Document` and
//! `https://cyclonedx.org/bom`; DSSE v1 for the envelope around it, whose signature is not checked here.
//! Inside of these, or alone: SPDX 2.x JSON and CycloneDX 1.x JSON.
//!
//! - The content is a claim and is shown beside the packages that were found.
//! - An entry that cannot be read costs only itself (`unread`). A list that is too long is cut (`cut`).
//! - Hostile input: bytes, packages and nesting are limited.

use super::attached::{AttachedSbom, MAX_OTHERS};
use super::raw_json::{entries, parse, unreadable};
use super::{read_cyclonedx, read_spdx};
use crate::base64;
use crate::problem::Problem;
use crate::text::{byte_count, text_as_utf8};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Most bytes of a document.
pub const MAX_BYTES: usize = 64 << 20;
/// Envelope, statement, document, and a document as text within a statement.
const MAX_DEPTH: usize = 4;
/// Most characters of a predicate type in an error.
const MAX_TYPE: usize = 200;

/// The fields by which the forms are distinguished.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DocumentHead<'a> {
    #[serde(borrow)]
    payload: Option<Cow<'a, str>>,
    predicate_type: Option<String>,
    #[serde(borrow)]
    predicate: Option<&'a RawValue>,
    #[serde(borrow)]
    subject: Option<&'a RawValue>,
    spdx_version: Option<String>,
    bom_format: Option<String>,
}

#[derive(Deserialize)]
struct StatementSubject {
    digest: Option<BTreeMap<String, Option<String>>>,
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
    let head: DocumentHead<'_> = parse(text)?;
    if head.spdx_version.is_some() {
        return read_spdx::read(text);
    }
    if head.bom_format.is_some() {
        return read_cyclonedx::read(text);
    }
    if let Some(payload) = head.payload {
        let payload = base64::decode_any(&payload).and_then(|bytes| String::from_utf8(bytes).ok());
        return unwrap(&payload.ok_or_else(|| unreadable("a payload that is not text"))?, depth);
    }
    let kind = head.predicate_type.unwrap_or_default();
    let predicate = head.predicate.filter(|_| is_read(&kind));
    let Some(predicate) = predicate else {
        return Err(if kind.is_empty() {
            unreadable("another document")
        } else {
            unreadable(kind.chars().take(MAX_TYPE).collect::<String>())
        });
    };
    // Some statements contain the document as text.
    let mut attached = match serde_json::from_str::<Cow<'_, str>>(predicate.get()) {
        Ok(inner) => unwrap(&inner, depth)?,
        Err(_) => unwrap(predicate.get(), depth)?,
    };
    attached.subjects = subjects(head.subject);
    Ok(attached)
}

fn subjects(list: Option<&RawValue>) -> Vec<String> {
    let mut digests = Vec::new();
    for subject in entries::<MAX_OTHERS>(list) {
        let Ok(subject) = parse::<StatementSubject>(subject.get()) else { continue };
        let all = subject.digest.unwrap_or_default();
        let known = all.into_iter().filter_map(|(algorithm, hex)| Some((algorithm, hex?)));
        digests.extend(known.map(|(algorithm, hex)| format!("{algorithm}:{hex}")));
    }
    digests.truncate(MAX_OTHERS);
    digests
}

#[cfg(test)]
mod tests;
