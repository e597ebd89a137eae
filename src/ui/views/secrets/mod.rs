//! Secrets: keys, tokens and passwords in files and in the configuration, masked until one is asked to be shown.

mod details;
mod line;
mod place;
mod view;

#[cfg(test)]
mod tests;

pub use view::SecretsView;
