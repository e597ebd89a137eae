//! Writes package URLs: one name for a package in all tools.
//!
//! Source: package-url/purl-spec, PURL-SPECIFICATION.rst, and its rules for each type. For types that it
//! only plans (`ebuild`, `nix`, `guix`, `opkg`) and for what it leaves open, what syft writes.
//!
//! - Qualifiers are sorted by key. The distribution is named as in syft (`distro=debian-12.15`).
//! - Names are lowercased where the type's names are case-insensitive. Go's are not: the specification
//!   wants them in lower case but calls them case-sensitive, and the case distinguishes modules.
//! - The namespace of a system package is its distribution. If the distribution is unknown there is none,
//!   because a guess would name another package.

use crate::analysis::packages::package::{Package, Release};
use crate::text::percent_encode_component;

/// The PURL of a package, in an image of this distribution.
pub fn write(package: &Package, release: Option<&Release>) -> String {
    let kind = package.kind.as_str();
    let release = release.filter(|_| matches!(kind, "deb" | "apk" | "rpm" | "alpm" | "opkg"));
    let (namespace, name) = normalised(kind, split(package, release));
    let mut text = format!("pkg:{kind}/");
    for part in namespace.split('/').filter(|part| !part.is_empty()) {
        encode(part, &mut text);
        text.push('/');
    }
    encode(&name, &mut text);
    let version = version(package);
    if !version.is_empty() {
        text.push('@');
        encode(version, &mut text);
    }
    let mut qualifiers = qualifiers(package, release);
    qualifiers.sort();
    for (at, (key, value)) in qualifiers.iter().enumerate() {
        text.push(if at == 0 { '?' } else { '&' });
        text.push_str(key);
        text.push('=');
        encode(value, &mut text);
    }
    text
}

/// Namespace and name. In some ecosystems the name includes the namespace.
fn split(package: &Package, release: Option<&Release>) -> (String, String) {
    let name = package.name.as_str();
    if !package.namespace.is_empty() {
        return (package.namespace.clone(), name.to_owned());
    }
    match package.kind.as_str() {
        kind @ ("deb" | "apk" | "rpm" | "alpm" | "opkg") => {
            let id = release.map_or("", |release| &release.id);
            (vendor(kind, id).to_owned(), name.to_owned())
        }
        "npm" | "golang" | "composer" | "swift" | "hex" | "luarocks" => {
            let (namespace, name) = name.rsplit_once('/').unwrap_or(("", name));
            (namespace.to_owned(), name.to_owned())
        }
        _ => (String::new(), name.to_owned()),
    }
}

/// The vendor of a distribution's packages: its ID, except where rpm's vendor has another name.
fn vendor<'a>(kind: &str, id: &'a str) -> &'a str {
    match id {
        "rhel" | "hummingbird" if kind == "rpm" => "redhat",
        id if kind == "rpm" && id.starts_with("opensuse") => "opensuse",
        id => id,
    }
}

/// Namespace and name as the type requires them.
fn normalised(kind: &str, (namespace, name): (String, String)) -> (String, String) {
    match kind {
        "deb" | "apk" | "alpm" | "composer" | "hex" | "luarocks" => {
            (namespace.to_lowercase(), name.to_lowercase())
        }
        "rpm" | "opkg" => (namespace.to_lowercase(), name),
        "pypi" => (String::new(), name.to_lowercase().replace('_', "-")),
        "pub" => {
            let other = |c: char| !c.is_ascii_alphanumeric();
            (String::new(), name.to_lowercase().replace(other, "_"))
        }
        "bitnami" => (String::new(), name.to_lowercase()),
        // The name of a distribution; a module's has `::` instead. The namespace is its author.
        "cpan" => (namespace.to_uppercase(), name.replace("::", "-")),
        "cargo" | "conda" | "cran" | "gem" | "nuget" => (String::new(), name),
        _ => (namespace, name),
    }
}

/// The version in the form for PURLs: an rpm's epoch is a qualifier, and Go's `(devel)` is no version.
fn version(package: &Package) -> &str {
    match package.kind.as_str() {
        "rpm" => package.version.split_once(':').map_or(&package.version, |(_, rest)| rest),
        "golang" if package.version == "(devel)" => "",
        "golang" if package.name == "stdlib" => package.version.trim_start_matches("go"),
        _ => &package.version,
    }
}

fn qualifiers(package: &Package, release: Option<&Release>) -> Vec<(String, String)> {
    let mut all = package.qualifiers.clone();
    all.retain(|(_, value)| !value.is_empty());
    let mut add = |key: &str, value: String| {
        if !value.is_empty() && all.iter().all(|(known, _)| known != key) {
            all.push((key.to_owned(), value));
        }
    };
    add("arch", package.architecture.clone());
    if package.kind == "rpm" {
        let epoch = package.version.split_once(':').map_or("", |(epoch, _)| epoch);
        add("epoch", epoch.to_owned());
    }
    if let Some((name, version)) = &package.source
        && (package.kind == "rpm"
            || *name != package.name
            || !version.is_empty() && *version != package.version)
    {
        let upstream = match version.as_str() {
            "" => name.clone(),
            // An rpm's source package is a file name.
            version if package.kind == "rpm" => format!("{name}-{version}.src.rpm"),
            version => format!("{name}@{version}"),
        };
        add("upstream", upstream);
    }
    if let Some(release) = release {
        let distro = [&release.id[..], &release.version_id].join("-");
        add("distro", distro.trim_end_matches('-').to_owned());
    }
    all
}

/// Percent-encodes everything except letters, digits and `.-_~:`. Source: PURL-SPECIFICATION.rst,
/// "Character encoding".
fn encode(text: &str, out: &mut String) {
    out.push_str(&percent_encode_component(text.as_bytes()).replace("%3A", ":"));
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
