//! Documents made of what was found.

use serde::{Deserialize, Serialize};

/// The form of an exported document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ExportForm {
    /// CycloneDX 1.6, JSON.
    CycloneDx,
    /// SPDX 2.3, JSON.
    Spdx,
    /// Packages as tab-separated values.
    PackageTable,
    /// SARIF 2.1.0.
    Sarif,
    /// Vulnerabilities as tab-separated values.
    VulnerabilityTable,
    /// Secrets, masked, as SARIF 2.1.0.
    SecretSarif,
    /// Secrets, masked, as tab-separated values.
    SecretTable,
    /// Risks as SARIF 2.1.0.
    RiskSarif,
    /// Risks as tab-separated values.
    RiskTable,
}

/// A file to save.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedFile {
    /// Safe as a file's name on every system.
    pub name: String,
    pub media_type: String,
    pub text: String,
}
