//! Parts that several views share and that know the image: layers beside a list, the selection of layers, the
//! places of list and details.

mod attached;
mod cells;
mod compare_links;
mod consent;
mod drawn;
mod extraction;
mod ignore_list;
mod layer_bar;
mod layer_pane;
mod layers_mark;
mod limits;
mod list_tools;
mod masked;
mod other_manifests;
mod pull;
mod selection;
mod workbench;

pub use attached::{fetch_attached, verify_signatures};
pub use cells::{
    InstructionText, LayerCheck, LayerCheckState, LayerForms, NO_INSTRUCTION, absent_of,
    instruction_text, layer_check,
};
pub use compare_links::{CompareLayerMenu, CompareLink};
pub use consent::{ConsentDialog, named_host};
pub use drawn::{MAX_DRAWN, NotDrawn, drawn_text};
pub use extraction::{
    DirectoryMenu, LayerButton, RootMenu, SelectionMenu, has_contents, last_part, save_part,
};
pub use ignore_list::{IgnoreListPart, ShownFindings, claim_ignore_lists};
pub use layer_bar::{BarLegend, LayerBar};
pub use layer_pane::LayerPane;
pub use layers_mark::mark_layers_shown;
pub use limits::{LayerLimit, SourceProblems};
pub use list_tools::{
    ExportButtons, GroupSelect, ListNote, NoRows, RowChoice, ShowButtons, ShowChoice, TableSums,
};
pub use masked::{MaskedText, Masks, RevealButtons, provide_masks, use_masks};
pub use other_manifests::OtherManifestsTable;
pub use pull::{CompletedPull, PullPanel};
pub use selection::{ModeButtons, SelectionStrip};
pub use workbench::Workbench;
