//! The rules, one file a family.
//!
//! The order matters: on the same bytes, an earlier rule wins. Formats of single services come first, then
//! keys, then files that are made for passwords, then Secrets of Kubernetes and encoded texts, then what is
//! recognised by its surroundings only.

mod artificial;
mod builds;
mod chat;
mod clouds;
mod databases;
mod encoded;
mod files;
mod forges;
mod generic;
mod keys;
mod kubernetes;
mod mail;
mod monitoring;
mod payments;
mod registries;
mod services;

use super::candidate::SecretCheck;
use super::rule::SecretRule;

/// All families.
const FAMILIES: &[&[SecretRule]] = &[
    forges::RULES,
    builds::RULES,
    registries::RULES,
    clouds::RULES,
    artificial::RULES,
    payments::RULES,
    mail::RULES,
    chat::RULES,
    monitoring::RULES,
    databases::RULES,
    services::RULES,
    keys::RULES,
    files::RULES,
    kubernetes::RULES,
    encoded::RULES,
    generic::RULES,
];

/// All rules, the more specific first.
pub fn all_rules() -> impl Iterator<Item = &'static SecretRule> {
    loaded_rules().filter(|rule| rule.check != SecretCheck::Encoded)
}

/// The same with those that only point to texts in which others find secrets.
pub fn loaded_rules() -> impl Iterator<Item = &'static SecretRule> {
    FAMILIES.iter().copied().flatten()
}
