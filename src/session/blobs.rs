//! What is known about each layer blob of a source. Images share blobs; each is read once.

mod looked;
mod ranges;

use super::content_ranges::ContentRanges;
use super::jobs::{Job, Work};
use crate::analysis::dockerfile::brought::KnownBrought;
use crate::analysis::verification;
use crate::archive::LayerSource;
use crate::codec::{BlobPart, Checkpoints, Compression};
use crate::layer::{self, Counts, LayerIndex, LayerScan};
use crate::oci::Digest;
use crate::problem::Problem;
use crate::text::byte_count;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Entries of all layers of a source together, except those that the user allowed to be read beyond their
/// limits: they take some gigabyte.
const MAX_ENTRIES: usize = 10_000_000;

/// Bytes of the indexes of all layers of a source together, with the same exception: real ones take some two
/// hundred for an entry with its name.
const MAX_MEMORY: usize = 1536 << 20;

/// Bytes of the notes of all layers of a source together: a distribution with all its lists of files has 20 MB.
const MAX_ALL_NOTES: usize = 256 << 20;

/// Warnings of a layer that are kept: a tar gives at most a hundred.
const MAX_WARNINGS: usize = 150;

/// One blob.
#[derive(Default)]
pub struct Blob {
    /// Its members; `None`: not read yet.
    pub index: Option<Arc<LayerIndex>>,
    /// What the index says to the Dockerfile.
    pub brought: KnownBrought,
    pub counts: Counts,
    /// The last scan without its index: digests, sizes, warnings.
    pub scan: LayerScan,
    /// Digests were computed, or can't be.
    pub checked: bool,
    /// Reading it failed.
    pub failed: bool,
    /// What passes over ranges of its entries have found, while others are missing.
    ranges: Option<ContentRanges>,
    /// Its contents are read in one pass, since its entries depend on each other.
    in_one_pass: bool,
}

impl Blob {
    /// Adds a warning, unless there are too many.
    fn warn(&mut self, warning: Problem) {
        if self.scan.warnings.len() < MAX_WARNINGS {
            self.scan.warnings.push(warning);
        }
    }

    /// Whether it is known to be a tar that is not compressed.
    pub fn is_plain(&self) -> bool {
        self.scan.compression == Compression::None && !self.scan.claimed && !self.failed
    }

    /// Whether analyses asked for files that are too large to be shown to them, once those that are not were shown.
    pub fn has_unseen_files(&self) -> bool {
        !self.scan.notes.large.is_empty() || !self.scan.notes.in_parts.is_empty()
    }

    /// Whether it was read only in part: to a limit, or to damage.
    pub fn is_partial(&self) -> bool {
        self.scan.limited || self.scan.warnings.iter().any(Problem::leaves_out)
    }
}

/// All blobs of a source, by their place in it.
#[derive(Default)]
pub struct Blobs {
    blobs: HashMap<BlobPart, Blob>,
    /// Wanted digest algorithms by blob: of the blob itself, and of its uncompressed bytes.
    wanted: HashMap<BlobPart, (Vec<String>, Vec<String>)>,
    /// The first wanted blob in each file.
    in_files: HashMap<u32, BlobPart>,
    /// Blobs that are read whatever they hold.
    lifted: HashSet<BlobPart>,
    all_lifted: bool,
    /// Entries of the others, and bytes of their indexes.
    entries: usize,
    memory: usize,
    /// Bytes of the notes of all blobs.
    notes: usize,
    /// Where decompression of the archive can resume, if it is compressed as a whole.
    pub outer: Checkpoints,
    /// Bytes that the archive decompresses to.
    pub outer_size: u64,
    /// Where the source's file ends early, in its uncompressed bytes: that is told of the archive.
    pub cut_at: Option<u64>,
    /// Files that hold what a blob decompresses to, and what the archive as a whole does.
    spilled: HashMap<BlobPart, u32>,
    outer_spilled: Option<u32>,
    /// Blobs whose bytes were hashed on their way here, and are what this digest says.
    arrived: HashMap<BlobPart, Digest>,
    /// Blobs that are not here and of which the table is enough.
    listed: HashSet<BlobPart>,
}

impl Blobs {
    /// Adds a layer's blob, with the digest algorithms that its claims need.
    pub fn want(&mut self, layer: &LayerSource) {
        let Some(part) = layer.blob else { return };
        self.in_files.entry(part.file).or_insert(part);
        let (blob, diff) = self.wanted.entry(part).or_default();
        let ask = |list: &mut Vec<String>, name: String| {
            if !list.contains(&name) {
                list.push(name);
            }
        };
        ask(blob, verification::algorithm(layer.digest.as_ref()));
        ask(diff, verification::algorithm(layer.diff_id.as_ref()));
    }

    /// Whether a blob's members are known.
    pub fn has_index(&self, part: &BlobPart) -> bool {
        self.blobs.contains_key(part)
    }

    /// The blob that is this file of the source; the first, if it has several.
    pub fn in_file(&self, file: u32) -> Option<BlobPart> {
        self.in_files.get(&file).copied()
    }

    /// What is known about a blob.
    pub fn blob(&self, part: &BlobPart) -> Option<&Blob> {
        self.blobs.get(part)
    }

    /// Algorithms of the wanted digests of a blob, without those that were computed on its way here, and of its
    /// uncompressed bytes.
    pub fn wanted_digests(&self, part: &BlobPart) -> (Vec<String>, Vec<String>) {
        let (mut blob_digests, diff_ids) = self.wanted.get(part).cloned().unwrap_or_default();
        if let Some(known) = self.arrived.get(part) {
            blob_digests.retain(|algorithm| algorithm != known.algorithm());
        }
        (blob_digests, diff_ids)
    }

    /// Whether a blob is read beyond its limits.
    pub fn is_lifted(&self, part: &BlobPart) -> bool {
        self.all_lifted || self.lifted.contains(part)
    }

    /// Whether a layer is made of this blob.
    pub fn wants(&self, part: &BlobPart) -> bool {
        self.wanted.contains_key(part)
    }

    /// Whether a scan has the wanted digests; a pass before the manifest can only guess which.
    pub fn wants_no_more_than(&self, part: &BlobPart, scan: &LayerScan) -> bool {
        let Some((blob, diff)) = self.wanted.get(part) else { return true };
        let (blobs, diff_ids) = (&scan.blob_digests, &scan.diff_ids);
        blob.iter().all(|name| blobs.iter().any(|digest| digest.algorithm() == name))
            && diff.iter().all(|name| diff_ids.iter().any(|diff_id| diff_id.0.algorithm() == name))
    }

    /// Discards the result of a pass that ended at a limit: the next pass reads beyond it.
    pub fn lift(&mut self, part: BlobPart) {
        self.forget(&part);
        self.lifted.insert(part);
    }

    /// Discards what is known about a blob, so that it is read again.
    pub fn forget(&mut self, part: &BlobPart) {
        self.drop_ranges(part);
        let Some(blob) = self.blobs.remove(part) else { return };
        self.notes = self.notes.saturating_sub(blob.scan.notes.bytes());
        if let Some(index) = blob.index.filter(|_| !self.is_lifted(part)) {
            self.entries = self.entries.saturating_sub(index.len());
            self.memory = self.memory.saturating_sub(index.memory());
        }
    }

    /// A blob was downloaded and hashed on the way: it need not be hashed again.
    pub fn arrived(&mut self, part: BlobPart, digest: Digest) {
        self.arrived.insert(part, digest);
    }

    /// A blob that arrived is not there any more.
    pub fn lost(&mut self, part: &BlobPart) {
        self.arrived.remove(part);
    }

    /// Whether a blob was downloaded from its registry.
    pub fn has_arrived(&self, part: &BlobPart) -> bool {
        self.arrived.contains_key(part)
    }

    /// Takes what a table says about a blob that was not downloaded.
    pub fn list(&mut self, part: BlobPart, scan: LayerScan) {
        self.finish(part, scan, false);
        self.listed.insert(part);
    }

    /// The table is no longer enough: the blob must be read. False if it was not listed.
    pub fn unlist(&mut self, part: &BlobPart) -> bool {
        self.listed.remove(part)
    }

    /// Whether a blob is known by its table alone.
    pub fn is_listed(&self, part: &BlobPart) -> bool {
        self.listed.contains(part)
    }

    /// All that is known about a blob, once no result is missing: its scan without the index, and the index.
    pub fn complete(&self, part: &BlobPart) -> Option<(&LayerScan, &LayerIndex)> {
        let is_limited = |blob: &&Blob| blob.scan.limited || blob.scan.notes.limited;
        let blob = self.blobs.get(part).filter(|blob| !is_limited(blob))?;
        let index = blob.index.as_ref()?;
        let whole = blob.checked
            && (index.hashed() || index.is_empty())
            && !blob.scan.blob_digests.is_empty();
        (whole || self.is_listed(part)).then_some((&blob.scan, &**index))
    }

    /// Lets every blob be read beyond its limits.
    pub fn lift_all(&mut self) {
        self.all_lifted = true;
    }

    /// What is known about a layer's blob.
    pub fn get(&self, layer: &LayerSource) -> Option<&Blob> {
        self.blobs.get(&layer.blob?)
    }

    /// File `file` holds what a job's stream decompresses to.
    pub fn spilled(&mut self, work: &Work, file: u32) {
        match work {
            Work::Index { part, .. } => {
                self.spilled.insert(*part, file);
            }
            Work::Unpack { .. } => self.outer_spilled = Some(file),
            _ => {}
        }
    }

    /// A blob in a file that holds what the archive decompresses to, if there is one.
    fn plainest(&self, part: BlobPart) -> BlobPart {
        match self.outer_spilled {
            Some(file) if part.within != Compression::None => {
                BlobPart::plain(file, part.start, part.len)
            }
            _ => part,
        }
    }

    /// What a blob decompresses to, in a file of its own.
    fn unpacked(&self, part: &BlobPart) -> Option<BlobPart> {
        self.spilled.get(part).map(|file| BlobPart::plain(*file, 0, u64::MAX))
    }

    /// Where a layer is read, and how its bytes are compressed there: what an earlier pass has decompressed is not.
    pub fn readable(&self, part: BlobPart, compression: Compression) -> (BlobPart, Compression) {
        match self.unpacked(&part) {
            Some(unpacked) => (unpacked, Compression::None),
            None => (self.plainest(part), compression),
        }
    }

    /// Where the archive around a part is entered that is read from its uncompressed byte `first` on.
    pub fn outer_at(&self, part: &BlobPart, first: u64) -> Checkpoints {
        match part.within {
            Compression::None => Checkpoints::default(),
            _ => self.outer.between(first, first),
        }
    }

    /// A job on a layer that reads the archive's uncompressed bytes from `first` on.
    pub fn job(&self, part: BlobPart, layer: u32, work: Work, first: u64) -> Job {
        let outer = self.outer_at(&part, first);
        Job { blob_bytes: part.len, layer, work, outer }
    }

    /// Takes a scan in. A later one over the same blob adds digests and hashes, not another index,
    /// unless the first was a table's claim: then true, and what was built from the claim must be rebuilt.
    pub fn finish(&mut self, part: BlobPart, mut scan: LayerScan, checked: bool) -> bool {
        if scan.index.contents_read() && !scan.index.is_empty() {
            self.drop_ranges(&part);
        }
        if self.is_cut(&part) {
            scan.warnings.retain(|warning| !tells_a_cut(warning));
        }
        let limited = !self.is_lifted(&part);
        let blob = self.blobs.entry(part).or_default();
        let replaced = blob.scan.claimed && !scan.claimed;
        if replaced && let Some(claimed) = blob.index.take() {
            if limited {
                self.entries = self.entries.saturating_sub(claimed.len());
                self.memory = self.memory.saturating_sub(claimed.memory());
            }
            // The pass has compared the table that is in the layer.
            let beside = std::mem::take(&mut blob.scan.form) == layer::BESIDE;
            if beside && !scan.limited && scan.tar_size.is_some() {
                scan.warnings.extend(layer::soci::contradiction(&claimed, &scan.index));
            }
        }
        if blob.index.is_none() && limited {
            if self.entries.saturating_add(scan.index.len()) > MAX_ENTRIES
                || self.memory.saturating_add(scan.index.memory()) > MAX_MEMORY
            {
                leave_out(&mut scan);
            }
            self.entries += scan.index.len();
            self.memory += scan.index.memory();
        }
        let LayerScan { index, mut warnings, .. } = scan;
        warnings.truncate(MAX_WARNINGS);
        blob.scan.claimed = scan.claimed;
        match &mut blob.index {
            None => {
                blob.counts = Counts::of(&index);
                blob.index = Some(Arc::new(index));
                blob.brought = KnownBrought::default();
                blob.scan.warnings = warnings;
            }
            Some(there) => {
                if index.contents_read() && !index.is_empty() && !there.hashed() {
                    adopt_hashes(there, index);
                }
                for warning in warnings {
                    if !blob.scan.warnings.iter().any(|known| says_as_much(known, &warning)) {
                        blob.warn(warning);
                    }
                }
            }
        }
        if scan.notes.looked && !blob.scan.notes.looked {
            let mut notes = scan.notes;
            if self.notes.saturating_add(notes.count()) > MAX_ALL_NOTES {
                notes = notes.left_out();
            }
            self.notes += notes.bytes();
            blob.scan.notes = notes;
        }
        blob.scan.compression = scan.compression;
        if blob.scan.form.is_empty() {
            blob.scan.form = scan.form;
        }
        blob.scan.tar_size = scan.tar_size.or(blob.scan.tar_size);
        blob.scan.blob_digests.extend(scan.blob_digests);
        if let Some(known) = self.arrived.get(&part)
            && !blob.scan.blob_digests.contains(known)
        {
            blob.scan.blob_digests.push(known.clone());
        }
        blob.scan.diff_ids.extend(scan.diff_ids);
        blob.scan.limited |= scan.limited;
        blob.scan.has_global_header |= scan.has_global_header;
        if blob.scan.checkpoints.is_empty() {
            blob.scan.checkpoints = scan.checkpoints;
        }
        blob.checked |= checked;
        replaced
    }

    /// Whether the archive ends within a blob.
    pub fn is_cut(&self, part: &BlobPart) -> bool {
        let end = part.start.saturating_add(part.len);
        part.file == 0 && self.cut_at.is_some_and(|at| end >= at)
    }

    /// Reading a blob failed where it was inspected.
    pub fn mark_failed(&mut self, part: &BlobPart) {
        if let Some(blob) = self.blobs.get_mut(part) {
            blob.failed = true;
        }
    }

    /// Takes a failure in: the blob costs what it holds, and is not tried again.
    pub fn fail(&mut self, part: BlobPart, problem: Problem) {
        self.drop_ranges(&part);
        let blob = self.blobs.entry(part).or_default();
        blob.index.get_or_insert_default();
        blob.warn(problem);
        blob.checked = true;
        blob.failed = true;
    }
}

/// Whether a warning is known, perhaps with its place: a pass that reads no members cannot name one.
fn says_as_much(known: &Problem, warning: &Problem) -> bool {
    known == warning || Problem { offset: None, ..known.clone() } == *warning
}

/// Whether a warning of a layer repeats the archive's, that it ends early.
fn tells_a_cut(warning: &Problem) -> bool {
    matches!(&*warning.code, "tar-truncated" | "blob-truncated" | "layer-damaged" | "read-failed")
}

/// Takes over the hashes of a later pass. A tree may have the index, too: then it gets the new one (`renew_hashes`), so
/// there are no more than two.
fn adopt_hashes(there: &mut Arc<LayerIndex>, mut index: LayerIndex) {
    if Arc::get_mut(there).is_none() && there.is_same_but_hashes(&index) {
        index.adopt_hashes(there);
        *there = Arc::new(index);
    } else {
        Arc::make_mut(there).adopt_hashes(&index);
    }
}

/// Takes a layer beyond the limit as empty: its digests stay, its entries don't.
fn leave_out(scan: &mut LayerScan) {
    scan.limited = true;
    scan.warnings.push(
        Problem::new("layer-limit", "The layers have too many entries.")
            .expected(format!(
                "at most {MAX_ENTRIES} entries in all layers, and {} of them",
                byte_count(MAX_MEMORY as u64)
            ))
            .found(format!("{} more in this layer", scan.index.len()))
            .advice("Read it all if you trust where it came from."),
    );
    scan.index = LayerIndex::default();
}

#[test]
fn hashes_of_a_later_pass_replace_an_index_that_a_tree_has_too() {
    use crate::entry::Member;
    let index = |size, hashed: bool| {
        let mut index = LayerIndex::default();
        assert!(index.push(&Member::file("a", size)));
        if hashed {
            index.push_hash([7; 16]);
        }
        index
    };
    // The file was longer in the later pass: the first one's sizes stay.
    for (later, size) in [(3, 3), (4, 3)] {
        let mut there = Arc::new(index(3, false));
        let in_tree = Arc::clone(&there);
        adopt_hashes(&mut there, index(later, true));
        assert_eq!((there.hashed(), there.entry(0).size()), (true, size));
        assert!(!in_tree.hashed());
    }
}
