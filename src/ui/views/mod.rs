//! The views of an image, one file each. `list` has the one line that a new view needs.

mod files;
mod history;
mod list;
mod packages;
pub mod parts;
mod vulnerabilities;

pub use list::{NavSection, VIEWS, ViewEntry, view_entry};
pub use vulnerabilities::open_advisories;
