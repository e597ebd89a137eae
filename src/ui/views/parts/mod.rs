//! Parts that several views share and that know the image: layers beside a list, the selection of layers, the
//! places of list and details.

mod cells;
mod layer_bar;
mod layer_pane;
mod layers_mark;
mod limits;
mod list_tools;
mod other_manifests;
mod pull;
mod selection;
mod workbench;

pub use cells::{
    InstructionText, LayerCheck, LayerCheckState, LayerForms, absent_of, instruction_text,
    layer_check,
};
pub use layer_bar::{BarLegend, LayerBar};
pub use layer_pane::LayerPane;
pub use layers_mark::mark_layers_shown;
pub use limits::{LayerLimit, SourceProblems};
pub use list_tools::{ExportButtons, GroupSelect, NoRows, RowChoice, TableSums};
pub use other_manifests::OtherManifestsTable;
pub use pull::{CompletedPull, PullPanel};
pub use selection::{ModeButtons, SelectionStrip};
pub use workbench::Workbench;
