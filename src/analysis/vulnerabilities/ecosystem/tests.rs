//! Queries compared with recorded ones and with OSV's schema.

use super::*;

fn package(kind: &str, name: &str, version: &str) -> Package {
    let (kind, name) = (kind.to_owned(), name.to_owned());
    Package { kind, name, version: version.to_owned(), ..Package::default() }
}

fn release(id: &str, version: &str) -> Release {
    Release { id: id.to_owned(), version_id: version.to_owned(), ..Release::default() }
}

fn check(package: &Package, release: Option<&Release>, want: &[(&str, &str, &str)]) {
    let want: Vec<_> = want.iter().map(|(e, n, v)| OsvQuery::new(e, n, v)).collect();
    assert_eq!(queries(package, release), Ok(want), "{} {}", package.kind, package.name);
}

/// Queries of osv-scanner in ../shared/osv/cassettes, and names of the schema.
#[test]
fn system_packages_are_queried_as_recorded() {
    let from = |package: Package, name: &str, version: &str| Package {
        source: Some((name.to_owned(), version.to_owned())),
        ..package
    };
    let crypto = from(package("apk", "libcrypto1.1", "1.1.1k-r0"), "openssl", "");
    let want = ("Alpine:v3.18", "openssl", "1.1.1k-r0");
    check(&crypto, Some(&release("alpine", "3.18.4")), &[want]);
    check(&crypto, Some(&release("wolfi", "20230201")), &[("Wolfi", "openssl", "1.1.1k-r0")]);
    let gcc = from(package("deb", "libgcc1", "1:8.3.0-6"), "gcc-8", "8.3.0-6");
    check(&gcc, Some(&release("debian", "10")), &[("Debian:10", "gcc-8", "8.3.0-6")]);
    let acl = from(package("deb", "libacl1", "2.3.1-1"), "acl", "");
    check(&acl, Some(&release("ubuntu", "22.04")), &[("Ubuntu:22.04:LTS", "acl", "2.3.1-1")]);
    check(&acl, Some(&release("ubuntu", "23.04")), &[("Ubuntu:23.04", "acl", "2.3.1-1")]);
    let curl =
        from(package("rpm", "libcurl4", "8.0.1-150400.5.50.1"), "curl", "8.0.1-150400.5.50.1");
    let want = ("openSUSE:Leap 15.5", "curl", "8.0.1-150400.5.50.1");
    check(&curl, Some(&release("opensuse-leap", "15.5")), &[want]);
    check(
        &curl,
        Some(&release("rocky", "9.3")),
        &[("Rocky Linux:9", "curl", "8.0.1-150400.5.50.1")],
    );
    let want = ("AlmaLinux:9", "libcurl4", "8.0.1-150400.5.50.1");
    check(&curl, Some(&release("almalinux", "9.3")), &[want]);
}

#[test]
fn red_hat_is_queried_in_both_streams() {
    let cpe_name = "cpe:/o:redhat:enterprise_linux:9::baseos".to_owned();
    let release = Release { cpe_name, ..release("rhel", "9.4") };
    check(
        &package("rpm", "bind-libs", "32:9.16.23-1.el9"),
        Some(&release),
        &[
            ("Red Hat:enterprise_linux:9::baseos", "bind-libs", "32:9.16.23-1.el9"),
            ("Red Hat:enterprise_linux:9::appstream", "bind-libs", "32:9.16.23-1.el9"),
        ],
    );
}

#[test]
fn language_packages_are_queried_by_their_ecosystem() {
    let maven =
        Package { namespace: "commons-io".into(), ..package("maven", "commons-io", "2.14.0") };
    for (package, want) in [
        (package("npm", "@babel/core", "7.0.0"), ("npm", "@babel/core", "7.0.0")),
        (package("pypi", "Flask_Cors", "1.0.0"), ("PyPI", "flask-cors", "1.0.0")),
        (
            package("golang", "github.com/BurntSushi/toml", "v1.2.0"),
            ("Go", "github.com/BurntSushi/toml", "1.2.0"),
        ),
        (package("golang", "stdlib", "go1.22.4"), ("Go", "stdlib", "1.22.4")),
        (package("golang", "stdlib", "go1.21rc2"), ("Go", "stdlib", "1.21.0-rc.2")),
        (package("golang", "stdlib", "go1.24.1 X:nocoverageredesign"), ("Go", "stdlib", "1.24.1")),
        (package("gem", "ast", "2.4.2"), ("RubyGems", "ast", "2.4.2")),
        (
            package("composer", "League/Flysystem", "1.0.8"),
            ("Packagist", "league/flysystem", "1.0.8"),
        ),
        (package("cargo", "url", "2.5.3"), (CRATES, "url", "2.5.3")),
        (package("nuget", "Newtonsoft.Json", "12.0.1"), ("NuGet", "Newtonsoft.Json", "12.0.1")),
        (maven, ("Maven", "commons-io:commons-io", "2.14.0")),
    ] {
        check(&package, None, &[want]);
    }
}

#[test]
fn a_package_that_cannot_be_checked_has_a_reason() {
    let deb = package("deb", "bash", "5.2");
    for (package, release, want) in [
        (&deb, None, UncheckedReason::DistributionNotCovered),
        (&deb, Some(release("kali", "2026.1")), UncheckedReason::DistributionNotCovered),
        (&deb, Some(release("debian", "")), UncheckedReason::ReleaseNotCovered),
        (
            &package("rpm", "bash", "5.2"),
            Some(release("fedora", "42")),
            UncheckedReason::DistributionNotCovered,
        ),
        (
            &package("apk", "musl", "1"),
            Some(release("alpine", "3.23_alpha2")),
            UncheckedReason::ReleaseNotCovered,
        ),
        (&package("golang", "example.test/a", "(devel)"), None, UncheckedReason::NoVersion),
        (&package("npm", "a", ""), None, UncheckedReason::NoVersion),
        (&package("wordpress", "a", "1"), None, UncheckedReason::TypeNotCovered),
    ] {
        assert_eq!(queries(package, release.as_ref()), Err(want), "{}", package.name);
    }
}
