//! Marks the time when the layers of an image are on screen, for benches.

use crate::browser::page::marks;
use crate::ui::app::{use_facts, use_image};
use leptos::prelude::*;

/// Sets the mark `layerscope:layers` once the layers of the image are on screen for the first time.
pub fn mark_layers_shown() {
    let (facts, image) = (use_facts(), use_image());
    Effect::new(move || {
        if facts.layers.read().ready().is_some() && image.source.is_first_sight(image.position) {
            request_animation_frame(|| marks::mark(marks::PageMark::Layers));
        }
    });
}
