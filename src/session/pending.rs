//! What must still be read: jobs by image, for a tree, for its checks and analyses, for a report.

use super::jobs::{Job, Work};
use super::state::Session;
use crate::archive::LayerSource;
use crate::codec::Checkpoints;
use crate::vocabulary::{ImagePosition, LayerNumber, LayerPosition};
use std::collections::HashMap;

impl Session {
    /// Layers of an image that are not read yet, the largest first.
    pub(super) fn index_jobs(&self, image: ImagePosition) -> Vec<Job> {
        // A table's claims are checked later, which a session for the tree alone does not.
        self.blobs.index_jobs(self.layers(image), self.thorough, !self.tree_only)
    }

    /// Passes over contents of an image that are still to be made. Digests that need no decompression are left to
    /// `check_jobs`, unless the image is named by one.
    pub(super) fn content_jobs(&self, image: ImagePosition) -> Vec<Job> {
        if self.tree_only {
            return Vec::new();
        }
        let source = self.images.get(image.index()).map(|image| &image.source);
        let is_named = source.is_some_and(|source| self.link_id(source).is_some());
        self.blobs.content_jobs(self.layers(image), is_named)
    }

    /// Checks of an image's digests and contents that are still to be made.
    pub(super) fn check_jobs(&self, image: ImagePosition) -> Vec<Job> {
        if self.tree_only {
            return Vec::new();
        }
        self.blobs.check_jobs(self.layers(image))
    }

    /// Files and documents of an image that analyses asked for and have not seen yet.
    pub(super) fn look_jobs(&self, image: ImagePosition) -> Vec<Job> {
        if self.tree_only {
            return Vec::new();
        }
        let mut jobs = self.look_jobs_of(self.layers(image));
        jobs.extend(self.name_jobs(image));
        jobs.extend(self.attached_jobs(image));
        jobs
    }

    /// What must be read for a report over the source's images, or over one image, before
    /// `late_report_jobs`.
    pub(super) fn report_jobs(&self, only: Option<ImagePosition>) -> Vec<Job> {
        let layers = self.report_layers(only);
        let mut jobs = self.blobs.index_jobs(&layers, true, false);
        jobs.extend(self.blobs.check_jobs(&layers));
        // Their layers are those of several images.
        jobs.iter_mut().for_each(|job| job.layer = 0);
        if self.source_digest.is_none() && !self.folder {
            let work = Work::SourceDigest { size: self.size() };
            let outer = Checkpoints::default();
            jobs.push(Job { blob_bytes: self.size(), layer: 0, work, outer });
        }
        jobs
    }

    /// What must be read for a report once the results of all `report_jobs` are in.
    pub(super) fn late_report_jobs(&self, only: Option<ImagePosition>) -> Vec<Job> {
        let mut jobs = self.look_jobs_of(&self.report_layers(only));
        for image in self.positions().filter(|image| only.is_none_or(|only| only == *image)) {
            let missing = self.name_jobs(image);
            let fresh = missing.into_iter().filter(|job| !jobs.contains(job)).collect::<Vec<_>>();
            jobs.extend(fresh);
        }
        jobs.iter_mut().for_each(|job| job.layer = 0);
        jobs
    }

    /// The layers of an image that each file is; several where the image repeats a layer.
    pub(super) fn layers_by_file(&self, image: ImagePosition) -> HashMap<u32, Vec<LayerNumber>> {
        let mut by_file = HashMap::<u32, Vec<LayerNumber>>::new();
        for (position, layer) in (0..).map(LayerPosition).zip(self.layers(image)) {
            if let Some(part) = layer.blob {
                by_file.entry(part.file).or_default().push(position.number());
            }
        }
        by_file
    }

    fn layers(&self, image: ImagePosition) -> &[LayerSource] {
        self.images.get(image.index()).map_or(&[], |image| &image.source.layers)
    }

    fn report_layers(&self, only: Option<ImagePosition>) -> Vec<LayerSource> {
        match only {
            Some(image) => self.layers(image).to_vec(),
            None => {
                let own = self.images.iter().filter(|image| !image.taken_in);
                own.flat_map(|image| &image.source.layers).cloned().collect()
            }
        }
    }
}
