//! Software bills of materials (SBOMs): the image's packages as CycloneDX and SPDX, and SBOMs that others
//! made.
//!
//! - `cyclonedx.rs` and `spdx.rs` write an `SbomDocument`; `read.rs` reads what is attached to an image;
//!   `compare.rs` compares that with the packages that were found.
//! - The same image gives the same bytes: times are the image's, identifiers are digests of the document's
//!   content, packages are sorted.
//! - Only what is in the image is listed. The caller leaves out packages that a later layer removes, and
//!   declared ones.
//! - Names and versions are hostile text; JSON's escaping is enough here.

mod attached;
pub mod compare;
pub mod cyclonedx;
mod document;
mod output;
mod raw_json;
pub mod read;
mod read_cyclonedx;
mod read_spdx;
pub mod spdx;
mod uuid;

pub use attached::AttachedSbom;
pub use document::{Component, ComponentLicence, ComponentLocation, SbomDocument, SbomLayer};
