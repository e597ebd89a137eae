//! npm: packages below `node_modules`, whether npm, Yarn, pnpm, Bun, Deno or Debian installed them.
//!
//! Source: npm's documentation, "package.json" and "folders"; pnpm's, "Symlinked node_modules structure";
//! Debian's JavaScript policy for `/usr/share/nodejs`.
//!
//! - A package is installed where Node.js looks for it: `node_modules/NAME/package.json` or
//!   `node_modules/@SCOPE/NAME/package.json`, at any depth. The name is the file's; the folder's may be an
//!   alias.
//! - Any other package.json with name and version is a manifest: of the project, of something inside a
//!   package's folder, of a test. It is declared. Its dependencies are ranges, so they are not listed; lock
//!   files have the exact versions.
//! - Where the manifest is the project's own, in no folder of packages, the package is the project's own.
//! - A damaged package.json gives no warning: packages contain such files to test their readers. One with too many
//!   values does.

use super::locks::in_installed;
use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::CatalogFacts;
use crate::analysis::packages::reading::digests::add_integrity;
use crate::analysis::packages::reading::json::{elements, parse, person, text, texts, unparsed};
use crate::analysis::packages::reading::text::{folder, package};
use serde_json::Value;

/// Installed packages.
pub const CATALOGER: Cataloger =
    Cataloger { name: "npm", wants: is_installed, read: CatalogRead::Whole(read) };

/// Manifests.
pub const MANIFESTS: Cataloger = Cataloger {
    name: "npm manifests",
    wants: |file| is_named(file) && !is_installed(file),
    read: CatalogRead::Whole(read),
};

fn is_named(file: &Candidate<'_>) -> bool {
    file.name() == b"package.json"
}

fn is_installed(file: &Candidate<'_>) -> bool {
    let Some(shelf) = shelf(file.folder()).filter(|_| is_named(file)) else { return false };
    // In a workspace, links from `node_modules` lead to the project's own folders.
    file.link.len() <= shelf.len()
}

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let Some(manifest) = parse(bytes) else { return unparsed(bytes) };
    let (name, version) = (text(&manifest, "name"), text(&manifest, "version"));
    let declared = !is_installed(file);
    if name.is_empty() || version.is_empty() && declared {
        return CatalogFacts::default();
    }
    let mut package = package("npm", name, version);
    package.declared = declared;
    let of_system = [&b"usr/share/"[..], b"usr/lib/"];
    package.own = declared
        && !in_installed(file.folder())
        && !of_system.iter().any(|root| file.path.starts_with(root));
    package.licenses = licenses(&manifest);
    package.supplier = person(manifest.get("author"));
    package.homepage = text(&manifest, "homepage").to_owned();
    if !declared {
        package.files = vec![folder(file)];
        // npm before version 7 stored the digest of the archive here.
        add_integrity(&mut package, text(&manifest, "_integrity"));
    }
    CatalogFacts::of(package)
}

/// The folder of installed packages that has this one; `None` if it is not that of an installed package.
fn shelf(folder: &[u8]) -> Option<&[u8]> {
    let above = |folder: &[u8]| folder.iter().rposition(|&byte| byte == b'/').unwrap_or(0);
    let parent = folder.get(..above(folder))?;
    let is_scoped = parent.rsplit(|&byte| byte == b'/').next()?.starts_with(b"@");
    let shelf = if is_scoped { parent.get(..above(parent))? } else { parent };
    is_in_shelf(folder).then_some(shelf)
}

/// Whether this folder, by its path, is that of an installed package.
fn is_in_shelf(folder: &[u8]) -> bool {
    let mut parts = folder.rsplit(|&byte| byte == b'/');
    let mut part = || parts.next().unwrap_or_default();
    let (name, second, third) = (part(), part(), part());
    let shelf = if second.starts_with(b"@") { third } else { second };
    match shelf {
        b"node_modules" => !name.starts_with(b".") && !name.starts_with(b"@"),
        b"nodejs" => {
            let mut roots = [&b"usr/share/nodejs/"[..], b"usr/lib/nodejs/"].into_iter();
            roots.any(|root| folder.starts_with(root))
        }
        // Yarn's `pnpm` linker stores packages in `.store/NAME-npm-VERSION-HASH/package` and links to them.
        _ => name == b"package" && third == b".store",
    }
}

/// `license` is a string, in old files an object; or `licenses` has a list of either.
fn licenses(manifest: &Value) -> Vec<String> {
    let of = |value: &Value| match text(value, "type") {
        "" => texts(Some(value)),
        kind => vec![kind.to_owned()],
    };
    let mut all: Vec<String> = manifest.get("license").map(of).unwrap_or_default();
    if all.is_empty() {
        all = elements(manifest, "license").flat_map(of).collect();
    }
    all.extend(elements(manifest, "licenses").flat_map(of));
    all.dedup();
    all
}

#[test]
fn a_package_is_installed_where_node_looks_for_it() {
    for (folder, want) in [
        ("srv/node_modules/send", true),
        ("srv/node_modules/send/node_modules/ms", true),
        ("srv/node_modules/@babel/parser", true),
        ("srv/node_modules/.pnpm/send@0.17.1/node_modules/send", true),
        ("srv/node_modules/.store/ms-npm-2.0.0-9e1101a471/package", true),
        ("srv/node_modules/.store/@babel-parser-npm-7.20.0-9e1101a471/package", true),
        ("usr/share/nodejs/semver", true),
        ("node_modules/a", true),
        ("srv/node_modules/resolve/test/resolver/multirepo", false),
        ("srv/node_modules/@babel", false),
        ("srv/node_modules/.bin", false),
        ("home/nodejs/app", false),
        ("srv/app", false),
        ("", false),
    ] {
        let path = format!("{folder}/package.json");
        assert_eq!(is_installed(&Candidate::at(path.as_bytes())), want, "{folder}");
    }
}

#[test]
fn a_link_to_a_folder_of_the_project_installs_nothing() {
    for (path, link, want) in [
        ("srv/node_modules/a/package.json", "", true),
        ("srv/node_modules/a/package.json", "srv/node_modules", true),
        ("srv/node_modules/a/package.json", "srv", true),
        ("srv/node_modules/a/package.json", "srv/node_modules/a", false),
        ("srv/node_modules/@x/a/package.json", "srv/node_modules/@x/a", false),
        ("srv/node_modules/@x/a/package.json", "srv/node_modules/@x", false),
        ("srv/node_modules/@x/a/package.json", "srv/node_modules", true),
    ] {
        let file = Candidate { link: link.as_bytes(), ..Candidate::at(path.as_bytes()) };
        assert_eq!(is_installed(&file), want, "{path} through {link}");
        assert_eq!((MANIFESTS.wants)(&file), !want);
    }
}

#[test]
fn licences_are_read_in_all_historic_forms() {
    for (manifest, want) in [
        (r#"{"license":"MIT"}"#, &["MIT"][..]),
        (r#"{"license":{"type":"ISC","url":"x"}}"#, &["ISC"]),
        (r#"{"licenses":[{"type":"MIT"},{"type":"Apache-2.0"}]}"#, &["MIT", "Apache-2.0"]),
        (r#"{"license":["MIT","ISC"]}"#, &["MIT", "ISC"]),
        (r#"{"license":7}"#, &[]),
    ] {
        assert_eq!(licenses(&parse(manifest.as_bytes()).unwrap()), want, "{manifest}");
    }
}
