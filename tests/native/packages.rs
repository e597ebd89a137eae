//! Packages of every archive, compared with what the ecosystems' own tools and syft found.
//!
//! - `facts.json` `packages`, from `dpkg-query`, `rpm`, `go version -m`, or another program that reads the
//!   metadata: installed packages are exactly these.
//! - `facts.json` `syft`: every package that syft finds is in `packages` or `declared`, except for the
//!   differences in docs/packages.md, which `as_here` implements.

use crate::sessions;
use layerscope::session::native::Disk;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn shared() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures")
}

fn report(name: &str) -> Value {
    sessions::report(&Disk::open(&shared().join(name)).unwrap())
}

type Names = BTreeSet<(String, String)>;

/// Names and versions of installed packages of a type, in all images.
fn installed(report: &Value, kind: &str) -> Names {
    let images = report["images"].as_array().unwrap().iter();
    let packages = images.flat_map(|image| image["packages"].as_array().unwrap());
    let of_kind = packages.filter(|package| package["type"] == kind && package["removed"] == false);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    of_kind.map(|package| (text(&package["name"]), text(&package["version"]))).collect()
}

/// `name TAB version …` of each line.
fn names(lines: &Value) -> Names {
    let lines = lines.as_array().unwrap().iter().map(|line| line.as_str().unwrap());
    let fields = lines.map(|line| line.split('\t').collect::<Vec<_>>());
    fields.map(|fields| (fields[0].to_owned(), fields[1].to_owned())).collect()
}

fn check(name: &str) {
    let all = facts::load_all(&shared().join("facts.json"));
    let known = all["packages"][name].as_object().unwrap();
    let report = report(name);
    for (ecosystem, known) in known {
        let kind = match ecosystem.as_str() {
            "dpkg" | "dpkg_status_d" => "deb",
            "apk" => "apk",
            "rpm" => "rpm",
            "npm" => "npm",
            "python" => "pypi",
            "gem" => "gem",
            "composer" => "composer",
            "go" => {
                for binary in known["binaries"].as_object().unwrap().values() {
                    let missing: Vec<_> = names(&binary["modules"])
                        .difference(&installed(&report, "golang"))
                        .cloned()
                        .collect();
                    assert!(missing.is_empty(), "{name}, go: {missing:?}");
                }
                continue;
            }
            "java_archives" => continue, // names of files: held by syft's list
            other => panic!("{name}: facts of {other}"),
        };
        if known["installed"].is_array() {
            assert_eq!(installed(&report, kind), names(&known["installed"]), "{name}, {ecosystem}");
        }
    }
}

macro_rules! archives {
    ($($test:ident: $name:literal,)*) => {
        $(
            #[test]
            #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
            fn $test() {
                check($name);
            }
        )*
    };
}

archives! {
    apk_of_alpine: "alpine-app-public.skopeo-zstd.oci.tar",
    dpkg_of_debian: "debmini.skopeo-gzip.oci.tar",
    dpkg_of_distroless: "distroless.crane-append.docker.tar",
    dpkg_and_go_of_ko: "ko.ko.docker.tar",
    many_languages: "polyglot-public.skopeo-zstd.oci.tar",
    rpm_in_berkeley_db: "rpm-bdb.podman.oci.tar",
    rpm_in_sqlite: "rpm-sqlite.podman.oci.tar",
}

/// Converts a row of syft to our terms.
fn as_here(row: &str) -> (String, String, String) {
    let fields: Vec<&str> = row.split('\t').collect();
    let (kind, name, version) = (fields[0], fields[1], fields[2]);
    let kind = match kind {
        "go-module" => "golang",
        "java-archive" => "maven",
        "python" => "pypi",
        "php-composer" => "composer",
        "rust-crate" => "cargo",
        "dotnet" => "nuget",
        "binary" => "generic",
        same => same,
    };
    // `go version -m` prints this for a program built from a checkout.
    let version = if version == "UNKNOWN" { "(devel)" } else { version };
    (kind.to_owned(), plain(name), version.to_owned())
}

/// syft normalises Python names as PyPI does.
fn plain(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn every_package_that_syft_finds_is_found() {
    let all = facts::load_all(&shared().join("facts.json"));
    let mut missing = Vec::new();
    let mut held = 0;
    for (name, archive) in all["archives"].as_object().unwrap() {
        let Some(rows) = archive["syft"]["packages"].as_array().filter(|rows| !rows.is_empty())
        else {
            continue;
        };
        let report = report(name);
        let images = report["images"].as_array().unwrap().iter();
        let lists = images.flat_map(|image| [&image["packages"], &image["declared"]]);
        let packages = lists.flat_map(|list| list.as_array().unwrap());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let found: BTreeSet<_> = packages
            .map(|p| (text(&p["type"]), plain(&text(&p["name"])), text(&p["version"])))
            .collect();
        for row in rows {
            held += 1;
            let row = as_here(row.as_str().unwrap());
            if !found.contains(&row) {
                missing.push(format!("{name}: {row:?}"));
            }
        }
    }
    assert!(held > 200 && missing.is_empty(), "{} of {held}: {missing:#?}", missing.len());
}
