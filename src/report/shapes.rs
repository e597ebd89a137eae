//! The shape of the report: one struct for each kind of JSON object, with its fields in their order.
//!
//! docs/report.md documents every field.

use super::provenance::ProvenanceReport;
use crate::oci::{DiffId, Digest};
use crate::problem::Problem;
use crate::text::Shown;
use crate::vocabulary::{BaseSource, DockerfileOrigin, LayerPosition, RiskSeverity};
use serde::Serialize;
use serde_json::value::RawValue;

/// The file, folder or registry image that was opened.
#[derive(Serialize)]
pub struct ReportSource {
    pub kind: &'static str,
    pub format: String,
    pub name: String,
    pub size: u64,
    pub digest: Option<Digest>,
    pub compression: &'static str,
}

/// The whole report.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report<'a> {
    pub schema_version: u32,
    pub source: ReportSource,
    pub images: Vec<ImageReport>,
    pub others: Vec<OtherReport<'a>>,
    pub warnings: Vec<WarningReport>,
}

/// A problem, without fields that do not apply.
#[derive(Serialize)]
pub struct WarningReport {
    pub code: String,
    pub message: Shown,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blob: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<LayerPosition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<Shown>,
}

impl From<Problem> for WarningReport {
    fn from(problem: Problem) -> WarningReport {
        let Problem { code, message, expected, found, blob, layer, offset, path, advice } = problem;
        let code = code.into_owned();
        WarningReport { code, message, expected, found, blob, layer, offset, path, advice }
    }
}

/// An image.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageReport {
    pub tags: Vec<String>,
    pub manifest_digest: Option<Digest>,
    pub image_id: Option<Digest>,
    pub platform: String,
    pub created: Option<String>,
    pub architecture: Option<String>,
    pub os: Option<String>,
    pub variant: Option<String>,
    pub config: Option<Box<RawValue>>,
    pub size: Option<u64>,
    pub compressed_size: Option<u64>,
    pub history: Vec<HistoryReport>,
    pub layers: Vec<LayerReport>,
    pub tree: TreeReport,
    pub efficiency: EfficiencyReport,
    pub unread_layers: Vec<LayerPosition>,
    pub partial_layers: Vec<LayerPosition>,
    pub waste: WasteReport,
    pub base: Option<BaseReport>,
    pub dockerfile: DockerfileReport,
    pub secrets: Vec<SecretReport>,
    pub risks: Vec<RiskReport>,
    pub provenance: Vec<ProvenanceReport>,
    pub packages: Vec<PackageReport>,
    pub declared: Vec<PackageReport>,
    pub warnings: Vec<WarningReport>,
}

/// A history entry.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryReport {
    pub created: Option<String>,
    pub created_by: Option<String>,
    pub comment: Option<String>,
    pub empty_layer: bool,
    pub size: Option<u64>,
    pub layer: Option<LayerPosition>,
}

/// A layer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LayerReport {
    pub digest: Option<Digest>,
    pub diff_id: Option<DiffId>,
    pub media_type: Option<String>,
    pub compression: Option<&'static str>,
    pub compressed_size: Option<u64>,
    pub tar_size: Option<u64>,
    pub size: Option<u64>,
    pub entries: Option<u32>,
    pub files: Option<u32>,
    pub directories: Option<u32>,
    pub symlinks: Option<u32>,
    pub hard_links: Option<u32>,
    pub whiteouts: Option<u32>,
    pub opaque_directories: Option<u32>,
    pub added: Option<u32>,
    pub modified: Option<u32>,
    pub removed: Option<u32>,
    pub contribution: Option<i64>,
    pub verified: Option<bool>,
}

/// The final tree.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TreeReport {
    pub entries: u64,
    pub files: u64,
    pub directories: u64,
    pub symlinks: u64,
    pub size: u64,
    pub paths_sha256: String,
}

/// dive's figures.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EfficiencyReport {
    pub score: f64,
    pub wasted_bytes: u64,
    pub wasted_percent: Option<f64>,
    pub paths: Vec<WastedReport>,
}

/// A path that occurs twice or more.
#[derive(Serialize)]
pub struct WastedReport {
    pub path: String,
    pub bytes: u64,
    pub layers: Vec<LayerPosition>,
}

/// What an image wastes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WasteReport {
    pub hidden: HiddenReport,
    pub by_layer: Vec<LayerWasteReport>,
    pub paths: Vec<HiddenFileReport>,
    pub duplicates: DuplicatesReport,
}

/// A number of files and their bytes.
#[derive(Serialize)]
pub struct FilesReport {
    pub files: u64,
    pub bytes: u64,
}

/// Files of layers that the final tree does not show.
#[derive(Serialize)]
pub struct HiddenReport {
    pub files: u64,
    pub bytes: u64,
    pub removed: FilesReport,
    pub overwritten: FilesReport,
    pub rewritten: RewrittenReport,
}

/// Those of which the same content was written again, by what differs.
#[derive(Serialize)]
pub struct RewrittenReport {
    pub files: u64,
    pub bytes: u64,
    pub mode: FilesReport,
    pub owner: FilesReport,
    pub xattrs: FilesReport,
    pub times: FilesReport,
    pub nothing: FilesReport,
}

/// What one layer hid.
#[derive(Serialize)]
pub struct LayerWasteReport {
    pub layer: LayerPosition,
    pub files: u64,
    pub bytes: u64,
}

/// A file that the final tree does not show.
#[derive(Serialize)]
pub struct HiddenFileReport {
    pub path: String,
    pub layer: LayerPosition,
    pub by: LayerPosition,
    pub class: &'static str,
    pub changed: Option<&'static str>,
    pub size: u64,
}

/// Files of the final tree with equal content.
#[derive(Serialize)]
pub struct DuplicatesReport {
    pub groups: u64,
    pub files: u64,
    pub bytes: u64,
    pub paths: Vec<DuplicateGroupReport>,
}

/// Files of one content.
#[derive(Serialize)]
pub struct DuplicateGroupReport {
    pub size: u64,
    pub paths: Vec<String>,
}

/// The base image.
#[derive(Serialize)]
pub struct BaseReport {
    pub source: BaseSource,
    pub name: Option<String>,
    pub digest: Option<String>,
    pub layers: Option<u32>,
}

/// The Dockerfile.
#[derive(Serialize)]
pub struct DockerfileReport {
    pub source: DockerfileOrigin,
    pub text: String,
    pub lines: Vec<LineReport>,
}

/// An instruction of it, or a comment.
#[derive(Serialize)]
pub struct LineReport {
    pub instruction: String,
    pub text: String,
    pub history: Option<u32>,
    pub layer: Option<LayerPosition>,
    pub guessed: bool,
    pub base: bool,
}

/// A secret, without its value.
#[derive(Default, Serialize)]
pub struct SecretReport {
    pub rule: &'static str,
    pub r#where: &'static str,
    /// Of a file, escaped.
    pub path: Option<String>,
    /// Of a variable, a label or a setting.
    pub name: Option<String>,
    /// Position of an entry of the history.
    pub history: Option<usize>,
    pub layer: Option<LayerPosition>,
    pub line: Option<u32>,
    pub removed: bool,
    pub package: Option<String>,
    pub masked: Shown,
}

impl SecretReport {
    /// A secret of which only rule and masked text are known.
    pub fn new(rule: &'static str, masked: &str) -> SecretReport {
        SecretReport { rule, masked: Shown::new(masked), ..SecretReport::default() }
    }
}

/// A risk.
#[derive(Serialize)]
pub struct RiskReport {
    pub check: &'static str,
    pub severity: RiskSeverity,
    /// Escaped; null: it is not about a file.
    pub path: Option<String>,
    /// Null: it is the configuration's.
    pub layer: Option<LayerPosition>,
    pub message: String,
    pub advice: &'static str,
}

/// A package.
#[derive(Serialize)]
pub struct PackageReport {
    pub r#type: String,
    pub name: String,
    pub version: String,
    pub purl: String,
    pub licenses: Vec<String>,
    pub removed: bool,
    /// Where the package manager stopped halfway.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub state: String,
    /// It is a part of the project itself.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
    pub locations: Vec<LocationReport>,
}

/// A file that names a package.
#[derive(Serialize)]
pub struct LocationReport {
    pub path: String,
    pub layer: LayerPosition,
}

/// An attestation, artifact or absent platform.
#[derive(Serialize)]
pub struct OtherReport<'a> {
    pub kind: &'static str,
    pub digest: Option<&'a str>,
    pub platform: &'a Option<String>,
    pub names: &'a [String],
    pub subject: &'a Option<Digest>,
}
