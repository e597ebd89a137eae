//! Saved inspections of a session: an image saved, an inspection opened as a source, and one taken in beside
//! the images of another source.

use super::Files;
use super::inspection::{self, InspectedLayer, Inspection, InspectionHead, with_shown_code};
use super::state::{OpenImage, Session};
use crate::archive::{LayerSource, Other};
use crate::codec::{BlobPart, Checkpoints};
use crate::layer::LayerScan;
use crate::problem::Problem;
use crate::text;
use crate::vocabulary::ImagePosition;
use std::borrow::Cow;

impl Inspection {
    /// Reads a file that the user says is a saved inspection.
    pub fn read(name: &str, files: &dyn Files) -> Result<Inspection, Problem> {
        inspection::read(files).unwrap_or_else(|| {
            Err(Problem::new("inspection-expected", "This file is not a saved inspection.")
                .expected("a file as “Save inspection” writes it")
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
            formats: self.formats.iter().map(|format| Cow::Borrowed(*format)).collect(),
            image: Cow::Borrowed(source),
            others: Cow::Borrowed(&self.others),
            warnings: Cow::Borrowed(&self.warnings),
            layers: layers.collect(),
        };
        inspection::write(&head, &indexes)
    }

    fn saved_layer(&self, layer: &LayerSource, indexes: &mut Vec<u8>) -> InspectedLayer {
        let size = layer.blob.map_or(0, |part| part.len);
        let blob = self.blobs.get(layer);
        let Some((blob, index)) = blob.and_then(|blob| Some((blob, blob.index.as_ref()?))) else {
            return InspectedLayer { size, ..InspectedLayer::default() };
        };
        let index = index.encode();
        indexes.extend_from_slice(&index);
        // Checkpoints are of no use without the bytes.
        let scan = LayerScan { checkpoints: Checkpoints::default(), ..blob.scan.clone() };
        InspectedLayer { size, index_length: Some(index.len() as u64), scan }
    }

    /// The session of a source that is a saved inspection.
    pub(super) fn of_inspection(inspection: Inspection, files: Vec<(String, u64)>) -> Session {
        let mut session = Session::empty(&inspection.head.name, files);
        session.saved = true;
        session.folder = false;
        session.formats = vec!["inspection"];
        let formats = text::show(inspection.head.formats.join("+").as_bytes());
        let taken = session.take_inspection(inspection);
        session.images.push(taken.image);
        session.others = taken.others;
        session.warnings = vec![
            Problem::new(
                "inspection-saved",
                "This is a saved inspection, without the image itself.",
            )
            .found(formats)
            .advice("Whoever saved it found what it says: nothing of it can be checked here."),
        ];
        session.warnings.extend(taken.warnings);
        session
    }

    /// Takes in the image of a saved inspection, beside the images of the source: indexes without contents,
    /// which is what a comparison needs. Gives the positions of its images here.
    pub fn add_inspection(&mut self, inspection: Inspection) -> Vec<ImagePosition> {
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
        let mut source = head.image.into_owned();
        let layers = source.layers.iter_mut().zip(&head.layers).zip(scans);
        for ((layer, inspected), scan) in layers {
            layer.name = text::show(layer.name.as_bytes());
            layer.blob = None;
            let Some(scan) = scan else { continue };
            let part = BlobPart::plain(self.next_absent_file(), 0, inspected.size);
            layer.blob = Some(part);
            self.blobs.want(layer);
            self.blobs.finish(part, scan, true);
        }
        let shown = |list: Vec<Problem>| list.into_iter().map(with_shown_code).collect::<Vec<_>>();
        source.warnings = shown(std::mem::take(&mut source.warnings));
        let mut others = head.others.into_owned();
        others.iter_mut().for_each(|other| other.documents.clear()); // they are not in the inspection
        TakenInspection {
            image: OpenImage { saved: true, ..OpenImage::new(source) },
            others,
            warnings: shown(head.warnings.into_owned()),
        }
    }
}

/// The image of a saved inspection, its blobs known to the session.
struct TakenInspection {
    image: OpenImage,
    others: Vec<Other>,
    warnings: Vec<Problem>,
}
