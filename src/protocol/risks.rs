//! Risks: what can be decided from the image about accounts, permissions, leftovers, settings, programs and the
//! distribution.

use super::words::link_words;
use super::{Instruction, LayerCell, LinkPath, RowRange, Sort};
use crate::selection::LayerSelection;
use crate::text::Shown;
use crate::vocabulary::{ImagePosition, LayerNumber, RiskSeverity};
use serde::{Deserialize, Serialize};

/// Which rows of risks, in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RiskTable {
    pub image: ImagePosition,
    pub layers: LayerSelection,
    /// Case-insensitive substring of title, check, path or message; empty: all.
    pub filter: String,
    pub sort: Sort<RiskColumn>,
    pub group: Option<RiskGroup>,
    pub show: RiskShow,
    pub rows: RowRange,
}

link_words! {
    /// Columns that risks are sorted by.
    RiskColumn {
        Severity = "severity",
        Check = "name",
        Place = "path",
        Layer = "layer",
    }
}

link_words! {
    /// What risks are grouped by.
    RiskGroup {
        Check = "check",
        Layer = "layer",
    }
}

link_words! {
    /// Which risks are shown.
    RiskShow {
        All = "",
        High = "high",
        Medium = "medium",
        Low = "low",
        /// What is worth knowing, and no risk by itself.
        Info = "info",
        /// Those that the ignore list names.
        Ignored = "ignored",
    }
}

/// Numbers of risks under a selection of layers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskNumbers {
    /// All checks, in the order of docs/risks.md.
    pub checks: Vec<RiskCheckNumbers>,
    /// Layers whose files are not known.
    pub unread: Vec<LayerNumber>,
    /// Layers that were read in part.
    pub partial: Vec<LayerNumber>,
    /// There were too many paths to look up: what depends on whether a path exists was not checked.
    pub unchecked: bool,
    /// Those that the ignore list names; they count nowhere else.
    pub ignored: u32,
    /// The name of that list; `None`: there is none.
    pub list: Option<Shown>,
}

/// The risks that one check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskCheckNumbers {
    pub check: String,
    /// What it looks for, in a few words.
    pub title: String,
    pub high: u32,
    pub medium: u32,
    pub low: u32,
    pub info: u32,
    /// It found more than are listed.
    pub cut: bool,
}

impl RiskCheckNumbers {
    /// How many are of a severity.
    pub fn of(&self, severity: RiskSeverity) -> u32 {
        match severity {
            RiskSeverity::High => self.high,
            RiskSeverity::Medium => self.medium,
            RiskSeverity::Low => self.low,
            RiskSeverity::Info => self.info,
        }
    }

    /// All but information.
    pub fn found(&self) -> u32 {
        self.high.saturating_add(self.medium).saturating_add(self.low)
    }

    /// It found nothing, not even information.
    pub fn is_clean(&self) -> bool {
        self.found() == 0 && self.info == 0
    }
}

impl RiskNumbers {
    /// How many are of a severity.
    pub fn of(&self, severity: RiskSeverity) -> u32 {
        self.checks.iter().fold(0, |sum, check| sum.saturating_add(check.of(severity)))
    }

    /// There are more than are listed.
    pub fn is_cut(&self) -> bool {
        self.checks.iter().any(|check| check.cut)
    }

    /// All but information.
    pub fn found(&self) -> u32 {
        self.checks.iter().fold(0, |sum, check| sum.saturating_add(check.found()))
    }
}

/// One risk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RiskRow {
    /// Names it in links and queries.
    pub key: String,
    pub check: String,
    /// What is the matter, in a few words.
    pub title: String,
    pub severity: RiskSeverity,
    /// Its file or directory, for links and for display.
    pub path: Option<(LinkPath, Shown)>,
    /// The layer that brought it.
    pub layer: Option<LayerCell>,
    pub message: Shown,
    /// The ignore list names it.
    pub ignored: bool,
}

/// All that is known about a risk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RiskFacts {
    pub row: RiskRow,
    pub why: String,
    pub advice: String,
    /// Names of the same check elsewhere.
    pub aliases: Vec<String>,
    /// The build step of its layer.
    pub instruction: Option<Instruction>,
    /// Names it in an ignore list, after `finding:`.
    pub fingerprint: String,
}
