//! .NET: the libraries of a published application, listed in the file in which its host looks them up.
//!
//! Source: dotnet/runtime, docs/design/features/host-startup.md and host-probing.md, and the SDK's
//! documentation of runtime configuration files: `NAME.deps.json`, its object `libraries`.
//!
//! - The key of each library is `name/version`. A `package` came from NuGet. A `project` is the application
//!   or a part of it, which syft lists too. A `runtimepack` is the runtime of a self-contained application;
//!   without its prefix, the name is that of a NuGet package.

use crate::analysis::packages::cataloger::{Candidate, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::problem::Problem;
use serde::Deserialize;
use std::collections::BTreeMap;

pub const CATALOGER: Cataloger =
    Cataloger { name: "dotnet-deps", wants: |file| file.name().ends_with(b".deps.json"), read };

#[derive(Deserialize)]
struct Dependencies {
    #[serde(default)]
    libraries: BTreeMap<String, Library>,
}

#[derive(Deserialize)]
struct Library {
    #[serde(default, rename = "type")]
    kind: String,
}

fn read(_: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let file: Dependencies = match serde_json::from_slice(bytes) {
        Ok(file) => file,
        Err(error) => {
            let message = "A .NET application's list of libraries cannot be read.";
            let problem = Problem::new("package-database-damaged", message);
            let warnings = vec![problem.found(error.to_string())];
            return CatalogFacts { warnings, ..CatalogFacts::default() };
        }
    };
    let packages = file.libraries.iter().filter_map(|(key, library)| package(key, library));
    CatalogFacts { packages: packages.collect(), ..CatalogFacts::default() }
}

fn package(key: &str, library: &Library) -> Option<Package> {
    let (name, version) = key.rsplit_once('/')?;
    let name = match library.kind.to_ascii_lowercase().as_str() {
        "package" | "project" => name,
        "runtimepack" => name.strip_prefix("runtimepack.").unwrap_or(name),
        _ => return None,
    };
    Some(Package {
        kind: "nuget".to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        ..Package::default()
    })
}

#[cfg(test)]
mod tests {
    use super::super::test_archives::{found_in, list, named, read};
    use super::*;

    #[test]
    #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
    fn an_application_has_the_libraries_that_syft_finds() {
        let archive = "polyglot-public.skopeo-zstd.oci.tar";
        let found = found_in(archive, &[CATALOGER]);
        assert_eq!(named(&found), list("Newtonsoft.Json 12.0.1\napp 1.0.0"));
    }

    #[test]
    fn the_runtime_of_a_self_contained_application_is_a_nuget_package() {
        // As `dotnet publish --self-contained` writes it; NuGet has a package of this name.
        let text = br#"{"targets": {}, "libraries": {
            "app/1.0.0": {"type": "project", "serviceable": false, "sha512": ""},
            "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/6.0.36":
                {"type": "runtimepack", "serviceable": false, "sha512": ""},
            "System.Private.Part/1.0.0.0": {"type": "reference", "serviceable": false, "sha512": ""}}}"#;
        let found = named(&read("app/app.deps.json", text, &[CATALOGER]));
        assert_eq!(found, list("Microsoft.NETCore.App.Runtime.linux-x64 6.0.36\napp 1.0.0"));
    }
}
