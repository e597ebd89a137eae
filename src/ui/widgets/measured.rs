//! The pane of a long list in the document: measured when it is drawn and whenever its size changes.

use super::window::Pane;
use crate::browser::page::dom;
use leptos::html::Div;
use leptos::prelude::*;
use web_sys::Element;

/// Calls `read` with an element once it is drawn, and whenever its size changes.
pub fn on_measure(root: NodeRef<Div>, read: impl Fn(&Element) + Copy + 'static) {
    let watch = StoredValue::new_local(None);
    Effect::new(move || {
        let Some(element) = root.get() else { return };
        read(&element);
        let observed = element.clone();
        watch.set_value(dom::on_resize(&element, move || read(&observed)));
    });
    on_cleanup(move || {
        watch.try_update_value(Option::take);
    });
}

/// What is seen of an element whose rows have the height of this style property, else this many pixels.
pub fn measured(element: &Element, row_property: &str, otherwise: f64) -> Pane {
    let seen = dom::scroll_state(element);
    let row = dom::css_pixels(element, row_property).unwrap_or(otherwise);
    Pane { top: seen.top, height: seen.height, row }
}

/// Notes how far a pane is scrolled.
pub fn note_scroll(root: NodeRef<Div>, pane: RwSignal<Pane>) {
    if let Some(element) = root.get_untracked() {
        let top = dom::scroll_state(&element).top;
        pane.update(|pane| pane.top = top);
    }
}
