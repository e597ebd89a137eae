//! A saved inspection: what is known about an image in one file, without the contents of files, so that people
//! who do not have the image can look at it.
//!
//! - Format: `LSINSP1\n`, then one gzip stream: a length (8 bytes, little-endian), a head of so many bytes of
//!   JSON, then the layers' indexes one after the other as `LayerIndex::encode` writes them. The head is
//!   JSON so that a later version can add to it; a format that older versions cannot read gets a new number.
//! - It is a claim like any archive, and less: its digests were checked where it was saved, so they are never
//!   called verified here.
//! - Everything in it is hostile: lengths are checked against what was read, indexes as they are decoded. Lists
//!   have the limits that they have in archives.
//! - Its words are not ours: a warning from it keeps its code only if that is one of ours, says that the file
//!   says so, and gives no advice.

use super::Files;
use crate::analysis::base::LowerImage;
use crate::archive::{ImageSource, MAX_IMAGES, MAX_LAYERS, MAX_WARNINGS, OtherSource};
use crate::codec::{Checkpoints, Compression};
use crate::layer::{LayerIndex, LayerScan, Limits, fits};
use crate::oci::at_most;
use crate::problem::{LEAVES_OUT, Problem};
use crate::protocol::DocumentKind;
use crate::text::{self, Shown, byte_count};
use flate2::{Compression as Level, write::GzEncoder};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::io::{self, BufReader, Read, Write};

const MAGIC: &[u8; 8] = b"LSINSP1\n";
/// Uncompressed bytes that are read at most: a million entries have some 100 MB.
const MAX_BYTES: u64 = 1 << 30;
/// Bytes of the head at most.
const MAX_HEAD: u64 = 64 << 20;
/// Forms of a source: an archive has at most three.
const MAX_FORMATS: usize = 8;
/// Documents of an image: it has its own four, and attestations.
const MAX_DOCUMENTS: usize = 1000;
/// Characters of a text of a warning.
const MAX_TEXT: usize = 500;
/// How a warning's message begins, and ends, that comes from the file, and each of its other texts.
const MESSAGE: (&str, &str) = ("The inspection says: “", "”");
const FACT: (&str, &str) = ("“", "”");
/// The code of a warning from the file whose own code is none of ours.
const NOTE: &str = "inspection-note";

/// Codes that a warning in an inspection may have beside those of what is left out (`LEAVES_OUT`): those of sources,
/// images, layers and their downloads. Source: docs/report.md.
const CODES: &[&str] = &[
    "archive-member-missing",
    "archive-no-image",
    "blob-digest-mismatch",
    "blob-interrupted",
    "blob-range",
    "blob-size",
    "compressed-again",
    "config-digest-mismatch",
    "config-missing",
    "descriptor-data",
    "descriptor-size",
    "digest-algorithm",
    "file-truncated",
    "folder-no-image",
    "hard-link-target",
    "history-count",
    "index-too-large",
    "json-invalid",
    "json-part-invalid",
    "json-too-large",
    "layer-count",
    "layer-diff-id-mismatch",
    "layer-digest-mismatch",
    "layer-empty-file",
    "layer-foreign",
    "manifest-digest-mismatch",
    "manifests-disagree",
    "no-image-named",
    "no-room",
    "order-by-name",
    "package-database-log",
    "path-through-link",
    "platform-absent",
    "registry-answer",
    "registry-challenge",
    "registry-cors",
    "registry-failed",
    "registry-forbidden",
    "registry-not-agreed",
    "registry-not-found",
    "registry-offline",
    "registry-proxy",
    "registry-rate-limited",
    "registry-timeout",
    "registry-token",
    "registry-too-large",
    "registry-unauthorized",
    "registry-unreachable",
    "tar-name-too-long",
    "tar-pax-record",
    "tar-record-too-long",
    "tar-sparse-map",
    "toc-mismatch",
    "toc-unreadable",
    "trailing-bytes",
];

/// The file's head, before the indexes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InspectionHead<'a> {
    pub name: Cow<'a, str>,
    /// The forms of the source that was inspected.
    #[serde(deserialize_with = "at_most::<_, _, MAX_FORMATS>")]
    pub formats: Vec<Cow<'a, str>>,
    pub image: Cow<'a, ImageSource>,
    #[serde(deserialize_with = "owned_at_most::<_, _, MAX_IMAGES>")]
    pub others: Cow<'a, [OtherSource]>,
    #[serde(deserialize_with = "owned_at_most::<_, _, MAX_WARNINGS>")]
    pub warnings: Cow<'a, [Problem]>,
    /// The image's small documents; absent in files of earlier versions.
    #[serde(default, deserialize_with = "at_most::<_, _, MAX_DOCUMENTS>")]
    pub documents: Vec<SavedDocument>,
    /// Another image of the source with the image's first layers; absent in files of earlier versions.
    #[serde(default)]
    pub lower: Option<LowerImage>,
    /// As many as the image has.
    #[serde(deserialize_with = "at_most::<_, _, { MAX_LAYERS + 1 }>")]
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
    /// Reading or downloading it failed: an empty index says nothing about it.
    pub failed: bool,
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
    if head.layers.len() > MAX_LAYERS {
        return Err(damaged(format!("more than {MAX_LAYERS} layers")));
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
        scans.push(Some(match fits(&index, Limits::default()) {
            true => claimed(scan, index),
            // A pass beyond the limits may have made it.
            false => without_index(claimed(scan, LayerIndex::default())),
        }));
    }
    Ok(Inspection { head, scans })
}

/// The scan of a layer that is not here: its files can no longer be read, nor its texts trusted.
fn claimed(mut scan: LayerScan, index: LayerIndex) -> LayerScan {
    // What was not shown to the analyses will not be, either.
    scan.notes.cut |= !scan.notes.large.is_empty() || !scan.notes.in_parts.is_empty();
    scan.notes.large.clear();
    scan.notes.in_parts.clear();
    LayerScan {
        index,
        form: text::show(scan.form.as_bytes()),
        checkpoints: Checkpoints::default(),
        spilled: false,
        warnings: scan.warnings.into_iter().map(quoted).collect(),
        ..scan
    }
}

/// A layer that was read beyond the limits, or that somebody made up, is taken as empty: one that is read here costs
/// no more. The warning is the first, so that none of the file's takes its place.
fn without_index(mut scan: LayerScan) -> LayerScan {
    let entries = Limits::default().entries;
    let problem = Problem::new("layer-limit", "A layer has more entries than the limit.")
        .expected(format!("at most {entries} entries in a layer of a saved inspection"))
        .found("more, or entries of that cost");
    scan.warnings.insert(0, problem);
    scan
}

/// A warning from the file, marked as such. Its texts were escaped as they were read.
pub(super) fn quoted(problem: Problem) -> Problem {
    let mut known = LEAVES_OUT.iter().chain(CODES);
    let code = known.find(|code| **code == problem.code).copied().unwrap_or(NOTE);
    let fact = |text: Option<Shown>| text.map(|text| quotation(&text, FACT));
    Problem {
        code: Cow::Borrowed(code),
        message: quotation(&problem.message, MESSAGE),
        expected: fact(problem.expected),
        found: fact(problem.found),
        blob: fact(problem.blob),
        path: fact(problem.path),
        advice: None,
        ..problem
    }
}

/// A text of the file between marks, which it cannot end: it has others in their place. Marked once, however often it
/// was saved.
fn quotation(text: &str, (before, after): (&str, &str)) -> Shown {
    let inner = text.strip_prefix(before).and_then(|text| text.strip_suffix(after));
    let plain = |char| match char {
        '“' | '”' | '„' | '‟' | '❝' | '❞' | '〝' | '〞' => '"',
        char => char,
    };
    let inner: String = inner.unwrap_or(text).chars().take(MAX_TEXT).map(plain).collect();
    Shown::new(format!("{before}{inner}{after}"))
}

/// A list of which at most `N` items are read, for a field that is borrowed when it is written.
fn owned_at_most<'de, D, T, const N: usize>(deserializer: D) -> Result<Cow<'static, [T]>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Clone,
{
    at_most::<D, T, N>(deserializer).map(Cow::Owned)
}

fn damaged(found: String) -> Problem {
    Problem::new("inspection-damaged", "The saved inspection cannot be read.")
        .expected("a file that “Save inspection” wrote")
        .found(found)
        .advice("Save it again on a machine that has the image.")
}
