//! Tables of contents that some builders put into a layer, so that it can be mounted before it is there.
//!
//! - One form, one file: where the table lies and how it is packed. What stands in it is the same JSON
//!   for all of them, and is read here.
//! - A table is a claim like a digest: whoever reads the layer compares. A layer whose table and content
//!   differ shows other files to who mounts it lazily than to who unpacks it.
//! - Source: stargz-snapshotter, docs/estargz.md; containers/storage, pkg/chunked.

mod estargz;
mod zstd_chunked;

use super::index::LayerIndex;
use crate::codec::{Compression, ReadSeek, Section};
use crate::entry::{Kind, path};
use crate::problem::Problem;
use crate::text;
use serde::Deserialize;
use std::collections::HashMap;
use std::io::{Read, SeekFrom};

/// A table longer than this is not read, in bytes of JSON: those of 100,000 entries have some 30 MB.
const MAX_TABLE: u64 = 128 << 20;

/// Where a blob says that its table lies.
struct Place {
    /// From the blob's start.
    start: u64,
    /// Compressed bytes.
    len: u64,
}

/// A table as it was found.
pub struct Toc {
    /// `eStargz` or `zstd:chunked`.
    pub form: &'static str,
    entries: Vec<TocEntry>,
}

#[derive(Deserialize)]
struct Table {
    #[serde(default)]
    entries: Vec<TocEntry>,
}

/// A path of the layer. Parts of a file (`chunk`) have an entry each; no digests are looked at here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TocEntry {
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    link_name: Option<String>,
    #[serde(default)]
    size: u64,
    #[serde(default)]
    mode: i64,
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
        Ok(json) => match serde_json::from_slice::<Table>(&json) {
            Ok(table) => Ok(Toc { form, entries: table.entries }),
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
fn unpack(blob: &mut Blob, place: &Place, compression: Compression) -> std::io::Result<Vec<u8>> {
    std::io::Seek::seek(blob, SeekFrom::Start(place.start))?;
    let packed = blob.take(place.len.min(MAX_TABLE));
    let decoder = compression.decode(packed).map_err(std::io::Error::other)?;
    let mut bytes = Vec::new();
    decoder.take(MAX_TABLE).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl Toc {
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
        Problem::new(
            "toc-mismatch",
            format!("The layer's {} table does not say what the layer holds.", self.form),
        )
        .expected("the layer's own entries")
        .found(found)
        .advice("Who mounts the image lazily sees other files than who unpacks it: don't trust it.")
    }
}

/// Members that carry the table and its marks: the table doesn't name all of them.
fn is_own(name: &[u8]) -> bool {
    matches!(name, b"stargz.index.json" | b".prefetch.landmark" | b".no.prefetch.landmark")
}

impl TocEntry {
    fn difference(&self, entry: &super::Entry<'_>) -> Option<&'static str> {
        let kind = match &self.r#type[..] {
            "dir" => Kind::Directory,
            "symlink" => Kind::Symlink,
            "hardlink" => Kind::HardLink,
            "char" => Kind::CharDevice,
            "block" => Kind::BlockDevice,
            "fifo" => Kind::Fifo,
            _ => Kind::File,
        };
        let link = self.link_name.as_deref().unwrap_or("").as_bytes();
        let is_link = matches!(kind, Kind::Symlink | Kind::HardLink);
        if kind != entry.kind() {
            Some("another kind of entry")
        } else if kind == Kind::File && self.size != entry.size() {
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
