//! Tables of contents that some builders put into a layer, so that it can be mounted before it is there.
//!
//! - One form, one file: where the table lies and how it is packed. What stands in it is the same JSON
//!   for all that lie in the layer, and is read here; a table beside the layer (`soci`) is its own.
//! - A table is a claim like a digest: whoever reads the layer compares. A layer whose table and content
//!   differ shows other files to who mounts it lazily than to who unpacks it.
//! - Source: stargz-snapshotter, docs/estargz.md; containers/storage, pkg/chunked.

mod estargz;
pub mod soci;
mod zstd_chunked;

use super::cost::EntryCost;
use super::index::LayerIndex;
use super::layer_scan::LayerScan;
use super::limits::Limits;
use crate::codec::{Compression, Partial, ReadSeek, Section};
use crate::entry::{MAX_NAME, Member, path};
use crate::oci::{AtMost, Descriptor, Digest};
use crate::problem::Problem;
use crate::text;
use crate::time::Timestamp;
use crate::vocabulary::NodeKind;
use serde::Deserialize;
use std::collections::HashMap;
use std::io::{Read, SeekFrom};

/// A table longer than this is not read, in bytes of JSON: those of 100,000 entries have some 30 MB.
const MAX_TABLE: u64 = 128 << 20;

/// Entries of a table: three bytes of JSON make one that takes two hundred.
const MAX_ENTRIES: usize = 500_000;

/// Where a blob says that its table lies.
struct Place {
    /// From the blob's start.
    start: u64,
    /// Compressed bytes.
    len: u64,
}

/// A table's bytes.
struct Packed {
    /// As they lie.
    packed: Vec<u8>,
    json: Vec<u8>,
}

/// A table as it was found.
pub struct Toc {
    /// `eStargz` or `zstd:chunked`.
    pub form: &'static str,
    /// Of the table as it lies and of its JSON: manifests name the one or the other.
    digests: [Digest; 2],
    entries: Vec<TocEntry>,
}

#[derive(Deserialize)]
struct Table {
    entries: AtMost<TocEntry, { MAX_ENTRIES + 1 }>,
}

/// A path of the layer. Parts of a file (`chunk`) have an entry each; digests and extended attributes
/// are not looked at here.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct TocEntry {
    r#type: String,
    name: String,
    link_name: Option<String>,
    size: u64,
    mode: i64,
    uid: u64,
    gid: u64,
    user_name: Option<String>,
    group_name: Option<String>,
    /// RFC 3339.
    modtime: Option<String>,
    dev_major: u32,
    dev_minor: u32,
    /// Where in the blob the content begins, in a member or frame of its own.
    offset: u64,
}

type Blob = Section<Box<dyn ReadSeek>>;

/// Looks for a table at the end of a blob. `Err`: there is one that can't be read.
pub fn find(blob: &mut Blob, compression: Compression) -> Option<Result<Toc, Problem>> {
    let (form, table) = match compression {
        Compression::Gzip => ("eStargz", estargz::table(blob)?),
        Compression::Zstd => ("zstd:chunked", zstd_chunked::table(blob)?),
        _ => return None,
    };
    let unreadable = |found: String| {
        Problem::new("toc-unreadable", format!("The layer's {form} table cannot be read."))
            .expected("JSON with the layer's entries")
            .found(text::show(found.as_bytes()))
    };
    Some(match table {
        Err(error) => Err(unreadable(error.to_string())),
        Ok(table) => match serde_json::from_slice::<Table>(&table.json) {
            Ok(Table { entries }) if entries.0.len() > MAX_ENTRIES => {
                Err(unreadable(format!("more than {MAX_ENTRIES} entries")))
            }
            Ok(Table { entries }) => {
                let digests = [Digest::of(&table.packed), Digest::of(&table.json)];
                Ok(Toc { form, digests, entries: entries.0 })
            }
            Err(error) => Err(unreadable(error.to_string())),
        },
    })
}

/// The last bytes of a blob; `None` if it has fewer, or they can't be read.
fn tail<const N: usize>(blob: &mut Blob) -> Option<[u8; N]> {
    let start = blob.size().checked_sub(N as u64)?;
    let mut bytes = [0; N];
    std::io::Seek::seek(blob, SeekFrom::Start(start)).ok()?;
    blob.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// A packed table's bytes.
fn unpack(blob: &mut Blob, place: &Place, compression: Compression) -> std::io::Result<Packed> {
    std::io::Seek::seek(blob, SeekFrom::Start(place.start))?;
    let mut packed = Vec::new();
    blob.take(place.len.min(MAX_TABLE)).read_to_end(&mut packed)?;
    let mut json = Vec::new();
    compression.decode(&packed[..]).take(MAX_TABLE).read_to_end(&mut json)?;
    Ok(Packed { packed, json })
}

/// What is known of a layer that is not here, by its table.
pub enum ByTable {
    /// All that the table says: claims.
    Layer(Box<LayerScan>),
    /// These bytes of the blob are needed: the first, and the one behind the last.
    Needs(u64, u64),
    /// Nothing: the manifest names no table, or it is not the one that is there, or it is too large.
    Nothing,
}

/// Bytes at a blob's end that are fetched at first.
const END: u64 = 64 << 10;

/// Where manifests say which table their layer has: by its digest. zstd:chunked had another name for it
/// until 2021, which Debian's skopeo still writes.
const NAMED_BY: [&str; 3] = [
    "containerd.io/snapshot/stargz/toc.digest",
    "io.containers.zstd-chunked.manifest-checksum",
    "io.github.containers.zstd-chunked.manifest-checksum",
];

/// The layer as its table has it, read from the parts of its blob that are here. The manifest must name
/// the table's digest, so that a table is as good as the manifest.
pub fn by_table(blob: &Partial, layer: &Descriptor, limits: Limits) -> ByTable {
    let named = NAMED_BY.iter().find_map(|key| Digest::parse(layer.annotations.get(*key)?));
    let (Some(named), Ok(size)) = (named, u64::try_from(layer.size)) else {
        return ByTable::Nothing;
    };
    let compression = match &layer.media_type {
        kind if kind.ends_with("gzip") => Compression::Gzip,
        kind if kind.ends_with("zstd") => Compression::Zstd,
        _ => return ByTable::Nothing,
    };
    let source: Box<dyn ReadSeek> = Box::new(blob.clone());
    let Ok(mut section) = Section::new(source, 0, size) else { return ByTable::Nothing };
    let found = find(&mut section, compression);
    if let Some((first, end)) = blob.take_missing() {
        return match (end == size, end - first) {
            (true, _) => ByTable::Needs(first.min(size.saturating_sub(END)), size),
            (false, length) if length <= MAX_TABLE => ByTable::Needs(first, end),
            _ => ByTable::Nothing,
        };
    }
    let Some(Ok(toc)) = found else { return ByTable::Nothing };
    match toc.index(limits).filter(|_| toc.digests.contains(&named)) {
        Some(index) => ByTable::Layer(Box::new(LayerScan {
            index,
            compression,
            form: toc.form.to_owned(),
            claimed: true,
            ..LayerScan::default()
        })),
        None => ByTable::Nothing,
    }
}

impl Toc {
    /// The layer as the table has it, for those who can't wait for the layer: without extended
    /// attributes and hashes, and where data lies is where in the blob its member or frame begins. `None`
    /// if it is more than the limits allow: the layer then says what of it can be shown.
    pub fn index(&self, limits: Limits) -> Option<LayerIndex> {
        if self.entries.len() > limits.entries as usize {
            return None;
        }
        let (mut index, mut cost) = (LayerIndex::default(), EntryCost::default());
        for entry in self.entries.iter().filter(|entry| entry.r#type != "chunk") {
            let name = path::parts(entry.name.as_bytes()).join(&b'/');
            if is_own(&name) {
                continue;
            }
            let member = entry.member();
            cost.add(&member);
            if name.len() > MAX_NAME || cost.exceeds(limits) || !index.push(&member) {
                return None;
            }
        }
        Some(index)
    }

    /// Whether the table says what the layer holds; else the first difference.
    pub fn check(&self, index: &LayerIndex) -> Option<Problem> {
        let mut held: HashMap<Vec<u8>, usize> = HashMap::new();
        for (at, entry) in index.entries().enumerate() {
            let name = path::parts(entry.name()).join(&b'/');
            if !name.is_empty() && !is_own(&name) {
                held.insert(name, at); // the last of a name wins
            }
        }
        let mut seen = 0;
        let mut files = HashMap::new();
        for entry in self.entries.iter().filter(|entry| entry.r#type != "chunk") {
            files.insert(path::parts(entry.name.as_bytes()).join(&b'/'), entry);
        }
        for (name, entry) in files {
            if name.is_empty() || is_own(&name) {
                continue;
            }
            let Some(at) = held.get(&name) else {
                return Some(self.differs(&name, "a path that the layer does not have"));
            };
            seen += 1;
            if let Some(what) = entry.difference(&index.entry(*at)) {
                return Some(self.differs(&name, what));
            }
        }
        if seen < held.len() {
            return Some(self.problem(format!("{} of the layer's {} paths", seen, held.len())));
        }
        None
    }

    fn differs(&self, name: &[u8], what: &str) -> Problem {
        self.problem(what.to_owned()).on_path(text::show(name))
    }

    fn problem(&self, found: String) -> Problem {
        mismatch(self.form, found)
    }
}

fn mismatch(form: &str, found: String) -> Problem {
    let message = format!("The layer's {form} table does not say what the layer holds.");
    Problem::new("toc-mismatch", message)
        .expected("the layer's own entries")
        .found(found)
        .advice("Who mounts the image lazily sees other files than who unpacks it: don't trust it.")
}

/// What tables call an entry.
fn kind(name: &str) -> Option<NodeKind> {
    Some(match name {
        "reg" => NodeKind::File,
        "dir" => NodeKind::Directory,
        "symlink" => NodeKind::Symlink,
        "hardlink" => NodeKind::HardLink,
        "char" => NodeKind::CharDevice,
        "block" => NodeKind::BlockDevice,
        "fifo" => NodeKind::Fifo,
        _ => return None,
    })
}

/// Members that carry the table and its marks: the table doesn't name all of them.
fn is_own(name: &[u8]) -> bool {
    matches!(name, b"stargz.index.json" | b".prefetch.landmark" | b".no.prefetch.landmark")
}

impl TocEntry {
    fn kind(&self) -> NodeKind {
        kind(&self.r#type).unwrap_or(NodeKind::File)
    }

    fn member(&self) -> Member {
        let kind = self.kind();
        let size = if kind == NodeKind::File { self.size } else { 0 };
        let bytes = |text: &Option<String>| text.as_deref().unwrap_or("").as_bytes().to_vec();
        Member {
            kind,
            name: self.name.as_bytes().to_vec(),
            link: bytes(&self.link_name),
            mode: self.mode as u32 & 0o7777,
            uid: self.uid,
            gid: self.gid,
            user: bytes(&self.user_name),
            group: bytes(&self.group_name),
            mtime: self.modtime.as_deref().and_then(modification_time).unwrap_or_default(),
            size,
            stored: size,
            sparse: None,
            device: (self.dev_major, self.dev_minor),
            xattrs: Vec::new(),
            data_offset: self.offset,
        }
    }

    fn difference(&self, entry: &super::Entry<'_>) -> Option<&'static str> {
        let kind = self.kind();
        let link = self.link_name.as_deref().unwrap_or("").as_bytes();
        let is_link = matches!(kind, NodeKind::Symlink | NodeKind::HardLink);
        if kind != entry.kind() {
            Some("another kind of entry")
        } else if kind == NodeKind::File && self.size != entry.size() {
            Some("another size")
        } else if is_link && path::parts(link) != path::parts(entry.link()) {
            Some("another link target")
        } else if !is_link && self.mode as u64 & 0o777 != u64::from(entry.mode()) & 0o777 {
            Some("another mode")
        } else {
            None
        }
    }
}

/// Seconds since 1970 and nanoseconds of an RFC 3339 time, as Go writes them.
fn modification_time(text: &str) -> Option<(i64, u32)> {
    let time = Timestamp::from_rfc3339(text)?;
    Some((time.seconds, time.nanoseconds))
}

#[test]
fn times_are_read_as_go_writes_them() {
    for (text, want) in [
        ("2023-11-14T22:13:20Z", Some((1_700_000_000, 0))),
        ("1969-12-31T23:59:59.5Z", Some((-1, 500_000_000))),
        ("0001-01-01T00:00:00Z", Some((-62_135_596_800, 0))),
        ("2023-11-14T23:43:20.5+01:30", Some((1_700_000_000, 500_000_000))),
        ("2023-11-14T14:13:20+é:0", None),
        ("2000-01-9223372036854775807T00:00:00Z", None),
    ] {
        assert_eq!(modification_time(text), want, "{text}");
    }
}
