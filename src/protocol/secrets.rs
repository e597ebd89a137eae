//! Secrets: keys, tokens and passwords in files and in the configuration. Their values are in no answer.

use super::words::link_words;
use super::{Instruction, LayerCell, LinkPath, RowRange, Sort};
use crate::selection::LayerSelection;
use crate::text::Shown;
use crate::vocabulary::{ImagePosition, LayerNumber};
use serde::{Deserialize, Serialize};

/// Which rows of secrets, in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SecretTable {
    pub image: ImagePosition,
    pub layers: LayerSelection,
    /// Case-insensitive substring of kind or place; empty: all.
    pub filter: String,
    pub sort: Sort<SecretColumn>,
    pub show: SecretShow,
    pub rows: RowRange,
}

link_words! {
    /// Columns that secrets are sorted by.
    SecretColumn {
        /// Those that the final image has first.
        State = "state",
        Kind = "name",
        Place = "path",
        Layer = "layer",
    }
}

link_words! {
    /// Which secrets are shown.
    SecretShow {
        /// All but those of unchanged packages.
        Found = "",
        /// In the final image.
        Present = "present",
        /// In a layer, and not in the final image.
        Removed = "removed",
        /// In files of packages that no later layer changed.
        OfPackages = "packages",
    }
}

/// Numbers of secrets under a selection of layers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretNumbers {
    /// In files of the final image.
    pub in_files: u32,
    /// In files that the final image does not have.
    pub removed: u32,
    /// In environment, labels and history.
    pub in_configuration: u32,
    /// In files of packages that no later layer changed.
    pub of_packages: u32,
    /// Layers whose files were not searched.
    pub unsearched: Vec<LayerNumber>,
    /// Layers that were read, and so searched, only in part.
    pub partial: Vec<LayerNumber>,
    /// There are more than are listed.
    pub cut: bool,
}

impl SecretNumbers {
    /// All but those of unchanged packages.
    pub fn found(&self) -> u32 {
        self.in_files.saturating_add(self.removed).saturating_add(self.in_configuration)
    }
}

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretLocation {
    File {
        path: LinkPath,
        shown: Shown,
        /// `None` where a file has no lines.
        line: Option<u32>,
    },
    /// An environment variable.
    Env(Shown),
    Label(Shown),
    /// An instruction of the history.
    History,
}

/// One secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecretRow {
    /// Names it in links and queries.
    pub key: String,
    /// The rule's code.
    pub rule: String,
    /// Who issues secrets of this kind.
    pub service: String,
    pub location: SecretLocation,
    /// The layer of its file or instruction.
    pub layer: Option<LayerCell>,
    /// The final image does not have its file.
    pub removed: bool,
    /// The package that owns its unchanged file.
    pub package: Option<Shown>,
    /// At most the format's prefix and the last two characters.
    pub masked: Shown,
}

/// All that is known about a secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecretFacts {
    pub row: SecretRow,
    /// What it gives access to.
    pub access: String,
    /// Where it can be revoked.
    pub revoke: String,
    /// The build step of its layer.
    pub instruction: Option<Instruction>,
    /// `PackageRow::key` of the package that owns its unchanged file.
    pub package_key: Option<String>,
}
