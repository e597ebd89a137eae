//! Vulnerabilities: what a check would send, how far it is, and what it found. Nothing is sent before the user has
//! agreed to its contents and its receiver.

mod check;
mod details;
mod found;
mod state;
mod view;

#[cfg(test)]
mod tests;

pub use view::VulnerabilitiesView;
