//! The list of views: what each is called, where it stands in the navigation, and what draws it.

use super::history::HistoryView;
use crate::link::View;
use crate::ui::app::ImageFacts;
use crate::ui::widgets::Icon;
use leptos::prelude::*;

/// A heading of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NavSection {
    /// What the image is.
    Image,
    /// What is in it.
    Contents,
}

impl NavSection {
    /// All, in their order.
    pub const ALL: [NavSection; 2] = [NavSection::Image, NavSection::Contents];

    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            NavSection::Image => "Image",
            NavSection::Contents => "Contents",
        }
    }
}

/// A view.
pub struct ViewEntry {
    pub view: View,
    /// Its name in the navigation and in the window's title.
    pub title: &'static str,
    pub icon: Icon,
    pub section: NavSection,
    /// It shows what is in layers: they are downloaded when it is opened.
    pub needs_layers: bool,
    /// The selection of layers filters it, so it is shown above it.
    pub by_layers: bool,
    /// How much it holds, beside its name; tracked.
    pub count: fn(ImageFacts) -> Option<u64>,
    pub draw: fn() -> AnyView,
}

/// All views, in the order of the navigation. The first is shown where a link names none, or an unknown one.
pub const VIEWS: &[ViewEntry] = &[ViewEntry {
    view: View::History,
    title: "History",
    icon: Icon::Clock,
    section: NavSection::Image,
    needs_layers: false,
    by_layers: true,
    count: |facts| facts.layers.read().map(|table| table.rows.len() as u64),
    draw: || view! { <HistoryView /> }.into_any(),
}];

/// The entry of a view; the first for one that does not exist.
pub fn view_entry(view: View) -> &'static ViewEntry {
    VIEWS.iter().find(|entry| entry.view == view).unwrap_or(&VIEWS[0])
}
