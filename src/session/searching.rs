//! The search in an image's contents: which files are read, by which jobs, and what their results say.
//!
//! - A file is read once, whatever number of names it has. Each layer is read forward: files that lie near each other
//!   are one job, as long as it can be entered cheaply behind them, so that one large layer is searched in parallel,
//!   too, and its results come before its end.
//! - A layer that is known by its table of contents alone is awaited: where its files are is known once it was read.

use super::blobs::Blob;
use super::content::{file_place, saved};
use super::found_contents::FoundContents;
use super::jobs::{ContentSearch, ContentsFound, FileToSearch, Job, Work};
use super::paths::{last_layers, path_bytes};
use super::reading::{ContentPlace, Reading};
use super::searched_names::{ContentAt, SearchedNames};
use super::state::{BuiltImage, Session, cancelled};
use crate::archive::LayerSource;
use crate::codec::{BlobPart, Compression};
use crate::grep::LineMatcher;
use crate::problem::Problem;
use crate::protocol::SearchSpec;
use crate::vocabulary::{ImagePosition, LayerPosition};

/// Stored bytes of the files of one job, as far as it is the layer that decides.
const SEGMENT: u64 = 32 << 20;
/// Uncompressed bytes that are rather read than left out by entering the layer again.
const NEAR: u64 = 4 << 20;

impl Session {
    /// Whether this search has been made, and nothing has changed since.
    pub(super) fn is_searched(&self, image: ImagePosition, spec: &SearchSpec) -> bool {
        let found = self.image(image).ok().and_then(|open| open.found.as_ref());
        found.is_some_and(|found| found.totals.complete && found.spec == *spec)
    }

    /// Checks a search, and forgets the one before it. It may have to wait: `search_waits`.
    pub(super) fn begin_search(
        &mut self,
        image: ImagePosition,
        spec: &SearchSpec,
    ) -> Result<(), Problem> {
        if self.image(image)?.saved {
            return Err(saved());
        }
        path_bytes(&spec.directory)?;
        LineMatcher::new(&spec.expression)?;
        self.built(image)?;
        self.image_mut(image)?.found = Some(FoundContents::new(spec.clone()));
        Ok(())
    }

    /// Whether a search must wait for layers of which only a table of contents was read. Gives the files that
    /// must be downloaded for it.
    pub(super) fn search_waits(
        &self,
        image: ImagePosition,
        spec: &SearchSpec,
    ) -> Result<Option<Vec<u32>>, Problem> {
        let (open, built) = (self.image(image)?, self.built(image)?);
        let top = last_layers(&built.tree, spec.layers) as usize;
        let mut waits = open.outdated;
        let mut listed = Vec::new();
        for layer in open.source.layers.iter().take(top) {
            let Some((part, blob)) = layer.blob.zip(self.blobs.get(layer)) else { continue };
            if self.blobs.is_listed(&part) {
                listed.push(part.file);
            }
            waits |= blob.scan.claimed && !blob.checked && !blob.failed;
        }
        let waits = waits || !listed.is_empty();
        if waits && open.cancelled {
            return Err(cancelled("the layers that are searched"));
        }
        Ok(waits.then_some(listed))
    }

    /// The jobs of a search. Layers that cannot be read are noted.
    pub(super) fn search_jobs(
        &mut self,
        image: ImagePosition,
        spec: &SearchSpec,
    ) -> Result<Vec<Job>, Problem> {
        let names = SearchedNames::find(&self.built(image)?.tree, spec)?;
        let contents = names.contents();
        let (mut jobs, mut unread, mut files) = (Vec::new(), Vec::new(), 0u32);
        for of_layer in contents.chunk_by(|a, b| a.0 == b.0) {
            let Some(layer) = of_layer.first().map(|(layer, _)| *layer) else { continue };
            match self.search_jobs_of(image, layer, of_layer, spec) {
                Some(of_layer) => {
                    let count = |job: &Job| match &job.work {
                        Work::Search { files, .. } => files.len() as u32,
                        _ => 0,
                    };
                    files += of_layer.iter().map(count).sum::<u32>();
                    jobs.extend(of_layer);
                }
                None => unread.push(layer.number()),
            }
        }
        self.built_mut(image)?.searched = names;
        if let Some(found) = &mut self.image_mut(image)?.found {
            (found.totals.files, found.totals.unread) = (files, unread);
        }
        Ok(jobs)
    }

    /// Jobs for files of one layer; `None` if it cannot be read.
    fn search_jobs_of(
        &self,
        image: ImagePosition,
        position: LayerPosition,
        contents: &[ContentAt],
        spec: &SearchSpec,
    ) -> Option<Vec<Job>> {
        let source = self.image(image).ok()?.source.layers.get(position.index())?;
        let (part, blob) = source.blob.zip(self.blobs.get(source))?;
        let index = blob.index.as_ref().filter(|_| !blob.failed && !blob.scan.claimed)?;
        let file = |(_, entry): &ContentAt| {
            let place = ((*entry as usize) < index.len()).then(|| index.entry(*entry as usize))?;
            // An empty file has no lines.
            (place.size() > 0).then(|| FileToSearch { place: file_place(place), entry: *entry })
        };
        let mut files: Vec<FileToSearch> = contents.iter().filter_map(file).collect();
        files.sort_by_key(|file| file.place.data_offset);
        let entering = Entering::of(self, blob, part);
        let what = ContentSearch {
            expression: spec.expression.clone(),
            binary: spec.binary,
            context: spec.context,
        };
        let mut jobs = Vec::new();
        let mut start = 0;
        while start < files.len() {
            let end = start + entering.segment(&files[start..]);
            let run = files[start..end].to_vec();
            jobs.extend(self.search_job(position, source, part, run, what.clone()));
            start = end;
        }
        Some(jobs)
    }

    fn search_job(
        &self,
        position: LayerPosition,
        source: &LayerSource,
        part: BlobPart,
        files: Vec<FileToSearch>,
        what: ContentSearch,
    ) -> Option<Job> {
        let file = files.first()?.place.clone();
        let (number, length) = (position.number().get(), file.size);
        let place = ContentPlace { source, number, part, file };
        let read = Reading::plan(&self.blobs, self.size(), place, 0, length);
        let Work::Content(range) = read.job.work else { return None };
        let blob_bytes = stored(&files);
        Some(Job { work: Work::Search { range, files, what }, blob_bytes, ..read.job })
    }

    /// Takes what a job has found in a layer, or why it failed.
    pub(super) fn take_searched(
        &mut self,
        image: ImagePosition,
        job: &Job,
        result: Result<ContentsFound, Problem>,
    ) -> Result<(), Problem> {
        let layer = LayerPosition(job.layer.saturating_sub(1));
        let failed = |problem| ContentsFound { problem: Some(problem), ..ContentsFound::default() };
        let mut result = result.unwrap_or_else(failed);
        if self.image(image)?.found.is_none() {
            return Ok(()); // a layer is read again meanwhile
        }
        if !result.found.is_empty()
            && let Err(problem) = self.build_tree(image)
        {
            result = failed(problem); // it was evicted, and cannot be built now
        }
        let Some(mut found) = self.image_mut(image)?.found.take() else { return Ok(()) };
        let totals = &mut found.totals;
        totals.searched = totals.searched.saturating_add(result.files);
        totals.bytes = totals.bytes.saturating_add(result.bytes);
        totals.binary = totals.binary.saturating_add(result.binary);
        if let Some(problem) = result.problem {
            found.add_problem(problem.in_layer(layer));
        }
        if !result.found.is_empty() {
            let BuiltImage { tree, searched, .. } = self.built_mut(image)?;
            if !searched.are_of(&found.spec) {
                *searched = SearchedNames::find(tree, &found.spec)?;
            }
            for (entry, file) in result.found {
                let nodes = searched.nodes_of((layer, entry));
                found.add(file, nodes.map(|node| tree.path(node)));
            }
            found.sort();
        }
        self.image_mut(image)?.found = Some(found);
        Ok(())
    }

    /// All jobs of a search have ended.
    pub(super) fn end_search(&mut self, image: ImagePosition) {
        let Ok(open) = self.image_mut(image) else { return };
        if let Some(found) = &mut open.found {
            found.totals.complete = true;
        }
        if let Some(built) = &mut open.built {
            built.searched = SearchedNames::default();
        }
    }
}

fn stored(files: &[FileToSearch]) -> u64 {
    files.iter().fold(0, |sum, file| file.place.stored.saturating_add(sum))
}

/// What it costs to enter a layer anywhere.
enum Entering<'a> {
    /// It is not compressed.
    Free,
    /// The layer's stream must be decompressed from the checkpoint before.
    Stream(&'a Blob),
    /// A stream around the archive must be decompressed, too: it is entered as rarely as possible.
    Never,
}

impl<'a> Entering<'a> {
    fn of(session: &Session, blob: &'a Blob, part: BlobPart) -> Entering<'a> {
        let (part, compression) = session.blobs.readable(part, blob.scan.compression);
        match (part.within, compression) {
            (Compression::None, Compression::None) => Entering::Free,
            (Compression::None, _) => Entering::Stream(blob),
            _ => Entering::Never,
        }
    }

    /// Uncompressed bytes that are read and dropped to enter at a file.
    fn cost(&self, file: &FileToSearch) -> u64 {
        match self {
            Entering::Free => 0,
            Entering::Stream(blob) => blob.scan.checkpoints.span_at(file.place.data_offset),
            Entering::Never => u64::MAX,
        }
    }

    /// How many of these files the next job reads.
    fn segment(&self, files: &[FileToSearch]) -> usize {
        let mut bytes = 0u64;
        for (at, pair) in files.windows(2).enumerate() {
            let [file, next] = pair else { break };
            bytes = bytes.saturating_add(file.place.stored);
            let end = file.place.data_offset.saturating_add(file.place.stored);
            let between = next.place.data_offset.saturating_sub(end);
            let cost = self.cost(next);
            if between > NEAR.max(cost) || bytes >= SEGMENT && cost <= NEAR {
                return at + 1;
            }
        }
        files.len()
    }
}
