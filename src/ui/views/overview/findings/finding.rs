//! One line of the verdict on an image.

use crate::link::View;
use crate::vocabulary::Severity;

/// One line of the verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageFinding {
    pub verdict: Verdict,
    pub title: String,
    /// In sentences; empty: none.
    pub detail: String,
    /// What other tools report.
    pub footnote: Option<String>,
    /// What the user can do.
    pub step: Option<NextStep>,
}

/// What a finding means, in the order in which findings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    Found(Severity),
    NotChecked,
    /// The check is running, or is about to.
    Running,
    Clean,
}

/// What the user can do about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// A view shows more.
    Show { view: View, label: &'static str },
    /// A view runs the check, after the user confirmed it there.
    Check { view: View, label: String },
    /// Downloads the layers: so many bytes.
    Download { bytes: u64 },
}

impl NextStep {
    /// A link to a view.
    pub fn show(view: View, label: &'static str) -> NextStep {
        NextStep::Show { view, label }
    }

    /// A link to the layer table.
    pub fn show_layers() -> NextStep {
        NextStep::show(View::Layers, "Show layers")
    }

    /// A link to the table of vulnerabilities.
    pub fn show_vulnerabilities() -> NextStep {
        NextStep::show(View::Vulnerabilities, "Show vulnerabilities")
    }
}

impl ImageFinding {
    pub(super) fn new(
        verdict: Verdict,
        title: impl Into<String>,
        detail: impl Into<String>,
    ) -> ImageFinding {
        ImageFinding {
            verdict,
            title: title.into(),
            detail: detail.into(),
            footnote: None,
            step: None,
        }
    }

    pub(super) fn then(self, step: NextStep) -> ImageFinding {
        ImageFinding { step: Some(step), ..self }
    }

    pub(super) fn then_perhaps(self, step: Option<NextStep>) -> ImageFinding {
        ImageFinding { step, ..self }
    }
}
