//! Compared with the specification's test cases.

use super::*;
use crate::analysis::packages::purl::write;
use flate2::read::GzDecoder;
use serde_json::Value;

/// Types with rules of their own that reject or rewrite names, which are read here unchanged. None of these
/// types occurs among an image's own packages.
const LENIENT: &[&str] = &[
    "chrome-extension",
    "cpan",
    "git",
    "huggingface",
    "julia",
    "mlflow",
    "otp",
    "swift",
    "vcpkg",
    "vscode-extension",
];

/// Cases that reject upper case in a qualifier's key, while the cases for Maven accept it.
const DISPUTED: &[&str] = &[
    "pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25",
    "pkg:gem/jruby-launcher@1.1.2?Platform=java",
];

#[test]
fn the_specifications_cases_are_read_as_it_requires() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sbom/purl-tests.json.gz");
    let file = std::fs::File::open(path).unwrap();
    let cases: Vec<Value> = serde_json::from_reader(GzDecoder::new(file)).unwrap();
    assert!(cases.len() > 150);
    let mut wrong = Vec::new();
    for case in &cases {
        let input = case["input"].as_str().unwrap();
        let found = parse(input);
        let want = (case["expected_failure"] == false).then(|| expected(&case["expected_output"]));
        let kind = found.as_ref().map_or("", |purl| &purl.kind);
        if found != want && !LENIENT.contains(&kind) && !DISPUTED.contains(&input) {
            wrong.push(format!("{input}\n  found {found:?}\n  want  {want:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn expected(output: &Value) -> Purl {
    let text = |key: &str| output[key].as_str().unwrap_or_default().to_owned();
    let mut qualifiers: Vec<(String, String)> = match output["qualifiers"].as_object() {
        Some(map) => map.iter().map(|(k, v)| (k.clone(), v.as_str().unwrap().to_owned())).collect(),
        None => Vec::new(),
    };
    qualifiers.sort();
    Purl {
        kind: text("type"),
        namespace: text("namespace"),
        name: text("name"),
        version: text("version"),
        qualifiers,
        subpath: text("subpath"),
    }
}

#[test]
fn a_package_read_from_a_purl_has_that_purl() {
    for text in [
        "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12&upstream=glibc%402.36",
        "pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64&distro=alpine-3.18",
        "pkg:rpm/fedora/bash@5.1-2?arch=x86_64&epoch=1&upstream=bash-5.1-3.src.rpm",
        "pkg:npm/%40babel/parser@7.20.0",
        "pkg:golang/golang.org/x/text@v0.3.0",
        "pkg:maven/org.apache.commons/io@1.3.4?type=jar",
        "pkg:pypi/jinja2@2.10",
        "pkg:composer/monolog/monolog@3.0.0",
    ] {
        assert_eq!(write(&parse(text).unwrap().package(), None), text);
    }
}

proptest::proptest! {
    #[test]
    fn a_purl_is_read_from_any_text_without_harm(
        text in "(pkg:)?([a-z]{1,5}/)?([%/@#?&=:.a-zé-]|%[0-9a-fA-F]{2}){0,20}",
    ) {
        if let Some(read) = parse(&text) {
            proptest::prop_assert!(!read.name.is_empty() && text.starts_with("pkg:"));
            let _ = write(&read.package(), None);
        }
    }
}
