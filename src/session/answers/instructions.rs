//! Build steps, their secrets masked, and layers as cells show them.

use crate::analysis::base::BaseLayers;
use crate::oci::{HistoryEntry, readable};
use crate::protocol::{Instruction, LayerCell};
use crate::session::state::{OpenImage, Session};
use crate::text::{Shown, ShownLines};
use crate::vocabulary::{ImagePosition, LayerPosition};

/// Bytes of the text of a step: Docker itself takes commands of 128 kB, and a screen shows a tenth of this.
pub(super) const MAX_TEXT: usize = 16 << 10;

/// A recorded build step of an image.
pub(super) fn instruction(open: &OpenImage, entry: &HistoryEntry) -> Instruction {
    let recorded = &open.without_secrets(entry.created_by.as_deref().unwrap_or(""));
    let (keyword, text) = readable(recorded);
    Instruction {
        keyword: Shown::start_of(&keyword, MAX_TEXT),
        text: Shown::start_of(&text.replace(['\n', '\r', '\t'], " "), MAX_TEXT),
        recorded: ShownLines::start_of(recorded, MAX_TEXT),
    }
}

/// The build step of a layer, for its label: its comment where no step is recorded, and nothing where the
/// history has neither.
pub(super) fn layer_instruction(open: &OpenImage, layer: LayerPosition) -> Instruction {
    let mut steps = open.source.steps().iter().filter(|entry| !entry.empty_layer);
    let Some(entry) = steps.nth(layer.index()) else { return Instruction::default() };
    let step = instruction(open, entry);
    match &entry.comment {
        Some(comment) if step.recorded.is_empty() => {
            let text = Shown::start_of(&open.without_secrets(comment), MAX_TEXT);
            Instruction { text, ..step }
        }
        _ => step,
    }
}

/// Makes cells of an image's layers.
pub(super) struct LayerCells {
    base: BaseLayers,
}

impl LayerCells {
    pub fn of(session: &Session, image: ImagePosition) -> LayerCells {
        LayerCells { base: session.base_layers(image) }
    }

    pub fn cell(&self, layer: LayerPosition) -> LayerCell {
        LayerCell { number: layer.number(), origin: self.base.origin(layer) }
    }
}

#[test]
fn a_layer_without_a_recorded_step_is_labelled_by_its_comment() {
    let entry = |created_by: &str, comment: &str| HistoryEntry {
        created_by: Some(created_by.to_owned()),
        comment: Some(comment.to_owned()),
        ..HistoryEntry::default()
    };
    let mut image = OpenImage::default();
    image.source.config.history =
        vec![entry("RUN\tmake\n# buildkit", "buildkit"), entry("", "by hand")];
    let label = |layer| layer_instruction(&image, LayerPosition(layer)).text.into_string();
    assert_eq!([label(0), label(1), label(2)], ["make", "by hand", ""]);
    image.source.config.history = vec![entry("", &"x".repeat(100_000))];
    assert_eq!(layer_instruction(&image, LayerPosition(0)).text.len(), MAX_TEXT + "…".len());
}
