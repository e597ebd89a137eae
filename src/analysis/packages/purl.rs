//! Package URLs: one name for a package in all tools.
//!
//! Source: package-url/purl-spec, PURL-SPECIFICATION.rst and PURL-TYPES.rst. Qualifiers are in the order
//! of their keys; the distribution is named as syft does (`distro=debian-12`).

use super::{Package, Release};

/// The PURL of a package in an image of a distribution.
pub fn purl(package: &Package, release: Option<&Release>) -> String {
    let kind = package.kind.as_str();
    let of_system = matches!(kind, "deb" | "apk" | "rpm" | "alpm" | "opkg" | "ebuild");
    let (namespace, name) = split(package, release.filter(|_| of_system));
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
    let mut qualifiers = qualifiers(package, of_system.then_some(release).flatten());
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
    match package.kind.as_str() {
        "deb" | "apk" | "rpm" | "alpm" | "opkg" | "ebuild" if package.namespace.is_empty() => {
            let id = release.map_or("", |release| &release.id);
            let id = id.to_lowercase();
            // As syft has it: the vendor's name, and one for both openSUSEs.
            let id = match id.as_str() {
                "rhel" | "hummingbird" if package.kind == "rpm" => "redhat".to_owned(),
                _ if package.kind == "rpm" && id.starts_with("opensuse") => "opensuse".to_owned(),
                _ => id,
            };
            (id, name.to_owned())
        }
        "npm" | "golang" | "composer" | "swift" if package.namespace.is_empty() => {
            let lower = matches!(&package.kind[..], "composer");
            let name = if lower { name.to_lowercase() } else { name.to_owned() };
            match name.rsplit_once('/') {
                Some((namespace, name)) => (namespace.to_owned(), name.to_owned()),
                None => (String::new(), name),
            }
        }
        "pypi" => (String::new(), name.to_lowercase().replace('_', "-")),
        _ => (package.namespace.clone(), name.to_owned()),
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

#[test]
fn purls_are_those_of_the_specification() {
    let of = |kind: &str, name: &str, version: &str| Package {
        kind: kind.to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        ..Package::default()
    };
    let debian = Release { id: "debian".into(), version_id: "12".into(), ..Release::default() };
    let deb = Package { architecture: "amd64".into(), ..of("deb", "bsdutils", "1:2.38.1-5+b1") };
    let maven = Package { namespace: "org.apache.commons".into(), ..of("maven", "io", "1.3.4") };
    for (package, want) in [
        (deb, "pkg:deb/debian/bsdutils@1:2.38.1-5%2Bb1?arch=amd64&distro=debian-12"),
        (maven, "pkg:maven/org.apache.commons/io@1.3.4"),
        (of("npm", "@babel/parser", "7.20.0"), "pkg:npm/%40babel/parser@7.20.0"),
        (of("golang", "golang.org/x/text", "v0.3.0"), "pkg:golang/golang.org/x/text@v0.3.0"),
        (of("golang", "stdlib", "go1.26.8"), "pkg:golang/stdlib@1.26.8"),
        (of("golang", "example.test/app", "(devel)"), "pkg:golang/example.test/app"),
        (of("pypi", "Jinja2", "2.10"), "pkg:pypi/jinja2@2.10"),
        (
            of("rpm", "lab-tools", "1:2.3-1"),
            "pkg:rpm/debian/lab-tools@2.3-1?distro=debian-12&epoch=1",
        ),
    ] {
        assert_eq!(purl(&package, Some(&debian)), want);
    }
}
