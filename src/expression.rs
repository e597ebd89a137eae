//! What a content search looks for, as a value: text or a regular expression, and how it is meant.
//!
//! - A value only, because both WebAssembly modules compile this file. `grep/` looks for it.

use serde::{Deserialize, Serialize};

/// What lines are searched for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Expression {
    /// The text as it is, or a regular expression.
    pub text: String,
    /// It is a regular expression over the bytes of a line.
    pub regex: bool,
    /// Upper and lower case differ.
    pub case: bool,
    /// A match neither begins nor ends within a word.
    pub word: bool,
}
