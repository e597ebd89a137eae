//! Reads package URLs that others wrote.
//!
//! Source: package-url/purl-spec, "How to parse a purl string", and the rules of its types for upper and
//! lower case. The specification's own test cases are the test.

use crate::analysis::packages::package::Package;
use crate::text::percent_decode_lenient;

/// A PURL in its parts, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purl {
    /// `deb`, `npm`, … in lower case.
    pub kind: String,
    /// Parts joined by slashes; may be empty.
    pub namespace: String,
    pub name: String,
    /// May be empty.
    pub version: String,
    /// Sorted by key; qualifiers without a value are left out.
    pub qualifiers: Vec<(String, String)>,
    /// May be empty.
    pub subpath: String,
}

/// Types with case-insensitive names, and whether their namespaces are too.
const CASELESS: &[(&str, bool)] = &[
    ("alpm", true),
    ("apk", true),
    ("bitbucket", true),
    ("brew", true),
    ("composer", true),
    ("deb", true),
    ("github", true),
    ("hex", true),
    ("oci", false),
    ("pypi", false),
];

/// Reads a PURL; `None` if the text is none.
pub fn parse(text: &str) -> Option<Purl> {
    let (rest, subpath) = text.rsplit_once('#').unwrap_or((text, ""));
    let (rest, qualifiers) = rest.rsplit_once('?').unwrap_or((rest, ""));
    let (scheme, rest) = rest.split_once(':')?;
    let (kind, rest) = rest.trim_matches('/').split_once('/')?;
    let kind = kind.to_ascii_lowercase();
    let sound = |c: u8| c.is_ascii_alphanumeric() || b".+-".contains(&c);
    let starts = kind.bytes().next().is_some_and(|c| c.is_ascii_alphabetic());
    if !scheme.eq_ignore_ascii_case("pkg") || !starts || !kind.bytes().all(sound) {
        return None;
    }
    // An `@` before the last slash belongs to a scope that was not encoded.
    let (rest, version) = match rest.rsplit_once('@') {
        Some((rest, version)) if !version.contains('/') => (rest, version),
        _ => (rest, ""),
    };
    let (namespace, name) = rest.trim_end_matches('/').rsplit_once('/').unwrap_or(("", rest));
    let name = decode(name.trim_matches('/'))?;
    if name.is_empty() {
        return None;
    }
    let mut purl = Purl {
        namespace: parts(namespace, |_| true)?,
        name,
        version: decode(version)?,
        qualifiers: read_qualifiers(qualifiers)?,
        subpath: parts(subpath, |part| part != "." && part != "..")?,
        kind,
    };
    by_type(&mut purl);
    Some(purl)
}

impl Purl {
    /// The package that it names, as a cataloger would return it.
    pub fn package(self) -> Package {
        let mut package = Package { kind: self.kind, version: self.version, ..Package::default() };
        let joined =
            matches!(&package.kind[..], "npm" | "golang" | "composer" | "swift" | "github");
        match joined && !self.namespace.is_empty() {
            true => package.name = format!("{}/{}", self.namespace, self.name),
            false => (package.name, package.namespace) = (self.name, self.namespace),
        }
        for (key, value) in self.qualifiers {
            match key.as_str() {
                "arch" => package.architecture = value,
                "epoch" if package.kind == "rpm" => {
                    package.version = format!("{value}:{}", package.version);
                }
                "upstream" => package.source = Some(source(&package.kind, &value)),
                _ => package.qualifiers.push((key, value)),
            }
        }
        package
    }

    /// What all versions and qualifiers of a package have in common: `deb/debian/bash`.
    pub fn identity(&self) -> String {
        let parts = [&self.kind[..], &self.namespace, &self.name];
        let named: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        named.join("/")
    }
}

/// Name and version of a source package as syft writes them: `glibc@2.36`, `bash-5.1-2.src.rpm`.
fn source(kind: &str, upstream: &str) -> (String, String) {
    let of_rpm = || {
        let stem = upstream.strip_suffix(".src.rpm")?;
        let (rest, release) = stem.rsplit_once('-')?;
        let (name, version) = rest.rsplit_once('-')?;
        Some((name.to_owned(), format!("{version}-{release}")))
    };
    let of_rpm = if kind == "rpm" { of_rpm() } else { None };
    of_rpm.unwrap_or_else(|| {
        let (name, version) = upstream.split_once('@').unwrap_or((upstream, ""));
        (name.to_owned(), version.to_owned())
    })
}

/// The parts between slashes, decoded, without empty ones; a decoded part must not contain a slash.
fn parts(text: &str, keep: impl Fn(&str) -> bool) -> Option<String> {
    let mut out = String::new();
    for part in text.split('/') {
        let part = decode(part)?;
        if part.is_empty() || !keep(&part) {
            continue;
        }
        if part.contains('/') {
            return None;
        }
        if !out.is_empty() {
            out.push('/');
        }
        out.push_str(&part);
    }
    Some(out)
}

fn read_qualifiers(text: &str) -> Option<Vec<(String, String)>> {
    let mut qualifiers = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=')?;
        let key = key.to_ascii_lowercase();
        let sound = |c: u8| c.is_ascii_alphanumeric() || b".-_".contains(&c);
        if !key.bytes().all(sound) || !key.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let value = decode(value)?;
        if !value.is_empty() {
            qualifiers.push((key, value));
        }
    }
    qualifiers.sort();
    let twice = qualifiers.windows(2).any(|pair| matches!(pair, [a, b] if a.0 == b.0));
    (!twice).then_some(qualifiers)
}

/// Percent-decodes; a percent sign without two hexadecimal digits stays.
fn decode(text: &str) -> Option<String> {
    String::from_utf8(percent_decode_lenient(text)).ok()
}

fn by_type(purl: &mut Purl) {
    if let Some((_, namespace_too)) = CASELESS.iter().find(|(kind, _)| *kind == purl.kind) {
        purl.name = purl.name.to_lowercase();
        if *namespace_too {
            purl.namespace = purl.namespace.to_lowercase();
        }
    }
    match purl.kind.as_str() {
        "pypi" => purl.name = purl.name.replace('_', "-"),
        "rpm" => purl.namespace = purl.namespace.to_lowercase(),
        _ => {}
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
