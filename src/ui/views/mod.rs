//! The views of an image, one file each. `list` has the one line that a new view needs.

mod history;
mod list;
pub mod parts;

pub use list::{NavSection, VIEWS, ViewEntry, view_entry};
