//! The machine-readable report: the same JSON from `cargo xtask inspect` and from the page.
//!
//! docs/report.md and its schema document every field and code. Field names are those of the OCI specification where it has one. Sizes are uncompressed bytes unless the name
//! says `compressed`; layers count from 0.

mod comparison;
mod provenance;
mod shapes;
mod waste;

pub use comparison::{ComparedSide, comparison};
pub use provenance::{CheckReport, ProvenanceReport, SignerReport};
pub use shapes::{ImageReport, ReportSource};

use crate::analysis::base::BaseImage;
use crate::analysis::dockerfile::{Dockerfile, DockerfileLine};
use crate::analysis::efficiency::{Efficiency, WastedPath};
use crate::analysis::packages::{FoundPackage, Inventory, Package, PackageLocation};
use crate::analysis::risks::{Risk, RiskFindings};
use crate::analysis::secrets::{SecretFinding, SecretFindings, SecretPlace};
use crate::analysis::waste::ImageWaste;
use crate::archive::{ImageSource, OtherSource};
use crate::codec::Compression;
use crate::layer::Counts;
use crate::oci::{DiffId, Digest, Hasher};
use crate::problem::Problem;
use crate::text;
use crate::tree::FileTree;
use crate::vocabulary::LayerPosition;
use shapes::{
    BaseReport, DockerfileReport, EfficiencyReport, HistoryReport, LayerReport, LineReport,
    LocationReport, OtherReport, PackageReport, Report, RiskReport, SecretReport, TreeReport,
    WarningReport, WastedReport,
};
use waste::waste_report;

/// Version of the report's shape.
pub const SCHEMA_VERSION: u32 = 1;

/// What is known about a layer, besides the tree.
pub struct LayerSummary {
    pub digest: Option<Digest>,
    pub diff_id: Option<DiffId>,
    pub compression: Option<Compression>,
    pub compressed_size: Option<u64>,
    pub tar_size: Option<u64>,
    pub counts: Option<Counts>,
    pub verified: Option<bool>,
    /// Reading stopped at a limit.
    pub limited: bool,
    pub warnings: Vec<Problem>,
}

/// The report of one image.
pub fn image(
    source: &ImageSource,
    layers: &[LayerSummary],
    tree: &FileTree,
    (efficiency, waste): (&Efficiency, &ImageWaste),
    (inventory, secrets, risks): (&Inventory, &SecretFindings, &RiskFindings),
    (dockerfile, base): &(Dockerfile, Option<BaseImage>),
    provenance: Vec<ProvenanceReport>,
) -> ImageReport {
    let mut warnings = source.warnings.clone();
    warnings.extend(layers.iter().flat_map(|layer| layer.warnings.iter().cloned()));
    warnings.extend(tree.warnings().iter().cloned());
    warnings.extend(inventory.warnings.iter().cloned());
    warnings.extend(secrets.warnings.iter().cloned());
    warnings.extend(risks.warnings());
    let packages = |declared: bool| {
        let found = inventory.packages.iter().filter(move |f| f.package.declared == declared);
        found.map(|found| package_report(found, tree)).collect()
    };
    let sum = |value: fn(&LayerSummary) -> Option<u64>| {
        layers.iter().map(value).try_fold(0u64, |sum, value| Some(sum.saturating_add(value?)))
    };
    let config = &source.config;
    let run_config = config.config.clone().filter(|config| is_common(config.get()));
    if config.config.is_some() && run_config.is_none() {
        let message = "The configuration is left out: common readers of JSON would refuse it.";
        let expected = format!("at most {MAX_DEPTH} levels, and numbers of {MAX_DIGITS} digits");
        warnings.push(Problem::new("json-part-invalid", message).expected(expected));
    }
    ImageReport {
        tags: source.tags.clone(),
        manifest_digest: source.manifest_digest.clone(),
        image_id: source.image_id.clone(),
        platform: source.platform.to_string(),
        created: config.created.clone(),
        architecture: config.architecture.clone(),
        os: config.os.clone(),
        variant: config.variant.clone(),
        config: run_config,
        size: sum(|layer| layer.counts.map(|counts| counts.size)),
        compressed_size: sum(|layer| layer.compressed_size),
        history: history(source, layers),
        layers: source
            .layers
            .iter()
            .zip(layers)
            .enumerate()
            .map(|(at, (layer, facts))| layer_report(layer.media_type.clone(), facts, tree, at))
            .collect(),
        tree: tree_report(tree),
        efficiency: efficiency_report(efficiency),
        unread_layers: inventory.unread.clone(),
        partial_layers: inventory.partial.clone(),
        waste: waste_report(waste, tree),
        base: base.as_ref().map(base_report),
        dockerfile: dockerfile_report(dockerfile, config.history.len()),
        secrets: secrets
            .findings
            .iter()
            .map(|found| secret_report(found, inventory, config.history.len()))
            .collect(),
        risks: risks.risks.iter().map(risk_report).collect(),
        provenance,
        packages: packages(false),
        declared: packages(true),
        warnings: warnings.into_iter().map(WarningReport::from).collect(),
    }
}

/// Levels of a configuration that is passed on, and digits of a number in it. Readers allow a hundred levels (Rust)
/// to a thousand (Python), and 4,300 digits (Python).
const MAX_DEPTH: usize = 64;
const MAX_DIGITS: usize = 300;

/// Whether valid JSON is such that common readers take it.
fn is_common(json: &str) -> bool {
    let (mut depth, mut digits, mut in_string, mut escaped) = (0usize, 0usize, false, false);
    for byte in json.bytes() {
        digits = match byte {
            b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E' if !in_string => digits + 1,
            _ => 0,
        };
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH || digits > MAX_DIGITS {
            return false;
        }
    }
    true
}

/// The whole report as indented JSON text.
pub fn whole(
    source: ReportSource,
    images: Vec<ImageReport>,
    others: &[OtherSource],
    warnings: &[Problem],
) -> Result<String, Problem> {
    let others = others.iter().map(|other| OtherReport {
        kind: other.kind.name(),
        digest: written(other.digest.as_str()),
        platform: &other.platform,
        names: &other.names,
        subject: &other.subject,
    });
    let warnings = warnings.iter().cloned().map(WarningReport::from).collect();
    let others = others.collect();
    let report = Report { schema_version: SCHEMA_VERSION, source, images, others, warnings };
    serde_json::to_string_pretty(&report).map_err(|error| {
        Problem::new("report-failed", "The report cannot be written.").found(error.to_string())
    })
}

/// A digest as an index writes it; `None` if it has not even a digest's form.
fn written(digest: &str) -> Option<&str> {
    let (algorithm, encoded) = digest.split_once(':')?;
    let sound = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"+._-".contains(&c);
    let of_form = !algorithm.is_empty() && algorithm.bytes().all(sound) && !encoded.is_empty();
    let letters = |c: u8| c.is_ascii_alphanumeric() || b"=_-".contains(&c);
    (of_form && encoded.bytes().all(letters)).then_some(digest)
}

/// The report of a source from which nothing could be read.
pub fn failed(source: ReportSource, problem: Problem) -> Result<String, Problem> {
    whole(source, Vec::new(), &[], &[problem])
}

/// History entries with their layers: entries that are not empty take the layers in order, from the base.
fn history(source: &ImageSource, layers: &[LayerSummary]) -> Vec<HistoryReport> {
    let mut next = 0;
    let entries = source.config.history.iter().map(|entry| {
        let layer =
            (!entry.empty_layer && next < layers.len()).then_some(LayerPosition(next as u32));
        next += usize::from(layer.is_some());
        let size = match layer {
            Some(at) => layers[at.index()].counts.map(|counts| counts.size),
            None => entry.empty_layer.then_some(0),
        };
        HistoryReport {
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
) -> LayerReport {
    let counts = facts.counts;
    let change = counts.and(tree.changes().get(at));
    LayerReport {
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

fn tree_report(tree: &FileTree) -> TreeReport {
    let totals = tree.totals();
    let mut hasher = Hasher::sha256();
    tree.each_path(|path| {
        hasher.update(path);
        hasher.update(b"\0");
    });
    TreeReport {
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
    let location = |location: &PackageLocation| {
        let path = text::show(&tree.path(location.node));
        let inside = match &*location.inside {
            "" => String::new(),
            inside => format!("!/{}", text::show(inside.as_bytes())),
        };
        LocationReport { path: format!("/{path}{inside}"), layer: location.layer }
    };
    PackageReport {
        r#type: kind.clone(),
        name: name.clone(),
        version: version.clone(),
        purl: found.purl.clone(),
        licenses: licenses.clone(),
        removed: found.removed(),
        state: found.package.state.clone(),
        own: found.package.own,
        locations: found.locations.iter().map(location).collect(),
    }
}

fn base_report(base: &BaseImage) -> BaseReport {
    BaseReport {
        source: base.source,
        name: base.name.clone(),
        digest: base.digest.clone(),
        layers: base.layers,
    }
}

/// `entries`: those of the report's history. Steps of an image without a configuration are none of them.
fn dockerfile_report(dockerfile: &Dockerfile, entries: usize) -> DockerfileReport {
    let line = |line: &DockerfileLine| LineReport {
        instruction: line.instruction.clone(),
        text: line.text.clone(),
        history: line.history.filter(|entry| (*entry as usize) < entries),
        layer: line.layer,
        guessed: line.guessed,
        base: line.base,
    };
    DockerfileReport {
        source: dockerfile.origin,
        text: dockerfile.text(),
        lines: dockerfile.lines.iter().map(line).collect(),
    }
}

fn secret_report(found: &SecretFinding, inventory: &Inventory, entries: usize) -> SecretReport {
    let mut report = SecretReport::new(found.rule.code, &found.masked);
    match &found.place {
        SecretPlace::File { path, layer, line, removed, package } => {
            report.r#where = "file";
            report.path = Some(format!("/{}", text::show(path)));
            report.layer = Some(*layer);
            (report.line, report.removed) = (*line, *removed);
            let owner = package.and_then(|position| inventory.packages.get(position));
            report.package = owner.map(|found| found.package.name.clone());
        }
        SecretPlace::Env { name } => {
            report.r#where = "env";
            report.name = Some(text::show(name.as_bytes()));
        }
        SecretPlace::Label { name } => {
            report.r#where = "label";
            report.name = Some(text::show(name.as_bytes()));
        }
        SecretPlace::Setting { setting } => {
            report.r#where = "config";
            report.name = Some(setting.name().to_owned());
        }
        SecretPlace::History { entry, layer } => {
            report.r#where = "history";
            (report.history, report.layer) = (Some(*entry).filter(|at| *at < entries), *layer);
        }
    }
    report
}

fn risk_report(risk: &Risk) -> RiskReport {
    RiskReport {
        check: risk.check.code,
        severity: risk.severity,
        path: risk.path.is_some().then(|| risk.place()),
        layer: risk.layer,
        message: risk.message.clone(),
        advice: risk.check.advice,
    }
}

fn efficiency_report(efficiency: &Efficiency) -> EfficiencyReport {
    let path = |wasted: &WastedPath| WastedReport {
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

#[test]
fn only_configurations_that_are_read_everywhere_are_passed_on() {
    let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    assert!(is_common(&nested(64)) && !is_common(&nested(65)));
    assert!(is_common(&"1".repeat(300)) && !is_common(&"1".repeat(301)));
    let text = format!(
        r#"{{"a":"{}\\\"[{}","b":[{}1]}}"#,
        "[".repeat(100),
        "1".repeat(400),
        "[],".repeat(99)
    );
    assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok() && is_common(&text), "{text}");
}
