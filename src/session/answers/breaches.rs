//! What breaks a rule about secrets or risks: the findings for which nobody accounts, each with its place and a
//! fingerprint by which a list can name it.
//!
//! - Where something was not searched, that is said: then no rule is kept.

use crate::analysis::packages::Inventory;
use crate::analysis::risks::{Risk, RiskFindings};
use crate::analysis::secrets::{SecretFinding, SecretFindings};
use crate::problem::Problem;
use crate::session::state::Session;
use crate::text::show;
use crate::vocabulary::{ImagePosition, LayerPosition, RiskSeverity};

/// A finding that breaks a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleBreach {
    /// The code of the rule or check.
    pub rule: &'static str,
    /// Relative to the root; `None`: it is not in a file.
    pub path: Option<Vec<u8>>,
    /// Where it is and what it is, in one line.
    pub text: String,
    /// Names it in a list: made of rule, place and masked value, never of the value.
    pub fingerprint: String,
}

/// The findings that break a rule, and what was not searched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleBreaches {
    pub found: Vec<RuleBreach>,
    /// In one line; empty: everything was searched.
    pub gaps: String,
}

impl Session {
    /// The secrets of an image that do not belong to a package.
    pub fn secret_breaches(&self, image: ImagePosition) -> Result<RuleBreaches, Problem> {
        let (inventory, secrets) = self.secrets_of(image)?;
        let found = secrets.findings.iter().filter(|finding| finding.is_alarm());
        let gaps = secret_gaps(inventory, secrets);
        Ok(RuleBreaches { found: found.map(secret_breach).collect(), gaps })
    }

    /// The risks of an image that are at least as severe.
    pub fn risk_breaches(
        &self,
        image: ImagePosition,
        least: RiskSeverity,
    ) -> Result<RuleBreaches, Problem> {
        let (risks, inventory, secrets) = self.risks_of(image)?;
        let found = risks.risks.iter().filter(|risk| risk.severity <= least);
        let gaps = risk_gaps(inventory, secrets, risks);
        Ok(RuleBreaches { found: found.map(risk_breach).collect(), gaps })
    }
}

fn secret_breach(finding: &SecretFinding) -> RuleBreach {
    let rule = finding.rule.code;
    let (place, layer) = (finding.place_words(), in_layer(finding.layer()));
    let text = format!("{rule} {place}{layer} {}", show(finding.masked.as_bytes()));
    let path = finding.path().map(<[u8]>::to_vec);
    RuleBreach { rule, path, text, fingerprint: finding.fingerprint() }
}

fn risk_breach(risk: &Risk) -> RuleBreach {
    let rule = risk.check.code;
    let place = risk.path.as_ref().map(|_| format!(" {}", risk.place())).unwrap_or_default();
    let (severity, layer) = (risk.severity.name(), in_layer(risk.layer));
    let text = format!("{rule} ({severity}){place}{layer}: {}", risk.message);
    RuleBreach { rule, path: risk.path.clone(), text, fingerprint: risk.fingerprint() }
}

fn in_layer(layer: Option<LayerPosition>) -> String {
    layer.map(|layer| format!(" in layer {}", layer.number())).unwrap_or_default()
}

/// Why secrets may be missing, in one line; empty: everything was searched.
pub(super) fn secret_gaps(inventory: &Inventory, secrets: &SecretFindings) -> String {
    let cut = secrets.cut.then(|| "there are more than are listed".to_owned());
    gaps(inventory, secrets, cut)
}

/// The same for risks.
pub(super) fn risk_gaps(
    inventory: &Inventory,
    secrets: &SecretFindings,
    risks: &RiskFindings,
) -> String {
    let checks: Vec<&str> = risks.cut.iter().copied().collect();
    let cut = (!checks.is_empty())
        .then(|| format!("there are more than are listed: {}", checks.join(", ")));
    let unchecked = risks.unchecked.then(|| "not all paths could be looked up".to_owned());
    gaps(inventory, secrets, cut.into_iter().chain(unchecked))
}

fn gaps(
    inventory: &Inventory,
    secrets: &SecretFindings,
    more: impl IntoIterator<Item = String>,
) -> String {
    let layers = |layers: &[LayerPosition]| {
        let numbers: Vec<String> = layers.iter().map(|layer| layer.number().to_string()).collect();
        numbers.join(", ")
    };
    let mut gaps = Vec::new();
    let unread = secrets.unread(inventory);
    for (list, what) in [(&unread, "not searched"), (&inventory.partial, "searched only in part")] {
        if !list.is_empty() {
            gaps.push(format!("layers {what}: {}", layers(list)));
        }
    }
    if inventory.more_layers {
        gaps.push("layers beside these: not searched".to_owned());
    }
    gaps.extend(more);
    match gaps.is_empty() {
        true => String::new(),
        false => format!("Incomplete: {}.", gaps.join("; ")),
    }
}
