//! The state of the page: the link, the open sources, and what the engine answered.
//!
//! - The link is the state of the view (`navigation`). Which source and image are shown is derived from it
//!   (`open_sources`), and so are the questions to the engine (`query`, `table_query`).
//! - Each context is a type of its own, with a `use_…` function beside it.

mod batch;
mod compared_pair;
mod comparing;
mod downloads;
mod events;
mod extracting;
mod ignore_list;
mod image_facts;
mod image_states;
mod layer_choice;
mod loaded;
mod navigation;
mod notices;
mod open_flag;
mod open_source;
mod open_sources;
mod opening;
mod order;
mod picking;
mod query;
mod reference_input;
mod registries;
mod shown_image;
mod table_query;

pub use compared_pair::{ComparedPair, OpenImageAt, PlacedPair, comparison_link};
pub use downloads::{LayersWait, is_running};
pub use events::on_window;
pub use extracting::Extracting;
pub use ignore_list::{may_be_ignore_list, remove_ignore_list, take_ignore_list};
pub use image_facts::{ImageFacts, use_facts};
pub use image_states::{ImageState, ImageStates};
pub use layer_choice::{ChoiceMode, LayerChoice, use_layer_choice};
pub use loaded::Loaded;
pub use navigation::{Navigation, set_member, set_path, use_navigation};
pub use notices::{Notice, Notices, use_notices};
pub use open_flag::{
    HelpPart, OpenFlag, SearchPart, SettingsPart, use_help, use_search_open, use_settings,
};
pub use open_source::{Before, OpenSource, PickedFiles, SourceId, SourceOrigin};
pub use open_sources::{OpenSources, Screen, use_sources};
pub use order::RunningOrder;
pub use picking::{DropClaim, claim_drops};
pub use query::{Answerer, OpenQuestion, use_answer, use_query};
pub use reference_input::place_of;
pub use registries::{Registries, registry_of, use_registries};
pub use shown_image::{ShownImage, use_image};
pub use table_query::{TableRows, TableTotals, use_table, use_table_in, use_table_of};

pub use leptos::task::spawn_local as spawn;
