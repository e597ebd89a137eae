//! The vocabulary of the OCI image specification, version 1.1, and of Docker's older forms of it.
//!
//! - Plain values without dependencies. They are read leniently (a null is an absent key, as in Go's decoder,
//!   because image tools are Go programs or imitate them) and keep what they were given.
//! - The page compiles `registry_name.rs`, to know which registry a reference names, and `cosign.rs`, which is part of
//!   messages; the rest is the engine's.

#[cfg(feature = "engine")]
mod attached_tag;
#[cfg(feature = "engine")]
mod config;
#[cfg(feature = "engine")]
mod config_json;
mod cosign;
#[cfg(feature = "engine")]
mod digest;
#[cfg(feature = "engine")]
mod index;
#[cfg(feature = "engine")]
mod instruction;
#[cfg(feature = "engine")]
mod lenient;
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
mod shape;

#[cfg(feature = "engine")]
pub use attached_tag::{attached_tags, tagged_subject};
#[cfg(feature = "engine")]
pub use config::{HealthConfig, HistoryEntry, ImageConfig, RunConfig, layers_of_steps};
pub use cosign::CosignAnnotations;
#[cfg(feature = "engine")]
pub use digest::{DiffId, Digest, Hasher};
#[cfg(feature = "engine")]
pub use index::{Descriptor, ImageIndex, ImageManifest, ManifestClaim, UnreadDescriptor};
#[cfg(feature = "engine")]
pub use instruction::{ShellCommand, in_shell, readable, split_keyword};
#[cfg(feature = "engine")]
pub use lenient::{AtMost, Fault, Faults, Items, LenientDocument, Part, Texts, at_most};
#[cfg(feature = "engine")]
pub use media_type::{
    MAX_TYPE, Role, is_foreign, is_image_config, is_index, is_layer, is_manifest,
};
#[cfg(feature = "engine")]
pub use platform::Platform;
#[cfg(feature = "engine")]
pub use reference::{DEFAULT_TAG, Reference, is_tag};
pub use registry_name::{DOCKER_HUB, split_registry};
#[cfg(feature = "engine")]
pub use repo_tag::split_name;
#[cfg(feature = "engine")]
pub use shape::DocumentShape;
