//! Parts of a document's JSON, read one by one: a damaged part costs only itself, and only one part is in
//! memory twice.

use crate::json;
use crate::oci::AtMost;
use crate::problem::Problem;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The first `N` entries of a list, unparsed and without nulls; none if it is not a list.
pub fn entries<const N: usize>(list: Option<&RawValue>) -> Vec<&RawValue> {
    let read = list.and_then(|list| json::from_text(list.get()).ok());
    let mut entries = read.map_or_else(Vec::new, |list: AtMost<&RawValue, N>| list.0);
    entries.retain(|entry| entry.get() != "null");
    entries
}

/// Parses a part.
pub fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Problem> {
    json::from_text(text).map_err(|error| unreadable(error.to_string()))
}

/// The error for a document that is not an SBOM.
pub fn unreadable(found: impl AsRef<[u8]>) -> Problem {
    Problem::new("sbom-unreadable", "The SBOM cannot be read.")
        .expected("SPDX 2 or CycloneDX 1 as JSON, or an in-toto statement of one")
        .found(found)
}
