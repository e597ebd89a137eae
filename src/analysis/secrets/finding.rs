//! A secret that was found in an image, and where.

use super::rule::SecretRule;
use crate::analysis::ignore::{IgnoreCandidate, IgnoreList, finding_fingerprint};
use crate::text::show;
use crate::vocabulary::{CommandSetting, LayerPosition};

/// A secret in an image, without its value.
pub struct SecretFinding {
    pub rule: &'static SecretRule,
    pub place: SecretPlace,
    /// At most the format's prefix and the last two characters of the value.
    pub masked: String,
}

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// A command of the configuration.
    Setting {
        setting: CommandSetting,
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

    /// The path of its file, relative to the root; `None`: it is in the configuration.
    pub fn path(&self) -> Option<&[u8]> {
        match &self.place {
            SecretPlace::File { path, .. } => Some(path),
            _ => None,
        }
    }

    /// The layer of its file or instruction.
    pub fn layer(&self) -> Option<LayerPosition> {
        match self.place {
            SecretPlace::File { layer, .. } => Some(layer),
            SecretPlace::History { layer, .. } => layer,
            SecretPlace::Env { .. } | SecretPlace::Label { .. } | SecretPlace::Setting { .. } => {
                None
            }
        }
    }

    /// `/root/.npmrc:1`, `environment variable TOKEN`.
    pub fn place_words(&self) -> String {
        match &self.place {
            SecretPlace::File { path, line, .. } => {
                let line = line.map(|line| format!(":{line}")).unwrap_or_default();
                format!("/{}{line}", show(path))
            }
            SecretPlace::Env { name } => format!("environment variable {}", show(name.as_bytes())),
            SecretPlace::Label { name } => format!("label {}", show(name.as_bytes())),
            SecretPlace::Setting { setting } => format!("setting {}", setting.name()),
            SecretPlace::History { entry, .. } => format!("history entry {}", entry + 1),
        }
    }

    /// Names it in an ignore list: made of rule, place and masked text, never of the value.
    pub fn fingerprint(&self) -> String {
        let masked = show(self.masked.as_bytes());
        finding_fingerprint(&[self.rule.code, &self.place_words(), &masked])
    }

    /// Whether a list names it.
    pub fn is_ignored(&self, list: &IgnoreList) -> bool {
        let (rule, path) = (self.rule.code, self.path());
        !list.is_empty()
            && list.has(IgnoreCandidate { rule, path, fingerprint: &self.fingerprint() })
    }
}
