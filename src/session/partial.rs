//! An image up to a layer, as an image of its own: what a comparison of layers compares.
//!
//! - It shares its blobs with the whole image, so nothing is read for it; it is built like any other image.
//! - It stays beside the source's images, as inspections that were taken in do: lists and reports leave it out.
//! - Its configuration is the whole image's: layers have none of their own. Its history ends with its last layer.

use super::state::{OpenImage, Session};
use crate::oci::HistoryEntry;
use crate::problem::{Problem, TOO_MANY_LAYERS};
use crate::vocabulary::{ImagePosition, LayerNumber};

impl Session {
    /// The image up to a layer. The whole image, if that is its last one.
    pub(super) fn image_up_to(
        &mut self,
        image: ImagePosition,
        last: LayerNumber,
    ) -> Result<ImagePosition, Problem> {
        let known = |open: &OpenImage| open.part_of == Some((image, last));
        if let Some(at) = self.images.iter().position(known) {
            return Ok(ImagePosition(at as u32));
        }
        let open = self.image(image)?;
        let (layers, count) = (open.source.layers.len(), last.get() as usize);
        if count == layers {
            return Ok(image);
        }
        if count > layers {
            return Err(Problem::new("no-such-layer", "The image has no such layer.")
                .expected(format!("a layer up to {layers}"))
                .found(last.to_string()));
        }
        let mut source = open.source.clone();
        source.layers.truncate(count);
        source.config.rootfs.diff_ids.truncate(count);
        for steps in [&mut source.config.history, &mut source.chain] {
            steps.truncate(steps_of(steps, count));
        }
        // The layers that a limit left out are above these.
        source.warnings.retain(|warning| {
            warning.code != TOO_MANY_LAYERS
                && warning.layer.is_none_or(|layer| layer.index() < count)
        });
        let part = OpenImage {
            saved: open.saved,
            taken_in: true,
            part_of: Some((image, last)),
            ..OpenImage::new(source)
        };
        self.images.push(part);
        Ok(ImagePosition(self.images.len() as u32 - 1))
    }
}

/// How many steps it takes to the layer with this number, that one included.
fn steps_of(steps: &[HistoryEntry], layers: usize) -> usize {
    let made = steps.iter().enumerate().filter(|(_, step)| !step.empty_layer);
    let last = layers.checked_sub(1).and_then(|before| made.map(|(at, _)| at).nth(before));
    last.map_or(steps.len(), |at| at + 1)
}

#[test]
fn the_steps_up_to_a_layer_end_with_it() {
    let step = |empty_layer| HistoryEntry { empty_layer, ..HistoryEntry::default() };
    let steps = [false, true, false, true].map(step);
    let numbers: Vec<usize> = (0..4).map(|layers| steps_of(&steps, layers)).collect();
    assert_eq!(numbers, [4, 1, 3, 4], "a history may have too few");
}
