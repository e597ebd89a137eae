//! Two versions of a file compared: what Files and Compare show in common.
//!
//! - `version.rs` says where a version is, and asks for what differs; `view.rs` shows its states; `lines.rs` draws the
//!   lines, one column or two.

mod lines;
mod version;
mod view;

pub use version::FileVersion;
pub use view::FileDifferences;
