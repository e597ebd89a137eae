//! Packages, files that no package owns, attached SBOMs.

use super::words::link_words;
use super::{LayerCell, LinkPath, RowRange, Sort, TablePart, VulnerabilityLink};
use crate::problem::Problem;
use crate::selection::LayerSelection;
use crate::text::Shown;
use crate::vocabulary::{ImagePosition, LayerNumber};
use serde::{Deserialize, Serialize};

/// Which rows of packages, in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PackageTable {
    pub image: ImagePosition,
    pub layers: LayerSelection,
    /// Case-insensitive substring of name, PURL, licence or path; empty: all.
    pub filter: String,
    pub sort: Sort<PackageColumn>,
    pub group: Option<PackageGroup>,
    pub show: PackageShow,
    pub rows: RowRange,
}

link_words! {
    /// Columns that packages are sorted by.
    PackageColumn {
        Name = "name",
        Version = "version",
        Type = "type",
        Licence = "license",
        Size = "size",
        Layer = "layer",
    }
}

link_words! {
    /// What packages are grouped by.
    PackageGroup {
        Type = "type",
        Layer = "layer",
        Licence = "license",
        Directory = "directory",
    }
}

link_words! {
    /// Which packages are shown.
    PackageShow {
        /// Installed and removed ones.
        Found = "",
        Installed = "installed",
        Removed = "removed",
        /// Named by a lock file or a project's manifest.
        Declared = "declared",
    }
}

/// One package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackageRow {
    /// Names the package in links and queries.
    pub key: String,
    pub name: Shown,
    pub version: Shown,
    /// The PURL's type: `deb`, `npm`.
    pub kind: Shown,
    /// As declared, joined by commas; empty: unknown.
    pub licences: Shown,
    /// Bytes installed, as the package's database says.
    pub size: Option<u64>,
    /// The layer that brought it, or removed it.
    pub layer: LayerCell,
    /// Where it was found: `/var/lib/dpkg/status`, `/app.jar!/META-INF/…`.
    pub place: Shown,
    pub removed: bool,
    /// Where the package manager stopped halfway: `unpacked`; empty: it did not.
    pub stopped_at: Shown,
    /// It is a part of the project itself.
    pub own: bool,
    /// The package that owns the file that it was found in: a program of a distribution's package is found
    /// by its version string, too. Empty: none.
    pub part_of: Shown,
}

/// Numbers of packages under a selection of layers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PackageNumbers {
    pub installed: u64,
    pub removed: u64,
    pub declared: u64,
    /// Files of the final tree that no package owns.
    pub unowned_files: u64,
    /// Attached SBOMs.
    pub sboms: Vec<SbomSummary>,
    /// Layers that were not read: their packages are not known.
    pub unread: Vec<LayerNumber>,
    /// Layers that were read in part: packages of theirs may be missing.
    pub partial: Vec<LayerNumber>,
    /// Attached documents that cannot be read.
    pub problems: Vec<Problem>,
}

/// An attached SBOM.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SbomSummary {
    /// Names it in links: `sbom-` and the first twelve hexadecimal digits of its digest.
    pub key: String,
    pub digest: String,
    /// `SPDX 2.3`, `CycloneDX 1.6`.
    pub format: Shown,
    /// Packages that it lists.
    pub packages: u64,
    /// Who made it, and with which tools.
    pub makers: Vec<Shown>,
    /// RFC 3339; empty: not said.
    pub created: Shown,
}

/// Which files that no package owns, in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UnownedTable {
    pub image: ImagePosition,
    pub layers: LayerSelection,
    pub filter: String,
    pub sort: Sort<UnownedColumn>,
    pub rows: RowRange,
}

link_words! {
    /// Columns that unowned files are sorted by.
    UnownedColumn {
        Path = "name",
        Size = "size",
        Layer = "layer",
    }
}

/// A file that no package owns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnownedRow {
    pub path: LinkPath,
    pub shown: Shown,
    pub size: u64,
    pub layer: LayerCell,
}

/// Which differences between an attached SBOM and what was found, in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SbomTable {
    pub image: ImagePosition,
    /// `SbomSummary::key`.
    pub key: String,
    pub filter: String,
    pub sort: Sort<SbomColumn>,
    /// Grouped by difference.
    pub grouped: bool,
    pub rows: RowRange,
}

link_words! {
    /// Columns that SBOM differences are sorted by.
    SbomColumn {
        Difference = "state",
        Package = "package",
    }
}

/// Rows of a comparison with an attached SBOM.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SbomComparisonPart {
    pub sbom: SbomSummary,
    /// Packages that are the same on both sides.
    pub same: u64,
    /// Entries of the SBOM without a PURL, which cannot be compared.
    pub without_purl: u64,
    pub table: TablePart<SbomRow>,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SbomRow {
    /// The PURL without version and qualifiers.
    pub package: Shown,
    pub difference: SbomDifference,
    /// Versions that the SBOM claims.
    pub claimed: Vec<Shown>,
    /// Versions that were found.
    pub found: Vec<Shown>,
}

/// How an attached SBOM and what was found differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SbomDifference {
    OnlyInSbom,
    OnlyFound,
    OtherVersion,
}

/// All that is known about a package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackageFacts {
    pub key: String,
    pub name: Shown,
    pub version: Shown,
    pub kind: Shown,
    pub state: PackageState,
    /// As `PackageRow::stopped_at`.
    pub stopped_at: Shown,
    /// As `PackageRow::own`.
    pub own: bool,
    pub purl: Shown,
    /// Empty: not said. The same for the other texts.
    pub architecture: Shown,
    /// Name and version of the source package.
    pub source: Option<(Shown, Shown)>,
    /// As declared.
    pub licences: Vec<Shown>,
    /// The SPDX expressions that these mean, where they differ and are certain.
    pub spdx_licences: Vec<Shown>,
    pub size: Option<u64>,
    pub layer: LayerCell,
    pub supplier: Shown,
    /// To be linked only if it begins with `https://`.
    pub homepage: Shown,
    pub digests: Vec<Shown>,
    pub places: Vec<PackagePlace>,
    pub vulnerabilities: Vec<VulnerabilityLink>,
    /// Files of the final tree that it owns: the first thousand.
    pub files: Vec<PackageFile>,
    /// How many it owns.
    pub file_count: u64,
}

/// Whether a package is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PackageState {
    Installed,
    /// Not in the final image.
    Removed,
    /// Named by a lock file or a project's manifest.
    Declared,
}

/// Where a package was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackagePlace {
    pub path: LinkPath,
    /// With the place within an archive: `/app.jar!/META-INF/…`.
    pub shown: Shown,
    pub layer: LayerCell,
    /// The layer that removed it.
    pub removed_by: Option<LayerNumber>,
}

/// A file that a package owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageFile {
    pub path: LinkPath,
    pub shown: Shown,
    pub size: u64,
}
