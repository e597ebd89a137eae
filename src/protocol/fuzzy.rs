//! Quick open: paths that look like what was typed.

use super::{LinePart, LinkPath};
use crate::vocabulary::NodeKind;
use serde::{Deserialize, Serialize};

/// The answer to `FuzzyPaths`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FuzzyRows {
    /// The best first.
    pub rows: Vec<FuzzyRow>,
    /// Paths that were found, listed or not.
    pub total: u32,
}

/// One path.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FuzzyRow {
    pub path: LinkPath,
    /// With a leading slash, in parts, the letters that were matched marked.
    pub parts: Vec<LinePart>,
    pub kind: NodeKind,
}
