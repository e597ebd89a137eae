//! Platforms: operating system, architecture and variant, such as `linux/arm64/v8`.
//!
//! Source: OCI image-spec, image-index.md, `platform`.

use crate::text::start_of;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// Bytes of each part at most: real ones have some ten, and lists repeat the platform of each image.
const MAX_PART: usize = 64;

/// The platform of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Platform {
    /// `amd64`, as Go spells architectures.
    #[serde(default, deserialize_with = "part")]
    pub architecture: String,
    /// `linux`, as Go spells systems.
    #[serde(default, deserialize_with = "part")]
    pub os: String,
    /// `v8`; usually empty.
    #[serde(default, deserialize_with = "part")]
    pub variant: String,
}

impl Platform {
    /// A part as it is kept, whatever its length.
    pub fn part(text: &str) -> String {
        start_of(text, MAX_PART).into_owned()
    }
}

fn part<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text: String = super::lenient::null_default(deserializer)?;
    Ok(Platform::part(&text))
}

impl fmt::Display for Platform {
    /// The known parts, joined by `/`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [&self.os[..], &self.architecture, &self.variant];
        let known: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        f.write_str(&known.join("/"))
    }
}

#[test]
fn a_part_of_any_length_is_cut_as_it_is_read() {
    let long = "x".repeat(1 << 20);
    let json = format!(r#"{{"os":"{long}","architecture":"amd64","variant":null}}"#);
    let platform: Platform = crate::json::from_text(&json).unwrap();
    let cut = format!("{}…", &long[..MAX_PART]);
    assert_eq!(platform.to_string(), format!("{cut}/amd64"));
}
