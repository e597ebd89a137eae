//! What is known about an image's vulnerabilities, and what a check would send.

use crate::analysis::vulnerabilities::vulnerability::VexDocument;
use crate::problem::Problem;
use crate::protocol::{CheckFacts, CheckState, SeverityCounts, VexDocumentFacts};
use crate::session::check::{KnownVulnerabilities, PackageQueries, package_queries};
use crate::session::state::Session;
use crate::text::Shown;
use crate::vocabulary::{ImagePosition, UncheckedReason};
use std::collections::BTreeMap;

impl Session {
    pub(super) fn check_facts(&self, image: ImagePosition) -> Result<CheckFacts, Problem> {
        let check = &self.image(image)?.check;
        let Ok((vulnerabilities, inventory)) = self.vulnerabilities_of(image) else {
            return Ok(CheckFacts::default()); // the packages are not known yet
        };
        let mut facts = CheckFacts {
            state: match check.state {
                CheckState::Waiting => CheckState::NotChecked,
                state => state,
            },
            done: check.done,
            total: check.total,
            source: check.source.clone(),
            as_of: Shown::new(&check.as_of),
            vex: check.vex.iter().map(|(document, _)| vex_document(document)).collect(),
            warnings: check.warnings.clone(),
            ..CheckFacts::default()
        };
        let vex = check.vex.iter();
        facts
            .warnings
            .extend(vex.filter_map(|(document, statements)| statements.warning(&document.name)));
        let (open, built) = (self.image(image)?, self.built(image)?);
        facts.unread = self.unread_layers(open, built);
        facts.partial = self.partial_layers(open, built);
        let mut ecosystems = BTreeMap::<Shown, u32>::new();
        let mut unchecked = BTreeMap::<UncheckedReason, u32>::new();
        for package in package_queries(inventory) {
            facts.packages += 1;
            match reason(check, &package) {
                Some(reason) => *unchecked.entry(reason).or_default() += 1,
                None => {
                    facts.checkable += 1;
                    let queries = package.queries.unwrap_or_default();
                    facts.answered += u32::from(queries.iter().any(|one| check.has_answer(one)));
                    let ecosystem = queries.first().map_or("", |query| &query.ecosystem);
                    *ecosystems.entry(Shown::new(ecosystem)).or_default() += 1;
                }
            }
        }
        facts.ecosystems = ecosystems.into_iter().collect();
        facts.unchecked = unchecked.into_iter().collect();
        for vulnerability in vulnerabilities {
            let Some(by) = vulnerability.suppression() else {
                facts.counts.add(vulnerability.severity());
                continue;
            };
            facts.suppressed += 1;
            let at = check.vex.iter().position(|(document, _)| *document == by.document);
            if let Some(document) = at.and_then(|at| facts.vex.get_mut(at)) {
                document.suppressed.add(vulnerability.severity());
            }
        }
        Ok(facts)
    }
}

/// A document of which nothing is counted yet.
fn vex_document(document: &VexDocument) -> VexDocumentFacts {
    let (origin, name) = (document.origin, Shown::new(&document.name));
    VexDocumentFacts { origin, name, suppressed: SeverityCounts::default() }
}

/// Why a package cannot be checked; `None`: it can.
fn reason(check: &KnownVulnerabilities, package: &PackageQueries<'_>) -> Option<UncheckedReason> {
    match &package.queries {
        Ok(queries) if queries.iter().any(|query| check.covers(query)) => None,
        Ok(_) => Some(UncheckedReason::NotInFiles),
        Err(reason) => Some(*reason),
    }
}
