//! The facts that findings are made from.

use super::finding::NextStep;
use crate::problem::Problem;
use crate::protocol::{CheckFacts, OverviewFacts};

/// The state of the page and the source, beside the facts about the image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// All background work has ended, except checks of digests.
    pub ready: bool,
    /// The user has cancelled it.
    pub cancelled: bool,
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
            || self.facts.warnings.iter().any(Problem::leaves_out)
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
