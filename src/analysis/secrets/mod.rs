//! Secrets in files and in an image's configuration: keys, tokens and passwords that the image gives away.
//!
//! - Precision comes first: what is found has the form that its service documents, and passes every check
//!   that the form allows. A variable's name alone is never a finding.
//! - A secret's value does not leave the pass that finds it: notes have its rule, its line and a masked text.

mod candidate;
mod cluster;
mod configuration;
mod documents;
mod encoded;
mod finding;
mod findings;
mod found;
mod keys;
mod matching;
mod names;
mod pattern;
mod placeholder;
mod prefilter;
mod rule;
mod rules;
mod scanner;
mod wide;

pub use candidate::SecretCheck;
pub use configuration::{SecretValue, configuration_secrets, variable_secrets};
pub use documents::{sarif as secret_sarif, table as secret_table};
pub use finding::{SecretFinding, SecretPlace};
pub use findings::{MAX_FINDINGS, SecretFindings, secret_findings};
pub use found::{NotedSecret, NotedSecrets};
pub use names::is_example;
pub use rule::SecretRule;
pub use rules::all_rules as secret_rules;
pub use scanner::{SecretScanner, SharedSearch};

#[cfg(test)]
mod findings_tests;
#[cfg(test)]
mod form_tests;
#[cfg(test)]
mod near_miss_tests;
#[cfg(test)]
mod tests;
