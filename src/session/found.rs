//! Packages of an inventory, as checks, answers and exports select them.

use crate::analysis::packages::{FoundPackage, Inventory};
use std::collections::HashMap;

/// Whether a package is in the final image.
pub(super) fn is_installed(found: &FoundPackage) -> bool {
    !found.package.declared && !found.removed()
}

/// Packages that are in the final image.
pub(super) fn installed(inventory: &Inventory) -> impl Iterator<Item = &FoundPackage> {
    inventory.packages.iter().filter(|found| is_installed(found))
}

/// Installed packages by PURL.
pub(super) fn installed_by_purl(inventory: &Inventory) -> HashMap<&str, &FoundPackage> {
    installed(inventory).map(|found| (&found.purl[..], found)).collect()
}

/// Names a package in links and queries.
pub(super) fn package_key(found: &FoundPackage) -> String {
    match found.package.declared {
        true => format!("declared:{}", found.purl),
        false => found.purl.clone(),
    }
}

/// Licences as declared, joined by commas.
pub(super) fn licences(found: &FoundPackage) -> String {
    found.package.licenses.join(", ")
}
