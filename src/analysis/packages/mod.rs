//! Packages and libraries: what package managers, and packages themselves, say in the files of an image.
//!
//! - A cataloger is one file in `catalog/`: which files it asks for, and what it reads in one. It sees one
//!   file at a time, in the worker that reads the layer, and gives `Facts`; it knows neither the image nor
//!   other files.
//! - What several files say together (a database and its lists of files, the distribution that names a
//!   PURL's namespace, a package that a later layer removes) is put together in `inventory.rs`, a pure
//!   function of facts and tree.
//! - Facts are JSON where they leave the worker: they are kept, and saved inspections carry them.
//! - Everything here is hostile: names and versions are text of unknown make, shown escaped.

pub mod catalog;
mod found_package;
mod inventory;
pub mod licence;
mod owners;
pub mod purl;
pub mod purl_parse;

pub use found_package::{FoundPackage, PackageLocation};
pub use inventory::{Inventory, inventory};
pub use owners::{Owners, resolve};

use crate::problem::Problem;
use serde::{Deserialize, Serialize};

/// A package as one file speaks of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Package {
    /// The type of its PURL: `deb`, `apk`, `rpm`, `npm`, `pypi`, `golang`, …
    #[serde(rename = "t")]
    pub kind: String,
    /// The ecosystem's full name: npm scope, Composer vendor, Go module path included; for Maven the
    /// artifactId.
    #[serde(rename = "n")]
    pub name: String,
    /// The whole version, epoch and release included, as the ecosystem's own tool prints it; empty: unknown.
    #[serde(rename = "v")]
    pub version: String,
    /// The PURL's namespace where the name does not hold it: Maven's groupId. Of `deb`, `apk`, `rpm` and
    /// their like it is the distribution's ID, which another file says: empty here.
    #[serde(rename = "ns", skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// As the ecosystem writes it; empty: none.
    #[serde(rename = "a", skip_serializing_if = "String::is_empty")]
    pub architecture: String,
    /// The source package's name and version, where they are said; an empty version is the package's own.
    #[serde(rename = "s", skip_serializing_if = "Option::is_none")]
    pub source: Option<(String, String)>,
    /// Licences as declared, one expression or name each.
    #[serde(rename = "l", skip_serializing_if = "Vec::is_empty")]
    pub licenses: Vec<String>,
    /// Bytes on disk that the package manager claims; `None`: it doesn't say.
    #[serde(rename = "z", skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Paths that it owns, relative to the root, without a slash before; one that ends in a slash stands
    /// for all that is below it.
    #[serde(rename = "f", skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// Digests of the package as published, `sha256:…` and the like; most say none.
    #[serde(rename = "d", skip_serializing_if = "Vec::is_empty")]
    pub digests: Vec<String>,
    /// Further qualifiers of its PURL, which belong to its identity: `(key, value)`. The architecture, the
    /// distribution and the source package are added where the PURL is made.
    #[serde(rename = "q", skip_serializing_if = "Vec::is_empty")]
    pub qualifiers: Vec<(String, String)>,
    /// Who made or maintains it, as declared; empty: not said.
    #[serde(rename = "m", skip_serializing_if = "String::is_empty")]
    pub supplier: String,
    /// Its page on the web, as declared; empty: not said.
    #[serde(rename = "h", skip_serializing_if = "String::is_empty")]
    pub homepage: String,
    /// A lock file or a project's own manifest names it: it is wanted, and need not be there.
    #[serde(rename = "p", skip_serializing_if = "std::ops::Not::not")]
    pub declared: bool,
    /// Where within the file it was found (a jar in a jar: `BOOT-INF/lib/a.jar`); empty: it is the file.
    #[serde(rename = "i", skip_serializing_if = "String::is_empty")]
    pub inside: String,
}

/// What a file says of packages that another file names: the lists of files and the licences of dpkg.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// Of packages of this type …
    #[serde(rename = "t")]
    pub kind: String,
    /// … and this name …
    #[serde(rename = "n")]
    pub name: String,
    /// … and, unless this is empty, this architecture.
    #[serde(rename = "a", skip_serializing_if = "String::is_empty")]
    pub architecture: String,
    /// As `Package::files`.
    #[serde(rename = "f", skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// As `Package::licenses`.
    #[serde(rename = "l", skip_serializing_if = "Vec::is_empty")]
    pub licenses: Vec<String>,
}

/// The distribution, as os-release says. Source: os-release(5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Release {
    /// `debian`, `alpine`, `rhel`, …
    pub id: String,
    /// What it is like, in the file's order.
    pub id_like: Vec<String>,
    /// `12`, `3.18.4`, `22.04`; empty: a rolling release.
    pub version_id: String,
    /// `bookworm`.
    pub version_codename: String,
    /// `Debian GNU/Linux 12 (bookworm)`.
    pub pretty_name: String,
    /// `CPE_NAME`.
    pub cpe_name: String,
    /// `VARIANT_ID`, which tells some distributions apart.
    pub variant_id: String,
}

/// What one file says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<Package>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<About>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<Release>,
    /// What could not be read of it: code `package-database-damaged` and the like.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Problem>,
}

impl Facts {
    /// Nothing was found.
    pub fn is_empty(&self) -> bool {
        *self == Facts::default()
    }

    /// Adds what another cataloger says of the same file.
    pub fn add(&mut self, other: Facts) {
        self.packages.extend(other.packages);
        self.about.extend(other.about);
        self.release = self.release.take().or(other.release);
        self.warnings.extend(other.warnings);
    }

    /// One package.
    pub fn of(package: Package) -> Facts {
        Facts { packages: vec![package], ..Facts::default() }
    }
}
