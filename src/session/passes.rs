//! The passes over a source's blobs that are still to be made: for members, for contents, for digests.
//!
//! - Each blob is read as few times as its users' waiting allows. A compressed one needs a pass for its tree and one for
//!   the rest; of an uncompressed one the tree needs headers alone, and what follows can leave out what nothing waits
//!   for.
//! - Nothing waits for the content of a large file that analyses need a few parts of, or nothing, and that can equal no
//!   other file of the image. It is read with the digests, which come last.

use super::blobs::{Blob, Blobs};
use super::jobs::{Job, Work};
use crate::archive::LayerSource;
use crate::codec::{BlobPart, Compression, SEEK_WORTH};
use crate::layer::{Contents, EntryRange, Limits, ScanOptions, count_large_sizes};
use crate::vocabulary::NodeKind;
use std::collections::{HashMap, HashSet};

/// A blob below this size is read as soon as its table of contents.
const WORTH_A_TABLE: u64 = 4 << 20;

impl Blobs {
    /// Jobs that index what is not indexed, each blob once, the largest first. `thorough`: with
    /// digests and contents in the same pass. `tables`: a table of contents is enough, where there is one.
    pub fn index_jobs(&self, layers: &[LayerSource], thorough: bool, tables: bool) -> Vec<Job> {
        let missing = |part: &BlobPart| !self.has_index(part);
        self.jobs(layers, missing, |part| {
            // In a compressed archive every pass decompresses: what can be known is found in one.
            let options = match thorough || part.within != Compression::None {
                true => self.full(part),
                false => ScanOptions {
                    limits: self.limits(part),
                    table: tables && part.len >= WORTH_A_TABLE,
                    contents: match self.is_decompressed_again(&part) {
                        true => Contents::Skipped,
                        false => Contents::IfDecompressed,
                    },
                    ..ScanOptions::default()
                },
            };
            Work::Index { part, options }
        })
    }

    /// Jobs that read contents, where the first pass did not. `digests_later`: without digests, where no other pass
    /// would decompress for them, and without the files that nothing needs before.
    pub fn content_jobs(&self, layers: &[LayerSource], digests_later: bool) -> Vec<Job> {
        if !digests_later {
            return self.check_jobs(layers);
        }
        let sizes = self.large_sizes(layers);
        let open = |part: &BlobPart| {
            let alike = || self.alike(part, &sizes).next().is_some();
            self.is_unchecked(part) && (!self.is_read(part) || alike())
        };
        let jobs = self.jobs(layers, open, |part| {
            if self.is_read(&part) {
                // It was read for another image, in which nothing could equal these files.
                let (contents, later) = (Contents::LeftUnread, self.alike(&part, &sizes).collect());
                let limits = self.limits(part);
                let options = ScanOptions { limits, contents, later, ..ScanOptions::default() };
                return Work::Index { part, options };
            }
            let full = self.full(part);
            let is_plain =
                part.within == Compression::None && self.blob(&part).is_some_and(Blob::is_plain);
            let options = match is_plain {
                true => ScanOptions {
                    later: self.unlike(&part, &sizes),
                    blob_digests: Vec::new(),
                    diff_ids: Vec::new(),
                    ..full
                },
                false => full,
            };
            Work::Index { part, options }
        });
        let mut jobs: Vec<Job> = jobs.into_iter().flat_map(|job| self.in_ranges(job)).collect();
        jobs.sort_by_key(|job| std::cmp::Reverse(job.blob_bytes));
        jobs
    }

    /// A pass over contents as jobs that can run beside each other; itself, if the blob is not worth it.
    fn in_ranges(&self, job: Job) -> Vec<Job> {
        let Work::Index { part, options } = &job.work else { return vec![job] };
        let has_digests = !options.blob_digests.is_empty() || !options.diff_ids.is_empty();
        if options.contents != Contents::Read || has_digests {
            return vec![job];
        }
        let ranges = self.ranges(part, options.limits);
        if ranges.is_empty() {
            return vec![job];
        }
        let of_range = |range: EntryRange| {
            let later = options.later.iter().copied();
            let later = later.filter(|at| range.positions().contains(&(*at as usize))).collect();
            let options = ScanOptions { later, entries: Some(range), ..options.clone() };
            let work = Work::Index { part: *part, options };
            Job { blob_bytes: range.bytes, work, ..job.clone() }
        };
        ranges.into_iter().map(of_range).collect()
    }

    /// Jobs that compute what the passes before left out.
    pub fn check_jobs(&self, layers: &[LayerSource]) -> Vec<Job> {
        self.jobs(
            layers,
            |part| self.is_unchecked(part),
            |part| {
                let options = self.full(part);
                let index = self.blob(&part).and_then(|blob| blob.index.as_ref());
                let later: Vec<u32> = index.map_or(Vec::new(), |index| index.unhashed().collect());
                match self.is_read(&part) {
                    false => Work::Index { part, options },
                    true if later.is_empty() => Work::Check { part, options },
                    true => {
                        let contents = Contents::LeftUnread;
                        let options = ScanOptions { contents, later, ..options };
                        Work::Index { part, options }
                    }
                }
            },
        )
    }

    /// How many large files of each size the layers have.
    fn large_sizes(&self, layers: &[LayerSource]) -> HashMap<u64, u32> {
        let parts: HashSet<BlobPart> = layers.iter().filter_map(|layer| layer.blob).collect();
        let indexes = parts.iter().filter_map(|part| self.blob(part)?.index.as_ref());
        let mut sizes = HashMap::new();
        indexes.for_each(|index| count_large_sizes(index, &mut sizes));
        sizes
    }

    /// The files of a blob that were left unread, and that can have the content of another file.
    fn alike(&self, part: &BlobPart, sizes: &HashMap<u64, u32>) -> impl Iterator<Item = u32> {
        let index = self.blob(part).and_then(|blob| blob.index.as_ref());
        let open = index.into_iter().flat_map(|index| index.unhashed().map(move |at| (index, at)));
        open.filter(|(index, at)| {
            sizes.get(&index.entry(*at as usize).size()).is_some_and(|files| *files > 1)
        })
        .map(|(_, at)| at)
    }

    /// The large files of a blob that can have the content of no other file: none has their size.
    fn unlike(&self, part: &BlobPart, sizes: &HashMap<u64, u32>) -> Vec<u32> {
        let index = self.blob(part).and_then(|blob| blob.index.as_ref());
        let entries = index.into_iter().flat_map(|index| index.entries());
        let files = entries.filter(|entry| entry.kind() == NodeKind::File);
        let large = files.filter(|file| file.stored() >= SEEK_WORTH);
        let unlike = large.filter(|file| sizes.get(&file.size()) == Some(&1));
        unlike.map(|file| file.position() as u32).collect()
    }

    fn is_unchecked(&self, part: &BlobPart) -> bool {
        self.blob(part).is_some_and(|blob| !blob.checked) && !self.is_listed(part)
    }

    /// Whether its contents were read, as far as they were wanted.
    fn is_read(&self, part: &BlobPart) -> bool {
        let read = |blob: &Blob| !blob.scan.claimed; // a claim of nothing needs no hashes, either
        let all = |blob: &Blob| blob.index.as_ref().is_some_and(|index| index.contents_read());
        self.blob(part).is_some_and(|blob| read(blob) && all(blob))
    }

    fn full(&self, part: BlobPart) -> ScanOptions {
        let (blob_digests, diff_ids) = self.wanted_digests(&part);
        let limits = self.limits(part);
        let later = Vec::new();
        ScanOptions {
            limits,
            table: false,
            contents: Contents::Read,
            later,
            entries: None,
            blob_digests,
            diff_ids,
        }
    }

    /// Whether a check of the blob's digests decompresses it, so that the contents can wait for that.
    fn is_decompressed_again(&self, part: &BlobPart) -> bool {
        !self.wanted_digests(part).1.is_empty()
    }

    fn limits(&self, part: BlobPart) -> Limits {
        match self.is_lifted(&part) {
            true => Limits::LIFTED,
            false => Limits::default(),
        }
    }

    fn jobs(
        &self,
        layers: &[LayerSource],
        needed: impl Fn(&BlobPart) -> bool,
        work: impl Fn(BlobPart) -> Work,
    ) -> Vec<Job> {
        let mut jobs: Vec<Job> = Vec::new();
        let mut parts = HashSet::new();
        for (at, layer) in layers.iter().enumerate() {
            let Some(part) = layer.blob.filter(&needed) else { continue };
            if parts.insert(part) {
                jobs.push(self.job(part, at as u32 + 1, work(part), part.start));
            }
        }
        jobs.sort_by_key(|job| std::cmp::Reverse(job.blob_bytes));
        jobs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Member;
    use crate::layer::{LayerScan, NOT_HASHED};

    const LARGE: u64 = 2 << 20;

    /// A layer that is one file of the source, with files of these sizes.
    fn layer(file: u32) -> LayerSource {
        LayerSource { blob: Some(BlobPart::plain(file, 0, 1000)), ..LayerSource::default() }
    }

    /// What a pass finds of files of these sizes; `None`: it reads no contents.
    fn scan(sizes: &[u64], unread: Option<&[u32]>) -> LayerScan {
        let mut scan = LayerScan::default();
        for (at, size) in (0..).zip(sizes) {
            assert!(scan.index.push(&Member::file(at.to_string(), *size)));
            if let Some(unread) = unread {
                scan.index.push_hash(if unread.contains(&at) { NOT_HASHED } else { [1; 16] });
            }
        }
        scan
    }

    fn later(jobs: &[Job]) -> Vec<(Contents, &[u32], bool)> {
        let options = jobs.iter().map(|job| match &job.work {
            Work::Index { options, .. } | Work::Check { options, .. } => options,
            _ => panic!("{job:?}"),
        });
        options.map(|of| (of.contents, &of.later[..], of.diff_ids.is_empty())).collect()
    }

    #[test]
    fn only_large_files_that_no_other_file_of_the_image_can_equal_wait_for_the_digests() {
        let layers = [layer(0), layer(1), layer(2)];
        let sizes: [&[u64]; 3] = [&[LARGE, 7, LARGE + 1], &[LARGE, LARGE + 2, 9], &[LARGE + 3]];
        let mut blobs = Blobs::default();
        for (layer, sizes) in layers.iter().zip(sizes) {
            blobs.want(layer);
            blobs.finish(layer.blob.unwrap(), scan(sizes, None), false);
            blobs.read_at_once(&layer.blob.unwrap());
        }
        let jobs = blobs.content_jobs(&layers, true);
        let read = |later| (Contents::Read, later, true);
        assert_eq!(later(&jobs), [read(&[2][..]), read(&[1]), read(&[0])]);
        for (layer, (sizes, unread)) in layers.iter().zip(sizes.iter().zip([2, 1, 0])) {
            blobs.finish(layer.blob.unwrap(), scan(sizes, Some(&[unread])), false);
        }
        assert_eq!(blobs.content_jobs(&layers, true), []);
        let jobs = blobs.check_jobs(&layers);
        let rest = |later| (Contents::LeftUnread, later, false);
        assert_eq!(later(&jobs), [rest(&[2][..]), rest(&[1]), rest(&[0])]);
        for (layer, sizes) in layers.iter().zip(sizes) {
            blobs.finish(layer.blob.unwrap(), scan(sizes, Some(&[])), true);
            assert!(blobs.get(layer).unwrap().index.as_ref().unwrap().hashed());
        }
        assert_eq!(blobs.check_jobs(&layers), []);
    }

    #[test]
    fn a_layer_that_is_there_twice_has_each_file_once() {
        let layers = [layer(0), layer(0)];
        let mut blobs = Blobs::default();
        blobs.want(&layers[0]);
        blobs.finish(layers[0].blob.unwrap(), scan(&[LARGE], None), false);
        blobs.read_at_once(&layers[0].blob.unwrap());
        assert_eq!(later(&blobs.content_jobs(&layers, true)), [(Contents::Read, &[0][..], true)]);
    }
}
