//! Platforms: operating system, architecture and variant, such as `linux/arm64/v8`.
//!
//! Source: OCI image-spec, image-index.md, `platform`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The platform of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Platform {
    /// `amd64`, as Go spells architectures.
    #[serde(default, deserialize_with = "super::lenient::null_default")]
    pub architecture: String,
    /// `linux`, as Go spells systems.
    #[serde(default, deserialize_with = "super::lenient::null_default")]
    pub os: String,
    /// `v8`; usually empty.
    #[serde(default, deserialize_with = "super::lenient::null_default")]
    pub variant: String,
}

impl fmt::Display for Platform {
    /// The known parts, joined by `/`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [&self.os[..], &self.architecture, &self.variant];
        let known: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        f.write_str(&known.join("/"))
    }
}
