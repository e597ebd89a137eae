//! A statement of a VEX document.

use crate::analysis::vulnerabilities::vulnerability::VexVerdict;
use serde::{Deserialize, Serialize};

/// A verdict about a vulnerability in some products.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VexStatement {
    /// The vulnerability's ID and its aliases.
    pub names: Vec<String>,
    pub products: Vec<VexProduct>,
    pub verdict: VexVerdict,
    /// RFC 3339; empty if unknown, and then older than any time.
    pub time: String,
}

/// A product of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VexProduct {
    /// PURLs, any of which may identify it.
    pub purls: Vec<String>,
    /// PURLs of its components, if the statement is only about these; empty for the whole product.
    pub parts: Vec<String>,
}
