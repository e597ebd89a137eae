//! The list of packages that images of Azure Linux have instead of a database.
//!
//! Source: Azure Linux, toolkit/docs/how_it_works/5_misc.md: one line per package, ten fields separated by
//! tabs. `container-manifest-1` beside it has the same packages as `NAME.VERSION-RELEASE.ARCH`; names with
//! dots make those lines ambiguous, so it is not read.

use super::header::{evr, set_source};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::analysis::packages::reading::facts_budget::facts_of;

/// Reads the list.
pub fn read(bytes: &[u8]) -> CatalogFacts {
    facts_of(bytes.split(|&byte| byte == b'\n').filter_map(package))
}

fn package(line: &[u8]) -> Option<Package> {
    let line = String::from_utf8_lossy(line);
    let line = line.trim_end_matches('\r');
    let fields: Vec<&str> =
        line.split('\t').take(10).map(|field| if field == "(none)" { "" } else { field }).collect();
    let &[
        name,
        version,
        _installed,
        _built,
        vendor,
        epoch,
        size,
        architecture,
        epoch_number,
        source,
    ] = fields.as_slice()
    else {
        return None;
    };
    let (version, release) = version.rsplit_once('-')?;
    // Packages without an epoch have 0 as its number.
    let epoch = epoch_number.parse().ok().filter(|_| !epoch.is_empty());
    let mut package = Package {
        kind: "rpm".to_owned(),
        name: name.to_owned(),
        version: evr(epoch, version, release),
        architecture: architecture.to_owned(),
        size: size.parse().ok(),
        supplier: vendor.to_owned(),
        ..Package::default()
    };
    set_source(&mut package, source);
    Some(package).filter(|package| !package.name.is_empty())
}
