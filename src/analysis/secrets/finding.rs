//! A secret that was found in an image, and where.

use super::rule::SecretRule;
use crate::vocabulary::LayerPosition;

/// A secret in an image, without its value.
pub struct SecretFinding {
    pub rule: &'static SecretRule,
    pub place: SecretPlace,
    /// At most the format's prefix and the last two characters of the value.
    pub masked: String,
}

/// Where a secret is.
pub enum SecretPlace {
    File {
        /// Relative to the root.
        path: Vec<u8>,
        layer: LayerPosition,
        /// From 1; `None` where a file has no lines.
        line: Option<u32>,
        /// The final image does not have it.
        removed: bool,
        /// The installed package that owns the unchanged file: its position in the inventory.
        package: Option<usize>,
    },
    /// An environment variable.
    Env {
        name: String,
    },
    Label {
        name: String,
    },
    /// An entry of the history, by its position; its layer, if it made one.
    History {
        entry: usize,
        layer: Option<LayerPosition>,
    },
}

impl SecretFinding {
    /// Nobody accounts for it: it is not a part of an installed package.
    pub fn is_alarm(&self) -> bool {
        !matches!(self.place, SecretPlace::File { package: Some(_), .. })
    }
}
