//! Whether something is open that several places open and close: the help, the settings, the search in contents.

use leptos::prelude::*;
use std::marker::PhantomData;

/// Whether it is open. `What` tells one from another in the context.
pub struct OpenFlag<What: 'static> {
    open: RwSignal<bool>,
    what: PhantomData<fn() -> What>,
}

/// The help: the header opens it, and the key `?`.
pub enum HelpPart {}
/// The settings: the header opens them, and problems that a setting solves.
pub enum SettingsPart {}
/// The search in contents before anything is searched: a button of Files opens it, and Ctrl+Shift+F from any view.
/// What is searched is in the link.
pub enum SearchPart {}

impl<What> Clone for OpenFlag<What> {
    fn clone(&self) -> OpenFlag<What> {
        *self
    }
}

impl<What> Copy for OpenFlag<What> {}

impl<What> OpenFlag<What> {
    /// Closed.
    pub fn new() -> OpenFlag<What> {
        OpenFlag { open: RwSignal::new(false), what: PhantomData }
    }

    /// Opens it.
    pub fn open(self) {
        self.open.set(true);
    }

    /// Closes it.
    pub fn close(self) {
        self.open.set(false);
    }

    /// Whether it is open; tracked.
    pub fn is_open(self) -> bool {
        self.open.get()
    }
}

impl<What> Default for OpenFlag<What> {
    fn default() -> OpenFlag<What> {
        OpenFlag::new()
    }
}

/// Whether the help of the page is open, from the context.
pub fn use_help() -> OpenFlag<HelpPart> {
    expect_context()
}

/// Whether the settings of the page are open, from the context.
pub fn use_settings() -> OpenFlag<SettingsPart> {
    expect_context()
}

/// Whether the view Files shows the search, from the context of the image that is shown.
pub fn use_search_open() -> OpenFlag<SearchPart> {
    expect_context()
}
