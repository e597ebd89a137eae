//! The overview: what the image is, who built it, how its layers share its size, and the verdict on it.

mod facts_grid;
mod facts_part;
mod findings;
mod findings_pane;
mod identity;
mod images;
mod largest;
mod origin;
mod provenance_line;
mod referrers;
mod run_summary;
mod view;

#[cfg(test)]
mod tests;

pub use view::OverviewView;
