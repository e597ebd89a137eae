//! Jobs for files that analyses ask for under further names: which those are, only a merged tree can tell, so the
//! files are read again.
//!
//! - A file is read once for all its names, and a layer forward: files that lie near each other are one job.
//! - What was noted stays with the layer. Another image with the same layer asks only for what is new to it.

use super::blobs::Blob;
use super::content::file_place;
use super::jobs::{Job, NamedFile, Work};
use super::reading::{ContentPlace, Reading};
use super::state::{OpenImage, Session};
use crate::analysis::contents::InspectedFile;
use crate::analysis::names::{
    AskedName, FurtherNames, InodeContent as Content, log_in, noted_logs,
};
use crate::archive::{ImageSource, LayerSource};
use crate::base64;
use crate::codec::BlobPart;
use crate::layer::{FurtherName, LayerIndex, MAX_LOOKED, Notes};
use crate::tree::{self, FileTree};
use crate::vocabulary::{ImagePosition, LayerPosition};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// Uncompressed bytes between two files that are rather read than left out by entering the layer again.
const NEAR: u64 = 4 << 20;

/// The files of one blob, by their entries and what is beside them.
type FilesOfBlob<'a> = BTreeMap<(u32, &'a str), NamedFile>;

impl Session {
    /// Jobs for an image's files that were not looked at under their further names yet. The results of the
    /// passes over its layers must be in.
    pub(super) fn name_jobs(&self, image: ImagePosition) -> Vec<Job> {
        let Some(open) = self.images.get(image.index()).filter(|open| !open.saved) else {
            return Vec::new();
        };
        let names = match open.built.as_ref().filter(|_| !open.outdated) {
            Some(built) => self.further_names(open, &built.tree),
            None => self.further_names(open, &tree::merge(self.indexes(&open.source))),
        };
        let mut jobs = Vec::new();
        let mut seen = HashSet::new();
        let asked = names.asked();
        for of_layer in asked.chunk_by(|a, b| a.content.0 == b.content.0) {
            let Some(layer) = of_layer.first().map(|asked| asked.content.0) else { continue };
            let Some(source) = open.source.layers.get(layer.index()) else { continue };
            let Some(part) = source.blob.filter(|part| seen.insert(*part)) else { continue };
            let same = |other: &&&AskedName| {
                let other = open.source.layers.get(other.content.0.index());
                other.is_some_and(|other| other.blob == Some(part))
            };
            let of_blob = asked.iter().filter(same).copied();
            let layer = (layer, source, part);
            jobs.extend(self.name_jobs_of(&open.source, layer, of_blob));
        }
        jobs
    }

    /// The further names of an image's files in its tree.
    pub(super) fn further_names(&self, open: &OpenImage, tree: &FileTree) -> Arc<FurtherNames> {
        let none = Notes::default();
        let logs = noted_logs(&self.notes(&open.source, &none));
        match open.built.as_ref().filter(|_| !open.outdated) {
            Some(built) => built.names.get(tree, logs),
            None => Arc::new(FurtherNames::find(tree, &logs)),
        }
    }

    /// Jobs for files of one blob.
    fn name_jobs_of<'a>(
        &self,
        image: &ImageSource,
        (position, source, part): (LayerPosition, &LayerSource, BlobPart),
        asked: impl Iterator<Item = &'a AskedName>,
    ) -> Vec<Job> {
        let blob = self.blobs.get(source).filter(|blob| blob.scan.notes.looked);
        let Some((blob, index)) = blob.and_then(|blob| Some((blob, blob.index.as_ref()?))) else {
            return Vec::new();
        };
        let known = blob.scan.notes.names.iter().map(|note| (note.entry, &note.name));
        let mut known: HashSet<(u32, &FurtherName)> = known.collect();
        let mut files = FilesOfBlob::new();
        for asked in asked.filter(|asked| known.insert((asked.content.1, &asked.name))) {
            let Some(file) = named_file(index, asked) else { continue };
            let key = (asked.content.1, &asked.name.beside[..]);
            let beside = asked.log.filter(|_| !files.contains_key(&key));
            let beside = beside.and_then(|log| self.log(image, log)).unwrap_or_default();
            let file = files.entry(key).or_insert(NamedFile { beside, ..file });
            file.names.push(asked.name.clone());
        }
        let mut files: Vec<NamedFile> = files.into_values().collect();
        files.sort_by_key(|file| file.place.data_offset);
        let runs = files.chunk_by(|a, b| is_near(blob, a, b));
        runs.filter_map(|run| self.name_job(position, source, part, run)).collect()
    }

    fn name_job(
        &self,
        position: LayerPosition,
        source: &LayerSource,
        part: BlobPart,
        files: &[NamedFile],
    ) -> Option<Job> {
        let (first, last) = (files.first()?, files.last()?);
        let number = position.number().get();
        let file = first.place.clone();
        let length = first.place.size;
        let place = ContentPlace { source, number, part, file };
        let read = Reading::plan(&self.blobs, self.size(), place, 0, length);
        let Work::Content(range) = read.job.work else { return None };
        let end = last.place.data_offset.saturating_add(last.place.stored);
        let blob_bytes = read.job.blob_bytes.max(end - first.place.data_offset);
        let work = Work::Names { part, range, files: files.to_vec() };
        Some(Job { work, blob_bytes, ..read.job })
    }

    /// The log that is noted about a file.
    fn log(&self, image: &ImageSource, (layer, entry): Content) -> Option<Vec<u8>> {
        let notes = &self.blobs.get(image.layers.get(layer.index())?)?.scan.notes;
        let own = notes.notes.iter().filter(|note| note.entry == entry);
        let named = notes.names.iter().filter(|note| note.entry == entry);
        let named = named.filter_map(|note| note.text.as_ref());
        let log = own.map(|note| &note.text).chain(named).find_map(|text| log_in(text))?;
        base64::decode(log)
    }
}

/// A file to read, without names; `None` if it is too large.
fn named_file(index: &LayerIndex, asked: &AskedName) -> Option<NamedFile> {
    let entry = asked.content.1;
    let file = (entry as usize) < index.len();
    let file =
        file.then(|| index.entry(entry as usize)).filter(|file| file.size() <= MAX_LOOKED)?;
    Some(NamedFile {
        place: file_place(file),
        entry,
        file: InspectedFile { path: Vec::new(), size: file.size(), mode: file.mode() },
        names: Vec::new(),
        beside: Vec::new(),
    })
}

/// Whether reading on from one file to the next costs less than entering the layer again.
fn is_near(blob: &Blob, file: &NamedFile, next: &NamedFile) -> bool {
    let end = file.place.data_offset.saturating_add(file.place.stored);
    let between = next.place.data_offset.saturating_sub(end);
    between <= NEAR.max(blob.scan.checkpoints.span_at(next.place.data_offset))
}
