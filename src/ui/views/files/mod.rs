//! Files: the merged file system up to any layer, or what layers changed, and the file that is selected.

mod content;
mod facts;
mod file_pane;
mod grid;
mod grid_state;
mod keys;
mod row;
mod tree_model;
mod view;

#[cfg(test)]
mod tests;

pub use view::FilesView;
