//! Two contents of a file compared, line by line.
//!
//! - Contents are read as text if they are UTF-8, UTF-16 or UTF-32, or have no byte that ISO 8859-1 lacks
//!   (`text/readable.rs`). All else is answered as no text, without a look at its bytes.
//! - The lines that differ are found by Myers' algorithm, with the heuristics of git, which bound its work: at worst it
//!   grows with n·√n lines. The histogram algorithm reads better in places, but takes time with the square of the
//!   lines where each second one differs.
//! - Hunks have three lines around what differs, as those of `diff -u` (`hunks.rs`); in a line that became another,
//!   the words that differ are marked (`words.rs`).

mod hunks;
mod words;

use crate::protocol::ContentComparison;
use crate::text::ReadableText;

/// How the second content differs from the first. The caller bounds both.
pub fn compare(before: &[u8], after: &[u8]) -> ContentComparison {
    if before == after {
        return ContentComparison::Same;
    }
    match (ReadableText::read(before, true), ReadableText::read(after, true)) {
        (Some(before), Some(after)) => ContentComparison::Text(hunks::compare(&before, &after)),
        _ => ContentComparison::NotText,
    }
}

#[cfg(test)]
mod tests;
