//! The vocabulary of the OCI image specification, version 1.1, and of Docker's older forms of it.
//!
//! Which registry a reference names is the page's business, too; all else is the engine's alone.
//!
//! Knows nobody: plain values that are read leniently (a null is an absent key, as Go's decoder has
//! it, since all who write images are Go programs or imitate them) and keep what they were given.

#[cfg(feature = "engine")]
mod at_most;
#[cfg(feature = "engine")]
mod config;
#[cfg(feature = "engine")]
mod digest;
#[cfg(feature = "engine")]
mod index;
#[cfg(feature = "engine")]
mod instruction;
#[cfg(feature = "engine")]
mod media_type;
#[cfg(feature = "engine")]
mod platform;
#[cfg(feature = "engine")]
mod reference;
mod registry_name;
#[cfg(feature = "engine")]
mod repo_tag;

#[cfg(feature = "engine")]
pub use at_most::AtMost;
#[cfg(feature = "engine")]
pub use config::{HealthConfig, HistoryEntry, ImageConfig, RunConfig};
#[cfg(feature = "engine")]
pub use digest::{Digest, Hasher};
#[cfg(feature = "engine")]
pub use index::{Descriptor, Index, Manifest};
#[cfg(feature = "engine")]
pub use instruction::readable;
#[cfg(feature = "engine")]
pub use media_type::{is_foreign, is_image_config, is_index, is_layer, is_manifest};
#[cfg(feature = "engine")]
pub use platform::Platform;
#[cfg(feature = "engine")]
pub use reference::{DEFAULT_TAG, Reference, is_tag};
pub use registry_name::{DOCKER_HUB, split_registry};
#[cfg(feature = "engine")]
pub use repo_tag::split_name;

#[cfg(feature = "engine")]
use serde::{Deserialize, Deserializer};

/// A null is an absent key.
#[cfg(feature = "engine")]
fn null_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}
