//! Waste: bytes in layers that no container sees, by class, layer, instruction and path; copies of the same content;
//! and what to change.
//!
//! - The page without `show` is a summary: figures, picture, advice, the largest files. `show` opens a whole table.
//! - Every number is a link to the files that it counts.

mod advice;
mod duplicates;
mod files;
mod links;
mod picture;
mod remedies;
mod summary;
#[cfg(test)]
mod tests;
mod view;

pub use view::WasteView;
