//! What the page needs of the browser: the client of a session, the address, files in and out, the clipboard,
//! settings, the user's zone and machine, and the few DOM calls that Leptos has no words for.
//!
//! - Views call these from event handlers and effects. The few that are called while a view is drawn
//!   (`dom::window_width`, `locale`, `picture`, `preferences`) have a stand-in for native tests.

pub mod address;
pub mod client;
pub mod clipboard;
pub mod config;
pub mod dom;
pub mod download;
mod engine;
pub mod fetch;
pub mod file_bytes;
pub mod folder;
pub mod locale;
pub mod machine;
pub mod marks;
pub mod memory_file;
mod modules;
pub mod picture;
pub mod preferences;
mod requests;
mod verifier;
