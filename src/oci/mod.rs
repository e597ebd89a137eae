//! The vocabulary of the OCI image specification, version 1.1, and of Docker's older forms of it.
//!
//! Knows nobody: plain values that are read leniently (a null is an absent key, as Go's decoder has
//! it, since all who write images are Go programs or imitate them) and keep what they were given.

mod at_most;
mod config;
mod digest;
mod index;
mod instruction;
mod media_type;
mod platform;
mod repo_tag;

pub use at_most::AtMost;
pub use config::{HistoryEntry, ImageConfig, RunConfig};
pub use digest::{Digest, Hasher};
pub use index::{Descriptor, Index, Manifest};
pub use instruction::readable;
pub use media_type::{is_foreign, is_image_config, is_index, is_layer, is_manifest};
pub use platform::Platform;
pub use repo_tag::split_name;

use serde::{Deserialize, Deserializer};

/// A null is an absent key.
fn null_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}
