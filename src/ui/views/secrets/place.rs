//! Where a secret is, in words.

use crate::protocol::SecretLocation;

/// `/root/.npmrc:1`, `environment variable TOKEN`.
pub fn place_words(location: &SecretLocation) -> String {
    match location {
        SecretLocation::File { shown, line: Some(line), .. } => format!("{shown}:{line}"),
        SecretLocation::File { shown, line: None, .. } => shown.to_string(),
        SecretLocation::Env(name) => format!("environment variable {name}"),
        SecretLocation::Label(name) => format!("label {name}"),
        SecretLocation::Setting(setting) => format!("setting {}", setting.name()),
        SecretLocation::History => "history".to_owned(),
    }
}
