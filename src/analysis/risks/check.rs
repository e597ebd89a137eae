//! What a check says: its name, how much it matters, why, what to do, and what others call it.

use crate::vocabulary::RiskSeverity;

/// One kind of risk.
#[derive(Debug)]
pub struct RiskCheck {
    /// Stable name, as in reports.
    pub code: &'static str,
    /// What is the matter, in a few words.
    pub title: &'static str,
    /// As a rule; a risk may have another one.
    pub severity: RiskSeverity,
    /// What decides it.
    pub basis: RiskBasis,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub advice: &'static str,
    /// The same check elsewhere: the CIS Docker Benchmark, dockle, Trivy.
    pub aliases: &'static [&'static str],
}

/// What decides a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RiskBasis {
    /// The configuration and the history, which are known as soon as the image is.
    Configuration,
    /// The files of all layers.
    Files,
}

impl PartialEq for RiskCheck {
    /// Codes are unique.
    fn eq(&self, other: &RiskCheck) -> bool {
        self.code == other.code
    }
}
