//! Two images of one session compared. docs/compare.md defines every figure; `a` is before, `b` after.

use super::words::link_words;
use super::{Instruction, LinkPath, RowRange, SeverityCell, SeverityCounts, Sort};
use crate::text::{Shown, ShownLines};
use crate::vocabulary::{ImagePosition, LayerNumber, LeftOut, PathDifference, VexOrigin};
use serde::{Deserialize, Serialize};

/// What differs, without the paths.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ComparisonFacts {
    pub a: ComparedImageFacts,
    pub b: ComparedImageFacts,
    /// Nothing differs, or times alone.
    pub same_but_times: bool,
    /// Layers at the base that both have.
    pub shared_prefix: u32,
    /// Layers that both have, wherever they are.
    pub shared: u32,
    /// Paths that do not differ.
    pub equal: u64,
    /// Files of equal size of which the contents of one are not known.
    pub unknown: u64,
    /// Classes that have paths, in the order of `PathDifference::ALL`.
    pub classes: Vec<DifferenceNumbers>,
    pub growth: GrowthFacts,
    pub packages: PackageDifferences,
    /// `None`: they are not known of both images.
    pub vulnerabilities: Option<VulnerabilityDifferences>,
    /// Fields of the configuration that differ, sorted by name.
    pub settings: Vec<SettingDifference>,
    /// How many there are, listed or not.
    pub setting_count: u64,
    /// History entries at the beginning that both have, whenever they were made.
    pub common_history: u32,
}

/// One of the two images.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ComparedImageFacts {
    /// Its first name, else the source's.
    pub name: Shown,
    pub image_id: Option<String>,
    pub platform: Shown,
    /// Bytes of the final tree.
    pub size: u64,
    /// Bytes of the blobs as stored; `None` where one is missing.
    pub blob_size: Option<u64>,
    /// Base first.
    pub layers: Vec<ComparedLayer>,
    /// The first entries of the history.
    pub history: Vec<Instruction>,
    /// How many entries it has.
    pub history_length: u32,
    /// What is not here, or was not read to its end: the facts about the image are those of a part.
    pub incomplete: Option<IncompletePart>,
}

/// A part of an image that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IncompletePart {
    /// A layer, or some of it.
    Layer(LayerNumber),
    /// Something beside the layers that are known, such as layers beyond a limit.
    Image,
}

/// A layer, and whether the other image has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedLayer {
    pub number: LayerNumber,
    pub instruction: Instruction,
    pub size: Option<u64>,
    /// The first layer of the other image with the same diff ID.
    pub in_other: Option<LayerNumber>,
}

/// Sums of the paths of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferenceNumbers {
    pub difference: PathDifference,
    pub paths: u64,
    pub bytes_a: u64,
    pub bytes_b: u64,
}

/// Why the second image is larger or smaller: the largest parts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GrowthFacts {
    pub directories: Vec<GrownPath>,
    /// How many directories there are.
    pub directory_count: u64,
    pub packages: Vec<GrownPackage>,
    pub package_count: u64,
    /// Bytes in files that no package owns.
    pub unowned: i64,
}

/// A directory, with what it grew by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GrownPath {
    pub path: LinkPath,
    pub shown: Shown,
    pub bytes: i64,
    /// Only the files directly in it.
    pub files_alone: bool,
}

/// A package, with what its files grew by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GrownPackage {
    pub kind: Shown,
    pub name: Shown,
    pub bytes: i64,
}

/// Installed packages that differ: the first ones.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PackageDifferences {
    pub added: u64,
    pub removed: u64,
    pub changed: u64,
    /// Changed ones first, then added, then removed ones.
    pub rows: Vec<PackageDifference>,
}

/// A package with its version in each image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackageDifference {
    pub kind: Shown,
    pub name: Shown,
    pub a: Option<Shown>,
    pub b: Option<Shown>,
}

/// Vulnerabilities that one of two images has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VulnerabilityDifferences {
    /// Those of the second image that do not apply to the first, by severity.
    pub gained: SeverityCounts,
    /// Those of the first image that the second has as well, where a VEX document says that they do not apply.
    pub suppressed: SeverityCounts,
    /// Those of the first image that the second does not have.
    pub lost: SeverityCounts,
    /// Those of both.
    pub both: u32,
    /// All that VEX documents leave out of the first image, and of the second.
    pub left_out: [u32; 2],
    /// The first ones that differ, in the order of their change, each the most severe first.
    pub rows: Vec<VulnerabilityDifference>,
}

/// How a vulnerability differs from the first image to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VulnerabilityChange {
    Gained,
    /// It is still there, but a VEX document of this origin says that it does not apply.
    Suppressed(VexOrigin),
    Lost,
}

/// A vulnerability of a package that one of two images has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VulnerabilityDifference {
    pub change: VulnerabilityChange,
    pub id: Shown,
    pub severity: SeverityCell,
    pub package: Shown,
    /// The version that has it.
    pub version: Shown,
}

/// A field of the configuration: its values as JSON, texts as they are. `None`: absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingDifference {
    pub field: Shown,
    pub a: Option<ShownLines>,
    pub b: Option<ShownLines>,
}

/// Which paths that differ, in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DifferenceTable {
    pub a: ImagePosition,
    pub b: ImagePosition,
    pub without: LeftOut,
    /// Case-insensitive substring of the path; empty: all.
    pub filter: String,
    pub show: DifferenceShow,
    pub sort: Sort<DifferenceColumn>,
    pub group: Option<DifferenceGroup>,
    pub rows: RowRange,
}

link_words! {
    /// Columns that paths are sorted by.
    DifferenceColumn {
        Path = "name",
        Difference = "state",
        /// By the change of size, the largest first.
        Change = "size",
    }
}

link_words! {
    /// What paths are grouped by.
    DifferenceGroup {
        Difference = "state",
        Directory = "directory",
    }
}

link_words! {
    /// Which classes are shown.
    DifferenceShow {
        All = "",
        /// All but those whose time alone differs.
        WithoutTimes = "no-times",
        Added = "added",
        Removed = "removed",
        Type = "type",
        Content = "content",
        Metadata = "metadata",
        Time = "time",
    }
}

impl DifferenceShow {
    /// That class alone.
    pub fn of(difference: PathDifference) -> DifferenceShow {
        match difference {
            PathDifference::Added => DifferenceShow::Added,
            PathDifference::Removed => DifferenceShow::Removed,
            PathDifference::Type => DifferenceShow::Type,
            PathDifference::Content => DifferenceShow::Content,
            PathDifference::Metadata => DifferenceShow::Metadata,
            PathDifference::Time => DifferenceShow::Time,
        }
    }

    /// Whether a class is shown.
    pub fn shows(self, difference: PathDifference) -> bool {
        match self {
            DifferenceShow::All => true,
            DifferenceShow::WithoutTimes => difference != PathDifference::Time,
            one => one == DifferenceShow::of(difference),
        }
    }
}

/// A path that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DifferenceRow {
    pub path: LinkPath,
    /// With a leading slash.
    pub shown: Shown,
    pub difference: PathDifference,
    /// Bytes of the file in each image; 0 for what is not a file, and for a further name of a file.
    pub bytes_a: u64,
    pub bytes_b: u64,
    /// What differs of the metadata, where that is the class.
    pub metadata: Option<MetadataDifference>,
}

/// What differs of a path's metadata, each before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetadataDifference {
    /// Permission bits.
    pub mode: Option<(u16, u16)>,
    /// User and group by number.
    pub owner: Option<((u64, u64), (u64, u64))>,
    pub xattrs: bool,
}
