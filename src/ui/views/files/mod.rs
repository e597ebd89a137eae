//! Files: the merged file system up to any layer, or what layers changed, and the file that is selected.

mod column_list;
mod columns;
mod columns_menu;
mod content;
mod content_form;
mod content_read;
mod content_type_fact;
mod digest_fact;
mod facts;
mod file_on_show;
mod file_pane;
mod find_menu;
mod find_words;
mod grid;
mod grid_state;
mod heads;
mod hex;
mod keys;
mod lists_menu;
mod marks;
mod marks_bar;
mod matches;
mod member_pane;
mod members;
mod outline;
mod path_link;
mod picture;
mod quick_open;
mod read_progress;
mod row;
mod row_cells;
mod row_filter;
mod row_pages;
mod row_terms;
mod search;
mod search_bar;
mod text_find;
mod text_lines;
mod text_matches;
mod text_view;
mod tree_model;
mod treemap;
mod treemap_colours;
mod type_ahead;
mod types;
mod values;
mod versions;
mod view;

#[cfg(test)]
mod tests;

pub use quick_open::QuickOpen;
pub use view::FilesView;
