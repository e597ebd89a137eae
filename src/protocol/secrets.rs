//! Secrets: keys, tokens and passwords in files and in the configuration. Their values are in no answer but those that
//! have texts of the configuration, and `MaskedValues`, by which the page masks them there.

use super::words::link_words;
use super::{Instruction, LayerCell, LinkPath, RowRange, Sort};
use crate::selection::LayerSelection;
use crate::text::Shown;
use crate::vocabulary::{CommandSetting, ImagePosition, LayerNumber};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::ops::Range;

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
        /// All but those of unchanged packages and those that are ignored.
        Found = "",
        /// In the final image.
        Present = "present",
        /// In a layer, and not in the final image.
        Removed = "removed",
        /// In files of packages that no later layer changed.
        OfPackages = "packages",
        /// Those that the ignore list names.
        Ignored = "ignored",
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
    /// Those that the ignore list names; they count nowhere else.
    pub ignored: u32,
    /// The name of that list; `None`: there is none.
    pub list: Option<Shown>,
    /// Layers whose files were not searched.
    pub unsearched: Vec<LayerNumber>,
    /// Layers that were read, and so searched, only in part.
    pub partial: Vec<LayerNumber>,
    /// There are more than are listed.
    pub cut: bool,
}

impl SecretNumbers {
    /// All but those of unchanged packages and those that are ignored.
    pub fn found(&self) -> u32 {
        self.in_files.saturating_add(self.removed).saturating_add(self.in_configuration)
    }
}

/// Values of the configuration that are masked until the user asks for one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaskedValues {
    pub values: Vec<MaskedValue>,
    /// There may be more: no text of the configuration is shown without a request.
    pub cut: bool,
}

impl MaskedValues {
    /// A text with the values masked that are not among those that the user asked for, by their positions.
    pub fn mask(&self, text: &str, is_shown: impl Fn(usize) -> bool) -> String {
        let mut out = String::new();
        let mut rest = 0;
        for (range, number) in self.places(text) {
            if !is_shown(number) {
                out.push_str(&text[rest..range.start]);
                out.push_str(&self.values[number].masked);
                rest = range.end;
            }
        }
        out.push_str(&text[rest..]);
        out
    }

    /// Where values are in a text, in its order, with their positions. Of two that overlap the longer one counts.
    pub fn places(&self, text: &str) -> Vec<(Range<usize>, usize)> {
        let mut found: Vec<(Range<usize>, usize)> = Vec::new();
        // Most forms are base64, which has no blanks: most texts have no word of that length.
        let longest = text.split_ascii_whitespace().map(str::len).max().unwrap_or(0);
        let may_be = |form: &&String| {
            !form.is_empty() && (form.len() <= longest || form.contains(char::is_whitespace))
        };
        for (number, value) in self.values.iter().enumerate() {
            for form in value.forms.iter().filter(may_be) {
                let matches = text.match_indices(form.as_str());
                found.extend(matches.map(|(at, form)| (at..at + form.len(), number)));
            }
        }
        found.sort_by_key(|(range, number)| (range.start, Reverse(range.end), *number));
        let mut end = 0;
        found.retain(|(range, _)| {
            let is_free = range.start >= end;
            if is_free {
                end = range.end;
            }
            is_free
        });
        found
    }
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaskedValue {
    /// The forms in which texts have it: as it is, escaped for the screen, in JSON, with blanks for line breaks, between
    /// the quotes of a shell or a Dockerfile, and in base64.
    pub forms: Vec<String>,
    /// At most the format's prefix and the last two characters.
    pub masked: Shown,
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
    /// A command of the configuration.
    Setting(CommandSetting),
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
    /// The ignore list names it.
    pub ignored: bool,
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
    /// Names it in an ignore list, after `finding:`.
    pub fingerprint: String,
}
