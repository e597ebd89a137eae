//! The comparison of two images as JSON; docs/compare.md documents every field.

use crate::analysis::compare::{
    ChangedSetting, ComparedImage, DifferentPath, ImageComparison, PackageVersions,
};
use crate::oci::Digest;
use crate::problem::Problem;
use crate::text::Shown;
use crate::vocabulary::{LeftOut, PathDifference};
use serde::Serialize;
use serde_json::Value;

/// What names an image of a comparison.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ComparedSide {
    /// The image's first name, else the source's.
    pub name: String,
    pub image_id: Option<Digest>,
    pub manifest_digest: Option<Digest>,
    pub platform: String,
    /// Bytes of the final tree.
    pub size: u64,
    /// Bytes of the blobs as stored; `None` if one is not in the archive.
    pub compressed_size: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ComparisonReport<'a> {
    a: &'a ComparedSide,
    b: &'a ComparedSide,
    without: Vec<&'static str>,
    layers: LayersShape,
    equal: u64,
    added: ClassShape,
    removed: ClassShape,
    r#type: ClassShape,
    content: ClassShape,
    metadata: ClassShape,
    time: ClassShape,
    packages: PackagesShape<'a>,
    config: Vec<SettingShape<'a>>,
    history: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LayersShape {
    a: usize,
    b: usize,
    shared_prefix: usize,
    shared: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClassShape {
    paths: u64,
    bytes_a: u64,
    bytes_b: u64,
    list: Vec<Shown>,
}

#[derive(Serialize)]
struct PackagesShape<'a> {
    added: Vec<PackageShape<'a>>,
    removed: Vec<PackageShape<'a>>,
    changed: Vec<PackageShape<'a>>,
}

#[derive(Serialize)]
struct PackageShape<'a> {
    r#type: &'a str,
    name: &'a str,
    a: Option<&'a str>,
    b: Option<&'a str>,
}

#[derive(Serialize)]
struct SettingShape<'a> {
    field: &'a str,
    a: &'a Value,
    b: &'a Value,
}

/// The comparison of two images as indented JSON text.
pub fn comparison(
    (side_a, a): (&ComparedSide, &ComparedImage<'_>),
    (side_b, b): (&ComparedSide, &ComparedImage<'_>),
    without: LeftOut,
    compared: &ImageComparison,
) -> Result<String, Problem> {
    let class = |difference: PathDifference| {
        let totals = compared.paths.of(difference);
        let of_class = |path: &&DifferentPath| path.difference == difference;
        let paths = compared.paths.list.iter().filter(of_class);
        ClassShape {
            paths: totals.paths,
            bytes_a: totals.bytes_a,
            bytes_b: totals.bytes_b,
            list: paths.map(|path| Shown::new(path.path(a.tree, b.tree))).collect(),
        }
    };
    let layers = compared.layers;
    let report = ComparisonReport {
        a: side_a,
        b: side_b,
        without: without.words(),
        layers: LayersShape {
            a: layers.a,
            b: layers.b,
            shared_prefix: layers.shared_prefix,
            shared: layers.shared,
        },
        equal: compared.paths.equal,
        added: class(PathDifference::Added),
        removed: class(PathDifference::Removed),
        r#type: class(PathDifference::Type),
        content: class(PathDifference::Content),
        metadata: class(PathDifference::Metadata),
        time: class(PathDifference::Time),
        packages: PackagesShape {
            added: packages(&compared.packages.added),
            removed: packages(&compared.packages.removed),
            changed: packages(&compared.packages.changed),
        },
        config: compared.settings.iter().map(setting).collect(),
        history: compared.common_history,
    };
    serde_json::to_string_pretty(&report).map_err(|error| {
        Problem::new("report-failed", "The report cannot be written.").found(error.to_string())
    })
}

fn packages(list: &[PackageVersions]) -> Vec<PackageShape<'_>> {
    list.iter().map(package).collect()
}

fn package(package: &PackageVersions) -> PackageShape<'_> {
    let PackageVersions { kind, name, a, b } = package;
    PackageShape { r#type: kind, name, a: a.as_deref(), b: b.as_deref() }
}

fn setting(setting: &ChangedSetting) -> SettingShape<'_> {
    let ChangedSetting { field, a, b } = setting;
    SettingShape { field, a, b }
}
