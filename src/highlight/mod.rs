//! Highlighting of texts: small lexers, one file for each family of languages.
//!
//! - A lexer sees one line and the state in which the line before ended, in time linear in the line. So the page draws any
//!   line of a text from a small state for each line.
//! - A lexer colours and never checks: whatever is not understood is left plain. Texts are hostile, and lines may be of any
//!   length.
//! - To add a language: a file with its rules, `mod`, and a line in `LANGUAGES`.

mod c_like;
mod dockerfile;
mod folds;
mod ini;
mod json;
mod language;
mod line;
mod markup;
mod nginx;
mod passwd;
mod python;
mod rules;
mod shell;
mod toml;
mod yaml;

#[cfg(test)]
mod tests;

pub use folds::{FoldRange, folds};
pub use language::{LANGUAGES, Language, language_of};
pub use line::{LexerState, Token, TokenKind};
