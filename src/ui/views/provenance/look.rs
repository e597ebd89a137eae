//! How the state of a signature looks: green only what was fully checked.

use crate::protocol::SignatureState;
use crate::ui::widgets::Icon;

/// Icon and class.
pub(super) fn look(state: SignatureState) -> (Icon, &'static str) {
    match state {
        SignatureState::Valid => (Icon::Check, "ok"),
        SignatureState::Invalid => (Icon::High, "d"),
        SignatureState::Unchecked | SignatureState::Pending | SignatureState::Absent => {
            (Icon::Unknown, "soft")
        }
        SignatureState::Unsigned => (Icon::Dot, "soft"),
    }
}
