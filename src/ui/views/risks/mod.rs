//! Risks: what is wrong with accounts, permissions, leftovers, settings, programs and the distribution.

mod details;
mod mark;
mod view;

#[cfg(test)]
mod tests;

pub use view::RisksView;
