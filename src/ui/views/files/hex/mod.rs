//! A file's bytes in hexadecimal, at any size: only what is on screen is read and drawn.
//!
//! - `pages.rs` holds the parts that were read, `place.rs` moves the cursor and reads offsets, `values.rs` is what the
//!   bytes at the cursor mean, `rows.rs` draws a row, `state.rs` is what
//!   was read and what is on screen, `view.rs` draws it.

mod pages;
mod place;
mod rows;
mod state;
mod values;
mod view;

pub use view::HexView;
