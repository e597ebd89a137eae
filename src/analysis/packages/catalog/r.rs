//! R: packages in a library, each with a DESCRIPTION.
//!
//! Source: "Writing R Extensions", The DESCRIPTION file. Installing a package adds `Built`; a file without
//! it is source code, so its package is declared.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::CatalogFacts;
use crate::analysis::packages::reading::text::{field, fields, folder, package};

pub const CATALOGER: Cataloger = Cataloger {
    name: "R",
    wants: |file| file.name() == b"DESCRIPTION",
    read: CatalogRead::Whole(read),
};

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let text = String::from_utf8_lossy(bytes);
    let fields = fields(&text);
    let mut package = package("cran", field(&fields, "Package"), field(&fields, "Version"));
    if package.name.is_empty() || package.version.is_empty() {
        return CatalogFacts::default();
    }
    let license = field(&fields, "License").replace('\n', " ");
    package.licenses.extend(Some(license).filter(|license| !license.is_empty()));
    package.supplier = field(&fields, "Maintainer").replace('\n', " ");
    let url = field(&fields, "URL").split([',', ' ', '\n']).next().unwrap_or_default();
    package.homepage = url.to_owned();
    package.declared = field(&fields, "Built").is_empty();
    if !package.declared {
        package.files = vec![folder(file)];
    }
    CatalogFacts::of(package)
}
