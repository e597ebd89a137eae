//! The list of views: what each is called, its section of the navigation, and what draws it.

use super::configuration::ConfigurationView;
use super::dockerfile::DockerfileView;
use super::files::FilesView;
use super::history::HistoryView;
use super::layers::LayersView;
use super::overview::OverviewView;
use super::packages::PackagesView;
use super::provenance::ProvenanceView;
use super::raw::RawView;
use super::risks::RisksView;
use super::secrets::SecretsView;
use super::vulnerabilities::VulnerabilitiesView;
use super::waste::WasteView;
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
    /// The selection of layers filters it, so it is shown above it.
    pub by_layers: bool,
    /// How much it holds, beside its name; tracked.
    pub count: fn(ImageFacts) -> Option<u64>,
    pub draw: fn() -> AnyView,
}

/// All views, in the order of the navigation. The first is shown where a link names none, or an unknown one.
pub const VIEWS: &[ViewEntry] = &[
    ViewEntry {
        view: View::Overview,
        title: "Overview",
        icon: Icon::Overview,
        section: NavSection::Image,
        by_layers: false,
        count: |_| None,
        draw: || view! { <OverviewView /> }.into_any(),
    },
    ViewEntry {
        view: View::Layers,
        title: "Layers",
        icon: Icon::Layers,
        section: NavSection::Image,
        by_layers: true,
        count: |facts| facts.layer_count().map(u64::from),
        draw: || view! { <LayersView /> }.into_any(),
    },
    ViewEntry {
        view: View::History,
        title: "History",
        icon: Icon::Clock,
        section: NavSection::Image,
        by_layers: true,
        count: |facts| facts.layers.read().map(|table| table.rows.len() as u64),
        draw: || view! { <HistoryView /> }.into_any(),
    },
    ViewEntry {
        view: View::Dockerfile,
        title: "Dockerfile",
        icon: Icon::Report,
        section: NavSection::Image,
        by_layers: false,
        count: |_| None,
        draw: || view! { <DockerfileView /> }.into_any(),
    },
    ViewEntry {
        view: View::Provenance,
        title: "Provenance",
        icon: Icon::Hash,
        section: NavSection::Image,
        by_layers: false,
        count: |facts| document_count(facts),
        draw: || view! { <ProvenanceView /> }.into_any(),
    },
    ViewEntry {
        view: View::Config,
        title: "Configuration",
        icon: Icon::Settings,
        section: NavSection::Image,
        by_layers: false,
        count: |_| None,
        draw: || view! { <ConfigurationView /> }.into_any(),
    },
    ViewEntry {
        view: View::Raw,
        title: "Raw",
        icon: Icon::Index,
        section: NavSection::Image,
        by_layers: false,
        count: |_| None,
        draw: || view! { <RawView /> }.into_any(),
    },
    ViewEntry {
        view: View::Files,
        title: "Files",
        icon: Icon::Folder,
        section: NavSection::Contents,
        by_layers: true,
        count: |facts| facts.overview.read().map(|overview| overview.tree_entries).flatten(),
        draw: || view! { <FilesView /> }.into_any(),
    },
    ViewEntry {
        view: View::Packages,
        title: "Packages",
        icon: Icon::Box,
        section: NavSection::Contents,
        by_layers: true,
        count: |facts| facts.packages.read().map(|numbers| numbers.installed),
        draw: || view! { <PackagesView /> }.into_any(),
    },
    ViewEntry {
        view: View::Vulnerabilities,
        title: "Vulnerabilities",
        icon: Icon::Shield,
        section: NavSection::Contents,
        by_layers: true,
        count: |facts| vulnerability_count(facts),
        draw: || view! { <VulnerabilitiesView /> }.into_any(),
    },
    ViewEntry {
        view: View::Waste,
        title: "Waste",
        icon: Icon::Waste,
        section: NavSection::Contents,
        by_layers: true,
        count: |facts| waste_count(facts),
        draw: || view! { <WasteView /> }.into_any(),
    },
    ViewEntry {
        view: View::Secrets,
        title: "Secrets",
        icon: Icon::Key,
        section: NavSection::Contents,
        by_layers: true,
        count: |facts| secret_count(facts),
        draw: || view! { <SecretsView /> }.into_any(),
    },
    ViewEntry {
        view: View::Risks,
        title: "Risks",
        icon: Icon::High,
        section: NavSection::Contents,
        by_layers: true,
        count: |facts| risk_count(facts),
        draw: || view! { <RisksView /> }.into_any(),
    },
];

/// How many documents say who built or signed it; `None` where there are none.
fn document_count(facts: ImageFacts) -> Option<u64> {
    let documents = facts.overview.read().map(|overview| overview.provenance.documents);
    documents.map(u64::from).filter(|count| *count > 0)
}

/// How many secrets were found; `None` before files were searched, and where there are none.
fn secret_count(facts: ImageFacts) -> Option<u64> {
    let overview = facts.overview.read();
    let numbers = overview.map(|overview| overview.secrets.clone()).flatten();
    numbers.map(|numbers| u64::from(numbers.found())).filter(|count| *count > 0)
}

/// How many risks were found, without information; `None` before files were read, and where there are none.
fn risk_count(facts: ImageFacts) -> Option<u64> {
    let overview = facts.overview.read();
    let numbers = overview.map(|overview| overview.risks.clone()).flatten();
    numbers.map(|numbers| u64::from(numbers.found())).filter(|count| *count > 0)
}

/// How many vulnerabilities are known; `None` before a check found any.
fn vulnerability_count(facts: ImageFacts) -> Option<u64> {
    let count = facts.vulnerabilities.read().map(|numbers| u64::from(numbers.counts.total()));
    count.filter(|count| *count > 0)
}

/// How many files are hidden; `None` before that is known, and where there are none.
fn waste_count(facts: ImageFacts) -> Option<u64> {
    let hidden = facts.overview.read().map(|overview| overview.hidden).flatten();
    hidden.map(|hidden| hidden.classes.all().files).filter(|count| *count > 0)
}

/// The entry of a view; the first for one that does not exist.
pub fn view_entry(view: View) -> &'static ViewEntry {
    VIEWS.iter().find(|entry| entry.view == view).unwrap_or(&VIEWS[0])
}
