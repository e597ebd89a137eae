//! The rules, one file a family.
//!
//! The order matters: on the same bytes, an earlier rule wins. Formats of single services come first, then
//! keys, then files that are made for passwords, then what is recognised by its surroundings only.

mod artificial;
mod builds;
mod chat;
mod clouds;
mod databases;
mod files;
mod forges;
mod generic;
mod keys;
mod mail;
mod monitoring;
mod payments;
mod registries;
mod services;

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
    generic::RULES,
];

/// All rules, the more specific first.
pub fn all_rules() -> impl Iterator<Item = &'static SecretRule> {
    FAMILIES.iter().copied().flatten()
}
