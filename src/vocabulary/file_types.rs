//! Types of files as far as their names tell.

use serde::{Deserialize, Serialize};

/// What a file's name ends with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileEnding {
    /// `.so`, with the numbers of its version or without.
    SharedLibrary,
    /// What follows the last dot, in lower case: letters and digits, `_`, `-` and `+`.
    Of(String),
    /// The name has no dot, and anybody may execute the file.
    Executable,
    /// The name has no dot.
    None,
    /// Anything else.
    Odd,
}

/// What files with an ending mostly are.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum FileFamily {
    Programs,
    Code,
    Data,
    Archives,
    Documents,
    Media,
    #[default]
    Other,
}
