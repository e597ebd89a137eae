//! Build steps, and layers as cells show them.

use crate::analysis::base::base_layers;
use crate::archive::ImageSource;
use crate::oci::{HistoryEntry, readable};
use crate::protocol::{Instruction, LayerCell};
use crate::text::{Shown, ShownLines};
use crate::vocabulary::LayerPosition;

/// A recorded build step.
pub(super) fn instruction(entry: &HistoryEntry) -> Instruction {
    let recorded = entry.created_by.as_deref().unwrap_or("");
    let (keyword, text) = readable(recorded);
    Instruction {
        keyword: Shown::new(keyword),
        text: Shown::new(text.replace(['\n', '\r', '\t'], " ")),
        recorded: ShownLines::new(recorded),
    }
}

/// The build step of a layer; an empty one where the history has none.
pub(super) fn layer_instruction(image: &ImageSource, layer: LayerPosition) -> Instruction {
    let mut steps = image.steps().iter().filter(|entry| !entry.empty_layer);
    steps.nth(layer.index()).map(instruction).unwrap_or_default()
}

/// Layers that are likely the base image's, guessed from the history.
pub(super) fn likely_base_layers(image: &ImageSource) -> u32 {
    base_layers(image.steps()).unwrap_or(0)
}

/// Makes cells of an image's layers.
pub(super) struct LayerCells {
    base: u32,
}

impl LayerCells {
    pub fn of(image: &ImageSource) -> LayerCells {
        LayerCells { base: likely_base_layers(image) }
    }

    pub fn cell(&self, layer: LayerPosition) -> LayerCell {
        LayerCell { number: layer.number(), likely_base: layer.0 < self.base }
    }
}
