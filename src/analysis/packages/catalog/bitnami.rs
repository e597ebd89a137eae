//! Bitnami: the components that its images are made of, by the two documents that it puts into them.
//!
//! Source: bitnami/containers; images of both generations. `opt/bitnami/NAME/.spdx-NAME.spdx` is an SPDX 2.3
//! document in JSON about one component and what was built into it. `opt/bitnami/.bitnami_components.json`
//! is an object with a member for each component.
//!
//! - A package of another ecosystem keeps its type, as its PURL says. One that Bitnami built from a source
//!   archive is Bitnami's.
//! - The component itself owns its folder.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::analysis::packages::purl;
use crate::analysis::packages::reading::facts_budget::facts_of;
use crate::analysis::packages::reading::json::{elements, parse, text};
use crate::analysis::packages::reading::text::{damaged, folder, package};
use serde_json::Value;

pub const CATALOGER: Cataloger = Cataloger {
    name: "bitnami",
    wants: |file| BitnamiFile::of(file).is_some(),
    read: CatalogRead::Whole(read),
};

const KIND: &str = "bitnami";

/// Types of packages that have a database of their own, independent of who built them.
const ECOSYSTEMS: &[&str] =
    &["cargo", "composer", "gem", "golang", "maven", "npm", "nuget", "pypi"];

enum BitnamiFile<'a> {
    /// All components.
    Components,
    /// The component of this name.
    Spdx(&'a [u8]),
}

impl<'a> BitnamiFile<'a> {
    fn of(file: &Candidate<'a>) -> Option<BitnamiFile<'a>> {
        if !file.is_below("bitnami") {
            return None;
        }
        if file.name() == b".bitnami_components.json" {
            return Some(BitnamiFile::Components);
        }
        let name = file.name().strip_prefix(b".spdx-")?.strip_suffix(b".spdx")?;
        Some(BitnamiFile::Spdx(name))
    }
}

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let Some(kind) = BitnamiFile::of(file) else { return CatalogFacts::default() };
    let Some(document) = parse(bytes) else { return damaged("a document of Bitnami in JSON") };
    match kind {
        BitnamiFile::Components => {
            let components = document.as_object().into_iter().flatten();
            facts_of(components.filter_map(|(name, value)| component(file, name, value)))
        }
        BitnamiFile::Spdx(own) => {
            let own = String::from_utf8_lossy(own);
            let packages = elements(&document, "packages");
            facts_of(packages.filter_map(|one| described(file, &own, one)))
        }
    }
}

/// `{"arch": "amd64", "distro": "debian-12", "version": "16.4.0-7"}`
fn component(file: &Candidate<'_>, name: &str, value: &Value) -> Option<Package> {
    let mut package = package(KIND, name, text(value, "version"));
    if package.version.is_empty() {
        return None;
    }
    package.architecture = text(value, "arch").to_owned();
    package.qualifiers.push(("distro".to_owned(), text(value, "distro").to_owned()));
    package.files = vec![format!("{}{name}/", folder(file))];
    Some(package)
}

/// A package of an SPDX document about the component `own`.
fn described(file: &Candidate<'_>, own: &str, value: &Value) -> Option<Package> {
    let (name, version) = (text(value, "name"), text(value, "versionInfo"));
    let references = elements(value, "externalRefs");
    let mut purls = references.filter(|one| text(one, "referenceType") == "purl");
    let purl = purls.find_map(|one| purl::parse(text(one, "referenceLocator"))).unwrap_or_default();
    if ECOSYSTEMS.contains(&&purl.kind[..]) {
        return Some(purl.package());
    }
    let version = if version.is_empty() { &purl.version } else { version };
    if name.is_empty() || version.is_empty() {
        return None;
    }
    let mut package = package(KIND, name, version);
    package.licenses.extend(license(value));
    if purl.kind == KIND {
        for (key, value) in purl.qualifiers {
            match &key[..] {
                "arch" => package.architecture = value,
                _ => package.qualifiers.push((key, value)),
            }
        }
    }
    if name.eq_ignore_ascii_case(own) {
        package.files = vec![folder(file)];
    }
    Some(package)
}

fn license(value: &Value) -> Option<String> {
    let fields = ["licenseDeclared", "licenseConcluded"].into_iter();
    let said = |license: &&str| !matches!(*license, "" | "NONE" | "NOASSERTION");
    fields.map(|field| text(value, field)).find(said).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    //! Documents in the form of Bitnami's images of PostgreSQL, as syft's test data has them.

    use super::*;

    fn packages(path: &str, text: &[u8]) -> Vec<Package> {
        let file = Candidate::at(path.as_bytes());
        assert!((CATALOGER.wants)(&file), "{path}");
        read(&file, text).packages
    }

    fn purls(packages: &[Package]) -> Vec<String> {
        packages.iter().map(|package| purl::write(package, None)).collect()
    }

    #[test]
    fn an_spdx_document_names_the_component_and_what_was_built_into_it() {
        let reference = |purl: &str| {
            serde_json::json!([
                {"referenceCategory": "SECURITY", "referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:x"},
                {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}])
        };
        let document = serde_json::json!({"spdxVersion": "SPDX-2.3", "packages": [
            {"name": "postgresql", "versionInfo": "17.2.0-8", "licenseDeclared": "PostgreSQL",
             "externalRefs": reference("pkg:bitnami/postgresql@17.2.0-8?arch=arm64&distro=debian-12")},
            {"name": "geos", "versionInfo": "3.13.0", "licenseDeclared": "NOASSERTION",
             "licenseConcluded": "LGPL-2.1-only", "externalRefs": reference("pkg:github/libgeos/geos@3.13.0")},
            null, {"name": null, "versionInfo": "1"}, {"name": "proj", "versionInfo": "6.3.2", "externalRefs": null},
            {"name": "org.postgresql:pljava", "versionInfo": "1.6.8",
             "externalRefs": reference("pkg:maven/org.postgresql/pljava@1.6.8")}]});
        let text = document.to_string();
        let found = packages("opt/bitnami/postgresql/.spdx-postgresql.spdx", text.as_bytes());
        let want = [
            "pkg:bitnami/postgresql@17.2.0-8?arch=arm64&distro=debian-12",
            "pkg:bitnami/geos@3.13.0",
            "pkg:bitnami/proj@6.3.2",
            "pkg:maven/org.postgresql/pljava@1.6.8",
        ];
        assert_eq!(purls(&found), want);
        assert_eq!(found[0].files, ["opt/bitnami/postgresql/"]);
        assert_eq!(found[1].files, Vec::<String>::new());
        assert_eq!(
            (&found[0].licenses[0][..], &found[1].licenses[0][..]),
            ("PostgreSQL", "LGPL-2.1-only")
        );
    }

    #[test]
    fn the_list_of_components_names_the_same_package() {
        let text = br#"{"postgresql": {"arch": "arm64", "digest": "0a", "distro": "debian-12",
            "type": "NAMI", "version": "17.2.0-8"}, "gosu": {"version": null}, "yq": null}"#;
        let found = packages("opt/bitnami/.bitnami_components.json", text);
        assert_eq!(purls(&found), ["pkg:bitnami/postgresql@17.2.0-8?arch=arm64&distro=debian-12"]);
        assert_eq!(found[0].files, ["opt/bitnami/postgresql/"]);
    }

    #[test]
    fn a_document_that_is_no_json_gives_a_warning() {
        let file = Candidate::at(b"opt/bitnami/redis/.spdx-redis.spdx");
        let facts = read(&file, b"SPDXVersion: SPDX-2.3\n");
        assert_eq!(facts.warnings[0].code, "package-database-damaged");
        assert!(!(CATALOGER.wants)(&Candidate::at(b"srv/docs/.spdx-redis.spdx")));
    }
}
