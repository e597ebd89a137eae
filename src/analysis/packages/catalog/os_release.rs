//! The image's distribution: os-release, and the files that older distributions have in its place.
//!
//! Source: os-release(5); `system-release-cpe` and `redhat-release` of CentOS and RHEL before 7, and
//! `debian_version` of Debian, as syft reads them.
//!
//! - Only the image's own files count, not those of a system unpacked in a folder.
//! - Each file gives a release; `choose` selects one of those in the image. Debian's os-release says `12`
//!   and `debian_version` says `12.15`; PURLs use the latter.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Release};

pub const CATALOGER: Cataloger = Cataloger {
    name: "os-release",
    wants: |file| PLACES.iter().any(|(place, _)| file.path == place.as_bytes()),
    read: CatalogRead::Whole(read),
};

/// Reads a file's text.
type ReleaseParser = fn(&str) -> Option<Release>;

/// The files with a release, the most trusted first; the last one refines the others.
const PLACES: &[(&str, ReleaseParser)] = &[
    ("etc/os-release", os_release),
    ("usr/lib/os-release", os_release),
    ("etc/system-release-cpe", system_release_cpe),
    ("etc/redhat-release", redhat_release),
    (DEBIAN_VERSION, debian_version),
];

const DEBIAN_VERSION: &str = "etc/debian_version";

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let place = PLACES.iter().find(|(place, _)| file.path == place.as_bytes());
    let release = place.and_then(|(_, parse)| parse(&String::from_utf8_lossy(bytes)));
    CatalogFacts { release, ..CatalogFacts::default() }
}

/// The release of an image, from the paths and releases of its files. It is bounded here, where the notes
/// of a saved inspection come by, too.
pub fn choose<'a>(releases: impl IntoIterator<Item = (&'a [u8], &'a Release)>) -> Option<Release> {
    let rank = |path: &[u8]| PLACES.iter().position(|(place, _)| path == place.as_bytes());
    let mut ranked: Vec<_> = releases
        .into_iter()
        .filter_map(|(path, release)| Some((rank(path)?, path, release)))
        .collect();
    ranked.sort_by_key(|(rank, ..)| *rank);
    let mut chosen = ranked.first().map(|(.., release)| (*release).clone())?;
    if let Some((.., debian)) =
        ranked.iter().find(|(_, path, _)| *path == DEBIAN_VERSION.as_bytes())
        && chosen.id == debian.id
    {
        chosen.version_id.clone_from(&debian.version_id);
    }
    Some(chosen.bounded())
}

fn os_release(text: &str) -> Option<Release> {
    let mut release = Release::default();
    for line in text.lines() {
        let Some((key, value)) = line.trim().split_once('=') else { continue };
        let value = || unquote(value);
        match key {
            "ID" => release.id = value(),
            "ID_LIKE" => {
                release.id_like = value().split_ascii_whitespace().map(str::to_owned).collect();
            }
            "VERSION_ID" => release.version_id = value(),
            "VERSION_CODENAME" => release.version_codename = value(),
            "PRETTY_NAME" => release.pretty_name = value(),
            "CPE_NAME" => release.cpe_name = value(),
            "VARIANT_ID" => release.variant_id = value(),
            "SUPPORT_END" => release.support_end = value(),
            _ => {}
        }
    }
    (release != Release::default()).then_some(release)
}

/// A value as a shell reads it: without its quotes and, except in single quotes, without the backslash
/// before a character.
fn unquote(value: &str) -> String {
    let value = value.trim();
    let within = |quote| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    if let Some(literal) = within('\'') {
        return literal.to_owned();
    }
    let mut characters = within('"').unwrap_or(value).chars();
    let mut out = String::new();
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.extend(characters.next()),
            _ => out.push(character),
        }
    }
    out
}

/// `cpe:/o:centos:linux:6:GA`: vendor, product, version.
fn system_release_cpe(text: &str) -> Option<Release> {
    let cpe = text.lines().next()?.trim();
    let mut parts = cpe.strip_prefix("cpe:/o:")?.split(':');
    let (vendor, _, version) = (parts.next()?, parts.next()?, parts.next()?);
    // RHEL appends its edition to the version: `6server`.
    let version = version.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    Some(Release {
        id: if vendor == "redhat" { "rhel" } else { vendor }.to_owned(),
        version_id: version.to_owned(),
        cpe_name: cpe.to_owned(),
        ..Release::default()
    })
}

/// `CentOS release 6.10 (Final)`.
fn redhat_release(text: &str) -> Option<Release> {
    const IDS: &[(&str, &str)] = &[
        ("red hat enterprise", "rhel"),
        ("centos", "centos"),
        ("rocky", "rocky"),
        ("almalinux", "almalinux"),
        ("scientific", "scientific"),
        ("oracle", "ol"),
        ("fedora", "fedora"),
    ];
    let line = text.lines().next()?.trim();
    let (name, version) = line.split_once(" release ")?;
    let lower = name.to_lowercase();
    let (_, id) = IDS.iter().find(|(begins, _)| lower.starts_with(begins))?;
    let is_clone = !matches!(*id, "rhel" | "fedora");
    Some(Release {
        id: (*id).to_owned(),
        id_like: is_clone.then(|| "rhel".to_owned()).into_iter().collect(),
        version_id: version.split_ascii_whitespace().next()?.to_owned(),
        pretty_name: line.to_owned(),
        ..Release::default()
    })
}

/// `12.15`. Testing and its derivatives have `trixie/sid`, which is no version.
fn debian_version(text: &str) -> Option<Release> {
    let version = text.trim();
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<_> = version.splitn(3, '.').collect();
    (parts.len() <= 2 && parts.into_iter().all(is_number)).then(|| Release {
        id: "debian".to_owned(),
        version_id: version.to_owned(),
        ..Release::default()
    })
}

#[cfg(test)]
mod tests {
    //! Texts of the distributions' own images.

    use super::*;

    fn of(path: &str, text: &str) -> Release {
        let path = path.as_bytes();
        let file = Candidate::at(path);
        assert!((CATALOGER.wants)(&file));
        read(&file, text.as_bytes()).release.unwrap_or_default()
    }

    #[test]
    fn values_are_read_as_a_shell_reads_them() {
        let text = "# comment\nID=rhel\nID_LIKE=\"fedora centos\"\nVERSION_ID='8.4'\n\
                    PRETTY_NAME=\"A \\\"quoted\\\" \\$5\"\nEMPTY\nVARIANT_ID=\n";
        let release = of("usr/lib/os-release", text);
        assert_eq!((&*release.id, &*release.version_id), ("rhel", "8.4"));
        assert_eq!(release.id_like, ["fedora", "centos"]);
        assert_eq!(release.pretty_name, "A \"quoted\" $5");
    }

    #[test]
    fn files_older_than_os_release_name_the_distribution() {
        for (path, text, id, version) in [
            ("etc/redhat-release", "CentOS release 6.10 (Final)\n", "centos", "6.10"),
            (
                "etc/redhat-release",
                "Red Hat Enterprise Linux Server release 6.9 (Santiago)\n",
                "rhel",
                "6.9",
            ),
            ("etc/system-release-cpe", "cpe:/o:centos:linux:6:GA\n", "centos", "6"),
            (
                "etc/system-release-cpe",
                "cpe:/o:redhat:enterprise_linux:6server:ga:server\n",
                "rhel",
                "6",
            ),
            ("etc/debian_version", "12.15\n", "debian", "12.15"),
            ("etc/debian_version", "bookworm/sid\n", "", ""),
            ("etc/redhat-release", "release\n", "", ""),
        ] {
            let release = of(path, text);
            assert_eq!((&*release.id, &*release.version_id), (id, version), "{text}");
        }
    }

    #[test]
    fn debians_point_release_refines_only_debians_version() {
        let point = of("etc/debian_version", "12.15");
        for (id, want) in [("debian", "12.15"), ("raspbian", "12")] {
            let text = format!("ID={id}\nVERSION_ID=12\n");
            let release = of("usr/lib/os-release", &text);
            let releases: [(&[u8], _); 2] =
                [(b"etc/debian_version", &point), (b"usr/lib/os-release", &release)];
            let chosen = choose(releases).unwrap();
            assert_eq!((&*chosen.id, &*chosen.version_id), (id, want));
        }
    }

    #[test]
    fn fields_that_are_too_long_to_be_real_are_left_out() {
        let long = "1".repeat(1 << 20);
        let path = "etc/os-release";
        let text = format!("ID=debian\nVERSION_ID={long}\nID_LIKE=\"a {long}\"\nCPE_NAME={long}\n");
        let release = of(path, &text);
        assert!(choose([(path.as_bytes(), &release)]) == Some(of(path, "ID=debian\n")));
    }

    #[test]
    fn a_system_in_a_folder_is_not_the_images_distribution() {
        let path = b"srv/chroot/etc/os-release";
        let file = Candidate::at(path);
        assert!(!(CATALOGER.wants)(&file));
    }
}
