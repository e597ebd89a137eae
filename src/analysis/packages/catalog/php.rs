//! PHP: packages that Composer installed, listed in `vendor/composer/installed.json`.
//!
//! Source: Composer, `InstalledFilesystemRepository`: since version 2 an object with `packages`, before
//! that only the list. `installed.php` beside it has the same content.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::CatalogFacts;
use crate::analysis::packages::reading::composer::composer_package;
use crate::analysis::packages::reading::facts_budget::facts_of;
use crate::analysis::packages::reading::json::{elements, parse};
use crate::analysis::packages::reading::text::{damaged, folder, folder_above, join};
use serde_json::Value;

pub const CATALOGER: Cataloger = Cataloger {
    name: "Composer",
    wants: |file| file.is_at("composer/installed.json"),
    read: CatalogRead::Whole(read),
};

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let Some(value) = parse(bytes) else { return damaged("Composer's installed.json") };
    let (own, vendor) = (folder(file), folder_above(file));
    let packages: Vec<&Value> = match &value {
        Value::Array(packages) => packages.iter().collect(),
        value => elements(value, "packages").collect(),
    };
    let installed = |value: &Value| {
        let mut package = composer_package(value);
        // A metapackage has no path, written as null.
        let place = match value.get("install-path") {
            Some(path) => path.as_str().and_then(|path| join(&own, &format!("{path}/"))),
            None => Some(format!("{vendor}{}/", package.name)),
        };
        package.files.extend(place);
        (!package.name.is_empty()).then_some(package)
    };
    facts_of(packages.into_iter().filter_map(installed))
}

#[test]
fn both_forms_of_the_list_are_read() {
    let file = Candidate::at(b"srv/vendor/composer/installed.json");
    let package = r#"{"name":"lab/b","version":"v2.0.1","type":"library"}"#;
    for text in [format!("[{package}]"), format!(r#"{{"packages":[{package}],"dev":true}}"#)] {
        let packages = read(&file, text.as_bytes()).packages;
        assert_eq!((&packages[0].name[..], &packages[0].version[..]), ("lab/b", "v2.0.1"));
        assert_eq!(packages[0].files, ["srv/vendor/lab/b/"]);
    }
}
