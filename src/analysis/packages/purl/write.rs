//! Package URLs: one name for a package in all tools.
//!
//! Source: package-url/purl-spec, PURL-SPECIFICATION.rst, and what it says of each type; of types that it
//! only plans (`ebuild`, `nix`, `guix`, `opkg`) and of what it leaves open, what syft writes.
//!
//! - Qualifiers are in the order of their keys; the distribution is named as syft does
//!   (`distro=debian-12.15`).
//! - Letter case is changed where a type's names are compared without it. Go's are not: the specification
//!   wants them lowercase and calls them case-sensitive, and a module of another case is another module.
//! - Of a system's package the namespace is its distribution. Where nobody says which, there is none, for a
//!   guess would name another package.

use crate::analysis::packages::package::{Package, Release};

/// The PURL of a package in an image of a distribution.
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

/// Namespace and name. Names hold the namespace where the ecosystem writes both as one.
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

/// Who makes the packages of a distribution: its ID but where rpm's vendor goes by another name.
fn vendor<'a>(kind: &str, id: &'a str) -> &'a str {
    match id {
        "rhel" | "hummingbird" if kind == "rpm" => "redhat",
        id if kind == "rpm" && id.starts_with("opensuse") => "opensuse",
        id => id,
    }
}

/// As the type writes them.
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
        // A distribution's name, of which a module's with `::` reminds; the namespace is its author.
        "cpan" => (namespace.to_uppercase(), name.replace("::", "-")),
        "cargo" | "conda" | "cran" | "gem" | "nuget" => (String::new(), name),
        _ => (namespace, name),
    }
}

/// The version as PURLs have it: an rpm's epoch is a qualifier, Go's `(devel)` is none.
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
            // An rpm's source is the name of a file.
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

/// Percent-encodes all but letters, digits and `.-_~:`. Source: PURL-SPECIFICATION.rst, "Character
/// encoding".
fn encode(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_~:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
