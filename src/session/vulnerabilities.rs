//! Answers about vulnerabilities: what could be asked, what was found.

use super::query::{CheckState, Checked, Details, Exported, Table, TableAsk};
use super::state::Session;
use crate::problem::Problem;
use crate::text;

impl Session {
    /// How far it is known.
    pub(super) fn checked(&self) -> Checked {
        let known = self.found().is_ok();
        Checked {
            state: if known { CheckState::Ready } else { CheckState::Waiting },
            ..Checked::default()
        }
    }

    pub(super) fn finding_table(&self, _: &TableAsk) -> Result<Table, Problem> {
        self.found().map(|_| Table::default())
    }

    pub(super) fn finding_details(&self, key: &str) -> Result<Details, Problem> {
        Err(Problem::new("no-such-advisory", "Nothing of this name was found.")
            .found(text::show(key.as_bytes())))
    }

    pub(super) fn exported(&self, form: &str) -> Result<Exported, Problem> {
        Err(Problem::new("no-such-form", "There is no export of this form.")
            .found(text::show(form.as_bytes())))
    }
}
