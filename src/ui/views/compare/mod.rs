//! Two images compared: what changed, as a table of paths, and beside it why it grew, packages, layers,
//! configuration and history. docs/compare.md defines every figure.

mod changes;
mod compared_words;
mod difference_pane;
mod part_table;
mod summary;
#[cfg(test)]
mod tests;
mod view;
mod vulnerabilities;

pub use view::CompareScreen;
