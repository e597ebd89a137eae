//! How much the packages of one image may have together.
//!
//! Notes are bounded, but what is made of them repeats parts: each PURL names the distribution, each version of a
//! package gets the lists of files that another file has of its name, each file that names a package adds its own list.

use super::package::Package;
use crate::problem::Problem;

/// Most packages of one image; the largest real ones have some ten thousand.
const MOST_PACKAGES: usize = 300_000;

/// Most bytes of their texts and lists of files. A distribution with all its lists has a tenth of it.
const MOST_BYTES: usize = 256 << 20;

/// What the packages of an image may still take.
pub struct InventoryBudget {
    packages: usize,
    bytes: usize,
    /// Something was left out.
    is_exceeded: bool,
}

impl Default for InventoryBudget {
    fn default() -> InventoryBudget {
        InventoryBudget { packages: MOST_PACKAGES, bytes: MOST_BYTES, is_exceeded: false }
    }
}

impl InventoryBudget {
    fn spend(&mut self, bytes: usize) -> bool {
        let left = self.bytes.checked_sub(bytes);
        self.is_exceeded |= left.is_none();
        self.bytes = left.unwrap_or(self.bytes);
        left.is_some()
    }

    /// Whether another package may be added. Its PURL is held twice: with the package, and to find it.
    pub fn add(&mut self, package: &Package, purl: &str) -> bool {
        self.is_exceeded |= self.packages == 0;
        let texts = package.weight().saturating_add(2 * purl.len());
        let fits = self.packages > 0 && self.spend(texts.saturating_add(bytes(&package.files)));
        self.packages -= usize::from(fits);
        fits
    }

    /// Adds texts to a package's list, unless they are too many.
    pub fn extend(&mut self, list: &mut Vec<String>, more: &[String]) {
        if self.spend(bytes(more)) {
            list.extend_from_slice(more);
        }
    }

    /// A warning, if something was left out.
    pub fn warning(&self) -> Option<Problem> {
        let message = "The image has more packages, or longer lists of their files, than the limit; the rest is missing.";
        self.is_exceeded.then(|| Problem::new("packages-limit", message))
    }
}

fn bytes(texts: &[String]) -> usize {
    texts.iter().fold(0, |sum, text| sum.saturating_add(text.len() + size_of::<String>()))
}

#[cfg(test)]
impl InventoryBudget {
    /// For tests: much smaller.
    pub fn of(packages: usize, bytes: usize) -> InventoryBudget {
        InventoryBudget { packages, bytes, is_exceeded: false }
    }
}
