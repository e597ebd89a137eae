//! Tables that are embedded in layers: JSON with an entry per path, the same for eStargz and zstd:chunked.
//!
//! Source: stargz-snapshotter, docs/estargz.md, "TOC"; containers/storage, pkg/chunked/internal.

use super::claims::{MAX_ENTRIES, kind, mismatch, modification_time};
use super::packed::TableBytes;
use crate::entry::{Member, path};
use crate::layer::cost::EntryCost;
use crate::layer::index::{Entry, LayerIndex};
use crate::layer::limits::Limits;
use crate::oci::{AtMost, Digest};
use crate::problem::Problem;
use crate::vocabulary::NodeKind;
use serde::Deserialize;
use std::collections::HashMap;

/// A table that is embedded in a layer.
pub struct EmbeddedTable {
    /// `eStargz` or `zstd:chunked`.
    pub form: &'static str,
    /// Digests of the table as stored and of its JSON: manifests name either of them.
    digests: [Digest; 2],
    entries: Vec<TocEntry>,
}

/// The JSON of a table.
#[derive(Deserialize)]
struct TableJson {
    entries: AtMost<TocEntry, { MAX_ENTRIES + 1 }>,
}

/// A path of the layer, or a chunk of a file. Digests and extended attributes are not read.
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
    /// The byte of the blob at which the member or frame with the content begins.
    offset: u64,
}

impl EmbeddedTable {
    /// Reads a table; an error says what was found instead.
    pub fn read(form: &'static str, bytes: &TableBytes) -> Result<EmbeddedTable, String> {
        let table = serde_json::from_slice::<TableJson>(&bytes.json);
        let entries = table.map_err(|error| error.to_string())?.entries.0;
        if entries.len() > MAX_ENTRIES {
            return Err(format!("more than {MAX_ENTRIES} entries"));
        }
        let digests = [Digest::of(&bytes.packed), Digest::of(&bytes.json)];
        Ok(EmbeddedTable { form, digests, entries })
    }

    /// Whether a manifest that names `digest` means this table.
    pub fn has_digest(&self, digest: &Digest) -> bool {
        self.digests.contains(digest)
    }

    /// The layer as the table claims, to show it before it is read: without extended attributes and hashes. Data offsets
    /// are bytes of the blob, where a file's member or frame begins. `None` if the table exceeds the limits: then the
    /// layer must be read.
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
            if !cost.takes(&member, limits) || !index.push(&member) {
                return None;
            }
        }
        Some(index)
    }

    /// Compares the table with the layer; returns the first difference.
    pub fn check(&self, index: &LayerIndex) -> Option<Problem> {
        let mut held: HashMap<Vec<u8>, usize> = HashMap::new();
        for (at, entry) in index.entries().enumerate() {
            let name = path::parts(entry.name()).join(&b'/');
            if !name.is_empty() && !is_own(&name) {
                held.insert(name, at); // the last entry with a name wins
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
            let found = format!("{} of the layer's {} paths", seen, held.len());
            return Some(mismatch(self.form, found));
        }
        None
    }

    fn differs(&self, name: &[u8], what: &str) -> Problem {
        mismatch(self.form, what).on_path(name)
    }
}

/// Whether a member contains the table or is a marker for it: tables do not name all of these.
fn is_own(name: &[u8]) -> bool {
    matches!(name, b"stargz.index.json" | b".prefetch.landmark" | b".no.prefetch.landmark")
}

impl TocEntry {
    fn kind(&self) -> NodeKind {
        kind(&self.r#type).unwrap_or(NodeKind::File)
    }

    /// The tar member that it claims.
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

    /// What differs between this claim and the layer's entry, if anything.
    fn difference(&self, entry: &Entry<'_>) -> Option<&'static str> {
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
