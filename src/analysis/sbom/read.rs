//! Bills of materials that others made: attached to an image, or files.
//!
//! Source: in-toto Statement v0.1 and v1 with the predicates `https://spdx.dev/Document` and
//! `https://cyclonedx.org/bom`; DSSE v1 for the envelope around it, whose signature is not checked here.
//! Inside, or alone: SPDX 2.x JSON and CycloneDX 1.x JSON.
//!
//! - What is said is who made the document and which packages it lists; it is a claim, shown beside what
//!   was found.
//! - One entry that cannot be read costs itself (`unread`); a list too long is cut (`cut`).
//! - Hostile: bounds on bytes, packages and nesting; nothing is held twice but the entry being read.

use super::{base64, read_cyclonedx, read_spdx};
use crate::analysis::packages::Package;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Bytes of a document at most.
pub const MAX_BYTES: usize = 64 << 20;
/// Packages at most.
pub const MAX_PACKAGES: usize = 200_000;
/// Entries of the document's other lists (tools, creators, relations that describe it) at most.
pub const MAX_OTHERS: usize = 1000;
/// Envelope, statement, document, and a document that a statement holds as text.
const MAX_WRAPPED: usize = 4;

/// What a document says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// `SPDX 2.3`, `CycloneDX 1.6`.
    pub format: String,
    /// The document's name, or that of what it describes; empty: it says none.
    pub name: String,
    /// When it was made, as written.
    pub created: String,
    /// Programs that made it, with their versions.
    pub tools: Vec<String>,
    /// People and organizations that made it.
    pub creators: Vec<String>,
    /// Digests of what the statement around it speaks of: `sha256:…`.
    pub subjects: Vec<String>,
    pub packages: Vec<Package>,
    /// Entries that could not be read.
    pub unread: u32,
    /// There are more packages than are read.
    pub cut: bool,
}

impl Attached {
    /// Takes a package, up to their number.
    pub(super) fn add(&mut self, package: Package) {
        if package.name.is_empty() {
            self.unread = self.unread.saturating_add(1);
        } else if self.packages.len() < MAX_PACKAGES {
            self.packages.push(package);
        } else {
            self.cut = true;
        }
    }
}

/// Whether a statement with this predicate holds what `read` reads.
pub fn is_read(predicate_type: &str) -> bool {
    let of = |name: &str| {
        predicate_type
            .strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    of("https://spdx.dev/Document") || of("https://cyclonedx.org/bom")
}

/// What all forms begin with; who has which field tells them apart.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Head<'a> {
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
struct Subject {
    digest: Option<std::collections::BTreeMap<String, String>>,
}

/// Reads a document, whatever is around it.
pub fn read(bytes: &[u8]) -> Result<Attached, Problem> {
    if bytes.len() > MAX_BYTES {
        return Err(Problem::new("sbom-too-large", "The bill of materials is too large.")
            .expected(format!("{MAX_BYTES} bytes at most"))
            .found(format!("{} bytes", bytes.len())));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| unreadable(error.to_string()))?;
    unwrap(text, MAX_WRAPPED)
}

fn unwrap(text: &str, depth: usize) -> Result<Attached, Problem> {
    let depth = depth.checked_sub(1).ok_or_else(|| unreadable("a statement in a statement"))?;
    let head: Head<'_> = parse(text)?;
    if head.spdx_version.is_some() {
        return read_spdx::read(text);
    }
    if head.bom_format.is_some() {
        return read_cyclonedx::read(text);
    }
    if let Some(payload) = head.payload {
        let payload = base64::decode(&payload).and_then(|bytes| String::from_utf8(bytes).ok());
        return unwrap(&payload.ok_or_else(|| unreadable("a payload that is no text"))?, depth);
    }
    let kind = head.predicate_type.unwrap_or_default();
    let predicate = head.predicate.filter(|_| is_read(&kind));
    let Some(predicate) = predicate else {
        let found = if kind.is_empty() { "none of them".to_owned() } else { shown(&kind) };
        return Err(unreadable(found));
    };
    // Some hold the document as text.
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
        let Ok(subject) = serde_json::from_str::<Subject>(subject.get()) else { continue };
        let of = subject.digest.unwrap_or_default();
        digests.extend(of.into_iter().map(|(algorithm, hex)| format!("{algorithm}:{hex}")));
    }
    digests.truncate(MAX_OTHERS);
    digests
}

/// The first entries of a list, unread; of what is no list, none.
pub(super) fn entries<const N: usize>(list: Option<&RawValue>) -> Vec<&RawValue> {
    let read = list.and_then(|list| serde_json::from_str(list.get()).ok());
    read.map_or_else(Vec::new, |list: crate::oci::AtMost<&RawValue, N>| list.0)
}

pub(super) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))
}

pub(super) fn unreadable(found: impl AsRef<[u8]>) -> Problem {
    Problem::new("sbom-unreadable", "The bill of materials cannot be read.")
        .expected("SPDX 2 or CycloneDX 1 as JSON, or an in-toto statement of one")
        .found(found)
}

fn shown(text: &str) -> String {
    let cut: String = text.chars().take(200).collect();
    crate::text::show(cut.as_bytes())
}

#[cfg(test)]
mod tests;
