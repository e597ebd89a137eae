//! The list of secrets and risks that someone looked at and accepts. It stays in the session: no link, report or saved
//! inspection has it.

use serde::{Deserialize, Serialize};

/// A list as its file has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IgnoreFile {
    /// The file's name.
    pub name: String,
    pub text: String,
}
