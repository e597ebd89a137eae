//! The machine-readable report: the same JSON from `cargo xtask inspect` and from the page.
//!
//! Source: CONTRACTS.md, "The report"; docs/report.md and its schema document every field and code.
//! Field names are those of the OCI specification where it has one. Sizes are bytes uncompressed unless
//! named `compressed`; layers count from 0.

use crate::analysis::efficiency::Efficiency;
use crate::analysis::packages::{FoundPackage, Inventory, Package, PackageLocation};
use crate::archive::{ImageSource, OtherSource};
use crate::codec::Compression;
use crate::layer::Counts;
use crate::oci::{DiffId, Digest, Hasher};
use crate::problem::Problem;
use crate::text;
use crate::text::Shown;
use crate::tree::FileTree;
use crate::vocabulary::LayerPosition;
use serde::Serialize;
use serde_json::value::RawValue;

/// Version of the report's shape.
pub const SCHEMA_VERSION: u32 = 1;

/// What was opened.
#[derive(Serialize)]
pub struct Source {
    pub kind: &'static str,
    pub format: String,
    pub name: String,
    pub size: u64,
    pub digest: Option<Digest>,
    pub compression: &'static str,
}

/// What is known of a layer beside the tree.
pub struct LayerSummary {
    pub digest: Option<Digest>,
    pub diff_id: Option<DiffId>,
    pub compression: Option<Compression>,
    pub compressed_size: Option<u64>,
    pub tar_size: Option<u64>,
    pub counts: Option<Counts>,
    pub verified: Option<bool>,
    /// The pass ended at a limit.
    pub limited: bool,
    pub warnings: Vec<Problem>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    schema_version: u32,
    source: Source,
    images: Vec<Image>,
    others: Vec<OtherReport<'a>>,
    warnings: Vec<Warning>,
}

/// A problem, what does not apply left out.
#[derive(Serialize)]
struct Warning {
    code: String,
    message: Shown,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blob: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<LayerPosition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<Shown>,
}

impl From<Problem> for Warning {
    fn from(problem: Problem) -> Warning {
        let Problem { code, message, expected, found, blob, layer, offset, path, advice } = problem;
        let code = code.into_owned();
        Warning { code, message, expected, found, blob, layer, offset, path, advice }
    }
}

/// One image of the report.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    tags: Vec<String>,
    manifest_digest: Option<Digest>,
    image_id: Option<Digest>,
    platform: String,
    created: Option<String>,
    architecture: Option<String>,
    os: Option<String>,
    variant: Option<String>,
    config: Option<Box<RawValue>>,
    size: Option<u64>,
    compressed_size: Option<u64>,
    history: Vec<History>,
    layers: Vec<Layer>,
    tree: Tree,
    efficiency: EfficiencyReport,
    packages: Vec<PackageReport>,
    declared: Vec<PackageReport>,
    warnings: Vec<Warning>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct History {
    created: Option<String>,
    created_by: Option<String>,
    comment: Option<String>,
    empty_layer: bool,
    size: Option<u64>,
    layer: Option<LayerPosition>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    digest: Option<Digest>,
    diff_id: Option<DiffId>,
    media_type: Option<String>,
    compression: Option<&'static str>,
    compressed_size: Option<u64>,
    tar_size: Option<u64>,
    size: Option<u64>,
    entries: Option<u32>,
    files: Option<u32>,
    directories: Option<u32>,
    symlinks: Option<u32>,
    hard_links: Option<u32>,
    whiteouts: Option<u32>,
    opaque_directories: Option<u32>,
    added: Option<u32>,
    modified: Option<u32>,
    removed: Option<u32>,
    contribution: Option<i64>,
    verified: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tree {
    entries: u64,
    files: u64,
    directories: u64,
    symlinks: u64,
    size: u64,
    paths_sha256: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EfficiencyReport {
    score: f64,
    wasted_bytes: u64,
    wasted_percent: Option<f64>,
    paths: Vec<Wasted>,
}

#[derive(Serialize)]
struct Wasted {
    path: String,
    bytes: u64,
    layers: Vec<LayerPosition>,
}

#[derive(Serialize)]
struct PackageReport {
    r#type: String,
    name: String,
    version: String,
    purl: String,
    licenses: Vec<String>,
    removed: bool,
    locations: Vec<Location>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    layer: LayerPosition,
}

#[derive(Serialize)]
struct OtherReport<'a> {
    kind: &'static str,
    digest: &'a Digest,
    platform: &'a Option<String>,
    names: &'a [String],
    subject: &'a Option<Digest>,
}

/// The report of one image.
pub fn image(
    source: &ImageSource,
    layers: &[LayerSummary],
    tree: &FileTree,
    efficiency: &Efficiency,
    inventory: &Inventory,
) -> Image {
    let mut warnings = source.warnings.clone();
    warnings.extend(layers.iter().flat_map(|layer| layer.warnings.iter().cloned()));
    warnings.extend(tree.warnings().iter().cloned());
    warnings.extend(inventory.warnings.iter().cloned());
    let packages = |declared: bool| {
        let found = inventory.packages.iter().filter(move |f| f.package.declared == declared);
        found.map(|found| package_report(found, tree)).collect()
    };
    let sum = |value: fn(&LayerSummary) -> Option<u64>| {
        layers.iter().map(value).try_fold(0u64, |sum, value| Some(sum.saturating_add(value?)))
    };
    let config = &source.config;
    Image {
        tags: source.tags.clone(),
        manifest_digest: source.manifest_digest.clone(),
        image_id: source.image_id.clone(),
        platform: source.platform.to_string(),
        created: config.created.clone(),
        architecture: config.architecture.clone(),
        os: config.os.clone(),
        variant: config.variant.clone(),
        config: config.config.clone(),
        size: sum(|layer| layer.counts.map(|counts| counts.size)),
        compressed_size: sum(|layer| layer.compressed_size),
        history: history(source, layers),
        layers: source
            .layers
            .iter()
            .enumerate()
            .map(|(at, layer)| layer_report(layer.media_type.clone(), &layers[at], tree, at))
            .collect(),
        tree: tree_report(tree),
        efficiency: efficiency_report(efficiency),
        packages: packages(false),
        declared: packages(true),
        warnings: warnings.into_iter().map(Warning::from).collect(),
    }
}

/// The whole report as JSON text, indented.
pub fn whole(
    source: Source,
    images: Vec<Image>,
    others: &[OtherSource],
    warnings: &[Problem],
) -> Result<String, Problem> {
    let others = others.iter().map(|other| OtherReport {
        kind: other.kind.name(),
        digest: &other.digest,
        platform: &other.platform,
        names: &other.names,
        subject: &other.subject,
    });
    let warnings = warnings.iter().cloned().map(Warning::from).collect();
    let others = others.collect();
    let report = Report { schema_version: SCHEMA_VERSION, source, images, others, warnings };
    serde_json::to_string_pretty(&report).map_err(|error| {
        Problem::new("report-failed", "The report cannot be written.").found(error.to_string())
    })
}

/// The report of a source from which nothing could be read.
pub fn failed(source: Source, problem: Problem) -> Result<String, Problem> {
    whole(source, Vec::new(), &[], &[problem])
}

/// History entries with their layers: those that are not empty take the layers from the base up.
fn history(source: &ImageSource, layers: &[LayerSummary]) -> Vec<History> {
    let mut next = 0;
    let entries = source.config.history.iter().map(|entry| {
        let layer =
            (!entry.empty_layer && next < layers.len()).then_some(LayerPosition(next as u32));
        next += usize::from(layer.is_some());
        let size = match layer {
            Some(at) => layers[at.index()].counts.map(|counts| counts.size),
            None => entry.empty_layer.then_some(0),
        };
        History {
            created: entry.created.clone(),
            created_by: entry.created_by.clone(),
            comment: entry.comment.clone(),
            empty_layer: entry.empty_layer,
            size,
            layer,
        }
    });
    entries.collect()
}

fn layer_report(
    media_type: Option<String>,
    facts: &LayerSummary,
    tree: &FileTree,
    at: usize,
) -> Layer {
    let counts = facts.counts;
    let change = counts.and(tree.changes().get(at));
    Layer {
        digest: facts.digest.clone(),
        diff_id: facts.diff_id.clone(),
        media_type,
        compression: facts.compression.map(Compression::name),
        compressed_size: facts.compressed_size,
        tar_size: facts.tar_size,
        size: counts.map(|counts| counts.size),
        entries: counts.map(|counts| counts.entries),
        files: counts.map(|counts| counts.files),
        directories: counts.map(|counts| counts.directories),
        symlinks: counts.map(|counts| counts.symlinks),
        hard_links: counts.map(|counts| counts.hard_links),
        whiteouts: counts.map(|counts| counts.whiteouts),
        opaque_directories: counts.map(|counts| counts.opaque_directories),
        added: change.map(|change| change.added),
        modified: change.map(|change| change.modified),
        removed: change.map(|change| change.removed),
        contribution: change.map(|change| change.contribution),
        verified: facts.verified,
    }
}

fn tree_report(tree: &FileTree) -> Tree {
    let totals = tree.totals();
    let mut hasher = Hasher::sha256();
    tree.each_path(|path| {
        hasher.update(path);
        hasher.update(b"\0");
    });
    Tree {
        entries: totals.entries,
        files: totals.files,
        directories: totals.directories,
        symlinks: totals.symlinks,
        size: totals.size,
        paths_sha256: hasher.finish().encoded().to_owned(),
    }
}

fn package_report(found: &FoundPackage, tree: &FileTree) -> PackageReport {
    let Package { kind, name, version, licenses, .. } = &found.package;
    let location = |place: &PackageLocation| {
        let path = text::show(&tree.path(place.node));
        let inside = match place.inside.as_str() {
            "" => String::new(),
            inside => format!("!/{}", text::show(inside.as_bytes())),
        };
        Location { path: format!("/{path}{inside}"), layer: place.layer }
    };
    PackageReport {
        r#type: kind.clone(),
        name: name.clone(),
        version: version.clone(),
        purl: found.purl.clone(),
        licenses: licenses.clone(),
        removed: found.removed(),
        locations: found.locations.iter().map(location).collect(),
    }
}

fn efficiency_report(efficiency: &Efficiency) -> EfficiencyReport {
    let path = |wasted: &crate::analysis::efficiency::WastedPath| Wasted {
        path: format!("/{}", text::show(&wasted.path)),
        bytes: wasted.bytes,
        layers: wasted.layers.clone(),
    };
    EfficiencyReport {
        score: efficiency.score,
        wasted_bytes: efficiency.wasted_bytes,
        wasted_percent: efficiency.wasted_percent,
        paths: efficiency.paths.iter().map(path).collect(),
    }
}
