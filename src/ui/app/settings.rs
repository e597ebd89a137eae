//! Whether the settings are open: the header opens them, and problems that a setting solves.

use leptos::prelude::*;

/// Whether the settings are open. A problem that a setting solves opens them.
#[derive(Clone, Copy)]
pub struct SettingsOpen(RwSignal<bool>);

impl SettingsOpen {
    /// Closed.
    pub fn new() -> SettingsOpen {
        SettingsOpen(RwSignal::new(false))
    }

    /// Opens them.
    pub fn open(self) {
        self.0.set(true);
    }

    /// Closes them.
    pub fn close(self) {
        self.0.set(false);
    }

    /// Tracks whether they are open.
    pub fn is_open(self) -> bool {
        self.0.get()
    }
}

impl Default for SettingsOpen {
    fn default() -> SettingsOpen {
        SettingsOpen::new()
    }
}

/// The settings of the page, from the context.
pub fn use_settings() -> SettingsOpen {
    expect_context()
}
