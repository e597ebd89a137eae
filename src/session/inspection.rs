//! A saved inspection: what is known of an image in one file, without any file's content, so that it can
//! be looked at by those who don't have the image.
//!
//! - `LSINSP1\n`, then one gzip stream: a length (8 bytes, little-endian), a head of so many bytes of
//!   JSON, then the layers' indexes one behind the other as `LayerIndex::encode` writes them. The head is
//!   JSON so that a later version can add to it; a form that can't be read any more gets a new number.
//! - It is a claim like any archive, and less: digests in it were checked by whoever saved it, and are
//!   never called verified here.
//! - Everything in it is hostile: lengths are held against what came, indexes are checked as they are read.

use super::files::no_content;
use super::state::Session;
use super::{Files, ReadSeek};
use crate::archive::{ImageSource, LayerSource, OtherSource};
use crate::codec::{BlobPart, Checkpoints, Compression};
use crate::layer::{LayerIndex, LayerScan};
use crate::problem::Problem;
use flate2::{Compression as Level, write::GzEncoder};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{self, BufReader, Read, Write};

const MAGIC: &[u8; 8] = b"LSINSP1\n";
/// Uncompressed bytes that are read at most: a million entries have some 100 MB.
const MAX_BYTES: u64 = 1 << 30;
/// Bytes of the head at most.
const MAX_HEAD: u64 = 64 << 20;

/// What stands before the indexes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    name: Cow<'a, str>,
    formats: Vec<Cow<'a, str>>,
    image: Cow<'a, ImageSource>,
    others: Cow<'a, [OtherSource]>,
    warnings: Cow<'a, [Problem]>,
    layers: Vec<Layer>,
}

/// What was found of a layer.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Layer {
    /// Bytes of the blob.
    size: u64,
    /// Bytes of its index here; none: the layer was not there.
    index_length: Option<u64>,
    scan: LayerScan,
}

impl Session {
    /// The chosen image as a saved inspection. All its jobs are to be in.
    pub fn save(&self) -> Result<Vec<u8>, Problem> {
        let image = self.image();
        let mut indexes = Vec::new();
        let layers = image.layers.iter().map(|layer| self.saved_layer(layer, &mut indexes));
        let head = Head {
            name: Cow::Borrowed(&self.name),
            formats: self.formats.iter().map(|format| Cow::Borrowed(*format)).collect(),
            image: Cow::Borrowed(image),
            others: Cow::Borrowed(&self.others),
            warnings: Cow::Borrowed(&self.warnings),
            layers: layers.collect(),
        };
        let failed = |found: String| {
            Problem::new("inspection-failed", "The inspection cannot be written.").found(found)
        };
        let head = serde_json::to_vec(&head).map_err(|error| failed(error.to_string()))?;
        let mut out = GzEncoder::new(MAGIC.to_vec(), Level::default());
        let written = out
            .write_all(&(head.len() as u64).to_le_bytes())
            .and_then(|()| out.write_all(&head))
            .and_then(|()| out.write_all(&indexes))
            .and_then(|()| out.finish());
        written.map_err(|error| failed(error.to_string()))
    }

    fn saved_layer(&self, layer: &LayerSource, indexes: &mut Vec<u8>) -> Layer {
        let size = layer.blob.map_or(0, |part| part.len);
        let blob = self.blobs.get(layer);
        let Some((blob, index)) = blob.and_then(|blob| Some((blob, blob.index.as_ref()?))) else {
            return Layer { size, ..Layer::default() };
        };
        let index = index.encode();
        indexes.extend_from_slice(&index);
        // Without the bytes there is nothing to enter.
        let scan = LayerScan { checkpoints: Checkpoints::default(), ..blob.scan.clone() };
        Layer { size, index_length: Some(index.len() as u64), scan }
    }

    /// Opens a source if it is a saved inspection.
    pub(super) fn inspection(files: &dyn Files) -> Option<Result<Session, Problem>> {
        let list = files.list();
        let [(_, size)] = &list[..] else { return None };
        let mut reader = files.open(0).ok()?;
        let mut magic = [0; MAGIC.len()];
        reader.read_exact(&mut magic).ok().filter(|()| &magic == MAGIC)?;
        Some(read(reader, *size))
    }
}

fn damaged(found: String) -> Problem {
    Problem::new("inspection-damaged", "The saved inspection cannot be read.")
        .expected("a file as “Save inspection” writes it")
        .found(found)
        .advice("Save it anew where the image is.")
}

fn read(reader: Box<dyn ReadSeek>, size: u64) -> Result<Session, Problem> {
    let broken = |error: io::Error| damaged(crate::text::show(error.to_string().as_bytes()));
    let stream = Compression::Gzip.decode(BufReader::new(reader));
    let mut stream = stream.take(MAX_BYTES);
    let mut length = [0; 8];
    stream.read_exact(&mut length).map_err(broken)?;
    let length = u64::from_le_bytes(length);
    if length > MAX_HEAD {
        return Err(damaged(format!("a head of {length} bytes")));
    }
    let mut json = Vec::new();
    (&mut stream).take(length).read_to_end(&mut json).map_err(broken)?;
    let head: Head<'_> = serde_json::from_slice(&json)
        .map_err(|error| damaged(crate::text::show(error.to_string().as_bytes())))?;
    if head.layers.len() != head.image.layers.len() {
        return Err(damaged("as many layers as the image does not have".to_owned()));
    }
    let mut session = Session::empty(&head.name, vec![("inspection".to_owned(), size)]);
    session.saved = true;
    session.formats = vec!["inspection"];
    let mut image = head.image.into_owned();
    for (at, (source, layer)) in (1u32..).zip(image.layers.iter_mut().zip(head.layers)) {
        // In a file of their own each, which nobody has.
        source.blob = layer.index_length.map(|_| BlobPart::plain(at, 0, layer.size));
        let (Some(part), Some(length)) = (source.blob, layer.index_length) else { continue };
        let mut bytes = Vec::new();
        (&mut stream).take(length).read_to_end(&mut bytes).map_err(broken)?;
        let index = LayerIndex::decode(&bytes)
            .map_err(|error| damaged(format!("an index that is none: {error}")))?;
        session.blobs.want(source);
        session.blobs.finish(part, claimed(layer.scan, index), true);
    }
    image.warnings = image.warnings.into_iter().map(shown_problem).collect();
    session.images = vec![image];
    session.others = head.others.into_owned();
    session.others.iter_mut().for_each(|other| other.documents.clear()); // they are not here
    session.warnings = head.warnings.into_owned().into_iter().map(shown_problem).collect();
    session.warnings.insert(
        0,
        Problem::new("inspection-saved", "This is a saved inspection, without the image itself.")
            .found(crate::text::show(head.formats.join("+").as_bytes()))
            .advice(
                "What it says was found by whoever saved it: nothing of it can be checked here.",
            ),
    );
    Ok(session)
}

/// A scan of a layer that is not here: no file of it can be looked at any more.
fn claimed(mut scan: LayerScan, index: LayerIndex) -> LayerScan {
    scan.notes.large.clear();
    LayerScan {
        index,
        form: shown(&scan.form),
        checkpoints: Checkpoints::default(),
        spilled: false,
        warnings: scan.warnings.into_iter().map(shown_problem).collect(),
        ..scan
    }
}

fn shown(text: &str) -> String {
    crate::text::show(text.as_bytes())
}

/// The texts of a problem are escaped as it is read; its code is not a text of that kind.
fn shown_problem(problem: Problem) -> Problem {
    Problem { code: shown(&problem.code).into(), ..problem }
}

/// A file's content was asked for.
pub(super) fn without_content() -> Problem {
    no_content("A saved inspection holds no contents of files.")
        .advice("Open the image itself to see them.")
}
