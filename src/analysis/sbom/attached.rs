//! An SBOM that somebody else made, as read.

use super::raw_json::{entries, parse};
use crate::analysis::packages::{Package, purl};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Most packages.
pub const MAX_PACKAGES: usize = 200_000;
/// Most entries of other lists: tools, creators, relationships of the document itself.
pub const MAX_OTHERS: usize = 1000;

/// Who made an SBOM, and which packages it lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedSbom {
    /// `SPDX 2.3`, `CycloneDX 1.6`.
    pub format: String,
    /// The name of the document or of what it describes; may be empty.
    pub name: String,
    /// When it was made, as written.
    pub created: String,
    /// Programs that made it, with their versions.
    pub tools: Vec<String>,
    /// People and organizations that made it.
    pub creators: Vec<String>,
    /// Digests of what the surrounding statement is about: `sha256:…`.
    pub subjects: Vec<String>,
    pub packages: Vec<Package>,
    /// Number of entries that could not be read.
    pub unread: u32,
    /// There are more packages than the limit.
    pub cut: bool,
}

impl AttachedSbom {
    /// Reads a list of packages. `package` returns the package of an entry, if it is one.
    pub(super) fn read_packages<'a, T: Deserialize<'a>>(
        &mut self,
        list: Option<&'a RawValue>,
        mut package: impl FnMut(&mut AttachedSbom, T) -> Option<Package>,
    ) {
        let list = entries::<{ MAX_PACKAGES + 1 }>(list);
        self.cut |= list.len() > MAX_PACKAGES;
        for raw in list {
            match parse(raw.get()) {
                Ok(entry) => {
                    let package = package(self, entry);
                    package.into_iter().for_each(|package| self.add(package));
                }
                Err(_) => self.unread = self.unread.saturating_add(1),
            }
        }
    }

    fn add(&mut self, package: Package) {
        if package.name.is_empty() {
            self.unread = self.unread.saturating_add(1);
        } else if self.packages.len() < MAX_PACKAGES {
            self.packages.push(package);
        } else {
            self.cut = true;
        }
    }
}

/// The package of a PURL, with name and version from the entry if the PURL has none.
pub fn named_package(
    purl: Option<purl::Purl>,
    name: Option<String>,
    version: Option<String>,
) -> Package {
    let mut package = purl.map(purl::Purl::package).unwrap_or_default();
    if package.name.is_empty() {
        package.name = name.unwrap_or_default();
    }
    if package.version.is_empty() {
        package.version = version.unwrap_or_default();
    }
    package
}
