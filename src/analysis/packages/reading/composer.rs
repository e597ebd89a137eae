//! Packages as Composer describes them, in its list of installed packages and in lock files.
//!
//! Source: Composer, docs/04-schema.md.

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::digests::add_hex;
use crate::analysis::packages::reading::json::{person, text, texts};
use crate::analysis::packages::reading::text::package;
use serde_json::Value;

/// The package that an entry of a list describes.
pub fn composer_package(value: &Value) -> Package {
    let mut package = package("composer", text(value, "name"), text(value, "version"));
    package.licenses = texts(value.get("license"));
    package.supplier = person(value.get("authors").and_then(|authors| authors.get(0)));
    package.homepage = text(value, "homepage").to_owned();
    if let Some(dist) = value.get("dist") {
        package.own = text(dist, "type") == "path";
        add_hex(&mut package, "sha1", text(dist, "shasum"));
    }
    package
}
