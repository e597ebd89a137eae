//! The plan of an extraction.

use crate::layer::{FilePlace, LayerEntrance, Owner};
use crate::oci::DiffId;
use serde::{Deserialize, Serialize};

/// What is written, in the order in which it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Extraction {
    /// The content of one file.
    Content { layer: LayerEntrance, place: FilePlace },
    /// The uncompressed tar of a layer, byte by byte. `size`: its bytes, if known; `diff_id`: what its digest
    /// must be, if that is checked.
    LayerTar { layer: LayerEntrance, size: Option<u64>, diff_id: Option<DiffId> },
    /// Members as a tar.
    Tar { owners: Vec<Owner>, parts: Vec<LayerMembers> },
    /// Members as a zip: none that only Unix has, and with names that any disk can have.
    Zip { parts: Vec<LayerMembers> },
}

/// Members whose contents are in one layer, in the order in which the layer has them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerMembers {
    /// `None`: no member has content.
    pub layer: Option<LayerEntrance>,
    pub members: Vec<ExtractedMember>,
}

/// A member of the archive that is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExtractedMember {
    /// Relative to the root, without a slash before it; empty: the root itself.
    pub path: Vec<u8>,
    pub kind: ExtractedKind,
    /// Permission bits with setuid, setgid and sticky.
    pub mode: u16,
    /// Position in the extraction's `owners`.
    pub owner: u32,
    /// Seconds since 1970, and nanoseconds.
    pub mtime: (i64, u32),
    /// Names and values of extended attributes.
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
}

/// What a member is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ExtractedKind {
    File(FilePlace),
    Directory,
    /// With its target.
    Symlink(Vec<u8>),
    /// With the path of a member that is written before it.
    HardLink(Vec<u8>),
    /// With major and minor number.
    CharDevice(u32, u32),
    BlockDevice(u32, u32),
    Fifo,
}

impl Extraction {
    /// Bytes of content that are read for it, holes of sparse files excluded; as far as known.
    pub fn content_bytes(&self) -> u64 {
        match self {
            Extraction::Content { place, .. } => place.stored,
            Extraction::LayerTar { layer, size, .. } => size.unwrap_or(layer.part.len),
            Extraction::Tar { parts, .. } | Extraction::Zip { parts } => {
                let members = parts.iter().flat_map(|part| &part.members);
                members.fold(0, |sum, member| match &member.kind {
                    ExtractedKind::File(place) => sum.saturating_add(place.stored),
                    _ => sum,
                })
            }
        }
    }

    /// The layers that it reads, in their order.
    pub fn layers(&self) -> Vec<&LayerEntrance> {
        match self {
            Extraction::Content { layer, .. } | Extraction::LayerTar { layer, .. } => vec![layer],
            Extraction::Tar { parts, .. } | Extraction::Zip { parts } => {
                parts.iter().filter_map(|part| part.layer.as_ref()).collect()
            }
        }
    }
}
