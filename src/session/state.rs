//! A session's state, and how jobs' results change it.

use super::attached::Known;
use super::blobs::Blobs;
use super::checks::Check;
use super::job::{Job, JobResult, Outcome, Work};
use super::query::{ImageLine, ImageName, OtherLine, RemoteInfo, SourceInfo};
use crate::analysis::efficiency::{Efficiency, efficiency};
use crate::analysis::packages::{Inventory, inventory};
use crate::archive::{
    self, ArchiveContents, Files, ImageSource, LayerSource, OpenedSource, OtherSource, Unindexed,
};
use crate::codec::{BlobPart, Checkpoints, Compression};
use crate::layer::{ArchivePass, LayerIndex, Limits, Notes};
use crate::oci::{Digest, split_name};
use crate::problem::Problem;
use crate::text;
use crate::tree::{self, FileTree, TreeView};
use std::sync::Arc;

/// An opened source.
pub struct Session {
    pub(super) name: String,
    /// It is a saved inspection.
    pub(super) saved: bool,
    /// Path and bytes of each file.
    files: Vec<(String, u64)>,
    /// The files lie in a folder.
    pub(super) folder: bool,
    /// The image lies in a registry.
    pub(super) remote: Option<RemoteInfo>,
    /// Around the file as a whole.
    pub(super) compression: Compression,
    /// A pass over the compressed archive is still to be made, with these limits.
    unpack: Option<Limits>,
    /// The pass over the compressed archive ended at a limit.
    limited: bool,
    pub(super) formats: Vec<&'static str>,
    pub(super) images: Vec<ImageSource>,
    pub(super) others: Vec<OtherSource>,
    pub(super) warnings: Vec<Problem>,
    pub(super) blobs: Blobs,
    /// Position of the image that queries speak of.
    pub(super) chosen: usize,
    /// Stands where a source holds no image.
    no_image: ImageSource,
    /// Of the chosen image, once all its layers are read.
    pub(super) merged: Option<Merged>,
    /// The tree was made of a table's claims, and the layer has been read since.
    outdated: bool,
    pub(super) source_digest: Option<Digest>,
    thorough: bool,
    /// Documents about images that were read.
    pub(super) attached: Vec<Known>,
}

/// The chosen image's tree and what was found on it.
pub(super) struct Merged {
    pub tree: FileTree,
    pub view: TreeView,
    pub efficiency: Option<Efficiency>,
    /// Once all contents were looked at.
    pub inventory: Option<Inventory>,
    /// What is known of vulnerabilities.
    pub check: Check,
}

impl Merged {
    fn of(tree: FileTree, view: TreeView) -> Merged {
        Merged { tree, view, efficiency: None, inventory: None, check: Check::default() }
    }
}

impl Session {
    /// Reads the archive's own index, not its layers. Where the archive is compressed as a whole there
    /// is an `opening_job` first.
    pub fn open(name: &str, files: &dyn Files) -> Result<Session, Problem> {
        if let Some(saved) = Session::inspection(files) {
            return saved;
        }
        let mut session = Session::empty(name, files.list());
        match archive::open(files)? {
            OpenedSource::Archive(archive) => session.take(archive),
            OpenedSource::Compressed(compression) => {
                session.compression = compression;
                session.unpack = Some(Limits::default());
            }
        }
        Ok(session)
    }

    /// Nothing is known of it yet but its files.
    pub(super) fn empty(name: &str, list: Vec<(String, u64)>) -> Session {
        Session {
            name: name.to_owned(),
            folder: list.len() != 1 || list.iter().any(|(path, _)| path.contains('/')),
            saved: false,
            files: list,
            remote: None,
            compression: Compression::None,
            unpack: None,
            limited: false,
            formats: Vec::new(),
            images: Vec::new(),
            others: Vec::new(),
            warnings: Vec::new(),
            blobs: Blobs::default(),
            chosen: 0,
            no_image: ImageSource::default(),
            merged: None,
            outdated: false,
            source_digest: None,
            thorough: false,
            attached: Vec::new(),
        }
    }

    /// It lies in a registry.
    pub(super) fn is_remote(&mut self, remote: RemoteInfo) {
        self.formats = vec!["registry"];
        self.remote = Some(remote);
    }

    /// What is to be read before the images are known.
    pub fn opening_job(&self) -> Option<Job> {
        let (limits, size, compression) = (self.unpack?, self.size(), self.compression);
        let work = Work::Unpack { size, compression, limits };
        Some(Job { blob_bytes: size, layer: 0, work, outer: Checkpoints::default() })
    }

    /// Takes the result of the opening job.
    pub fn opened(&mut self, result: Result<JobResult, Problem>) -> Result<(), Problem> {
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
        self.take(archive);
        for (part, scan) in layers {
            if self.blobs.wants(&part) {
                let checked = self.blobs.wants_no_more_than(&part, &scan);
                self.blobs.finish(part, scan, checked);
            }
        }
        Ok(())
    }

    fn take(&mut self, archive: archive::Archive) {
        let layers = archive.images.iter().flat_map(|image| &image.layers);
        layers.for_each(|layer| self.blobs.want(layer));
        self.formats = archive.formats;
        self.images = archive.images;
        self.others = archive.others;
        self.warnings = archive.warnings;
        self.prefer("linux/amd64");
    }

    /// Chooses the first image for a platform, if there is one.
    pub fn prefer(&mut self, platform: &str) {
        if let Some(at) = self.by_platform(platform) {
            self.chosen = at;
            self.merged = None;
        }
    }

    /// Lets a layer (from 1) be read beyond its limits, or with 0 the archive as a whole. What was read
    /// of it is to be read again.
    pub fn lift(&mut self, layer: u32) -> Result<(), Problem> {
        let Some(at) = (layer as usize).checked_sub(1) else {
            if self.limited {
                self.unpack = Some(Limits::LIFTED);
                self.blobs = Blobs::default();
                self.merged = None;
            }
            return Ok(());
        };
        let Some(part) = self.image().layers.get(at).and_then(|layer| layer.blob) else {
            return Err(Problem::new("layer-missing", "A layer is not in the archive."));
        };
        self.blobs.lift(part);
        self.merged = None;
        Ok(())
    }

    /// Lets everything be read beyond its limits.
    pub fn lift_all(&mut self) {
        self.unpack = self.unpack.map(|_| Limits::LIFTED);
        self.blobs.lift_all();
    }

    /// Bytes of all files.
    pub(super) fn size(&self) -> u64 {
        self.files.iter().fold(0, |sum, (_, size)| sum.saturating_add(*size))
    }

    /// Every pass computes all that it can on its way: right where nobody waits for a tree.
    pub fn thorough(&mut self) {
        self.thorough = true;
    }

    /// The first image for a platform.
    pub fn by_platform(&self, platform: &str) -> Option<usize> {
        let names = |image: &ImageSource| image.platform.to_string();
        let without_variant =
            |name: &str| name.strip_prefix(platform).is_some_and(|rest| rest.starts_with('/'));
        let exact = self.images.iter().position(|image| names(image) == platform);
        exact.or_else(|| self.images.iter().position(|image| without_variant(&names(image))))
    }

    /// Number of images that can be opened.
    pub fn image_count(&self) -> usize {
        self.images.len()
    }

    /// Makes image `number` the one that queries speak of.
    pub fn choose(&mut self, number: u32) -> Result<(), Problem> {
        let at = number as usize;
        if at >= self.images.len() {
            return Err(Problem::new("no-such-image", "There is no such image in the archive.")
                .expected(format!("a number below {}", self.images.len()))
                .found(number.to_string()));
        }
        if at != self.chosen {
            self.chosen = at;
            self.merged = None;
            self.attached.clear();
        }
        Ok(())
    }

    /// The image with this image ID (or, for a layer alone, diff ID), as `#/archive/DIGEST` names it.
    pub fn find(&self, digest: &str) -> Option<u32> {
        let named =
            |image: &ImageSource| self.link_id(image).is_some_and(|id| id.as_str() == digest);
        self.images.iter().position(named).map(|at| at as u32)
    }

    /// True if an image has no ID yet: a layer alone has one once its bytes were digested.
    pub fn has_unnamed(&self) -> bool {
        self.images.iter().any(|image| self.link_id(image).is_none())
    }

    /// What links call an image: its ID, or for a layer alone its diff ID.
    fn link_id<'s>(&'s self, image: &'s ImageSource) -> Option<&'s Digest> {
        match (&image.image_id, &image.layers[..]) {
            (Some(id), _) => Some(id),
            (None, [layer]) => self.blobs.get(layer)?.scan.diff_ids.first().map(AsRef::as_ref),
            (None, _) => image.manifest_digest.as_ref(),
        }
    }

    pub(super) fn image(&self) -> &ImageSource {
        self.images.get(self.chosen).unwrap_or(&self.no_image)
    }

    /// What opening found.
    pub fn info(&self) -> SourceInfo {
        let number = |at: usize| at as u32;
        SourceInfo {
            name: text::show(self.name.as_bytes()),
            size: self.size(),
            format: self.formats.join("+"),
            compression: self.compression.name().to_owned(),
            files: self.files.len() as u32,
            limited: self.limited,
            remote: self.remote.clone(),
            images: self
                .images
                .iter()
                .enumerate()
                .map(|(at, i)| self.line(number(at), i))
                .collect(),
            others: self.others.iter().map(other_line).collect(),
            chosen: number(self.chosen),
            warnings: self.warnings.clone(),
        }
    }

    fn line(&self, number: u32, image: &ImageSource) -> ImageLine {
        let name = |tag: &String| {
            let (repository, tag) = split_name(tag);
            ImageName {
                repository: text::show(repository.as_bytes()),
                tag: text::show(tag.as_bytes()),
            }
        };
        ImageLine {
            number,
            names: image.tags.iter().map(name).collect(),
            image_id: self.link_id(image).map_or_else(String::new, ToString::to_string),
            manifest_digest: image.manifest_digest.as_ref().map(ToString::to_string),
            platform: text::show(image.platform.to_string().as_bytes()),
            created: image.config.created.clone(),
            size: self.image_size(image),
            download: download(image),
            layers: image.layers.len() as u32,
        }
    }

    /// Σ layers' size; `None` while one is not read or not there.
    pub(super) fn image_size(&self, image: &ImageSource) -> Option<u64> {
        let size = |layer| self.blobs.get(layer).map(|blob| blob.counts.size);
        image.layers.iter().map(size).try_fold(0u64, |sum, size| Some(sum.saturating_add(size?)))
    }

    /// Layers of the chosen image not read yet, the largest first.
    pub fn index_jobs(&self) -> Vec<Job> {
        self.blobs.index_jobs(&self.image().layers, self.thorough)
    }

    /// Background checks of the chosen image not done yet.
    pub fn verify_jobs(&self) -> Vec<Job> {
        self.blobs.check_jobs(&self.image().layers)
    }

    /// Files of the chosen image that the analyses have asked for and not seen yet.
    pub fn look_jobs(&self) -> Vec<Job> {
        let mut jobs = self.look_jobs_of(&self.image().layers);
        jobs.extend(self.attached_jobs());
        jobs
    }

    /// Layers of all images, or of image `only`.
    fn layers_of(&self, only: Option<usize>) -> Vec<LayerSource> {
        let images = self.images.iter().enumerate();
        let images = images.filter(|(at, _)| only.is_none_or(|only| only == *at));
        images.flat_map(|(_, image)| &image.layers).cloned().collect()
    }

    /// What there is to do for a report once all `report_jobs` are in.
    pub fn late_jobs(&self, only: Option<usize>) -> Vec<Job> {
        let mut jobs = self.look_jobs_of(&self.layers_of(only));
        jobs.iter_mut().for_each(|job| job.layer = 0);
        jobs
    }

    /// Everything still to do for a report over all images, or over image `only`, but `late_jobs`.
    pub fn report_jobs(&self, only: Option<usize>) -> Vec<Job> {
        let layers = self.layers_of(only);
        let mut jobs = self.blobs.index_jobs(&layers, true);
        jobs.extend(self.blobs.check_jobs(&layers));
        jobs.iter_mut().for_each(|job| job.layer = 0); // layers of all images, not of the chosen one
        if self.source_digest.is_none() && !self.folder {
            let work = Work::SourceDigest { size: self.size() };
            let outer = Checkpoints::default();
            jobs.push(Job { blob_bytes: self.size(), layer: 0, work, outer });
        }
        jobs
    }

    /// File `file`, which is not of the source, holds what a job's stream decompresses to: contents are
    /// read from there.
    pub fn spilled(&mut self, work: &Work, file: u32) {
        self.blobs.spilled(work, file);
    }

    /// Takes a job's result; a failed one costs that layer, with a warning.
    pub fn finish(&mut self, job: &Job, result: Result<JobResult, Problem>) {
        let (part, full) = match &job.work {
            Work::Index { part, options } => (*part, !options.diff_ids.is_empty()),
            Work::Check { part, .. } => (*part, true),
            Work::SourceDigest { .. } => {
                match result {
                    Ok(JobResult(Outcome::SourceDigest(digest))) => {
                        self.source_digest = Some(digest)
                    }
                    Ok(_) => {}
                    Err(problem) => self.warnings.push(problem),
                }
                return;
            }
            Work::Look { part, entry, .. } => {
                let looked = result.map(|result| match result {
                    JobResult(Outcome::Looked(text)) => text,
                    _ => None,
                });
                return self.blobs.looked(part, *entry, looked);
            }
            Work::Attached { digest, .. } => {
                let said = result.map(|result| match result {
                    JobResult(Outcome::Attached(said)) => said,
                    _ => String::new(),
                });
                return self.take_attached(digest, said);
            }
            Work::Content(_) | Work::Unpack { .. } | Work::Advisories { .. } => return,
        };
        match result {
            Ok(JobResult(Outcome::Scan(scan))) => {
                self.outdated |= self.blobs.finish(part, *scan, full);
            }
            Ok(_) => {}
            Err(problem) => self.blobs.fail(part, problem),
        }
        self.renew_hashes();
    }

    /// Hands contents' hashes that came later to the tree.
    fn renew_hashes(&mut self) {
        if self.outdated {
            return; // the tree is made again when all layers are read
        }
        let layers = self.images.get(self.chosen).map_or(&[][..], |image| &image.layers);
        let Some(merged) = &mut self.merged else { return };
        let mut news = false;
        for (at, layer) in layers.iter().enumerate() {
            let index = self.blobs.get(layer).and_then(|blob| blob.index.as_ref());
            if let Some(index) = index
                && index.hashed()
                && !merged.tree.layers()[at].hashed()
            {
                merged.tree.replace_layer(at, Arc::clone(index));
                news = true;
            }
        }
        if news {
            merged.view.refresh(&merged.tree);
        }
    }

    /// Merges the tree of the chosen image once every index job is in.
    pub fn build_tree(&mut self) -> Result<(), Problem> {
        if let Some(job) = self.index_jobs().first() {
            return Err(Problem::new("layers-not-read", "The layers are still being read.")
                .expected("all layers")
                .found(format!("layer {} not read", job.layer)));
        }
        if self.merged.is_none() {
            let tree = tree::merge(self.indexes(self.image()));
            let view = TreeView::new(&tree);
            self.merged = Some(Merged::of(tree, view));
            self.outdated = false;
        }
        Ok(())
    }

    /// Indexes bottom first; a layer that is missing is empty.
    pub(super) fn indexes(&self, image: &ImageSource) -> Vec<Arc<LayerIndex>> {
        let index = |layer| self.blobs.get(layer).and_then(|blob| blob.index.clone());
        image.layers.iter().map(|layer| index(layer).unwrap_or_default()).collect()
    }

    /// Makes the tree again where it was made of claims; directories stay open. True if it did.
    fn renew_tree(&mut self) -> bool {
        let outdated = std::mem::take(&mut self.outdated);
        let Some(old) = self.merged.take_if(|_| outdated) else { return false };
        let tree = tree::merge(self.indexes(self.image()));
        let view = old.view.over(&old.tree, &tree);
        self.merged = Some(Merged::of(tree, view));
        true
    }

    /// The analyses that run unasked. True if the tree is another one now: some of it was a table's
    /// claim until here.
    pub fn analyse(&mut self) -> bool {
        let renewed = self.renew_tree();
        let Some(mut merged) = self.merged.take() else { return renewed };
        merged.efficiency.get_or_insert_with(|| efficiency(merged.tree.layers()));
        merged.inventory = Some(self.inventory(self.image(), &merged.tree));
        self.merged = Some(merged);
        self.apply_attached();
        renewed
    }

    /// The packages of an image, as far as its layers' contents were looked at.
    pub(super) fn inventory(&self, image: &ImageSource, tree: &FileTree) -> Inventory {
        let none = Notes::default();
        let notes = |layer| self.blobs.get(layer).map_or(&none, |blob| &blob.scan.notes);
        let notes: Vec<&Notes> = image.layers.iter().map(notes).collect();
        inventory(tree, &notes)
    }
}

/// Σ blobs' bytes; `None` if one is not in the archive.
pub(super) fn download(image: &ImageSource) -> Option<u64> {
    image.layers.iter().try_fold(0u64, |sum, layer| sum.checked_add(layer.blob?.len))
}

fn other_line(other: &OtherSource) -> OtherLine {
    OtherLine {
        kind: other.kind.name().to_owned(),
        digest: other.digest.to_string(),
        platform: other
            .platform
            .as_ref()
            .filter(|platform| *platform != "unknown/unknown")
            .map(|platform| text::show(platform.as_bytes())),
        names: other.names.iter().map(|name| text::show(name.as_bytes())).collect(),
        subject: other.subject.as_ref().map(ToString::to_string),
        artifact_type: text::show(other.artifact_type.as_bytes()),
    }
}
