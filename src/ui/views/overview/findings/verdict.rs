//! The verdict on an image: all findings in order.

use super::finding::ImageFinding;
use super::material::{Material, Situation};
use super::{contents, digests, risks, secrets, signatures, user, vulnerabilities, warnings};
use crate::protocol::{CheckFacts, OverviewFacts};

/// The verdict, the most severe findings first. `check` is `None` while it is not known.
pub fn findings(
    facts: &OverviewFacts,
    check: Option<&CheckFacts>,
    situation: Situation,
) -> Vec<ImageFinding> {
    let material = Material { facts, check, situation };
    let (first, mut findings) = warnings::findings(material);
    findings.extend(digests::finding(material));
    findings.extend(vulnerabilities::findings(material));
    findings.extend(secrets::findings(material));
    findings.extend(risks::findings(material));
    findings.extend(user::finding(material));
    findings.extend(contents::findings(material));
    if material.is_image() {
        findings.extend(signatures::findings(material));
    }
    findings.sort_by_key(|finding| finding.verdict); // stable
    first.into_iter().chain(findings).collect()
}
