//! .NET: the libraries of a published application, listed in the file in which its host looks them up.
//!
//! Source: dotnet/runtime, docs/design/features/host-startup.md and host-probing.md, and the SDK's
//! documentation of runtime configuration files: `NAME.deps.json`, its object `libraries`.
//!
//! - The key of each library is `name/version`. A `package` came from NuGet. A `project` is the application
//!   or a part of it, which syft lists too. A `runtimepack` is the runtime of a self-contained application;
//!   without its prefix, the name is that of a NuGet package.

mod bundle;

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::analysis::packages::reading::json::{members, parse, text};
use crate::analysis::packages::reading::text::damaged;
use serde_json::Value;

pub use bundle::CATALOGER as BUNDLES;

pub const CATALOGER: Cataloger = Cataloger {
    name: "dotnet-deps",
    wants: |file| file.name().ends_with(ENDING),
    read: CatalogRead::Whole(read),
};

const ENDING: &[u8] = b".deps.json";

fn read(_: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    match libraries(bytes) {
        Some(packages) => CatalogFacts { packages, ..CatalogFacts::default() },
        None => unreadable(),
    }
}

fn unreadable() -> CatalogFacts {
    damaged("a .NET application's list of libraries")
}

/// The packages that `NAME.deps.json` lists; `None` if it is not JSON.
fn libraries(bytes: &[u8]) -> Option<Vec<Package>> {
    let file = parse(bytes)?;
    Some(members(&file, "libraries").filter_map(|(key, library)| package(key, library)).collect())
}

fn package(key: &str, library: &Value) -> Option<Package> {
    let (name, version) = key.rsplit_once('/')?;
    let kind = text(library, "type").to_ascii_lowercase();
    let name = match kind.as_str() {
        "package" | "project" => name,
        "runtimepack" => name.strip_prefix("runtimepack.").unwrap_or(name),
        _ => return None,
    };
    Some(Package {
        kind: "nuget".to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        own: kind == "project",
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

    #[test]
    fn an_entry_that_cannot_be_read_costs_only_itself() {
        let text = br#"{"targets": null, "libraries": {"a/1.0.0": null, "b": {"type": "package"},
            "c/1.0.0": {"type": null}, "d/1.0.0": {"type": "package"}, "e/2": ["package"]}}"#;
        assert_eq!(named(&read("app/app.deps.json", text, &[CATALOGER])), list("d 1.0.0"));
        let damaged = read("app/app.deps.json", b"{", &[CATALOGER]);
        assert_eq!(damaged[0].1.warnings[0].code, "package-database-damaged");
    }
}
