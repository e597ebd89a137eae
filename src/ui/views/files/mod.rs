//! Files: the merged file system up to any layer, or what layers changed, and the file that is selected.

mod content;
mod facts;
mod file_pane;
mod find_menu;
mod find_words;
mod grid;
mod grid_state;
mod keys;
mod row;
mod tree_model;
mod type_ahead;
mod view;

#[cfg(test)]
mod tests;

pub use view::FilesView;
