//! Saved inspections of a session: an image saved, an inspection opened as a source, and one taken in beside
//! the images of another source.

use super::Files;
use super::inspection::{self, InspectedLayer, Inspection, InspectionHead, SavedDocument, quoted};
use super::state::{OpenImage, Session};
use crate::archive::{LayerSource, MAX_NAME, MAX_NAMES, OtherSource, blob_name};
use crate::codec::{BlobPart, Checkpoints};
use crate::layer::LayerScan;
use crate::oci::Digest;
use crate::problem::Problem;
use crate::protocol::DocumentLine;
use crate::text::Shown;
use crate::vocabulary::{ImagePosition, SourceFormat};
use std::borrow::Cow;

/// Bytes of a document that is saved, and of all of them: an inspection is meant to be small.
const MAX_DOCUMENT: usize = 256 << 10;
const MAX_DOCUMENTS: usize = 2 << 20;

impl Inspection {
    /// Reads a file that the user says is a saved inspection.
    pub fn read(name: &str, files: &dyn Files) -> Result<Inspection, Problem> {
        inspection::read(files).unwrap_or_else(|| {
            Err(Problem::new("inspection-expected", "This file is not a saved inspection.")
                .expected("a file that “Save inspection” wrote")
                .in_blob(name))
        })
    }
}

impl Session {
    /// An image as a saved inspection. The results of all its jobs must be in.
    pub fn save(&self, image: ImagePosition) -> Result<Vec<u8>, Problem> {
        let source = &self.image(image)?.source;
        let mut indexes = Vec::new();
        let layers = source.layers.iter().map(|layer| self.saved_layer(layer, &mut indexes));
        let head = InspectionHead {
            name: Cow::Borrowed(&self.name),
            formats: self.formats.iter().map(|format| Cow::Borrowed(format.name())).collect(),
            image: Cow::Borrowed(source),
            others: self.others.iter().chain(&self.referrers).cloned().collect(),
            warnings: Cow::Borrowed(&self.warnings),
            layers: layers.collect(),
            documents: self.saved_documents(image)?,
            lower: self.lower_image(image),
        };
        inspection::write(&head, &indexes)
    }

    /// The image's documents, as long as they are small.
    fn saved_documents(&self, image: ImagePosition) -> Result<Vec<SavedDocument>, Problem> {
        let mut bytes = 0;
        let mut documents = Vec::new();
        for line in self.document_lines(image)? {
            let document = self.document_of(&line).filter(|one| one.bytes.len() <= MAX_DOCUMENT);
            let Some(text) = document.and_then(|one| String::from_utf8(one.bytes.clone()).ok())
            else {
                continue;
            };
            bytes += text.len();
            if bytes > MAX_DOCUMENTS {
                bytes -= text.len();
                continue;
            }
            let (kind, media_type, digest) = (line.kind, line.media_type.to_string(), line.digest);
            documents.push(SavedDocument { kind, media_type, digest, text });
        }
        Ok(documents)
    }

    fn saved_layer(&self, layer: &LayerSource, indexes: &mut Vec<u8>) -> InspectedLayer {
        let size = layer.blob.map_or(0, |part| part.len);
        let blob = self.blobs.get(layer);
        let Some((blob, index)) = blob.and_then(|blob| Some((blob, blob.index.as_ref()?))) else {
            return InspectedLayer { size, ..InspectedLayer::default() };
        };
        index.encode_into(indexes);
        // Checkpoints are useless without the bytes.
        let scan = LayerScan { checkpoints: Checkpoints::default(), ..blob.scan.clone() };
        let index_length = Some(index.encoded_length() as u64);
        InspectedLayer { size, index_length, failed: blob.failed, scan }
    }

    /// The session of a source that is a saved inspection.
    pub(super) fn of_inspection(inspection: Inspection, files: Vec<(String, u64)>) -> Session {
        let name: String = inspection.head.name.chars().take(MAX_NAME).collect();
        let mut session = Session::empty(&name, files);
        session.saved = true;
        session.folder = false;
        session.formats = vec![SourceFormat::Inspection];
        // Only names of forms are written: the warning is ours.
        let formats = inspection.head.formats.iter().filter_map(|one| SourceFormat::of_name(one));
        let formats: Vec<&str> = formats.map(SourceFormat::name).collect();
        let taken = session.take_inspection(inspection);
        session.images.push(taken.image);
        session.others = taken.others;
        session.warnings = vec![
            Problem::new(
                "inspection-saved",
                "This is a saved inspection, without the image itself.",
            )
            .found(formats.join("+"))
            .advice("What it says was found where it was saved; it cannot be checked here."),
        ];
        session.warnings.extend(taken.warnings);
        session
    }

    /// Takes in the image of a saved inspection, beside the images of the source: indexes without contents,
    /// which is what a comparison needs. Gives the positions of its images here.
    pub(super) fn add_inspection(&mut self, inspection: Inspection) -> Vec<ImagePosition> {
        let mut taken = self.take_inspection(inspection);
        taken.image.taken_in = true;
        taken.image.source.warnings.extend(taken.warnings);
        for other in taken.others {
            if !self.others.iter().any(|known| known.digest == other.digest) {
                self.others.push(other);
            }
        }
        self.images.push(taken.image);
        vec![ImagePosition(self.images.len() as u32 - 1)]
    }

    /// Makes the blobs of a saved inspection known.
    fn take_inspection(&mut self, inspection: Inspection) -> TakenInspection {
        let Inspection { head, scans } = inspection;
        let saved_documents = head.documents.iter().filter_map(|document| {
            let digest = Digest::parse(&document.digest)?;
            self.documents.keep(&blob_name(&digest), document.text.as_bytes());
            Some(DocumentLine {
                kind: document.kind,
                media_type: Shown::new(&document.media_type),
                digest: digest.to_string(),
                size: document.text.len() as u64,
            })
        });
        let saved_documents = saved_documents.collect();
        let mut source = head.image.into_owned();
        let layers = source.layers.iter_mut().zip(&head.layers).zip(scans);
        for ((layer, inspected), scan) in layers {
            layer.blob = None;
            let Some(scan) = scan else { continue };
            let part = BlobPart::plain(self.next_absent_file(), 0, inspected.size);
            layer.blob = Some(part);
            self.blobs.want(layer);
            self.blobs.finish(part, scan, true);
            if inspected.failed {
                self.blobs.mark_failed(&part);
            }
        }
        source.tags.retain(|tag| tag.len() <= MAX_NAME);
        let shown = |list: Vec<Problem>| list.into_iter().map(quoted).collect::<Vec<_>>();
        source.warnings = shown(std::mem::take(&mut source.warnings));
        let mut others = head.others.into_owned();
        for other in &mut others {
            other.documents.retain(|document| self.documents.find(&document.digest).is_some());
            other.names.truncate(MAX_NAMES);
            other.names.retain(|name| name.len() <= MAX_NAME);
        }
        TakenInspection {
            image: OpenImage {
                saved: true,
                saved_documents,
                lower: head.lower.filter(|lower| {
                    lower.name.as_ref().is_none_or(|name| name.len() <= MAX_NAME)
                        && lower.digest.as_ref().is_none_or(|digest| digest.len() <= MAX_NAME)
                }),
                ..OpenImage::new(source)
            },
            others,
            warnings: shown(head.warnings.into_owned()),
        }
    }
}

/// The image of a saved inspection, its blobs known to the session.
struct TakenInspection {
    image: OpenImage,
    others: Vec<OtherSource>,
    warnings: Vec<Problem>,
}
