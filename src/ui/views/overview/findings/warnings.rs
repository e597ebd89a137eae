//! Problems of the source, the image, its layers and its tree as findings. Codes: docs/report.md, "Warnings".

use super::finding::{ImageFinding, NextStep, Verdict};
use super::material::Material;
use crate::format;
use crate::problem::Problem;
use crate::vocabulary::Severity;

/// Up to this number, problems with the same code are listed one by one.
const LISTED: usize = 3;

/// How severe a problem is for a reader who must decide whether to trust the image; `None`: reported elsewhere.
fn severity(problem: &Problem) -> Option<Severity> {
    let code = problem.code.as_ref();
    match code {
        // Reported where the source is named, or by `digests` and `contents`.
        "inspection-saved" | "registry-memory" | "layer-missing" | "layer-limit"
        | "archive-limit" => None,
        _ if problem.is_cut() || code.ends_with("-mismatch") => Some(Severity::High),
        "hard-link-target"
        | "history-count"
        | "layer-empty-file"
        | "layer-foreign"
        | "order-by-name"
        | "schema-one"
        | "tar-name-too-long"
        | "tar-pax-record"
        | "tar-record-too-long"
        | "tar-sparse-map"
        | "trailing-bytes" => Some(Severity::Low),
        _ => Some(Severity::Medium),
    }
}

/// First that the file ends early, which is reported before everything else; then all other problems.
pub(super) fn findings(material: Material<'_>) -> (Vec<ImageFinding>, Vec<ImageFinding>) {
    // `digests` reports mismatches of layers.
    let of_a_layer =
        |problem: &Problem| problem.layer.is_some() && problem.code.ends_with("-mismatch");
    let shown = material.facts.warnings.iter().filter(|problem| !of_a_layer(problem));
    let mut kinds: Vec<(Severity, Vec<&Problem>)> = Vec::new();
    for problem in shown {
        let Some(severity) = severity(problem) else { continue };
        match kinds.iter_mut().find(|(_, kind)| kind[0].code == problem.code) {
            Some((_, kind)) => kind.push(problem),
            None => kinds.push((severity, vec![problem])),
        }
    }
    let (first, others): (Vec<_>, Vec<_>) =
        kinds.into_iter().partition(|(_, kind)| kind[0].is_cut());
    let drawn = |kinds: Vec<(Severity, Vec<&Problem>)>| {
        kinds.into_iter().flat_map(|(severity, kind)| of_kind(severity, &kind)).collect()
    };
    (drawn(first), drawn(others))
}

fn of_kind(severity: Severity, kind: &[&Problem]) -> Vec<ImageFinding> {
    if kind.len() <= LISTED {
        return kind.iter().map(|problem| one(severity, problem)).collect();
    }
    let first = one(severity, kind[0]);
    let more = format::count(kind.len() as u64 - 1);
    let detail = format!("{} And {more} more of this kind.", first.detail);
    vec![ImageFinding { detail: detail.trim_start().to_owned(), ..first }]
}

fn one(severity: Severity, problem: &Problem) -> ImageFinding {
    let message = problem.message.trim_end_matches('.');
    let place =
        problem.layer.map(|layer| format!("Layer {}: ", layer.number())).unwrap_or_default();
    let mut sentences = Vec::new();
    let title = match problem.is_cut() {
        true => {
            sentences.push(format!("{place}{message}."));
            // A cut archive says so itself.
            if !message.contains("a part of the file") {
                sentences.push("What is shown is a part of it.".to_owned());
            }
            "The file is incomplete".to_owned()
        }
        false => format!("{place}{message}"),
    };
    let facts = [
        ("Expected", problem.expected.as_ref()),
        ("Found", problem.found.as_ref()),
        ("In", problem.blob.as_ref()),
        ("Path", problem.path.as_ref()),
    ];
    for (name, text) in facts {
        if let Some(text) = text {
            sentences.push(format!("{name}: {}.", text.trim_end_matches('.')));
        }
    }
    if let Some(offset) = problem.offset {
        sentences.push(format!("At byte {}.", format::count(offset)));
    }
    sentences.extend(problem.advice.as_ref().map(|advice| advice.to_string()));
    ImageFinding::new(Verdict::Found(severity), title, sentences.join(" "))
        .then(NextStep::show_layers())
}
