//! A risk that was found, and the list of them.
//!
//! - Each check has room of its own, the most severe first: what one finds a million times hides nothing of another.

use super::check::RiskCheck;
use crate::analysis::ignore::{IgnoreCandidate, IgnoreList, finding_fingerprint};
use crate::problem::Problem;
use crate::text::show;
use crate::vocabulary::{LayerPosition, RiskSeverity};
use std::collections::{BTreeSet, HashMap};

/// Most risks of one check.
pub(super) const MAX_OF_CHECK: usize = 2_000;

/// Names of one message at most.
const MAX_NAMED: usize = 5;

/// A risk in an image.
#[derive(Clone, Debug, PartialEq)]
pub struct Risk {
    pub check: &'static RiskCheck,
    pub severity: RiskSeverity,
    /// Relative to the root; `None`: it is not about a file.
    pub path: Option<Vec<u8>>,
    /// The layer that brought it; `None`: it is the configuration's.
    pub layer: Option<LayerPosition>,
    /// What was found, in one sentence; text of the image in it is escaped.
    pub message: String,
}

impl Risk {
    /// A risk of the image as a whole.
    pub fn new(check: &'static RiskCheck, message: impl Into<String>) -> Risk {
        let severity = check.severity;
        Risk { check, severity, path: None, layer: None, message: message.into() }
    }

    pub fn at(self, path: Vec<u8>, layer: LayerPosition) -> Risk {
        Risk { path: Some(path), layer: Some(layer), ..self }
    }

    /// A risk at a path that no layer need have.
    pub fn on(self, path: &[u8]) -> Risk {
        Risk { path: Some(path.to_vec()), ..self }
    }

    pub fn with_severity(self, severity: RiskSeverity) -> Risk {
        Risk { severity, ..self }
    }

    /// The path as it is shown, with a slash before it; empty: it is not about a file.
    pub fn place(&self) -> String {
        self.path.as_ref().map(|path| format!("/{}", show(path))).unwrap_or_default()
    }

    /// Names it in an ignore list: by its path, or else by what was found.
    pub fn fingerprint(&self) -> String {
        let place = if self.path.is_some() { self.place() } else { self.message.clone() };
        finding_fingerprint(&[self.check.code, &place])
    }

    /// Whether a list names it.
    pub fn is_ignored(&self, list: &IgnoreList) -> bool {
        let (rule, path) = (self.check.code, self.path.as_deref());
        !list.is_empty()
            && list.has(IgnoreCandidate { rule, path, fingerprint: &self.fingerprint() })
    }
}

/// Names for a message, escaped; of many the first.
pub(super) fn listed(names: &[impl AsRef<str>]) -> String {
    let named = names.iter().take(MAX_NAMED);
    let shown: Vec<String> = named.map(|name| show(name.as_ref().as_bytes())).collect();
    match names.len().saturating_sub(MAX_NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The risks of an image, the most severe first.
#[derive(Default)]
pub struct RiskFindings {
    pub risks: Vec<Risk>,
    /// Checks that found more than is listed.
    pub cut: BTreeSet<&'static str>,
    /// There were too many paths to look up: what depends on whether a path exists was not checked.
    pub unchecked: bool,
    /// How many are listed, by check and severity.
    listed: HashMap<(&'static str, RiskSeverity), usize>,
}

impl RiskFindings {
    /// That there are more than are listed, and that something was not checked.
    pub fn warnings(&self) -> Vec<Problem> {
        let mut warnings = Vec::new();
        if !self.cut.is_empty() {
            let checks: Vec<&str> = self.cut.iter().copied().collect();
            let message = "The image has more risks than are listed.";
            warnings.push(Problem::new("risks-limit", message).found(listed(&checks)));
        }
        if self.unchecked {
            let message = "Not all paths could be looked up: programs and accounts that need a path were not checked.";
            warnings.push(Problem::new("risks-not-checked", message));
        }
        warnings
    }

    /// Masks a secret of the configuration where a message has it. A text of few letters is in other words, too.
    pub(super) fn mask(&mut self, value: &str, masked: &str) {
        const FEWEST: usize = 6;
        let with = |risk: &&mut Risk| value.len() >= FEWEST && risk.message.contains(value);
        for risk in self.risks.iter_mut().filter(with) {
            risk.message = risk.message.replace(value, masked);
        }
    }

    /// Keeps a risk, as far as there is room for its check.
    pub(super) fn add(&mut self, risk: Risk) {
        let listed = self.listed.entry((risk.check.code, risk.severity)).or_default();
        match *listed < MAX_OF_CHECK {
            true => {
                *listed += 1;
                self.risks.push(risk);
            }
            false => self.leave_out(risk.check),
        }
    }

    /// Says that not all of a check are listed.
    pub(super) fn leave_out(&mut self, check: &RiskCheck) {
        self.cut.insert(check.code);
    }

    /// Puts the most severe first, and leaves out what is beyond the room of its check.
    pub(super) fn sort(&mut self) {
        self.risks.sort_by_key(|risk| risk.severity); // stable
        let mut of_check: HashMap<&'static str, usize> = HashMap::new();
        let cut = &mut self.cut;
        self.risks.retain(|risk| {
            let listed = of_check.entry(risk.check.code).or_default();
            *listed += 1;
            let fits = *listed <= MAX_OF_CHECK;
            if !fits {
                cut.insert(risk.check.code);
            }
            fits
        });
    }
}
