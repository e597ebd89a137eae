//! Whether layers match their digests.

use super::finding::{ImageFinding, NextStep, Verdict};
use super::material::{Material, Situation};
use crate::format;
use crate::protocol::DigestCheck;
use crate::ui::words;
use crate::vocabulary::{LayerNumber, Severity};

const TITLE: &str = "Digests of layers";

pub(super) fn finding(material: Material<'_>) -> Option<ImageFinding> {
    let digests = &material.facts.digests;
    let all = u64::from(material.facts.layers);
    if all == 0 {
        return None;
    }
    if digests.matching.len() as u64 == all {
        let title = match all {
            1 => "The layer matches its digest".to_owned(),
            _ => format!("All {} layers match their digests", format::count(all)),
        };
        return Some(ImageFinding::new(Verdict::Clean, title, ""));
    }
    if let Some(found) = mismatch(digests).or_else(|| missing(digests)) {
        return Some(found.then(NextStep::show_layers()));
    }
    let detail = format!("{} of {} match so far.", digests.matching.len(), format::count(all));
    match reason(digests) {
        Some(reason) => Some(not_checked(reason).then_perhaps(material.download())),
        None if is_running(digests, material.situation) => {
            Some(ImageFinding::new(Verdict::Running, TITLE, detail))
        }
        // Layers that could not be read.
        None => Some(not_checked(detail)),
    }
}

/// They are checked by themselves, after all else.
fn is_running(digests: &DigestCheck, situation: Situation) -> bool {
    !situation.cancelled && (!situation.ready || !digests.pending.is_empty())
}

fn not_checked(detail: String) -> ImageFinding {
    ImageFinding::new(Verdict::NotChecked, TITLE, detail)
}

fn mismatch(digests: &DigestCheck) -> Option<ImageFinding> {
    let (title, verb) = match digests.mismatching.len() {
        0 => return None,
        1 => ("A layer does not match its digest", "does not match its digest"),
        _ => ("Layers do not match their digests", "do not match their digests"),
    };
    let detail = format!("{} {verb}. Do not trust this image.", layers(&digests.mismatching));
    Some(ImageFinding::new(Verdict::Found(Severity::High), title, detail))
}

fn missing(digests: &DigestCheck) -> Option<ImageFinding> {
    let count = digests.missing.len() as u64;
    let (verb, rest) = match count {
        0 => return None,
        1 => ("is", "It is not part of what is shown."),
        _ => ("are", "They are not part of what is shown."),
    };
    let title = format::counted(count, "layer is missing", "layers are missing");
    let detail = format!("{} {verb} named but not in the file. {rest}", layers(&digests.missing));
    Some(ImageFinding::new(Verdict::Found(Severity::Medium), title, detail))
}

/// Why digests will not be checked without the user; `None`: they will be, or could not be read.
fn reason(digests: &DigestCheck) -> Option<String> {
    let of = |numbers: &[LayerNumber], one: &str, many: &str| {
        format!("{} {}.", layers(numbers), if numbers.len() == 1 { one } else { many })
    };
    if digests.saved_inspection {
        return Some("A saved inspection has no contents to check.".to_owned());
    }
    if !digests.not_downloaded.is_empty() {
        return Some(of(&digests.not_downloaded, "is not downloaded", "are not downloaded"));
    }
    (!digests.unclaimed.is_empty()).then(|| {
        of(&digests.unclaimed, "has no digest to check against", "have no digest to check against")
    })
}

/// `Layers 1 and 2`, at the start of a sentence.
fn layers(numbers: &[LayerNumber]) -> String {
    words::sentence(&words::layers(numbers))
}
