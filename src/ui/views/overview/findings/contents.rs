//! Wasted space in layers, what was not read, and what is not checked at all yet.

use super::finding::{ImageFinding, NextStep, Verdict};
use super::material::Material;
use crate::format;
use crate::link::View;
use crate::protocol::HiddenBytes;
use crate::ui::words;
use crate::vocabulary::{ClassTallies, FileTally, Severity};

/// Waste below this share of an image, in percent, is clean; from the second on it is Medium.
const LITTLE: u64 = 1;
const MUCH: u64 = 10;

pub(super) fn findings(material: Material<'_>) -> Vec<ImageFinding> {
    let mut findings = Vec::new();
    findings.extend(unread(material));
    if material.is_image() {
        findings.push(waste(material));
    }
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
    let footnote = facts.dive.map(words::dive);
    let HiddenBytes { size, classes } = hidden;
    let bytes = classes.all().bytes;
    let share = |percent: u64| u128::from(bytes) * 100 >= u128::from(size) * u128::from(percent);
    if bytes == 0 || !share(LITTLE) {
        let title = match bytes {
            0 => "No space is wasted".to_owned(),
            _ => format!("Under {LITTLE} % of the size is wasted"),
        };
        let step = (bytes > 0).then(|| NextStep::show(View::Waste, "Show wasted files"));
        let clean = ImageFinding::new(Verdict::Clean, title, "").then_perhaps(step);
        return ImageFinding { footnote, ..clean };
    }
    let severity = if share(MUCH) { Severity::Medium } else { Severity::Low };
    let visible = match facts.tree_size {
        Some(size) => format!("{} are visible in a container. ", format::size(size)),
        None => String::new(),
    };
    let title = format!("{} wasted, {}", format::size(bytes), format::percent_text(bytes, size));
    let detail = format!("{visible}{}; the layers still contain them.", what_happened(&classes));
    let found = ImageFinding::new(Verdict::Found(severity), title, detail);
    ImageFinding { footnote, ..found.then(NextStep::show(View::Waste, "Show wasted files")) }
}

/// `Later layers remove 3 files (1.00 MB) and rewrite 2 with the same content (5.00 kB)`.
fn what_happened(classes: &ClassTallies) -> String {
    let parts = [
        ("remove", classes.removed, ""),
        ("overwrite", classes.overwritten, ""),
        ("rewrite", classes.rewritten(), " with the same content"),
    ];
    let part = |(verb, tally, how): (&str, FileTally, &str)| {
        let files = format::counted(tally.files, "file", "files");
        format!("{verb} {files}{how} ({})", format::size(tally.bytes))
    };
    let parts: Vec<String> =
        parts.into_iter().filter(|(_, tally, _)| tally.files > 0).map(part).collect();
    match parts.as_slice() {
        [first @ .., last] if !first.is_empty() => {
            format!("Later layers {} and {last}", first.join(", "))
        }
        parts => format!("Later layers {}", parts.concat()),
    }
}
