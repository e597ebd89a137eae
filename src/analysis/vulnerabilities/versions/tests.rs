//! Every line of the published vectors.

use super::{compare, is_known};
use std::cmp::Ordering;
use std::path::Path;

/// Compares the vectors in `name` with the order of `ecosystem`; a line is `A < B`, `A = B` or `A > B`.
fn check(name: &str, ecosystem: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/osv/versions").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines = 0;
    let mut wrong = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with("# ") || line.starts_with("//") {
            continue;
        }
        let [a, sign, b] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let want = match sign {
            "<" => Ordering::Less,
            "=" => Ordering::Equal,
            ">" => Ordering::Greater,
            _ => panic!("{line}"),
        };
        lines += 1;
        let got = compare(ecosystem, a, b);
        if got != Some(want) || compare(ecosystem, b, a) != Some(want.reverse()) {
            wrong.push(format!("{line}: {got:?}"));
        }
    }
    assert!(lines > 5, "{name} has {lines} lines");
    let first: Vec<_> = wrong.iter().take(30).collect();
    assert!(wrong.is_empty(), "{} of {lines} in {name}: {first:#?}", wrong.len());
}

macro_rules! vectors {
    ($($test:ident: $ecosystem:literal, $($file:literal),+;)+) => { $(
        #[test]
        #[cfg_attr(not(has_shared), ignore = "needs ../shared")]
        fn $test() {
            $(check($file, $ecosystem);)+
        }
    )+ };
}

vectors! {
    alpine_sorts_as_apk: "Alpine:v3.18", "alpine-versions.txt", "alpine-versions-generated.txt";
    cran_sorts_as_r: "CRAN", "cran-versions.txt", "cran-versions-generated.txt";
    debian_sorts_as_dpkg: "Debian:12", "debian-versions.txt", "debian-versions-generated.txt";
    hackage_sorts_as_published: "Hackage", "hackage-versions.txt";
    maven_sorts_as_maven: "Maven", "maven-versions.txt", "maven-versions-generated.txt";
    nuget_sorts_as_published: "NuGet", "nuget-versions.txt";
    packagist_sorts_as_php: "Packagist", "packagist-versions.txt", "packagist-versions-generated.txt";
    pub_sorts_as_published: "Pub", "pub-versions.txt";
    pypi_sorts_as_packaging: "PyPI", "pypi-versions.txt", "pypi-versions-generated.txt";
    red_hat_sorts_as_rpm: "Red Hat", "redhat-versions.txt";
    rubygems_sorts_as_gem: "RubyGems", "rubygems-versions.txt", "rubygems-versions-generated.txt";
    npm_sorts_as_semver: "npm", "semver-versions.txt";
    go_sorts_as_semver: "Go", "semver-versions.txt";
}

#[test]
fn an_ecosystem_without_an_order_gives_no_result() {
    assert_eq!(compare("GIT", "1", "2"), None);
    assert!(!is_known("Bottles"));
    assert_eq!(compare("Debian:12", &"1".repeat(1025), "1"), None);
}
