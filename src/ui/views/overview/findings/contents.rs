//! Wasted space in layers, what was not read, and what is not checked at all yet.

use super::finding::{ImageFinding, NextStep, Verdict};
use super::material::Material;
use crate::format;
use crate::protocol::{DiveEfficiency, HiddenBytes};
use crate::ui::words;
use crate::vocabulary::Severity;

/// Waste below this share of an image, in percent, is clean; from the second on it is Medium.
const LITTLE: u64 = 1;
const MUCH: u64 = 10;

pub(super) fn findings(material: Material<'_>) -> Vec<ImageFinding> {
    let mut findings = Vec::new();
    findings.extend(unread(material));
    if material.is_image() {
        findings.push(waste(material));
    }
    findings.extend(not_implemented());
    findings
}

/// Layers whose contents were not read.
fn unread(material: Material<'_>) -> Option<ImageFinding> {
    let unread = &material.facts.unread;
    if unread.is_empty() && !material.situation.limited {
        return None;
    }
    if unread.is_empty() {
        let title = "Contents beyond a limit";
        let detail = "Reading stopped at a limit. What comes after it is not known.";
        return Some(
            ImageFinding::new(Verdict::NotChecked, title, detail).then(NextStep::show_layers()),
        );
    }
    if !material.situation.ready && material.situation.missing_bytes == 0 {
        return None; // they are being read
    }
    let is_all = unread.len() as u64 == u64::from(material.facts.layers);
    let layers = match is_all {
        true => "all layers".to_owned(),
        false => words::layers(unread),
    };
    let title = format!("Contents of {layers}");
    let (detail, step) = match material.download() {
        Some(step) => ("Not downloaded: files, packages and waste in them are not known.", step),
        None => (
            "They could not be read: files, packages and waste in them are not known.",
            NextStep::show_layers(),
        ),
    };
    Some(ImageFinding::new(Verdict::NotChecked, title, detail).then(step))
}

/// Bytes in layers that the final tree does not show. One figure, with dive's below it.
fn waste(material: Material<'_>) -> ImageFinding {
    let facts = material.facts;
    let Some(hidden) = facts.hidden.filter(|_| !material.is_part()) else {
        let running = !material.situation.ready && !material.is_part();
        let (verdict, detail) = match running {
            true => (Verdict::Running, "Known once all layers are read."),
            false => (Verdict::NotChecked, "Known only for a complete image."),
        };
        return ImageFinding::new(verdict, "Wasted space", detail);
    };
    let footnote = facts.dive.map(dive);
    let HiddenBytes { bytes, size, modified, removed } = hidden;
    let share = |percent: u64| u128::from(bytes) * 100 >= u128::from(size) * u128::from(percent);
    if bytes == 0 || !share(LITTLE) {
        let title = match bytes {
            0 => "No space is wasted".to_owned(),
            _ => format!("Under {LITTLE} % of the size is wasted"),
        };
        return ImageFinding { footnote, ..ImageFinding::new(Verdict::Clean, title, "") };
    }
    let severity = if share(MUCH) { Severity::Medium } else { Severity::Low };
    let visible = match facts.tree_size {
        Some(size) => format!("{} are visible in a container. ", format::size(size)),
        None => String::new(),
    };
    let title = format!("{} wasted, {}", format::size(bytes), format::percent_text(bytes, size));
    let detail = format!(
        "{visible}Later layers write {} again and remove {}; the layers still contain them.",
        format::counted(modified.into(), "file", "files"),
        format::count(removed.into()),
    );
    let found = ImageFinding::new(Verdict::Found(severity), title, detail);
    ImageFinding { footnote, ..found.then(NextStep::show_layers()) }
}

/// dive counts otherwise: `src/analysis/efficiency.rs` says how.
fn dive(dive: DiveEfficiency) -> String {
    format!(
        "dive 0.13 would say: efficiency {:.1} %, {} wasted in {}.",
        dive.score * 100.0,
        format::size(dive.wasted_bytes),
        format::counted(dive.paths.into(), "path", "paths")
    )
}

/// What Layerscope cannot check yet, shown so that silence is not taken for a clean result.
fn not_implemented() -> impl Iterator<Item = ImageFinding> {
    [
        ("Permissions", "Layerscope does not look for setuid and world-writable files yet."),
        ("Signatures and provenance", "Layerscope does not verify them yet."),
    ]
    .into_iter()
    .map(|(title, detail)| ImageFinding::new(Verdict::NotChecked, title, detail))
}
