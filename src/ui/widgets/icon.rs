//! Icons: masks of www/styles/icons.css, which take the colour of the text around them.

use leptos::prelude::*;

/// One of the icons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Icon {
    Back,
    Box,
    Cached,
    Check,
    ChevronDown,
    ChevronRight,
    ChevronUp,
    Clock,
    Close,
    Copy,
    Device,
    Dot,
    Down,
    File,
    Fine,
    Folder,
    Hash,
    Help,
    High,
    Index,
    Key,
    Layers,
    Link,
    Medium,
    More,
    Open,
    Overview,
    Play,
    Report,
    Search,
    Settings,
    Shield,
    Sources,
    Symlink,
    Unknown,
    Waste,
}

impl Icon {
    /// Its class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Icon::Back => "i-back",
            Icon::Box => "i-box",
            Icon::Cached => "i-cached",
            Icon::Check => "i-check",
            Icon::ChevronDown => "i-chevd",
            Icon::ChevronRight => "i-chev",
            Icon::ChevronUp => "i-chevu",
            Icon::Clock => "i-clock",
            Icon::Close => "i-x",
            Icon::Copy => "i-copy",
            Icon::Device => "i-device",
            Icon::Dot => "i-dot",
            Icon::Down => "i-down",
            Icon::File => "i-file",
            Icon::Fine => "i-fine",
            Icon::Folder => "i-folder",
            Icon::Hash => "i-hash",
            Icon::Help => "i-help",
            Icon::High => "i-high",
            Icon::Index => "i-index",
            Icon::Key => "i-key",
            Icon::Layers => "i-layers",
            Icon::Link => "i-link",
            Icon::Medium => "i-medium",
            Icon::More => "i-more",
            Icon::Open => "i-open",
            Icon::Overview => "i-overview",
            Icon::Play => "i-play",
            Icon::Report => "i-report",
            Icon::Search => "i-search",
            Icon::Settings => "i-settings",
            Icon::Shield => "i-shield",
            Icon::Sources => "i-sources",
            Icon::Symlink => "i-symlink",
            Icon::Unknown => "i-unknown",
            Icon::Waste => "i-waste",
        }
    }
}

/// An icon, hidden from screen readers: what it says is also in text beside it or in a name.
#[component]
pub fn Glyph(
    icon: Icon,
    /// 16 px, for an icon that stands alone; otherwise 14 px, beside text.
    #[prop(optional)]
    big: bool,
) -> AnyView {
    let size = if big { "i" } else { "i s" };
    view! { <i class=format!("{size} {}", icon.class()) aria-hidden="true"></i> }.into_any()
}

#[test]
fn every_icon_has_its_picture() {
    let css = include_str!("../../../www/styles/icons.css");
    for icon in
        [Icon::Back, Icon::Box, Icon::Close, Icon::Symlink, Icon::Unknown, Icon::Help, Icon::Waste]
    {
        assert!(css.contains(&format!(".{} {{", icon.class())), "{icon:?}");
    }
}
