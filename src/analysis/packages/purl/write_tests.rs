//! Compared with published PURLs: for each type the canonical ones of the specification
//! (package-url/purl-spec), and syft's where the specification is silent.

use super::*;

fn package(kind: &str, name: &str, version: &str) -> Package {
    let [kind, name, version] = [kind, name, version].map(str::to_owned);
    Package { kind, name, version, ..Package::default() }
}

fn release(id: &str, version: &str) -> Release {
    Release { id: id.into(), version_id: version.into(), ..Release::default() }
}

fn decode(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

/// Splits a canonical PURL into a package as a cataloger would return it.
fn apart(purl: &str) -> Package {
    let (path, qualifiers) = purl.split_once('?').unwrap_or((purl, ""));
    let (kind, path) = path.strip_prefix("pkg:").unwrap().split_once('/').unwrap();
    let (path, version) = path.split_once('@').unwrap_or((path, ""));
    let (namespace, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut package = package(kind, &decode(name), &decode(version));
    package.namespace = decode(namespace);
    for pair in qualifiers.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap();
        match (kind, key) {
            (_, "arch") => package.architecture = decode(value),
            ("rpm", "epoch") => package.version = format!("{value}:{}", package.version),
            _ => package.qualifiers.insert(0, (key.to_owned(), decode(value))),
        }
    }
    package
}

#[test]
fn canonical_purls_are_written_as_in_the_specification() {
    for want in [
        "pkg:alpm/arch/containers-common@1:0.47.4-4?arch=x86_64",
        "pkg:apk/alpine/apk@2.12.9-r3?arch=x86",
        "pkg:bitnami/wordpress@6.2.0?arch=arm64&distro=photon-4",
        "pkg:cargo/structopt@0.3.11",
        "pkg:composer/laravel/laravel@5.5.0",
        "pkg:conda/absl-py@0.4.1?build=py36h06a4308_0&channel=main&subdir=linux-64&type=tar.bz2",
        "pkg:cpan/DROLSKY/DateTime@1.55",
        "pkg:cpan/libwww-perl@6.76?author=OALDERS",
        "pkg:cran/rJava@1.0-4",
        "pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64",
        "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
        "pkg:deb/ubuntu/dpkg@1.19.0.4?arch=amd64",
        "pkg:gem/jruby-launcher@1.1.2?platform=java",
        "pkg:generic/bitwarderl?vcs_url=git%2Bhttps:%2F%2Fgit.fsfe.org%2Fdxtr%2Fbitwarderl%40cc55108da32",
        "pkg:generic/openssl@1.1.10g?checksum=sha1:ad9503c3e994a4f%2Csha256:41bf9088b3a1e6c1ef1d",
        "pkg:golang/github.com/gorilla/context@234fd47e07d1004f0aed9c",
        "pkg:hex/acme/foo@2.3.",
        "pkg:hex/bar@1.2.3?repository_url=https:%2F%2Fmyrepo.example.com",
        "pkg:luarocks/hisham/luafilesystem@1.8.0-1",
        "pkg:luarocks/luasocket@3.1.0-1",
        "pkg:maven/HTTPClient/HTTPClient@0.3-3",
        "pkg:maven/mygroup/myartifact@1.0.0%20Final?mykey=my%20value",
        "pkg:maven/org.apache.xmlgraphics/batik-anim@1.9.1?classifier=dist&type=zip",
        "pkg:npm/%40angular/animation@12.3.1",
        "pkg:npm/foobar@12.3.1",
        "pkg:nuget/EnterpriseLibrary.Common@6.0.1304",
        "pkg:pub/characters@1.2.0",
        "pkg:pypi/django@1.11.1?file_name=Django-1.11.1-py2.py3-none-any.whl",
        "pkg:rpm/fedora/centerim@4.22.10-1.el6?arch=i686&distro=fedora-25&epoch=1",
        "pkg:swift/github.com/RxSwiftCommunity/RxFlow@2.12.4",
    ] {
        assert_eq!(write(&apart(want), None), want);
    }
}

#[test]
fn case_insensitive_names_are_lowercased() {
    // The specification's rules for a type's name and namespace, and types that keep the case.
    for (kind, namespace, name, want) in [
        ("alpm", "Arch", "Pacman", "pkg:alpm/arch/pacman"),
        ("composer", "Laravel", "Laravel", "pkg:composer/laravel/laravel"),
        ("hex", "Acme", "Foo", "pkg:hex/acme/foo"),
        ("luarocks", "Hisham", "LuaFileSystem", "pkg:luarocks/hisham/luafilesystem"),
        ("pypi", "", "Django_package", "pkg:pypi/django-package"),
        ("pub", "", "Flutter-Web", "pkg:pub/flutter_web"),
        ("cpan", "gdt", "URI::PackageURL", "pkg:cpan/GDT/URI-PackageURL"),
        ("rpm", "Fedora", "GConf2", "pkg:rpm/fedora/GConf2"),
        ("npm", "", "JSONStream", "pkg:npm/JSONStream"),
        ("nuget", "", "Newtonsoft.Json", "pkg:nuget/Newtonsoft.Json"),
    ] {
        let namespace = namespace.to_owned();
        assert_eq!(write(&Package { namespace, ..package(kind, name, "") }, None), want);
    }
}

#[test]
fn names_of_two_parts_include_their_namespace() {
    for (kind, name, version, want) in [
        ("npm", "@babel/parser", "7.20.0", "pkg:npm/%40babel/parser@7.20.0"),
        (
            "golang",
            "github.com/Azure/go-autorest",
            "v14.2.0+incompatible",
            "pkg:golang/github.com/Azure/go-autorest@v14.2.0%2Bincompatible",
        ),
        ("golang", "stdlib", "go1.26.8", "pkg:golang/stdlib@1.26.8"),
        ("golang", "example.test/app", "(devel)", "pkg:golang/example.test/app"),
        (
            "swift",
            "github.com/Alamofire/Alamofire",
            "5.4.3",
            "pkg:swift/github.com/Alamofire/Alamofire@5.4.3",
        ),
        ("composer", "laravel/laravel", "5.5.0", "pkg:composer/laravel/laravel@5.5.0"),
        ("wordpress-plugin", "akismet", "5.3", "pkg:wordpress-plugin/akismet@5.3"),
    ] {
        assert_eq!(write(&package(kind, name, version), Some(&release("debian", "12"))), want);
    }
}

#[test]
fn system_packages_are_named_as_in_syft() {
    let with = |kind: &str, arch: &str, source: (&str, &str)| Package {
        architecture: arch.to_owned(),
        source: (!source.0.is_empty()).then(|| (source.0.to_owned(), source.1.to_owned())),
        ..package(kind, "p", "v")
    };
    for (package, release, want) in [
        (
            with("deb", "a", ("", "")),
            release("ubuntu", "16.04"),
            "pkg:deb/ubuntu/p@v?arch=a&distro=ubuntu-16.04",
        ),
        (
            with("deb", "", ("s", "")),
            release("debian", "11"),
            "pkg:deb/debian/p@v?distro=debian-11&upstream=s",
        ),
        (
            with("deb", "", ("s", "2.3")),
            release("debian", "11"),
            "pkg:deb/debian/p@v?distro=debian-11&upstream=s%402.3",
        ),
        (
            with("apk", "a", ("origin", "")),
            release("alpine", "3.4.6"),
            "pkg:apk/alpine/p@v?arch=a&distro=alpine-3.4.6&upstream=origin",
        ),
        (
            with("apk", "a", ("p", "")),
            release("wolfi", "20221230"),
            "pkg:apk/wolfi/p@v?arch=a&distro=wolfi-20221230",
        ),
        (
            with("rpm", "x86_64", ("", "")),
            release("rhel", "8.4"),
            "pkg:rpm/redhat/p@v?arch=x86_64&distro=rhel-8.4",
        ),
        (
            with("rpm", "noarch", ("", "")),
            release("opensuse-leap", "15.2"),
            "pkg:rpm/opensuse/p@v?arch=noarch&distro=opensuse-leap-15.2",
        ),
        (
            with("alpm", "any", ("", "")),
            release("arch", ""),
            "pkg:alpm/arch/p@v?arch=any&distro=arch",
        ),
    ] {
        assert_eq!(write(&package, Some(&release)), want);
    }
}

#[test]
fn stores_and_ebuilds_belong_to_no_distribution() {
    let nixos = release("nixos", "22.05");
    let ebuild = package("ebuild", "app-admin/eselect", "1.4.15");
    assert_eq!(write(&ebuild, Some(&nixos)), "pkg:ebuild/app-admin%2Feselect@1.4.15");
    let hash = "h0cnbmfcn93xm5dg2x27ixhag1cwndga";
    let pairs = [("outputhash", hash), ("output", "bin")];
    let qualifiers = pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
    let glibc = Package { qualifiers, ..package("nix", "glibc", "2.34-210") };
    let want = format!("pkg:nix/glibc@2.34-210?output=bin&outputhash={hash}");
    assert_eq!(write(&glibc, Some(&nixos)), want);
}
