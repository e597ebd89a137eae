//! Risks: what can be decided from an image alone about accounts, permissions, leftovers, settings, programs and the
//! distribution.
//!
//! Sources: the CIS Docker Benchmark, section 4; the checks of dockle and Trivy whose names stand as aliases; each
//! family's own sources in its file. docs/risks.md lists all checks.
//!
//! - Precision comes first: what a package brings is the distribution's decision, what the history cannot tell is
//!   not guessed, and where a layer was not read nothing is called clean.
//! - One file a family. A family is a list of checks and a function that finds their risks; both are pure.

mod accounts;
mod check;
mod configuration;
mod documents;
mod executables;
mod instructions;
mod keys;
mod leftovers;
mod material;
mod noted;
mod permissions;
mod program;
mod risk;
mod script;
mod scripts;
mod support;
mod tools;

#[cfg(test)]
mod case_tests;
#[cfg(test)]
mod drawn_image;
#[cfg(test)]
mod precision_tests;
#[cfg(test)]
mod tests;

use crate::analysis::secrets::{MAX_FINDINGS, SecretValue, configuration_secrets};
use crate::text::show;

pub use check::{RiskBasis, RiskCheck};
pub use documents::{sarif as risk_sarif, table as risk_table};
pub use material::RiskMaterial;
pub use noted::{GROUP, NotedRisks, PASSWD};
pub use risk::{Risk, RiskFindings};

/// A family of checks.
type RiskFamily = (&'static [&'static RiskCheck], fn(&RiskMaterial<'_>, &mut RiskFindings));

fn families() -> [RiskFamily; 10] {
    [
        (accounts::CHECKS, accounts::find),
        (configuration::CHECKS, configuration::find),
        (instructions::CHECKS, instructions::find),
        (permissions::CHECKS, permissions::find),
        (keys::CHECKS, keys::find),
        (leftovers::CHECKS, leftovers::find),
        (executables::CHECKS, executables::find),
        (scripts::CHECKS, scripts::find),
        (support::CHECKS, support::find),
        (tools::CHECKS, tools::find),
    ]
}

/// All checks, in the order of docs/risks.md.
pub fn checks() -> impl Iterator<Item = &'static RiskCheck> {
    families().into_iter().flat_map(|(checks, _)| checks.iter().copied())
}

/// The risks of an image, the most severe first.
pub fn risks(image: &RiskMaterial<'_>) -> RiskFindings {
    let mut found = RiskFindings::default();
    for (_, find) in families() {
        find(image, &mut found);
    }
    let secrets = configuration_secrets(image.config, image.steps, MAX_FINDINGS);
    for SecretValue { value, masked } in &secrets.values {
        found.mask(&show(value.as_bytes()), &show(masked.as_bytes()));
    }
    found.sort();
    found.unchecked = image.is_spent();
    found
}
