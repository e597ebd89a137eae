//! The image that is shown, as its views see it: whom to ask about it, and what several of them show.
//!
//! A view lives for one image: position and source never change during its life. Another image is another view.

use super::loaded::Loaded;
use super::open_source::{ImageState, OpenSource};
use super::query::use_query;
use crate::browser::page::client::Client;
use crate::protocol::{
    ImageLine, LayerRow, LayerTable, Layers, Overview, OverviewFacts, PackageCounts,
    PackageNumbers, VulnerabilityCounts, VulnerabilityNumbers,
};
use crate::selection::LayerSelection;
use crate::text::Shown;
use crate::vocabulary::{ImagePosition, LayerNumber};
use leptos::prelude::*;

/// The image that is shown.
#[derive(Clone, Copy)]
pub struct OpenImage {
    pub source: OpenSource,
    pub position: ImagePosition,
    state: Memo<ImageState>,
}

impl OpenImage {
    /// An image of a source.
    pub fn new(source: OpenSource, position: ImagePosition) -> OpenImage {
        let state = Memo::new(move |_| source.image_state(position));
        OpenImage { source, position, state }
    }

    /// Grows whenever answers may have changed; tracked.
    pub fn revision(self) -> u32 {
        self.state.read().revision
    }

    /// Grows with each new tree; `None` until there is one. Tracked.
    pub fn tree(self) -> Option<u32> {
        self.state.read().tree
    }

    /// Everything that runs without being asked has ended; tracked.
    pub fn is_ready(self) -> bool {
        self.state.read().ready
    }

    /// Its row in the list of images; tracked.
    pub fn line(self) -> ImageLine {
        self.source.image_line(self.position).unwrap_or_default()
    }

    /// What titles call it; tracked.
    pub fn title(self) -> Shown {
        self.source.title(self.position)
    }

    /// Who answers actions and orders; not tracked. `None` once the source is closed.
    pub fn client(self) -> Option<Client> {
        self.source.client.get_untracked()
    }
}

/// The image that is shown, from the context.
pub fn use_image() -> OpenImage {
    expect_context()
}

/// What several views show of the image. Asked once for all of them.
#[derive(Clone, Copy)]
pub struct ImageFacts {
    pub overview: Signal<Loaded<OverviewFacts>>,
    pub layers: Signal<Loaded<LayerTable>>,
    /// Of the whole image, not of the selection.
    pub packages: Signal<Loaded<PackageNumbers>>,
    /// Of the whole image, not of the selection.
    pub vulnerabilities: Signal<Loaded<VulnerabilityNumbers>>,
}

impl ImageFacts {
    /// Asks for them.
    pub fn of(image: OpenImage) -> ImageFacts {
        let image = image.position;
        let layers = LayerSelection::All;
        ImageFacts {
            overview: use_query(move || Some(Overview { image })),
            layers: use_query(move || Some(Layers { image })),
            packages: use_query(move || Some(PackageCounts { image, layers })),
            vulnerabilities: use_query(move || Some(VulnerabilityCounts { image, layers })),
        }
    }

    /// Sum of the layers' sizes, as far as they are known; tracked.
    pub fn size(self) -> u64 {
        let layers = self.layers.read();
        let sizes = |table: &LayerTable| {
            let layers = table.rows.iter().filter_map(|row| row.layer.as_ref());
            layers.filter_map(|layer| layer.size).fold(0, u64::saturating_add)
        };
        layers.map(sizes).unwrap_or_default()
    }

    /// Number of layers, empty layers not counted; `None` until it is known. Tracked.
    pub fn layer_count(self) -> Option<u32> {
        let count =
            |table: &LayerTable| table.rows.iter().filter(|row| row.layer.is_some()).count();
        self.layers.read().map(count).map(|count| count as u32)
    }

    /// The row of a layer; tracked.
    pub fn layer_row(self, number: LayerNumber) -> Option<LayerRow> {
        let is_it = |row: &&LayerRow| row.layer.as_ref().is_some_and(|l| l.number == number);
        self.layers.read().ready()?.rows.iter().find(is_it).cloned()
    }
}

/// What several views show of the image, from the context.
pub fn use_facts() -> ImageFacts {
    expect_context()
}
