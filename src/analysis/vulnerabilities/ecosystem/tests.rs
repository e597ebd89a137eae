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
        (package("bitnami", "postgresql", "16.4.0-7"), ("Bitnami", "postgresql", "16.4.0")),
        (package("bitnami", "Geos", "3.8.3"), ("Bitnami", "geos", "3.8.3")),
        (package("bitnami", "a", "1.0.0-rc1"), ("Bitnami", "a", "1.0.0-rc1")),
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
fn a_go_compiler_is_the_release_that_its_vendor_built_or_none() {
    for (version, want) in [
        ("go1.22.4", Some("1.22.4")),
        ("go1.20", Some("1.20")),
        ("go1.23.4-microsoft", Some("1.23.4")),
        ("go1.23.4-2-microsoft", Some("1.23.4")),
        ("go1.22.3 (Red Hat 1.22.3-1.el9)", Some("1.22.3")),
        ("go1.21.0+auto", Some("1.21.0")),
        ("go1.19.13b7", Some("1.19.13")),
        ("go1.21rc2", Some("1.21.0-rc.2")),
        ("go1.18beta1", Some("1.18.0-beta.1")),
        ("go1.21rc2-vendor", Some("1.21.0-rc.2")),
        ("devel go1.25-a1b2c3d Mon Jan 6 10:00:00 2025 +0000", None),
        ("devel +a1b2c3d4e5 Mon Jan 6 10:00:00 2025 +0000", None),
        ("go1.26-devel_a1b2c3d", None),
        ("go1.25-a1b2c3d", None),
        ("go1.25-tip", None),
        ("go1.25-pre4", None),
        ("go1.23.4x", None),
        ("go1", None),
        ("go1.", None),
        ("(devel)", None),
        ("", None),
    ] {
        let asked = queries(&package("golang", "stdlib", version), None);
        let want = match want {
            Some(want) => Ok(vec![OsvQuery::new("Go", "stdlib", want)]),
            None => Err(UncheckedReason::NoVersion),
        };
        assert_eq!(asked, want, "{version}");
    }
}

#[test]
fn what_is_the_projects_own_is_never_asked_about() {
    for kind in ["npm", "pypi", "nuget", "cargo", "deb"] {
        let own = Package { own: true, ..package(kind, "app", "1.0.0") };
        let debian = release("debian", "12");
        assert_eq!(queries(&own, Some(&debian)), Err(UncheckedReason::ProjectsOwn), "{kind}");
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
