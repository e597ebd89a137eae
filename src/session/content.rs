//! A file's content: where it is, and the jobs that read it.

use super::jobs::{Job, MemberWish, MemberWork, Work};
use super::paths::{last_layers, no_such_path, path_bytes};
use super::reading::{ContentPlace, Reading};
use super::state::{BuiltImage, Session};
use crate::analysis::contents::InspectedFile;
use crate::analysis::packages::{DigestList, ListedFile, digest_lists};
use crate::archive::LayerSource;
use crate::codec::Compression;
use crate::entry::path;
use crate::layer::{Entry, FilePlace, MAX_LOOKED, MAX_UNPACKED};
use crate::problem::Problem;
use crate::protocol::{
    CompareContent, ComputeDigest, LinkPath, MAX_COMPARED_CONTENT, MemberAddress, OutlineFile,
    ReadContent,
};
use crate::selection::LayerSelection;
use crate::text::byte_count;
use crate::vocabulary::{ImagePosition, LayerPosition, RecordedDigest};
use std::collections::HashSet;

/// Bytes of a file that lists digests, at most: it is held while one is looked for. A database of rpm with 3,000 packages
/// has some 100 MB.
const MAX_DIGEST_LIST: u64 = 256 << 20;

impl Session {
    /// The job that reads part of a file, by its path under a selection.
    pub(super) fn read_content(&self, request: &ReadContent) -> Result<Reading, Problem> {
        let place = self.content_place(request.image, &request.path, request.layers)?;
        let length = request.length.min(place.file.size.saturating_sub(request.offset));
        Ok(Reading::plan(&self.blobs, self.size(), place, request.offset, length))
    }

    /// The job that compares a file's content under a selection with an earlier one.
    pub(super) fn compare_content(&self, request: CompareContent) -> Result<Reading, Problem> {
        let CompareContent { image, path, layers, before } = request;
        let place = self.content_place(image, &path, layers)?;
        let size = place.file.size;
        if size.max(before.len() as u64) > MAX_COMPARED_CONTENT {
            return Err(Problem::new(
                "file-too-large",
                "The contents are too large to be compared.",
            )
            .expected(byte_count(MAX_COMPARED_CONTENT))
            .found(byte_count(size.max(before.len() as u64))));
        }
        let mut reading = Reading::plan(&self.blobs, self.size(), place, 0, size);
        if let Work::Content(range) = reading.job.work {
            reading.job.work = Work::Compare { range, before };
        }
        Ok(reading)
    }

    /// The job that reads a file in outline.
    pub(super) fn file_outline(&self, request: OutlineFile) -> Result<Reading, Problem> {
        let place = self.content_place(request.image, &request.path, request.layers)?;
        let name = &place.source.name;
        let unread = super::reading::not_read(name);
        let mut reading = Reading::plan(&self.blobs, self.size(), place, 0, 0);
        if reading.needs.is_some() && self.is_listed(reading.job.file()) {
            return Err(unread); // nobody asked to fetch it
        }
        if let Work::Content(range) = reading.job.work {
            reading.job.work = Work::Outline(range);
        }
        Ok(reading)
    }

    /// The jobs that look for the digest that a package manager recorded about a file, in the order in which they are tried.
    pub(super) fn recorded_digests(&self, request: &ComputeDigest) -> Vec<Job> {
        self.listed_digests(request).unwrap_or_default()
    }

    fn listed_digests(&self, request: &ComputeDigest) -> Option<Vec<Job>> {
        let BuiltImage { tree, inventory, .. } = self.built(request.image).ok()?;
        let path = path_bytes(&request.path).ok()?;
        let inventory = inventory.as_ref()?;
        let owner = &inventory.packages[inventory.owners.of(tree.find(&path)?)?];
        let database = owner.locations.iter().find(|place| place.until.is_none())?;
        let path = path.strip_prefix(b"/").unwrap_or(&path).to_vec();
        let file = ListedFile { package: owner.package.name.clone(), path };
        let top = last_layers(tree, request.layers);
        let size_there = |path: &[u8]| {
            let event = tree.state(tree.find(path)?, top).filter(|event| event.is_there())?;
            Some(tree.inode(event)?.size)
        };
        let job = |(list, at): (DigestList, Vec<u8>)| {
            let log = list.log(&at).and_then(|log| size_there(&log));
            if size_there(&at)? > MAX_DIGEST_LIST || log.is_some_and(|size| size > 0) {
                return None;
            }
            let place = self.place_of(request.image, &at, request.layers).ok()?;
            let size = place.file.size;
            let mut job = Reading::plan(&self.blobs, self.size(), place, 0, size).job;
            let Work::Content(range) = job.work else { return None };
            job.work = Work::RecordedDigest { range, list, file: file.clone() };
            Some(job)
        };
        let lists = digest_lists(&owner.package, &tree.path(database.node), &file.path);
        Some(lists.into_iter().filter_map(job).collect())
    }

    /// The job that computes the digest of a file, and compares it with the one that was recorded.
    pub(super) fn content_digest(
        &self,
        request: ComputeDigest,
        recorded: Option<RecordedDigest>,
    ) -> Result<Reading, Problem> {
        let place = self.content_place(request.image, &request.path, request.layers)?;
        let size = place.file.size;
        // The cost of a read of nothing is what is skipped before the file.
        let mut reading = Reading::plan(&self.blobs, self.size(), place, 0, 0);
        if let Work::Content(range) = reading.job.work {
            reading.job.blob_bytes = reading.job.blob_bytes.saturating_add(size);
            reading.job.work = Work::ContentDigest { range, recorded };
        }
        Ok(reading)
    }

    /// The job that lists or reads a member of the archive that a file is.
    pub(super) fn member(&self, of: MemberAddress, wish: MemberWish) -> Result<Reading, Problem> {
        let MemberAddress { image, path, layers, member } = of;
        let place = self.content_place(image, &path, layers)?;
        let (size, source) = (place.file.size, place.source);
        let (first, end) = (place.file.data_offset, place.file.stored);
        let name = path_bytes(&path)?;
        let name = name.rsplit(|byte| *byte == b'/').next().unwrap_or_default().to_vec();
        let mut reading = Reading::plan(&self.blobs, self.size(), place, 0, 0);
        if let Work::Content(mut range) = reading.job.work {
            reading.job.blob_bytes = reading.job.blob_bytes.saturating_add(size);
            if size > MAX_UNPACKED
                && reading.needs.is_none()
                && range.compression != Compression::None
                && let Some(blob) = self.blobs.get(source)
            {
                // It is not held: its parts are reached by the checkpoints within it.
                range.points = blob.scan.checkpoints.between(first, first.saturating_add(end));
            }
            let work = MemberWork { name, member, wish };
            reading.job.work = Work::Member { range, work };
        }
        Ok(reading)
    }

    /// Where a file's content is under a selection. What the selection removed is read as it was before.
    pub(super) fn content_place(
        &self,
        image: ImagePosition,
        path: &LinkPath,
        layers: LayerSelection,
    ) -> Result<ContentPlace<'_>, Problem> {
        self.place_of(image, &path_bytes(path)?, layers)
    }

    /// The same of a path in bytes.
    fn place_of(
        &self,
        image: ImagePosition,
        bytes: &[u8],
        layers: LayerSelection,
    ) -> Result<ContentPlace<'_>, Problem> {
        if self.image(image)?.saved {
            return Err(saved());
        }
        let BuiltImage { tree, .. } = self.built(image)?;
        let node = tree.find(bytes).ok_or_else(|| no_such_path(bytes))?;
        let top = last_layers(tree, layers);
        let mut states = tree.history(node).filter(|event| event.layer.0 < top);
        let event = states.find(|event| event.is_there()).ok_or_else(|| no_such_path(bytes))?;
        let Some(inode) = tree.inode(event) else {
            return Err(no_content().on_path(bytes));
        };
        let source = &self.image(image)?.source.layers[inode.layer.index()];
        let part = source.blob.ok_or_else(|| {
            Problem::new("layer-missing", "The layer that holds the file is not in the archive.")
                .in_layer(inode.layer)
        })?;
        let file = file_place(tree.content_entry(inode));
        Ok(ContentPlace { source, number: inode.layer.number().get(), part, file })
    }

    /// Jobs for files of these layers that analyses asked for and that were not held in the pass over their layer: each
    /// is read by itself. A layer that occurs several times is read once.
    pub(super) fn look_jobs_of(&self, layers: &[LayerSource]) -> Vec<Job> {
        let mut jobs = Vec::new();
        let mut seen = HashSet::new();
        for (position, source) in (0..).map(LayerPosition).zip(layers) {
            let Some((part, blob)) = source.blob.zip(self.blobs.get(source)) else { continue };
            let Some(index) = blob.index.as_ref().filter(|_| seen.insert(part)) else { continue };
            let notes = &blob.scan.notes;
            let whole = notes.large.iter().map(|entry| (*entry, false));
            let open = whole.chain(notes.in_parts.iter().map(|entry| (*entry, true)));
            for (entry, in_parts) in open.filter(|(entry, _)| (*entry as usize) < index.len()) {
                let file = index.entry(entry as usize);
                let size = file.size();
                let number = position.number().get();
                let place = ContentPlace { source, number, part, file: file_place(file) };
                let read = Reading::plan(&self.blobs, self.size(), place, 0, file.size());
                let Work::Content(range) = read.job.work else { continue };
                let asked = InspectedFile {
                    path: path::parts(file.name()).join(&b'/'),
                    size: file.size(),
                    mode: file.mode(),
                };
                // Reaching a part of a compressed file costs what is before it.
                let is_plain = range.compression == Compression::None
                    && range.part.within == Compression::None
                    && read.needs.is_none();
                let in_parts = in_parts && is_plain;
                if size > MAX_LOOKED && !in_parts {
                    continue; // `read_content` is bounded by the caller; an analysis needs the whole file
                }
                let blob_bytes = if in_parts { 0 } else { read.job.blob_bytes };
                let work = Work::Look { part, range, in_parts, entry, asked };
                jobs.push(Job { work, blob_bytes, ..read.job });
            }
        }
        jobs
    }
}

/// The path is none of a regular file.
pub(super) fn no_content() -> Problem {
    Problem::new("no-content", "This path has no content of its own.").expected("a regular file")
}

/// The image has no contents at all.
pub(super) fn saved() -> Problem {
    Problem::new("no-content", "A saved inspection holds no contents of files.")
        .advice("Open the image itself to see, search or save them.")
}

/// Where an entry's content is in its layer.
pub(super) fn file_place(entry: Entry<'_>) -> FilePlace {
    let spans = |map: &crate::entry::SparseMap| {
        map.spans.iter().map(|span| (span.offset, span.length)).collect()
    };
    FilePlace {
        data_offset: entry.data_offset(),
        stored: entry.stored(),
        size: entry.size(),
        spans: entry.sparse().map(spans),
    }
}
