//! The find of the Files view: its text read into terms, and the paths that satisfy them.
//!
//! Source: docs/links.md, `find`, which has the grammar. The terms are values of `crate::find`.
//!
//! - A term that cannot be read is a problem, and the others hold.
//! - Everything is bounded, because a find comes out of a link: the number of terms and their length, the
//!   memory of a regular expression (which takes linear time), and the part of a path that is looked at.
//! - Half a million paths answer within a key press: terms over columns first, names folded into one buffer,
//!   no allocation for a path.

mod fold;
mod glob;
mod matcher;
mod parse;
mod path_text;
mod print;
mod split;
mod values;

pub use fold::{fold, fold_onto};
pub use glob::Glob;
pub use matcher::{FindVerdict, Matcher, PathCandidate, Workspace};
pub use parse::Find;
pub(super) use path_text::PathText;

#[cfg(test)]
mod tests;
