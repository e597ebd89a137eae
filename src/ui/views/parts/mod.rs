//! Parts that several views share and that know the image: layers beside a list, the selection of layers, the
//! places of list and details.

mod layer_pane;
mod selection;
mod workbench;

pub use layer_pane::LayerPane;
pub use selection::{ModeButtons, SelectionStrip};
pub use workbench::Workbench;
