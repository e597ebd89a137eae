//! Components that views share: over plain values, each with its tests.

mod button;
mod code_text;
mod details;
mod dialog;
mod filter;
mod head;
mod icon;
mod linked_text;
mod marks;
mod measured;
mod menu;
mod problem;
mod row_keys;
mod split;
mod states;
mod table;
mod values;
mod window;

pub use button::{Button, ButtonKind, CopyButton, Segment, Segments, Switch};
pub use code_text::CodeText;
pub use details::{DetailsPane, Fact, FactList};
pub use dialog::Dialog;
pub use filter::{FILTER_BOX, FilterBox, FilterParameter, SEARCH_BOX};
pub use head::{VIEW_HEADING, ViewHead};
pub use icon::{Glyph, Icon};
pub use linked_text::LinkedText;
pub use marks::{
    Badge, ChangeCount, ChangeCounts, ChangeTag, LayerChip, LayerMark, Meter, SeverityMark,
    layer_class, severity_class,
};
pub use measured::{measured, note_scroll, on_measure};
pub use menu::Menu;
pub use problem::{ProblemAlert, ProblemNote};
pub use row_keys::row_after;
pub use split::{SizedPane, Split};
pub use states::{Await, EmptyState, LoadingState};
pub use table::{BelowRow, Column, DataTable, RowSignal, RowTarget, TableSort};
pub use values::{Absent, AbsentMark, AgeText, DigestText, SizeChangeText, SizeText, day};
pub use window::{Pane, RowWindow};
