//! Vulnerabilities: what a check would send, how far it is, what it found.

use super::words::link_words;
use super::{LayerCell, RowRange, Sort};
use crate::problem::Problem;
use crate::selection::LayerSelection;
use crate::text::{Shown, ShownLines};
use crate::vocabulary::{
    ImagePosition, LayerNumber, Severity, Uncertainty, UncheckedReason, VexOrigin, VexStatus,
};
use serde::{Deserialize, Serialize};

/// What is known about vulnerabilities.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CheckFacts {
    pub state: CheckState,
    /// Installed packages.
    pub packages: u32,
    /// Packages that can be checked. The same as the sum over `ecosystems`.
    pub checkable: u32,
    /// Packages for which a database answered. Only of these may "none known" be said.
    pub answered: u32,
    /// What a check sends: OSV's ecosystems, and the number of packages of each.
    pub ecosystems: Vec<(Shown, u32)>,
    /// Layers whose packages are not known, and those that were read in part.
    pub unread: Vec<LayerNumber>,
    pub partial: Vec<LayerNumber>,
    /// Packages that cannot be checked, by reason.
    pub unchecked: Vec<(UncheckedReason, u32)>,
    /// Progress, in packages and then in records.
    pub done: u32,
    pub total: u32,
    /// The database that was asked; `None`: none yet.
    pub source: Option<CheckSource>,
    /// RFC 3339: the data is as of then; empty: not known.
    pub as_of: Shown,
    pub counts: SeverityCounts,
    /// Findings that a VEX document says do not apply.
    pub suppressed: u32,
    /// The VEX documents.
    pub vex: Vec<VexDocumentFacts>,
    pub warnings: Vec<Problem>,
}

/// A VEX document that is applied, and what it leaves out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VexDocumentFacts {
    pub origin: VexOrigin,
    /// Its file's name; of an attached one, the digest of its blob.
    pub name: Shown,
    /// Findings that this document says do not apply.
    pub suppressed: SeverityCounts,
}

/// Who answered a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckSource {
    /// An OSV database on this host.
    Database(Shown),
    /// Files that were opened, by name.
    Files(Vec<Shown>),
}

/// How far a check is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CheckState {
    /// The packages are not known yet.
    #[default]
    Waiting,
    /// Not checked.
    NotChecked,
    Running,
    /// Cancelled or failed: what was found is kept.
    Interrupted,
    Done,
}

/// Findings by severity, those that do not apply left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeverityCounts {
    pub critical: u32,
    pub high: u32,
    pub medium: u32,
    pub low: u32,
    pub none: u32,
    pub unrated: u32,
}

impl SeverityCounts {
    /// The number of one severity.
    pub fn of(&self, severity: Severity) -> u32 {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
            Severity::None => self.none,
            Severity::Unrated => self.unrated,
        }
    }

    /// Counts one more.
    pub fn add(&mut self, severity: Severity) {
        let count = match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
            Severity::None => &mut self.none,
            Severity::Unrated => &mut self.unrated,
        };
        *count = count.saturating_add(1);
    }

    /// All of them.
    pub fn total(&self) -> u32 {
        Severity::ALL.iter().fold(0u32, |sum, severity| sum.saturating_add(self.of(*severity)))
    }
}

/// Which rows of vulnerabilities, in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VulnerabilityTable {
    pub image: ImagePosition,
    pub layers: LayerSelection,
    /// Case-insensitive substring of ID, alias, package or summary; empty: all.
    pub filter: String,
    pub sort: Sort<VulnerabilityColumn>,
    pub group: Option<VulnerabilityGroup>,
    /// Empty: all that apply. Severities add up, `Fixable` restricts, `Suppressed` shows those that do not
    /// apply.
    pub show: Vec<VulnerabilityShow>,
    pub rows: RowRange,
}

link_words! {
    /// Columns that vulnerabilities are sorted by.
    VulnerabilityColumn {
        /// The most severe first.
        Severity = "severity",
        Id = "id",
        Package = "package",
        Fixed = "fixed",
        Layer = "layer",
    }
}

link_words! {
    /// What vulnerabilities are grouped by.
    VulnerabilityGroup {
        Package = "package",
        Advisory = "id",
        Severity = "severity",
        Layer = "layer",
    }
}

link_words! {
    /// Which vulnerabilities are shown.
    VulnerabilityShow {
        Fixable = "fixable",
        Critical = "critical",
        High = "high",
        Medium = "medium",
        Low = "low",
        None = "none",
        Unrated = "unrated",
        Suppressed = "suppressed",
    }
}

/// Numbers of vulnerabilities under a selection of layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VulnerabilityNumbers {
    pub counts: SeverityCounts,
    /// Of those counted, how many have a fix.
    pub fixable: u32,
    /// Findings that a VEX document says do not apply.
    pub suppressed: u32,
}

/// A severity with its score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeverityCell {
    pub severity: Severity,
    /// CVSS score in tenths, 0 to 100.
    pub score_tenths: Option<u8>,
}

/// One vulnerability of one package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VulnerabilityRow {
    /// Names it in links and queries.
    pub key: String,
    pub id: Shown,
    pub severity: SeverityCell,
    pub package: Shown,
    pub version: Shown,
    /// Versions that fix it; none known: empty.
    pub fixed: Vec<Shown>,
    pub layer: LayerCell,
    pub summary: Shown,
    /// No VEX document says otherwise.
    pub applies: bool,
    /// Why it may not be one.
    pub uncertain: Option<Uncertainty>,
}

/// A vulnerability, as a package's details list it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VulnerabilityLink {
    pub key: String,
    pub id: Shown,
    pub severity: SeverityCell,
    pub applies: bool,
}

/// All that is known about a vulnerability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VulnerabilityFacts {
    pub key: String,
    pub id: Shown,
    pub summary: Shown,
    pub severity: SeverityCell,
    /// Who rated it, and the CVSS vector.
    pub rating: Option<(Shown, Shown)>,
    pub package: Shown,
    pub version: Shown,
    /// `PackageRow::key`, where the package is in the image.
    pub package_key: Option<String>,
    pub fixed: Vec<Shown>,
    pub layer: Option<LayerCell>,
    pub aliases: Vec<Shown>,
    /// Address of the advisory; to be linked only if it begins with `https://`.
    pub advisory: Shown,
    /// RFC 3339; empty: not said.
    pub published: Shown,
    /// RFC 3339; empty: not said.
    pub changed: Shown,
    pub database: Shown,
    /// Why it may not be one.
    pub uncertain: Option<Uncertainty>,
    pub vex: Option<VexNote>,
    /// As the record has it (Markdown, shown as text).
    pub details: ShownLines,
    /// Address and kind; `https://` only.
    pub references: Vec<(Shown, Shown)>,
}

/// What a VEX document says about a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VexNote {
    pub status: VexStatus,
    /// Its author, as the document has it.
    pub source: Shown,
    pub justification: Shown,
    pub note: Shown,
    /// The document, or the image itself where it came with it.
    pub document: Shown,
}
