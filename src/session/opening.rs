//! Opening a source: from its files to its images.
//!
//! - Reads the source's own index, not its layers. Where the archive is compressed as a whole, it is read
//!   through once first (`opening_job`).

use super::Files;
use super::inspection;
use super::jobs::{Job, JobResult, Outcome, Work};
use super::state::{OpenImage, Session};
use crate::archive::{self, ArchiveContents, OpenedSource, Unindexed};
use crate::codec::{BlobPart, Checkpoints};
use crate::layer::{ArchivePass, Limits};
use crate::problem::Problem;
use crate::vocabulary::{ImagePosition, LayerNumber, SourceFormat};

impl Session {
    /// Reads the source's index. A source that is compressed as a whole has an `opening_job` first.
    pub fn open(name: &str, files: &dyn Files) -> Result<Session, Problem> {
        if let Some(read) = inspection::read(files) {
            return Ok(Session::of_inspection(read?, files.list()));
        }
        let mut session = Session::empty(name, files.list());
        match archive::open(files)? {
            OpenedSource::Archive(archive) => session.take_archive(*archive),
            OpenedSource::Compressed(compression) => {
                session.compression = compression;
                session.unpack = Some(Limits::default());
            }
        }
        Ok(session)
    }

    /// What must be read before the images are known.
    pub(super) fn opening_job(&self) -> Option<Job> {
        let (limits, size, compression) = (self.unpack?, self.size(), self.compression);
        let work = Work::Unpack { size, compression, limits };
        Some(Job { blob_bytes: size, layer: 0, work, outer: Checkpoints::default() })
    }

    /// Takes the result of the opening job.
    pub(super) fn opened(&mut self, result: Result<JobResult, Problem>) -> Result<(), Problem> {
        self.unpack = None;
        let JobResult(Outcome::Passed(passed)) = result? else {
            return Err(Problem::new("worker-answer", "A worker's answer cannot be read."));
        };
        let ArchivePass { listing, kept, layers, size, checkpoints, limited, .. } = *passed;
        let whole = BlobPart { file: 0, within: self.compression, start: 0, len: size };
        let mut contents = ArchiveContents::kept(listing, &kept);
        let archive = archive::read(&mut contents, Unindexed::Tar(whole))?;
        self.limited = limited;
        self.blobs.outer = checkpoints;
        self.blobs.outer_size = size;
        self.take_archive(archive);
        for (part, scan) in layers {
            if self.blobs.wants(&part) {
                let checked = self.blobs.wants_no_more_than(&part, &scan);
                self.blobs.finish(part, scan, checked);
            }
        }
        Ok(())
    }

    /// Files of blobs that descriptors have in themselves, by number: jobs read them beside the source's.
    pub(super) fn take_inline_files(&mut self) -> impl Iterator<Item = (u32, Vec<u8>)> + use<> {
        std::mem::take(&mut self.inline).into_files()
    }

    fn take_archive(&mut self, archive: archive::Archive) {
        let layers = archive.images.iter().flat_map(|image| &image.layers);
        layers.for_each(|layer| self.blobs.want(layer));
        self.formats =
            archive.formats.iter().filter_map(|name| SourceFormat::of_name(name)).collect();
        self.images = archive.images.into_iter().map(OpenImage::new).collect();
        self.others = archive.others;
        self.documents = archive.documents;
        self.blobs.cut_at = archive.cut_at;
        self.inline = archive.inline;
        self.warnings = archive.warnings;
        self.adopt_signatures();
    }

    /// Lets a layer of an image be read beyond its limits: what was read of it must be read again. Without a
    /// layer, the compressed archive, which is then opened again: images get new positions, and inspections
    /// that were taken in are dropped.
    pub(super) fn lift_limit(
        &mut self,
        image: ImagePosition,
        layer: Option<LayerNumber>,
    ) -> Result<(), Problem> {
        let Some(layer) = layer else {
            if self.limited {
                self.unpack = Some(Limits::LIFTED);
                self.blobs = Default::default();
                self.images.iter_mut().for_each(|image| image.built = None);
            }
            return Ok(());
        };
        let layers = &self.image(image)?.source.layers;
        let Some(part) = layers.get(layer.position().index()).and_then(|layer| layer.blob) else {
            return Err(Problem::new("layer-missing", "A layer is not in the archive.")
                .in_layer(layer.position()));
        };
        self.blobs.lift(part);
        self.discard_built_with(&part);
        Ok(())
    }

    /// Lets everything be read beyond its limits.
    pub(super) fn lift_all(&mut self) {
        self.unpack = self.unpack.map(|_| Limits::LIFTED);
        self.blobs.lift_all();
    }

    /// Leaves out everything that the tree does not need.
    pub(super) fn tree_only(&mut self) {
        self.tree_only = true;
    }

    /// Makes every pass compute all that it can: right if the tree is not needed soon.
    pub(super) fn thorough(&mut self) {
        self.thorough = true;
    }
}
