//! What several views show of the image: asked once for all of them.

use super::downloads::{digests_coming, layers_coming, with_coming};
use super::loaded::Loaded;
use super::query::use_query;
use super::shown_image::ShownImage;
use crate::protocol::{
    ConfigurationSecrets, LayerRow, LayerTable, Layers, MaskedValues, Overview, OverviewFacts,
    PackageCounts, PackageNumbers, VulnerabilityCounts, VulnerabilityNumbers,
};
use crate::selection::LayerSelection;
use crate::vocabulary::LayerNumber;
use leptos::prelude::*;

/// What several views show of the image. Asked once for all of them.
#[derive(Clone, Copy)]
pub struct ImageFacts {
    pub overview: Signal<Loaded<OverviewFacts>>,
    pub layers: Signal<Loaded<LayerTable>>,
    /// Of the whole image, not of the selection.
    pub packages: Signal<Loaded<PackageNumbers>>,
    /// Of the whole image, not of the selection.
    pub vulnerabilities: Signal<Loaded<VulnerabilityNumbers>>,
    /// Values of the configuration that are masked.
    pub masked: Signal<Loaded<MaskedValues>>,
}

impl ImageFacts {
    /// Asks for them.
    pub fn of(image: ShownImage) -> ImageFacts {
        let (image, source) = (image.position, image.source);
        let layers = LayerSelection::All;
        let coming = Memo::new(move |_| source.coming_layers());
        let overview = use_query(move || Some(Overview { image }));
        let table = use_query(move || Some(Layers { image }));
        ImageFacts {
            overview: with_coming(overview, coming, digests_coming),
            layers: with_coming(table, coming, layers_coming),
            packages: use_query(move || Some(PackageCounts { image, layers })),
            vulnerabilities: use_query(move || Some(VulnerabilityCounts { image, layers })),
            masked: use_query(move || Some(ConfigurationSecrets { image })),
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
