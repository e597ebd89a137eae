//! Layers in a registry by tables of contents that lie beside the image: SOCI's.
//!
//! - What refers to an image is asked for only where that may spare a large layer, once; until the answer
//!   is there the layers that it may spare don't come, but not for long.
//! - Whatever fails: the layers come.

use super::{download, tables, with_state};
use crate::browser::{network, transport};
use crate::layer::{self, LayerScan, Limits};
use crate::oci::{Descriptor, Digest};
use crate::registry::blob::Verifier;
use crate::registry::pull::Pulled;
use crate::registry::soci::{self, FindTables, LayerTables};
use wasm_bindgen_futures::spawn_local;

/// Of smaller layers builders make no table unless they are told to.
const WORTH_ASKING: u64 = 10 << 20;
/// A longer table is not fetched: those of 100,000 entries have some 30 MB.
const MAX_TABLE: u64 = 64 << 20;
/// Layers wait no longer than this for the answer.
const HELD_MILLIS: i32 = 5_000;

/// What is known of the tables beside an image.
pub enum Beside {
    /// Nothing was asked yet.
    Unasked(Index),
    /// The layers are held until the answer comes.
    Held,
    Known(LayerTables),
}

/// How tables are found.
pub enum Index {
    /// The image names it.
    Named(Digest),
    /// Something may refer to this manifest.
    Referring(Digest),
}

/// How a layer becomes known.
#[derive(PartialEq)]
pub enum Way {
    /// By its own table.
    Table,
    /// By one beside the image.
    Beside(Descriptor),
    /// That is not known yet.
    Held,
    /// By itself.
    Layer,
}

impl Beside {
    /// Of an image that was pulled.
    pub fn of(pulled: &Pulled) -> Beside {
        match (soci::named(pulled), &pulled.image) {
            (Some(index), _) => Beside::Unasked(Index::Named(index)),
            (None, Some(image)) => Beside::Unasked(Index::Referring(image.manifest_digest.clone())),
            (None, None) => Beside::nothing(),
        }
    }

    /// Nothing is to be asked.
    pub fn nothing() -> Beside {
        Beside::Known(LayerTables::new())
    }

    /// The way of a layer of which it is not known what is in it.
    pub fn way(&self, blob: &Descriptor, looked_at: bool) -> Way {
        match self {
            _ if tables::has_table(blob) => Way::Table,
            Beside::Held if !looked_at => Way::Held,
            Beside::Known(tables) => {
                let table = tables.iter().find(|(layer, _)| *layer == blob.digest);
                table.map_or(Way::Layer, |(_, table)| Way::Beside(table.clone()))
            }
            _ => Way::Layer,
        }
    }

    /// Asks for tables, the first time that they are of use: `worth` says whether they would be for a
    /// layer of so many bytes or more.
    pub fn seek(&mut self, registry: &str, repository: &str, worth: impl FnOnce(u64) -> bool) {
        let Beside::Unasked(index) = self else { return };
        let (least, find) = match index {
            Index::Named(digest) => (0, FindTables::named(registry, repository, digest.clone())),
            Index::Referring(digest) => {
                (WORTH_ASKING, FindTables::referring(registry, repository, digest.clone()))
            }
        };
        if !worth(least) {
            return;
        }
        *self = Beside::Held;
        spawn_local(async {
            let found = network::run_quietly(find).await.unwrap_or_default();
            know(found, false);
        });
        spawn_local(async {
            transport::pause(HELD_MILLIS).await;
            know(LayerTables::new(), true);
        });
    }
}

/// Takes the answer, or that there is none yet: one that comes late still spares what has not begun.
fn know(tables: LayerTables, only_if_held: bool) {
    with_state(|state| {
        let Some(remote) = &mut state.remote else { return };
        if only_if_held && !matches!(remote.beside, Beside::Held) {
            return;
        }
        remote.beside = Beside::Known(tables);
        state.pump();
    });
}

/// Brings a layer's table.
pub async fn look_up(
    file: u32,
    registry: String,
    repository: String,
    blob: Descriptor,
    table: Descriptor,
) {
    let found = look_into(&registry, &repository, &blob, &table).await;
    with_state(|state| state.table_came(file, found));
}

async fn look_into(
    registry: &str,
    repository: &str,
    blob: &Descriptor,
    table: &Descriptor,
) -> Option<LayerScan> {
    let size = u64::try_from(table.size).ok().filter(|size| *size <= MAX_TABLE)?;
    let bytes = download::part(registry, repository, table, (0, size)).await.ok()?;
    let mut verifier = Verifier::new(&table.digest);
    verifier.update(&bytes);
    match verifier.finish() {
        Ok(true) => layer::soci::by_soci(&bytes, blob, Limits::default()),
        _ => None,
    }
}
