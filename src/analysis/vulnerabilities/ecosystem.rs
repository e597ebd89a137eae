//! A package in OSV's terms: its ecosystem with the distribution's release, its name and its version.
//!
//! Source: OSV schema, "Defined ecosystems"; for images, the queries of osv-scanner and osv-scalibr
//! (extractor/filesystem/os/ecosystem), recorded in ../shared/osv/cassettes.
//!
//! - Records for Debian, Ubuntu, Alpine, Wolfi, SUSE, Rocky Linux and openEuler are about source packages;
//!   those for Red Hat and AlmaLinux are about binary packages.
//! - A package may be in several streams of a distribution (`baseos`, `appstream`); each is queried.
//! - A package that cannot be checked has a reason, so that it is never mistaken for one without
//!   vulnerabilities.

use crate::analysis::packages::{Package, Release};
use crate::vocabulary::UncheckedReason;
use serde::{Deserialize, Serialize};

/// A query about a package. It is all that is ever sent about one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OsvQuery {
    /// `Debian:12`, `npm`, …
    pub ecosystem: String,
    /// In OSV's form.
    pub name: String,
    /// In OSV's form; never empty.
    pub version: String,
}

/// OSV's name of the ecosystem of Rust's crates, in halves because here it is not a host.
pub const CRATES: &str = concat!("crates", ".io");
/// Most bytes of a name or version that is sent.
const MAX_TEXT: usize = 1024;

impl OsvQuery {
    /// A query with these values.
    pub fn new(ecosystem: &str, name: &str, version: &str) -> OsvQuery {
        let (ecosystem, name) = (ecosystem.to_owned(), name.to_owned());
        OsvQuery { ecosystem, name, version: version.to_owned() }
    }

    /// The ecosystem without its release: `Debian`.
    pub fn database(&self) -> &str {
        self.ecosystem.split(':').next().unwrap_or_default()
    }
}

/// The queries for a package: several if its distribution has several streams.
pub fn queries(
    package: &Package,
    release: Option<&Release>,
) -> Result<Vec<OsvQuery>, UncheckedReason> {
    if package.own {
        return Err(UncheckedReason::ProjectsOwn);
    }
    let system = matches!(&package.kind[..], "deb" | "apk" | "rpm");
    let (ecosystems, name, version) =
        if system { of_system(package, release)? } else { of_language(package)? };
    if version.is_empty() || version.len() > MAX_TEXT || name.is_empty() || name.len() > MAX_TEXT {
        return Err(UncheckedReason::NoVersion);
    }
    Ok(ecosystems.iter().map(|ecosystem| OsvQuery::new(ecosystem, &name, &version)).collect())
}

type QueryParts = (Vec<String>, String, String);

fn of_system(package: &Package, release: Option<&Release>) -> Result<QueryParts, UncheckedReason> {
    let release = release.ok_or(UncheckedReason::DistributionNotCovered)?;
    let ecosystems = distribution(&package.kind, release)?;
    let by_source =
        !matches!(&release.id[..], "rhel" | "almalinux" | "photon" | "azurelinux" | "mariner");
    let (name, version) = match &package.source {
        Some((name, version)) if by_source && !name.is_empty() => {
            // The file name of an rpm's source package has no epoch, but the records' versions have one.
            let own = version.is_empty() || package.kind == "rpm";
            (name, if own { &package.version } else { version })
        }
        _ => (&package.name, &package.version),
    };
    // The keys that sign packages are in rpm's database like packages.
    if package.kind == "rpm" && package.name == "gpg-pubkey" {
        return Err(UncheckedReason::TypeNotCovered);
    }
    Ok((ecosystems, name.clone(), version.clone()))
}

/// The distribution's ecosystems, such as `Debian:12`.
fn distribution(kind: &str, release: &Release) -> Result<Vec<String>, UncheckedReason> {
    let version = release.version_id.as_str();
    let major = version.split('.').next().unwrap_or_default();
    let numbered = |name: &str, number: &str| {
        let good = !number.is_empty() && number.bytes().all(|c| c.is_ascii_digit() || c == b'.');
        if good {
            Ok(vec![format!("{name}:{number}")])
        } else {
            Err(UncheckedReason::ReleaseNotCovered)
        }
    };
    match (kind, &release.id[..]) {
        ("deb", "debian") => numbered("Debian", debian(release, major)),
        ("deb", "ubuntu") => {
            let all = numbered("Ubuntu", version)?;
            // The spring release of every second year has long-term support, and OSV's name includes that.
            let year = version.strip_suffix(".04").and_then(|year| year.parse::<u8>().ok());
            let long = year.is_some_and(|year| year.is_multiple_of(2));
            Ok(all.into_iter().map(|name| if long { name + ":LTS" } else { name }).collect())
        }
        ("deb", "echo") => Ok(vec!["Echo".to_owned()]),
        ("apk", "alpine") => {
            let mut numbers = version.split('.');
            let branch = [numbers.next(), numbers.next()].map(Option::unwrap_or_default).join(".");
            numbered("Alpine", &branch).map(|_| vec![format!("Alpine:v{branch}")])
        }
        ("apk", "wolfi") => Ok(vec!["Wolfi".to_owned()]),
        ("apk", "chainguard") => Ok(vec!["Chainguard".to_owned()]),
        ("apk", "minimos") => Ok(vec!["MinimOS".to_owned()]),
        ("apk", "alpaquita") if version == "stream" => Ok(vec!["Alpaquita:stream".to_owned()]),
        ("apk", "alpaquita") => numbered("Alpaquita", major),
        ("rpm", "rhel") => red_hat(&release.cpe_name),
        ("rpm", "rocky") => numbered("Rocky Linux", major),
        ("rpm", "almalinux") => numbered("AlmaLinux", major),
        ("rpm", "mageia") => numbered("Mageia", major),
        ("rpm", "photon") => numbered("Photon OS", version),
        ("rpm", "azurelinux" | "mariner") => numbered("Azure Linux", major),
        ("rpm", "opensuse-leap") => {
            numbered("openSUSE", version).map(|_| vec![format!("openSUSE:Leap {version}")])
        }
        ("rpm", "opensuse-tumbleweed") => Ok(vec!["openSUSE:Tumbleweed".to_owned()]),
        ("rpm", "sles") => suse(version),
        ("rpm", "openEuler") => open_euler(&release.pretty_name),
        _ => Err(UncheckedReason::DistributionNotCovered),
    }
}

/// Debian's major version. A release that is not out yet has only a code name.
fn debian<'a>(release: &'a Release, major: &'a str) -> &'a str {
    match (major, &release.version_codename[..]) {
        ("", "bookworm") => "12",
        ("", "trixie") => "13",
        ("", "forky") => "14",
        _ => major,
    }
}

/// By the CPE of the product. The distribution itself has two streams of packages.
fn red_hat(cpe: &str) -> Result<Vec<String>, UncheckedReason> {
    let (_, product) = cpe.split_once(":redhat:").ok_or(UncheckedReason::ReleaseNotCovered)?;
    let named = |stream: &str| format!("Red Hat:{stream}");
    Ok(match product.strip_suffix("::baseos") {
        Some(product) => {
            vec![named(&format!("{product}::baseos")), named(&format!("{product}::appstream"))]
        }
        None => vec![named(product)],
    })
}

/// `15.5` is service pack 5 of 15, whose packages are in a module.
fn suse(version: &str) -> Result<Vec<String>, UncheckedReason> {
    let (major, pack) = version.split_once('.').unwrap_or((version, "0"));
    let number = |text: &str| text.parse::<u16>().map_err(|_| UncheckedReason::ReleaseNotCovered);
    let (major, pack) = (number(major)?, number(pack)?);
    let release = if pack == 0 { major.to_string() } else { format!("{major} SP{pack}") };
    let mut all = vec![format!("SUSE:Linux Enterprise Server {release}")];
    if major == 15 {
        all.push(format!("SUSE:Linux Enterprise Module for Basesystem {release}"));
    }
    Ok(all)
}

/// `openEuler 22.03 (LTS-SP3)`.
fn open_euler(pretty: &str) -> Result<Vec<String>, UncheckedReason> {
    let text = pretty.strip_prefix("openEuler ").ok_or(UncheckedReason::ReleaseNotCovered)?;
    let release = text.replace(" (", "-").replace(')', "");
    let good = release.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'.' || c == b'-');
    if good {
        Ok(vec![format!("openEuler:{release}")])
    } else {
        Err(UncheckedReason::ReleaseNotCovered)
    }
}

fn of_language(package: &Package) -> Result<QueryParts, UncheckedReason> {
    let (name, version) = (&package.name[..], &package.version[..]);
    let (ecosystem, name) = match &package.kind[..] {
        "npm" => ("npm", name.to_owned()),
        "pypi" => ("PyPI", normalised(name)),
        "golang" => {
            return Ok((vec!["Go".to_owned()], name.to_owned(), go_version(name, version)?));
        }
        "maven" if package.namespace.is_empty() => return Err(UncheckedReason::TypeNotCovered),
        "maven" => ("Maven", format!("{}:{name}", package.namespace)),
        "gem" => ("RubyGems", name.to_owned()),
        "composer" => ("Packagist", name.to_lowercase()),
        "nuget" => ("NuGet", name.to_owned()),
        "cargo" => (CRATES, name.to_owned()),
        "pub" => ("Pub", name.to_owned()),
        "hex" => ("Hex", name.to_owned()),
        "cran" => ("CRAN", name.to_owned()),
        "hackage" => ("Hackage", name.to_owned()),
        "julia" => ("Julia", name.to_owned()),
        "conan" => ("ConanCenter", name.to_owned()),
        "swift" => {
            let address = name.trim_start_matches("https://").trim_end_matches(".git");
            ("SwiftURL", address.to_owned())
        }
        // Records are about the program; `-7` is Bitnami's own build of it.
        "bitnami" => {
            let version = without_revision(version).to_owned();
            return Ok((vec!["Bitnami".to_owned()], name.to_lowercase(), version));
        }
        _ => return Err(UncheckedReason::TypeNotCovered),
    };
    Ok((vec![ecosystem.to_owned()], name, version.to_owned()))
}

/// The version as in Go's records: without the `v`; for Go itself in Semantic Versioning: `go1.21rc2` is
/// `1.21.0-rc.2`. Source: go.dev/security/vuln/database, "Schema"; go.dev/ref/mod, "Versions".
fn go_version(name: &str, version: &str) -> Result<String, UncheckedReason> {
    if version == "(devel)" || version.is_empty() {
        return Err(UncheckedReason::NoVersion);
    }
    if name != "stdlib" && name != "toolchain" {
        return Ok(version.strip_prefix('v').unwrap_or(version).to_owned());
    }
    go_release(version).ok_or(UncheckedReason::NoVersion)
}

/// The release that a Go compiler calls itself by: `go1.23.4-microsoft` is 1.23.4, built by a vendor. `None`
/// for one that was built between releases: `devel go1.25-a1b2c3d`.
fn go_release(version: &str) -> Option<String> {
    let version = version.trim_start_matches("go").trim_start_matches('v');
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    let (release, mut rest) = version.split_at_checked(end)?;
    let numbers: Vec<&str> = release.split('.').collect();
    if !(2..=3).contains(&numbers.len()) || numbers.iter().any(|number| number.is_empty()) {
        return None;
    }
    let mut early = String::new();
    for kind in ["rc", "beta"] {
        if let Some(behind) = rest.strip_prefix(kind) {
            let end = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
            let (number, behind) = behind.split_at_checked(end)?;
            let patch = if numbers.len() < 3 { ".0" } else { "" };
            (early, rest) = (format!("{patch}-{kind}.{number}"), behind);
        }
    }
    is_vendors(rest).then(|| format!("{release}{early}"))
}

/// Whether what follows a release is a vendor's suffix, not a state between releases: a commit, or a word for
/// one.
fn is_vendors(suffix: &str) -> bool {
    let word = suffix.trim_start_matches(['-', '+', '_', ' ']);
    let is_between =
        ["devel", "tip", "dev", "master", "main", "pre", "alpha"].iter().any(|state| {
            let behind = word.strip_prefix(state);
            behind.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
        });
    let end = word.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(word.len());
    let is_commit =
        end >= 7 && word.get(..end).is_some_and(|hex| hex.contains(|c: char| c.is_ascii_digit()));
    // The compiler with boringcrypto was called `1.19.13b7`.
    let starts = suffix.is_empty() || suffix.starts_with(['-', '+', '_', ' ', 'b']);
    starts && !is_between && !(is_commit && suffix.starts_with('-'))
}

/// A version without the number of the build at its end: `16.4.0-7` is 16.4.0.
fn without_revision(version: &str) -> &str {
    let split = version.rsplit_once('-');
    let number = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    split.filter(|(_, build)| number(build)).map_or(version, |(version, _)| version)
}

/// A Python name in PyPI's form. Source: PyPA specifications, "Names and normalization".
pub fn normalised(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if out.ends_with('-') => {}
            '-' | '_' | '.' => out.push('-'),
            c => out.push(c.to_ascii_lowercase()),
        }
    }
    out
}

#[cfg(test)]
mod tests;
