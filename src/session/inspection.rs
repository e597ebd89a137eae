//! A saved inspection: what is known about an image in one file, without the contents of files, so that people
//! who do not have the image can look at it.
//!
//! - Format: `LSINSP1\n`, then one gzip stream: a length (8 bytes, little-endian), a head of so many bytes of
//!   JSON, then the layers' indexes one after the other as `LayerIndex::encode` writes them. The head is
//!   JSON so that a later version can add to it; a format that older versions cannot read gets a new number.
//! - It is a claim like any archive, and less: its digests were checked where it was saved, so they are never
//!   called verified here.
//! - Everything in it is hostile: lengths are checked against what was read, indexes as they are decoded.

use super::Files;
use crate::archive::{ImageSource, OtherSource};
use crate::codec::{Checkpoints, Compression};
use crate::layer::{LayerIndex, LayerScan};
use crate::problem::Problem;
use crate::protocol::DocumentKind;
use crate::text;
use crate::text::byte_count;
use flate2::{Compression as Level, write::GzEncoder};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{self, BufReader, Read, Write};

const MAGIC: &[u8; 8] = b"LSINSP1\n";
/// Uncompressed bytes that are read at most: a million entries have some 100 MB.
const MAX_BYTES: u64 = 1 << 30;
/// Bytes of the head at most.
const MAX_HEAD: u64 = 64 << 20;

/// The file's head, before the indexes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InspectionHead<'a> {
    pub name: Cow<'a, str>,
    /// The forms of the source that was inspected.
    pub formats: Vec<Cow<'a, str>>,
    pub image: Cow<'a, ImageSource>,
    pub others: Cow<'a, [OtherSource]>,
    pub warnings: Cow<'a, [Problem]>,
    /// The image's small documents; absent in files of earlier versions.
    #[serde(default)]
    pub documents: Vec<SavedDocument>,
    /// As many as the image has.
    pub layers: Vec<InspectedLayer>,
}

/// A document of the image, as it was read. Bytes that are not UTF-8 are not saved.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SavedDocument {
    pub kind: DocumentKind,
    pub media_type: String,
    pub digest: String,
    pub text: String,
}

/// What was found of a layer.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct InspectedLayer {
    /// Bytes of the blob.
    pub size: u64,
    /// Bytes of its index here; `None`: the layer was missing.
    pub index_length: Option<u64>,
    pub scan: LayerScan,
}

/// A saved inspection, read.
pub struct Inspection {
    pub(super) head: InspectionHead<'static>,
    /// A scan with its index for each layer that was there.
    pub(super) scans: Vec<Option<LayerScan>>,
}

/// Writes a head and the layers' encoded indexes.
pub(super) fn write(head: &InspectionHead<'_>, indexes: &[u8]) -> Result<Vec<u8>, Problem> {
    let failed = |found: String| {
        Problem::new("inspection-failed", "The inspection cannot be written.").found(found)
    };
    let head = serde_json::to_vec(head).map_err(|error| failed(error.to_string()))?;
    let mut out = GzEncoder::new(MAGIC.to_vec(), Level::default());
    let written = out
        .write_all(&(head.len() as u64).to_le_bytes())
        .and_then(|()| out.write_all(&head))
        .and_then(|()| out.write_all(indexes))
        .and_then(|()| out.finish());
    written.map_err(|error| failed(error.to_string()))
}

/// Reads a source that is a saved inspection; `None` if it is something else.
pub(super) fn read(files: &dyn Files) -> Option<Result<Inspection, Problem>> {
    let [_] = &files.list()[..] else { return None };
    let mut reader = files.open(0).ok()?;
    let mut magic = [0; MAGIC.len()];
    reader.read_exact(&mut magic).ok().filter(|()| &magic == MAGIC)?;
    Some(read_stream(Compression::Gzip.decode(BufReader::new(reader))))
}

fn read_stream(stream: impl Read) -> Result<Inspection, Problem> {
    let broken = |error: io::Error| damaged(error.to_string());
    let mut stream = stream.take(MAX_BYTES);
    let mut length = [0; 8];
    stream.read_exact(&mut length).map_err(broken)?;
    let length = u64::from_le_bytes(length);
    if length > MAX_HEAD {
        return Err(damaged(format!("a head of {}", byte_count(length))));
    }
    let mut json = Vec::new();
    (&mut stream).take(length).read_to_end(&mut json).map_err(broken)?;
    let mut head: InspectionHead<'static> =
        serde_json::from_slice(&json).map_err(|error| damaged(error.to_string()))?;
    if head.layers.len() != head.image.layers.len() {
        return Err(damaged("a number of layers that the image does not have".to_owned()));
    }
    let mut scans = Vec::new();
    for layer in &mut head.layers {
        let scan = std::mem::take(&mut layer.scan);
        let Some(length) = layer.index_length else {
            scans.push(None);
            continue;
        };
        let mut bytes = Vec::new();
        (&mut stream).take(length).read_to_end(&mut bytes).map_err(broken)?;
        let index = LayerIndex::decode(&bytes)
            .map_err(|error| damaged(format!("an index that cannot be read: {error}")))?;
        scans.push(Some(claimed(scan, index)));
    }
    Ok(Inspection { head, scans })
}

/// The scan of a layer that is not here: its files can no longer be read, nor its texts trusted.
fn claimed(mut scan: LayerScan, index: LayerIndex) -> LayerScan {
    scan.notes.large.clear();
    LayerScan {
        index,
        form: text::show(scan.form.as_bytes()),
        checkpoints: Checkpoints::default(),
        spilled: false,
        warnings: scan.warnings.into_iter().map(with_shown_code).collect(),
        ..scan
    }
}

/// A problem's texts are escaped as they are read; its code is escaped here.
pub(super) fn with_shown_code(problem: Problem) -> Problem {
    Problem { code: text::show(problem.code.as_bytes()).into(), ..problem }
}

fn damaged(found: String) -> Problem {
    Problem::new("inspection-damaged", "The saved inspection cannot be read.")
        .expected("a file that “Save inspection” wrote")
        .found(found)
        .advice("Save it again on a machine that has the image.")
}
