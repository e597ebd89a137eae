//! The ignore list: taken and removed.

use crate::analysis::ignore::IgnoreList;
use crate::analysis::known_rules::unknown_rules;
use crate::problem::Problem;
use crate::protocol::IgnoreFile;
use crate::session::state::{IgnoredFindings, Session};
use crate::text::Shown;

impl Session {
    /// Takes another list, or none. A list that cannot be read changes nothing.
    pub(super) fn ignore_instead(
        &mut self,
        list: Option<IgnoreFile>,
    ) -> Result<Vec<Shown>, Problem> {
        let Some(IgnoreFile { name, text }) = list else {
            self.ignored = IgnoredFindings::default();
            return Ok(Vec::new());
        };
        let list = IgnoreList::parse(&text).map_err(|reason| {
            Problem::new("ignore-list", "The ignore list cannot be read.")
                .found(reason)
                .advice("docs/risks.md has the form of its lines.")
        })?;
        let unknown = unknown_rules(&list).map(Shown::new).collect();
        self.ignored = IgnoredFindings { name: Some(Shown::new(name)), list };
        Ok(unknown)
    }
}
