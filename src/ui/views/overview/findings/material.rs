//! The facts that findings are made from.

use super::finding::NextStep;
use crate::problem::Problem;
use crate::protocol::{CheckFacts, OverviewFacts};
use crate::ui::views::parts::is_cut;

/// The state of the page and the source, beside the facts about the image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// All background work has ended.
    pub ready: bool,
    /// Reading stopped at a limit, of a layer or of the file.
    pub limited: bool,
    /// Bytes that are neither here nor on their way; 0: there are none.
    pub missing_bytes: u64,
}

/// All facts.
#[derive(Clone, Copy)]
pub(super) struct Material<'a> {
    pub facts: &'a OverviewFacts,
    /// `None` while it is not known.
    pub check: Option<&'a CheckFacts>,
    pub situation: Situation,
}

impl Material<'_> {
    /// A part of the image was not read and will not be without the user, so the facts cover only the rest.
    pub fn is_part(&self) -> bool {
        let read_later = !self.situation.ready && self.situation.missing_bytes == 0;
        let unread = !self.facts.unread.is_empty() && !read_later;
        unread
            || self.situation.limited
            || !self.facts.digests.missing.is_empty()
            || self.facts.warnings.iter().any(is_incomplete)
    }

    /// It is an image, not only a layer or a root file system.
    pub fn is_image(&self) -> bool {
        self.facts.image_id.is_some()
    }

    /// The button that downloads the missing layers.
    pub fn download(&self) -> Option<NextStep> {
        let bytes = self.situation.missing_bytes;
        (bytes > 0).then_some(NextStep::Download { bytes })
    }
}

/// The problem leaves a part of the image unknown. Codes: docs/report.md, "Warnings".
fn is_incomplete(problem: &Problem) -> bool {
    is_cut(problem)
        || matches!(
            problem.code.as_ref(),
            "layer-missing"
                | "layer-damaged"
                | "layer-limit"
                | "archive-limit"
                | "not-a-tar"
                | "tar-damaged"
                | "tree-limit"
                | "too-many-layers"
                | "packages-limit"
                | "package-database-damaged"
                | "worker-failed"
        )
}
