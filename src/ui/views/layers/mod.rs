//! The layers: one row for each, with its sizes and changes and whether it matches its digests; each row opens.

mod columns;
mod details;
mod line;
mod opened;
mod view;

#[cfg(test)]
mod tests;

pub use view::LayersView;
