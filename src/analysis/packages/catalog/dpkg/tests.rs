//! The files were written by dpkg itself: see tests/fixtures/packages/README.md.

use super::*;

fn facts(path: &str, bytes: &[u8]) -> CatalogFacts {
    let file = Candidate::at(path.as_bytes());
    assert!((CATALOGER.wants)(&file), "{path}");
    read(&file, bytes)
}

#[test]
fn installed_packages_are_those_that_dpkg_lists() {
    let text = include_bytes!("../../../../../tests/fixtures/packages/dpkg/status");
    let query = include_str!("../../../../../tests/fixtures/packages/dpkg/query.tsv");
    let packages = facts("var/lib/dpkg/status", text).packages;
    let installed = packages.iter().filter(|package| package.state.is_empty());
    let own = installed.map(|package| {
        let (source, version) = package.source.clone().unwrap_or_default();
        let source = if source.is_empty() { package.name.clone() } else { source };
        let version = if version.is_empty() { package.version.clone() } else { version };
        format!(
            "{}\t{}\t{}\t{source}\t{version}\t{}\t{}\t{}\n",
            package.name,
            package.version,
            package.architecture,
            package.size.unwrap() / 1024,
            package.supplier,
            package.homepage,
        )
    });
    assert_eq!(own.collect::<String>(), query);
    let between = packages.iter().filter(|package| !package.state.is_empty());
    let between: Vec<_> = between.map(|package| (&package.name[..], &package.state[..])).collect();
    assert_eq!(between, [("zlib1g", "unpacked")]);
}

#[test]
fn a_package_is_there_in_every_state_between_and_says_which() {
    for (status, want) in [
        ("install ok installed", Some("")),
        ("hold ok installed", Some("")),
        ("deinstall ok installed", Some("")),
        ("install ok unpacked", Some("unpacked")),
        ("install ok half-configured", Some("half-configured")),
        ("install reinstreq half-installed", Some("half-installed")),
        ("install ok triggers-awaited", Some("triggers-awaited")),
        ("install ok triggers-pending", Some("triggers-pending")),
        ("deinstall ok config-files", None),
        ("purge ok not-installed", None),
        ("install ok", None),
    ] {
        let text = format!("Package: a\nStatus: {status}\nVersion: 1\n");
        let packages = facts("var/lib/dpkg/status", text.as_bytes()).packages;
        let state = packages.first().map(|package| package.state.as_str());
        assert_eq!(state, want, "{status}");
    }
}

#[test]
fn a_list_has_every_path_except_shared_directories() {
    let text = include_bytes!("../../../../../tests/fixtures/packages/dpkg/libattr1:amd64.list");
    let supplement = &facts("var/lib/dpkg/info/libattr1:amd64.list", text).supplements[0];
    assert_eq!(
        (&*supplement.kind, &*supplement.name, &*supplement.architecture),
        ("deb", "libattr1", "amd64")
    );
    assert_eq!(
        supplement.files,
        [
            "etc/xattr.conf",
            "usr/lib/x86_64-linux-gnu/libattr.so.1.1.2501",
            "usr/share/doc/libattr1/changelog.Debian.gz",
            "usr/share/doc/libattr1/changelog.gz",
            "usr/share/doc/libattr1/copyright",
            "usr/share/lintian/overrides/libattr1",
            "usr/lib/x86_64-linux-gnu/libattr.so.1",
        ]
    );
}

#[test]
fn paths_of_a_root_in_a_folder_are_below_that_folder() {
    let supplement =
        &facts("srv/root/var/lib/dpkg/info/a.list", b"/.\n/etc\n/etc/a\n").supplements[0];
    assert_eq!(supplement.files, ["srv/root/etc/a"]);
}

#[test]
fn a_machine_readable_copyright_declares_its_short_names() {
    let text = include_bytes!("../../../../../tests/fixtures/packages/dpkg/copyright-dep5");
    let supplement = &facts("usr/share/doc/libattr1/copyright", text).supplements[0];
    assert_eq!(supplement.name, "libattr1");
    assert_eq!(supplement.licenses, ["GPL-2+", "LGPL-2+"]);
}

#[test]
fn a_prose_copyright_declares_the_licences_that_it_refers_to() {
    let text = include_bytes!("../../../../../tests/fixtures/packages/dpkg/copyright-prose");
    let supplement = &facts("usr/share/doc/libmpc3/copyright", text).supplements[0];
    assert_eq!(supplement.licenses, ["LGPL-3"]);
}

#[test]
fn a_database_without_packages_is_damaged_but_an_empty_one_is_not() {
    let damaged = facts("var/lib/dpkg/status", b"\x1f\x8b\0\0garbage");
    assert_eq!(damaged.warnings[0].code, "package-database-damaged");
    assert!(facts("var/lib/dpkg/status", b"").is_empty());
    let script = b"#!/bin/sh\necho done\n";
    assert!(facts("var/lib/dpkg/status.d/a.preinst", script).is_empty());
}
