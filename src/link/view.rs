//! The views that links name.

/// A view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum View {
    #[default]
    Overview,
    Layers,
    Files,
    History,
    Dockerfile,
    Packages,
    Vulnerabilities,
    Waste,
    Secrets,
    Risks,
    Provenance,
    Config,
    Raw,
}

impl View {
    /// All, in the order in which the page shows them.
    pub const ALL: [View; 13] = [
        View::Overview,
        View::Layers,
        View::Files,
        View::History,
        View::Dockerfile,
        View::Packages,
        View::Vulnerabilities,
        View::Waste,
        View::Secrets,
        View::Risks,
        View::Provenance,
        View::Config,
        View::Raw,
    ];

    /// As links spell it.
    pub fn name(self) -> &'static str {
        match self {
            View::Overview => "overview",
            View::Layers => "layers",
            View::Files => "files",
            View::History => "history",
            View::Dockerfile => "dockerfile",
            View::Packages => "packages",
            View::Vulnerabilities => "vulnerabilities",
            View::Waste => "waste",
            View::Secrets => "secrets",
            View::Risks => "risks",
            View::Provenance => "provenance",
            View::Config => "config",
            View::Raw => "raw",
        }
    }

    /// `None` for an unknown view.
    pub fn named(name: &str) -> Option<View> {
        View::ALL.into_iter().find(|view| view.name() == name)
    }
}
