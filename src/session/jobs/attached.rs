//! Documents attached to an image: SBOMs and VEX documents, from BuildKit's attestations and from other
//! artifacts that refer to the image. What kind a document is, and reading it.
//!
//! They are claims: an SBOM is shown beside what was found, and no signature around it is checked.

use crate::analysis::provenance::{Statement, open};
use crate::analysis::sbom::AttachedSbom;
use crate::analysis::sbom::read::{self, MAX_BYTES};
use crate::analysis::vulnerabilities::vex::{self, VexStatements};
use crate::codec::ReadSeek;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::sync::Arc;

/// What an attached document turned out to be. It is kept once: a document about an index is about each of its images.
#[derive(Clone, Serialize, Deserialize)]
pub enum AttachedContent {
    #[serde(with = "shared")]
    Sbom(Arc<AttachedSbom>),
    #[serde(with = "shared")]
    Vex(Arc<VexStatements>),
}

/// Writes what is shared as if it were not.
mod shared {
    use super::{Arc, Deserialize, Serialize};
    use serde::{Deserializer, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(it: &Arc<T>, to: S) -> Result<S::Ok, S::Error> {
        T::serialize(it, to)
    }

    pub fn deserialize<'de, T, D>(from: D) -> Result<Arc<T>, D::Error>
    where
        T: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        T::deserialize(from).map(Arc::new)
    }
}

/// A document that was read, or why it could not be.
pub struct AttachedDocument {
    /// Digest of its blob, as claimed.
    pub digest: String,
    pub content: Result<AttachedContent, Problem>,
}

/// Whether a document of this predicate type or media type is read.
pub fn is_of_use(name: &str) -> bool {
    let media = ["application/spdx+json", "text/spdx+json", "application/vnd.cyclonedx+json"];
    read::is_read(name) || media.contains(&name) || name.contains("openvex")
}

/// Reads a document in a worker: JSON, as `Session::take_attached` takes it.
pub fn read_document(reader: &mut dyn ReadSeek, name: &str) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    reader.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| {
        Problem::new("read-failed", "A document cannot be read.").found(error.to_string())
    })?;
    serde_json::to_string(&content(name, &bytes)?).map_err(|error| {
        Problem::new("worker-answer", "A worker's answer cannot be written.")
            .found(error.to_string())
    })
}

/// What a document says.
pub fn content(name: &str, bytes: &[u8]) -> Result<AttachedContent, Problem> {
    if name.contains("openvex") {
        let opened = open(bytes);
        let predicate = Statement::read(&opened.inner).and_then(|statement| statement.predicate);
        let bytes = predicate.map_or(&*opened.inner, |predicate| predicate.get().as_bytes());
        return Ok(AttachedContent::Vex(Arc::new(vex::parse(name, bytes)?)));
    }
    Ok(AttachedContent::Sbom(Arc::new(read::read(bytes)?)))
}
