//! Numbers, sizes, times and bytes as people read them.
//!
//! - Pure functions, so that tests need no browser.
//! - On the page there is a space before a unit; tables for copying have Docker's own form.
//! - Names are already escaped when they come here: nothing decodes them.

mod docker_tables;
mod numbers;
mod sizes;
mod texts;
mod times;
mod words;

pub use docker_tables::{SHORT, history_text, images_text};
pub use numbers::{count, counted, percent_text, seen_width, width};
pub use sizes::{exact_size, signed_size, size};
pub use texts::{as_text, found_in, hex_dump, numbered, short_digest, shorten};
pub use times::{ago, date, instant};
pub use words::{alone_words, are_one_source, artifact_words, name_words, source_words};
