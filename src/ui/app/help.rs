//! Whether the help is open: the header opens it, and the key `?`.

use leptos::prelude::*;

/// Whether the dialog is open.
#[derive(Clone, Copy)]
pub struct HelpOpen(pub RwSignal<bool>);

impl HelpOpen {
    /// Closed.
    pub fn new() -> HelpOpen {
        HelpOpen(RwSignal::new(false))
    }
}

impl Default for HelpOpen {
    fn default() -> HelpOpen {
        HelpOpen::new()
    }
}
