//! Packages and libraries in an image, as the files of package managers and of the packages themselves
//! name them.
//!
//! - A cataloger is one file in `catalog/`: it says which files it wants and what it reads from one. It
//!   sees one file at a time, in the worker that reads the layer, and returns `CatalogFacts`. It knows neither
//!   the image nor other files.
//! - `inventory.rs` combines the facts of several files: a database and its lists of files, the
//!   distribution that gives a PURL its namespace, a package that a later layer removes. It is a pure
//!   function of facts and tree.
//! - Facts leave the worker as JSON. The browser's cache and saved inspections keep them in that form.
//! - All input is hostile. Names and versions may hold any text and are escaped before they are shown.

pub mod catalog;
mod cataloger;
mod found_package;
mod inventory;
mod inventory_budget;
pub mod licence;
mod noted_facts;
mod owners;
mod package;
mod package_rows;
mod places;
pub mod purl;
mod reading;
mod recorded;

pub use catalog::{go_version, rpm_package};
pub use cataloger::{CatalogRead, UnpackBudget};
pub use found_package::{FoundPackage, PackageLocation};
pub use inventory::{Inventory, MAX_NOTES, inventory};
pub use owners::Owners;
pub use package::{CatalogFacts, Package, PackageSupplement, Release};
pub use reading::executable::{Binary, is_object};
pub use recorded::{DigestList, ListedFile, digest_lists};
