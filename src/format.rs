//! Numbers, sizes, times and bytes as people read them.
//!
//! - Pure functions, so that tests need no browser.
//! - There is a space before a unit.
//! - Names are already escaped when they come here: nothing decodes them.

mod modes;
mod numbers;
mod sizes;
mod texts;
mod times;

pub use modes::mode;
pub use numbers::{count, counted, percent_text, seen_width, width};
pub use sizes::{exact_size, signed_size, size};
pub use texts::{short_digest, shorten};
pub use times::{ago, date, instant};
