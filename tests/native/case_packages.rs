//! Packages in situations in which other tools were wrong: `../shared/cases`. Further members of the same kinds are in
//! `made_packages.rs`, and in the catalogers' own tests.

use crate::sessions;
use layerscope::protocol::{AnswersQueries, CheckFacts, VulnerabilityCheck};
use layerscope::session::native::Disk;
use layerscope::vocabulary::{ImagePosition, UncheckedReason};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases").join(name)
}

/// `TYPE NAME VERSION`, then what is special about it, then its places; `-` before one that is removed.
fn line(package: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut words = vec![text(&package["type"]), text(&package["name"]), text(&package["version"])];
    words.push(text(&package["state"]));
    words.push(if package["own"] == true { "own".to_owned() } else { String::new() });
    let removed = if package["removed"] == true { "-" } else { "" };
    words.retain(|word| !word.is_empty());
    format!("{removed}{}", words.join(" "))
}

/// The lines of a list (`packages`, `declared`) of all images.
pub fn lines(report: &Value, list: &str) -> Vec<String> {
    let images = report["images"].as_array().unwrap().iter();
    images.flat_map(|image| image[list].as_array().unwrap()).map(line).collect()
}

/// The places of the packages of this name, each with its layer.
pub fn places(report: &Value, name: &str) -> Vec<String> {
    let packages = report["images"][0]["packages"].as_array().unwrap().iter();
    let named = packages.filter(|package| package["name"] == name);
    let places = named.flat_map(|package| package["locations"].as_array().unwrap());
    places.map(|place| format!("{} {}", place["path"].as_str().unwrap(), place["layer"])).collect()
}

/// Codes of the warnings about packages.
pub fn warnings(report: &Value) -> Vec<&str> {
    let warnings = report["images"][0]["warnings"].as_array().unwrap().iter();
    let codes = warnings.filter_map(|warning| warning["code"].as_str());
    codes.filter(|code| code.starts_with("package")).collect()
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn packages_of_the_cases_are_as_they_should_be() {
    for (name, packages, declared) in [
        ("b08-uv.tar", &["pypi demo 1.0"][..], &[][..]),
        ("b08-uv-pruned.tar", &["pypi demo 1.0"], &[]),
        ("b08-dpkg.tar", &["deb bash 5.2.15-2"], &[]),
        (
            "d01-x.tar",
            &[
                "deb p0 1.0-1",
                "deb p1 1.1-1",
                "deb p4 1.4-1 unpacked",
                "deb p5 1.5-1 half-configured",
                "deb p6 1.6-1 triggers-pending",
                "deb p7 1.7-1 triggers-awaited",
                "deb p8 1.8-1 half-installed",
                "deb p9 1.9-1",
            ],
            &[],
        ),
        ("d04-wal.tar", &["rpm libssh 2.0-3.el10_2"], &[]),
        ("d06-x.tar", &["nuget Newtonsoft.Json 12.0.1", "nuget app 1.0.0 own"], &[]),
        ("d10-spdx.tar", &["bitnami geos 3.8.3", "bitnami postgresql 16.4.0-7"], &[]),
        ("d12-variants.tar", &["apk x 1-r0"], &[]),
        ("d14-x.tar", &["brew git 2.47.1"], &[]),
        (
            "d15-uv.tar",
            &[],
            &["pypi a 0.1.0 own", "pypi asks 2.32.3", "pypi b 0.1.0 own", "pypi from-git 1.0.0"],
        ),
        // What is in folders has no version there.
        ("d15-yarn4.tar", &[], &["npm resolve 1.22.8", "npm view-is 18.2.0"]),
        ("d16-mark8.tar", &[], &["pypi flask 3.0.0", "pypi requests 2.31.0"]),
        ("d16-two-bounds.tar", &[], &["pypi flask 3.0.0", "pypi requests 2.31.0"]),
    ] {
        let report = sessions::report(&Disk::open(&case(name)).unwrap());
        assert_eq!(lines(&report, "packages"), packages, "{name}");
        assert_eq!(lines(&report, "declared"), declared, "{name}");
        assert_eq!(warnings(&report), Vec::<&str>::new(), "{name}");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn a_package_is_at_every_name_that_its_files_have() {
    let cache = "/root/.cache/uv/archive-v0/Ab1/demo-1.0.dist-info/METADATA 0";
    let installed = "/usr/lib/python3.12/site-packages/demo-1.0.dist-info/METADATA 0";
    for name in ["b08-uv.tar", "b08-uv-pruned.tar"] {
        let report = sessions::report(&Disk::open(&case(name)).unwrap());
        assert_eq!(places(&report, "demo"), [cache, installed], "{name}");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn jars_without_a_pom_have_their_coordinates() {
    let report = sessions::report(&Disk::open(&case("d11-x.tar")).unwrap());
    let packages = report["images"][0]["packages"].as_array().unwrap().iter();
    let purls: Vec<&str> = packages.map(|package| package["purl"].as_str().unwrap()).collect();
    for want in [
        "pkg:maven/org.apache.tomcat/tomcat-catalina@10.1.54",
        "pkg:maven/com.atlassian.gadgets/atlassian-gadgets-api@8.1.1",
        "pkg:maven/io.projectreactor.netty/reactor-netty-core@1.0.25",
        "pkg:maven/com.microsoft.sqlserver/mssql-jdbc@12.2.1.jre11",
        "pkg:maven/org.apache.derby/derby@10.16.1.1",
        "pkg:maven/org.apache.commons/commons-lang3@3.14.0",
        "pkg:maven/com.google.guava/guava@33.2.1-jre",
        "pkg:maven/plugin@2.5.0",
        "pkg:maven/app",
    ] {
        assert!(purls.contains(&want), "{want}: {purls:#?}");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn the_distribution_is_found_behind_links() {
    let report = sessions::report(&Disk::open(&case("d12-variants.tar")).unwrap());
    let purl = &report["images"][0]["packages"][0]["purl"];
    assert_eq!(purl, "pkg:apk/fedora/x@1-r0?arch=x86_64&distro=fedora-30");
}

fn check(name: &str) -> CheckFacts {
    let disk = Disk::open(&case(name)).unwrap();
    let session = sessions::read(&disk);
    session.vulnerability_check(VulnerabilityCheck { image: ImagePosition(0) }).unwrap()
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn a_compiler_of_no_release_and_the_projects_own_are_counted_as_not_checked() {
    let local = (UncheckedReason::NoVersion, 1); // a module that was replaced by a folder
    assert_eq!(check("d09-suffix.tar").unchecked, [local]);
    assert_eq!(check("d09-tip.tar").unchecked, [(UncheckedReason::NoVersion, 2)]);
    assert_eq!(check("d06-x.tar").unchecked, [(UncheckedReason::ProjectsOwn, 1)]);
    let declared = check("d15-uv.tar");
    assert_eq!((declared.packages, declared.ecosystems.len()), (0, 0));
}
