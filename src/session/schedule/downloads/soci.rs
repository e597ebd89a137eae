//! Tables of contents that lie beside an image in its registry (SOCI): which layers have one.
//!
//! - What refers to an image is asked only where the answer may spare a large layer, and once. Until the
//!   answer is here the layers that it may spare are held back, but not for long.
//! - If anything fails, the layers are downloaded.

use crate::oci::{Descriptor, Digest};
use crate::registry::pull::Pulled;
use crate::registry::soci::{FindTables, LayerTables, named};

/// Builders make no table for smaller layers unless they are told to.
const WORTH_ASKING: u64 = 10 << 20;
/// Layers are held back no longer than this for the answer, in milliseconds.
const HELD_MILLIS: u64 = 5_000;

/// What is known about the tables beside an image.
pub enum SociTables {
    NotAsked(SociIndex),
    /// Asked; layers are held back until this time (milliseconds since 1970).
    Asked {
        held_until: u64,
    },
    Known(LayerTables),
}

/// How tables are found.
pub enum SociIndex {
    /// The image names their index.
    Named(Digest),
    /// Something may refer to this manifest.
    Referring(Digest),
}

/// What may stand in for a layer's blob.
pub enum TableBeside {
    None,
    /// Not known yet.
    Held,
    Table(Descriptor),
}

impl SociTables {
    /// Of an image in a registry.
    pub fn of(pulled: &Pulled) -> SociTables {
        match (named(pulled), &pulled.image) {
            (Some(index), _) => SociTables::NotAsked(SociIndex::Named(index)),
            (None, Some(image)) => {
                SociTables::NotAsked(SociIndex::Referring(image.manifest_digest.clone()))
            }
            (None, None) => SociTables::none(),
        }
    }

    /// There are none, and none are looked for.
    pub fn none() -> SociTables {
        SociTables::Known(LayerTables::new())
    }

    /// What may stand in for a blob.
    pub fn beside(&self, blob: &Descriptor, now: u64) -> TableBeside {
        match self {
            SociTables::Asked { held_until } if now < *held_until => TableBeside::Held,
            SociTables::Known(tables) => {
                let table = tables.iter().find(|(layer, _)| *layer == blob.digest);
                table.map_or(TableBeside::None, |(_, table)| TableBeside::Table(table.clone()))
            }
            SociTables::NotAsked(_) | SociTables::Asked { .. } => TableBeside::None,
        }
    }

    /// What to ask, the first time that it may help: `worth` says whether it may for a layer of at least so
    /// many bytes.
    pub fn ask(
        &mut self,
        registry: &str,
        repository: &str,
        worth: impl FnOnce(u64) -> bool,
        now: u64,
    ) -> Option<FindTables> {
        let SociTables::NotAsked(index) = self else { return None };
        let (least, find) = match index {
            SociIndex::Named(digest) => {
                (0, FindTables::named(registry, repository, digest.clone()))
            }
            SociIndex::Referring(digest) => {
                (WORTH_ASKING, FindTables::referring(registry, repository, digest.clone()))
            }
        };
        if !worth(least) {
            return None;
        }
        *self = SociTables::Asked { held_until: now.saturating_add(HELD_MILLIS) };
        Some(find)
    }

    /// When layers are not held back any more.
    pub fn due(&self, now: u64) -> Option<u64> {
        match self {
            SociTables::Asked { held_until } if now < *held_until => Some(*held_until),
            _ => None,
        }
    }
}
