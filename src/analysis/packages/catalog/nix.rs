//! Nix and Guix: a package is a directory in the store, and all that is known is in its name.
//!
//! Source: Nix manual, "Store path" (`DIGEST-NAME`, the digest 32 characters of Base32) and
//! `builtins.parseDrvName` (the version starts after the first hyphen before a digit); Guix manual, "The
//! Store". Versions of snapshots and outputs are distinguished as in syft.
//!
//! - A directory without a version is no package: sources, patches, environments, system configurations.
//! - Each output of a package has its own directory, with the output's name after the version: `-bin`,
//!   `-dev`, `-man`. An output's name has no digit; the last part of a version has one.

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::roots::root;

/// The package of a directory, by its path.
pub fn package(path: &[u8]) -> Option<Package> {
    let at = path.iter().rposition(|&byte| byte == b'/')?;
    let (store, base) = path.split_at_checked(at)?;
    let kind = if root(store, &["nix/store"]).is_some() {
        "nix"
    } else if root(store, &["gnu/store"]).is_some() {
        "guix"
    } else {
        return None;
    };
    let base = std::str::from_utf8(base).ok()?.strip_prefix('/')?;
    let (digest, base) = base.split_at_checked(32)?;
    let of_base32 = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
    let base = base.strip_prefix('-').filter(|_| digest.bytes().all(of_base32))?;
    if base.ends_with(".drv") {
        return None;
    }
    let (name, version, output) = split(base)?;
    let mut qualifiers = Vec::new();
    if !output.is_empty() {
        qualifiers.push(("output".to_owned(), output.to_owned()));
    }
    qualifiers.push(("outputhash".to_owned(), digest.to_owned()));
    Some(Package {
        kind: kind.to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        qualifiers,
        files: vec![format!("{}/", String::from_utf8_lossy(path))],
        ..Package::default()
    })
}

/// Name, version and output; the output may be empty.
fn split(base: &str) -> Option<(&str, &str, &str)> {
    let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let after = |&(at, _): &(usize, &str)| base.get(at + 1..).is_some_and(digit);
    let (at, _) = base.match_indices('-').find(after)?;
    let (name, rest) = base.split_at_checked(at)?;
    // Before 2024 the version of a snapshot was `unstable-2021-08-16`.
    let (name, rest) = match name.strip_suffix("-unstable") {
        Some(name) => (name, base.get(name.len()..)?),
        None => (name, rest),
    };
    let version = rest.strip_prefix('-')?;
    if name.is_empty() {
        return None;
    }
    match version.rsplit_once('-') {
        Some((version, output)) if !output.bytes().any(|byte| byte.is_ascii_digit()) => {
            Some((name, version, output))
        }
        _ => Some((name, version, "")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(base: &str) -> Option<(String, String, String)> {
        let path = format!("nix/store/h0cnbmfcn93xm5dg2x27ixhag1cwndga-{base}");
        let package = package(path.as_bytes())?;
        let output = package.qualifiers.into_iter().find(|(key, _)| key == "output");
        Some((package.name, package.version, output.map(|(_, value)| value).unwrap_or_default()))
    }

    #[test]
    fn names_and_versions_are_split_as_nix_splits_them() {
        // Version and output together are the version that `builtins.parseDrvName` of Nix 2.8 returns.
        for (base, name, version, output) in [
            ("glibc-2.34-210-bin", "glibc", "2.34-210", "bin"),
            ("glibc-2.37-8", "glibc", "2.37-8", ""),
            ("perl5.34.1-TimeDate-2.33", "perl5.34.1-TimeDate", "2.33", ""),
            ("bash-interactive-5.1-p16-man", "bash-interactive", "5.1-p16", "man"),
            ("libedit-20210910-3.1", "libedit", "20210910-3.1", ""),
            ("tzdata-2022a", "tzdata", "2022a", ""),
            ("python3.11-pip-23.0.1", "python3.11-pip", "23.0.1", ""),
            ("zlib-1.2.05", "zlib", "1.2.05", ""),
            ("foo-0-unstable-2024-01-31", "foo", "0-unstable-2024-01-31", ""),
        ] {
            let want = (name.to_owned(), version.to_owned(), output.to_owned());
            assert_eq!(of(base), Some(want), "{base}");
        }
    }

    #[test]
    fn the_version_of_a_snapshot_includes_unstable() {
        // Nix itself makes the word part of the name; syft and the nixpkgs manual, part of the version.
        let want = ("webdav-server-rs".to_owned(), "unstable-2021-08-16".to_owned(), String::new());
        assert_eq!(of("webdav-server-rs-unstable-2021-08-16"), Some(want));
    }

    #[test]
    fn a_directory_without_a_version_is_no_package() {
        for base in ["source", "base-system", "git-minimal-2.36.0.drv", "0018-derive.patch", ""] {
            assert_eq!(of(base), None, "{base}");
        }
        for path in [
            "nix/store/h0cnbmfcn93xm5dg2x27ixhag1cwndga-glibc-2.34/lib",
            "nix/store/short-glibc-2.34",
            "store/h0cnbmfcn93xm5dg2x27ixhag1cwndga-glibc-2.34",
            "nix/store",
            "",
        ] {
            assert_eq!(package(path.as_bytes()), None, "{path}");
        }
    }

    #[test]
    fn guix_names_are_read_the_same_way() {
        let path = b"gnu/store/0w76r44pi5l1qw5vpgl9pf5s3c6qk8cb-hello-2.12.1";
        let package = package(path).unwrap();
        assert_eq!(
            (&*package.kind, &*package.name, &*package.version),
            ("guix", "hello", "2.12.1")
        );
    }
}
