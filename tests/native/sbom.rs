//! SBOMs that Layerscope writes, checked against the published schemas and with the formats' own programs;
//! and reading one that BuildKit's scanner attached.

use crate::sessions;
use flate2::read::GzDecoder;
use layerscope::analysis::packages::catalog::{CATALOGERS, Candidate};
use layerscope::analysis::packages::{CatalogFacts, Package, Release};
use layerscope::analysis::sbom::{
    Component, ComponentLocation, SbomDocument, SbomLayer, compare, cyclonedx, read, spdx,
};
use layerscope::oci::{DiffId, Digest, Platform};
use layerscope::protocol::{
    AnswersQueries, Document, DocumentKind, Documents, Export, ExportForm, PackageCounts, RowRange,
    SbomComparison, SbomTable,
};
use layerscope::session::{Session, native::Disk};
use layerscope::vocabulary::LayerPosition;
use serde_json::Value;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sbom")
}

fn gunzip(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(File::open(fixtures().join(name)).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

fn schema(name: &str) -> Value {
    serde_json::from_slice(&gunzip(name)).unwrap()
}

/// Alpine's package database, read by the cataloger.
fn alpine() -> CatalogFacts {
    let bytes = gunzip("alpine-3.10.installed.gz");
    let file = Candidate::at(b"lib/apk/db/installed");
    let reader = CATALOGERS.iter().find(|cataloger| (cataloger.wants)(&file)).unwrap();
    reader.read(&file, &bytes)
}

/// Packages with values that the formats treat specially.
fn odd() -> Vec<Package> {
    let named = |kind: &str, name: &str, version: &str| Package {
        kind: kind.to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        ..Package::default()
    };
    let licensed = |licences: &[&str], package: Package| Package {
        licenses: licences.iter().map(|&text| text.to_owned()).collect(),
        ..package
    };
    let hostile = "<b>\u{202e}\"\\\n\u{0}\u{1f600}é ()<>".to_owned();
    vec![
        licensed(&["BSD", "MIT OR GPL-2+", "MIT"], named("deb", "mixed", "1:2~rc1-3")),
        licensed(&["Expat", "GPL-2+ or Artistic"], named("deb", "mixed", "1:2~rc1-3")),
        licensed(&["MIT OR ISC", "Zlib"], named("npm", "@scope/name", "1.0.0")),
        licensed(&["LicenseRef-Callaway-BSD AND MIT"], named("rpm", "bash", "1:5.1-2")),
        licensed(&["Apache-2.0+"], named("cargo", "serde", "1.0.0+build")),
        licensed(&["GPL-2.0-only WITH Linux-syscall-note"], named("generic", "busybox", "1.35.0")),
        licensed(&["BSD ", "B S D", "B-S-D"], named("gem", "rake", "")),
        Package {
            namespace: "org.example".into(),
            digests: vec![format!("sha1:{}", "A".repeat(40)), "sha256:short".into(), "x".into()],
            inside: "BOOT-INF/lib/a.jar".into(),
            size: Some(5),
            ..named("maven", "a", "1")
        },
        Package {
            supplier: hostile.clone(),
            homepage: "javascript:alert(1)".into(),
            licenses: vec![hostile.clone()],
            ..named("pypi", &hostile, &hostile)
        },
        Package {
            supplier: "Debian GCC Maintainers <debian-gcc@lists.debian.org>".into(),
            homepage: "https://gcc.gnu.org/".into(),
            ..named("deb", "gcc-12-base", "12.2.0-14")
        },
    ]
}

fn release() -> Release {
    Release {
        id: "alpine".into(),
        version_id: "3.10.4".into(),
        pretty_name: "Alpine Linux v3.10".into(),
        ..Release::default()
    }
}

fn digest(text: &str) -> Option<Digest> {
    Some(Digest::of(text.as_bytes()))
}

fn document<'a>(packages: &'a [Package], release: &Release) -> SbomDocument<'a> {
    let layer = |name: &str| SbomLayer {
        diff_id: digest(name).map(DiffId),
        digest: digest(&format!("{name}.gz")),
    };
    let places = |at: usize| {
        let path = if at.is_multiple_of(2) { "lib/apk/db/installed" } else { "opt/\u{1f600}\"" };
        (0..=u32::from(at == 0))
            .map(|layer| ComponentLocation { path: path.to_owned(), layer: LayerPosition(layer) })
            .collect()
    };
    let component = |(at, package)| Component::new(package, Some(release), places(at));
    SbomDocument {
        tags: vec!["example.test:5000/team/app:1".into(), "app:2".into()],
        image_id: digest("configuration"),
        manifest_digest: digest("manifest"),
        platform: Platform {
            os: "linux".into(),
            architecture: "amd64".into(),
            ..Platform::default()
        },
        created: Some("2024-02-29T23:30:00.123456789-01:00".into()),
        layers: vec![layer("one"), layer("two")],
        release: Some(release.clone()),
        components: packages.iter().enumerate().map(component).collect(),
        ..SbomDocument::default()
    }
}

/// An image with Alpine's packages and the odd ones, an image without any data, and one with only its
/// configuration.
fn documents(check: impl Fn(&str, &SbomDocument<'_>)) {
    let mut packages = alpine().packages;
    packages.extend(odd());
    let release = release();
    check("full", &document(&packages, &release));
    check("empty", &SbomDocument::default());
    let few = SbomDocument {
        image_id: digest("configuration"),
        created: Some("once".into()),
        ..SbomDocument::default()
    };
    check("few", &few);
}

fn valid(validator: &jsonschema::Validator, text: &str) -> Vec<String> {
    let value: Value = serde_json::from_str(text).unwrap();
    validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

/// What a session exports of an archive, in a form.
fn exported(archive: &Path, form: ExportForm) -> String {
    let session = sessions::read(&Disk::open(archive).unwrap());
    let image = session.default_image();
    session.export(Export { image, form }).unwrap().text
}

/// Exports each archive, given by its path from the root, in both formats.
fn exports_satisfy_the_published_schemas(archives: &[&str]) {
    let spdx = jsonschema::validator_for(&schema("spdx-2.3.schema.json.gz")).unwrap();
    cyclonedx_validator(|cyclonedx| {
        for name in archives {
            let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
            for (form, validator) in [(ExportForm::Spdx, &spdx), (ExportForm::CycloneDx, cyclonedx)]
            {
                let text = exported(&archive, form);
                assert_eq!(valid(validator, &text), Vec::<String>::new(), "{name}");
                assert_eq!(exported(&archive, form), text, "a second export has the same bytes");
            }
        }
    });
}

#[test]
fn exports_of_the_sample_satisfy_the_published_schemas() {
    exports_satisfy_the_published_schemas(&["www/sample.tar"]);
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn exports_of_real_images_satisfy_the_published_schemas() {
    exports_satisfy_the_published_schemas(&[
        "../shared/fixtures/debmini.skopeo-gzip.oci.tar",
        "../shared/fixtures/polyglot-public.skopeo-zstd.oci.tar",
        "../shared/fixtures/rpm-sqlite.podman.oci.tar",
    ]);
}

fn cyclonedx_validator(check: impl FnOnce(&jsonschema::Validator)) {
    let mut parts = jsonschema::Registry::new();
    for name in ["spdx", "jsf-0.82"] {
        let uri = format!("http://cyclonedx.org/schema/{name}.schema.json");
        parts = parts.add(uri, schema(&format!("{name}.schema.json.gz"))).unwrap();
    }
    let parts = parts.prepare().unwrap();
    let options = jsonschema::options().should_validate_formats(true).with_registry(&parts);
    check(&options.build(&schema("bom-1.6.schema.json.gz")).unwrap());
}

#[test]
fn cyclonedx_satisfies_the_published_schema() {
    cyclonedx_validator(|validator| {
        documents(|name, document| {
            let text = cyclonedx::write(document).unwrap();
            assert_eq!(valid(validator, &text), Vec::<String>::new(), "{name}");
            let mut wrong: Value = serde_json::from_str(&text).unwrap();
            wrong["components"] = serde_json::json!([{ "type": "invented", "name": "a" }]);
            assert!(!validator.is_valid(&wrong), "the schema lets anything pass");
        });
    });
}

#[test]
fn spdx_satisfies_the_published_schema() {
    let validator = jsonschema::validator_for(&schema("spdx-2.3.schema.json.gz")).unwrap();
    documents(|name, document| {
        let text = spdx::write(document).unwrap();
        assert_eq!(valid(&validator, &text), Vec::<String>::new(), "{name}");
        let mut wrong: Value = serde_json::from_str(&text).unwrap();
        wrong["packages"][0]["primaryPackagePurpose"] = "INVENTED".into();
        assert!(!validator.is_valid(&wrong), "the schema lets anything pass");
    });
}

#[test]
#[cfg_attr(not(has_sbom_tools), ignore = "needs the SBOM formats' own programs")]
fn the_formats_own_programs_accept_the_documents() {
    let folder = std::env::temp_dir().join(format!("layerscope-sbom-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    documents(|name, document| {
        let path = |form: &str| folder.join(format!("{name}.{form}.json"));
        fs::write(path("cdx"), cyclonedx::write(document).unwrap()).unwrap();
        fs::write(path("spdx"), spdx::write(document).unwrap()).unwrap();
    });
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join(target).join("xtask/sbom-tools/bin/python");
    let output = Command::new(python).arg(fixtures().join("validate.py")).arg(&folder).output();
    let _ = fs::remove_dir_all(&folder);
    let output = output.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}

#[test]
fn documents_do_not_depend_on_the_order_of_reading() {
    let mut packages = alpine().packages;
    packages.extend(odd());
    let release = release();
    let one = document(&packages, &release);
    let mut other = one.clone();
    other.components.reverse();
    assert_eq!(cyclonedx::write(&one).unwrap(), cyclonedx::write(&other).unwrap());
    assert_eq!(spdx::write(&one).unwrap(), spdx::write(&other).unwrap());
    other.components.pop();
    let id = |text: String, key: &str| serde_json::from_str::<Value>(&text).unwrap()[key].clone();
    for (write, key) in [
        (cyclonedx::write as fn(&SbomDocument<'_>) -> _, "serialNumber"),
        (spdx::write, "documentNamespace"),
    ] {
        assert_ne!(id(write(&one).unwrap(), key), id(write(&other).unwrap(), key));
    }
}

#[test]
fn written_documents_can_be_read() {
    let packages = alpine().packages;
    assert!(packages.len() > 10);
    let release = release();
    let document = document(&packages, &release);
    let purls: Vec<&str> = document.components.iter().map(|one| &one.purl[..]).collect();
    for text in [cyclonedx::write(&document).unwrap(), spdx::write(&document).unwrap()] {
        let attached = read::read(text.as_bytes()).unwrap();
        assert_eq!(
            (attached.packages.len(), attached.unread, attached.cut),
            (packages.len(), 0, false)
        );
        assert_eq!(attached.created, "2024-03-01T00:30:00Z");
        let comparison = compare::compare(purls.iter().copied(), &attached);
        assert_eq!(
            comparison,
            compare::SbomComparison { same: packages.len(), ..Default::default() }
        );
    }
}

#[test]
fn the_image_is_named_as_the_purl_specification_does() {
    let document = document(&[], &Release::default());
    let text = cyclonedx::write(&document).unwrap();
    let bom: Value = serde_json::from_str(&text).unwrap();
    let manifest = document.manifest_digest.as_ref().unwrap();
    let want = format!(
        "pkg:oci/app@{manifest}?arch=amd64&repository_url=example.test:5000%2Fteam%2Fapp&tag=1"
    );
    assert_eq!(bom["metadata"]["component"]["purl"], want);
    assert_eq!(bom["metadata"]["timestamp"], "2024-03-01T00:30:00Z");
    assert_eq!(bom["dependencies"][0]["ref"], want);
}

#[test]
fn licences_are_identifiers_names_or_one_expression() {
    let packages = odd();
    let document = document(&packages, &Release::default());
    let bom: Value = serde_json::from_str(&cyclonedx::write(&document).unwrap()).unwrap();
    let spdx: Value = serde_json::from_str(&spdx::write(&document).unwrap()).unwrap();
    let of = |name: &str| {
        let list = bom["components"].as_array().unwrap();
        list.iter().find(|one| one["name"] == name).unwrap()["licenses"].clone()
    };
    let declared = |name: &str| {
        let list = spdx["packages"].as_array().unwrap();
        list.iter().find(|one| one["name"] == name).unwrap()["licenseDeclared"].clone()
    };
    assert_eq!(of("@scope/name")[0]["expression"], "(MIT OR ISC) AND Zlib");
    assert_eq!(declared("@scope/name"), "(MIT OR ISC) AND Zlib");
    assert_eq!(of("rake")[0]["license"]["name"], "BSD");
    let text = declared("rake").as_str().unwrap().to_owned();
    let ids: Vec<&str> = text.split(" AND ").collect();
    assert_eq!((ids.len(), ids[0], ids[2]), (3, "LicenseRef-BSD", "LicenseRef-B-S-D"));
    assert_ne!(ids[1], ids[2]);
    assert_eq!(of("gcc-12-base"), Value::Null);
    assert_eq!(declared("gcc-12-base"), "NOASSERTION");
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn sboms_attached_by_buildkit_are_read() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures");
    let name = "multi.buildkit-attest.oci.tar";
    let file = File::open(shared.join(name)).unwrap();
    let facts = facts::load(&shared.join("facts.json"), name);
    // What syft found in the image when the facts were made: type, name, version.
    let found = facts["syft"]["packages"].as_array().unwrap().clone();
    let (mut read_count, mut others) = (0, 0);
    for member in tar::Archive::new(file).entries().unwrap() {
        let mut bytes = Vec::new();
        member.unwrap().read_to_end(&mut bytes).unwrap();
        let Ok(statement) = serde_json::from_slice::<Value>(&bytes) else { continue };
        let Some(kind) = statement["predicateType"].as_str() else { continue };
        if !read::is_read(kind) {
            assert_eq!(read::read(&bytes).unwrap_err().code, "sbom-unreadable");
            others += 1;
            continue;
        }
        let attached = read::read(&bytes).unwrap();
        let listed: Vec<String> = attached
            .packages
            .iter()
            .map(|package| format!("binary\t{}\t{}", package.name, package.version))
            .collect();
        assert_eq!(listed, found, "{attached:?}");
        assert_eq!(attached.format, "SPDX 2.3");
        assert_eq!(attached.creators, ["Anchore, Inc"]);
        assert_eq!(attached.tools[1], "buildkit-v0.0.0+unknown");
        let subject = statement["subject"][0]["digest"]["sha256"].as_str().unwrap();
        assert_eq!(attached.subjects, [format!("sha256:{subject}")]);
        let comparison = compare::compare(["pkg:generic/busybox@1.36"], &attached);
        assert_eq!(comparison.other_version[0].claimed, ["1.35.0"]);
        read_count += 1;
    }
    assert_eq!((read_count, others), (3, 3));
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn an_attached_sbom_is_compared_with_the_packages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let archive = root.join("../shared/fixtures/multi.buildkit-attest.oci.tar");
    let session = sessions::read(&Disk::open(&archive).unwrap());
    let image = session.default_image();
    let layers = Default::default();
    let sboms = session.package_counts(PackageCounts { image, layers }).unwrap().sboms;
    assert_eq!(sboms.len(), 1, "one for this platform: {sboms:?}");
    let sbom = &sboms[0];
    assert_eq!((&*sbom.format, sbom.packages), ("SPDX 2.3", 1));
    assert!(sbom.digest.starts_with("sha256:") && sbom.key.starts_with("sbom-"), "{sbom:?}");
    assert!(sbom.makers.iter().any(|maker| maker.contains("buildkit")), "{sbom:?}");
    let comparison = |key: &str| {
        let rows = RowRange { first: 0, count: 100 };
        let table = SbomTable { image, key: key.to_owned(), rows, ..SbomTable::default() };
        session.sbom_comparison(SbomComparison { table })
    };
    // BuildKit's scanner, which is syft, names the busybox that is found here, and nothing else.
    let compared = comparison(&sbom.key).unwrap();
    assert_eq!((compared.same, compared.without_purl, compared.table.total_rows), (1, 0, 0));
    assert_eq!(compared.sbom, *sbom);
    assert_eq!(comparison("sbom-0").unwrap_err().code, "no-such-sbom");
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn the_documents_of_an_image_are_those_that_name_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let archive = root.join("../shared/fixtures/multi.buildkit-attest.oci.tar");
    let disk = Disk::open(&archive).unwrap();
    let session = Session::open("image", &disk).unwrap();
    let image = session.default_image();
    let lines = session.documents(Documents { image }).unwrap();
    use DocumentKind::{Attestation, AttestationManifest, Configuration, Index, Manifest};
    let kinds: Vec<_> = lines.iter().map(|line| line.kind).collect();
    let want =
        [Index, Index, Manifest, Configuration, AttestationManifest, Attestation, Attestation];
    assert_eq!(kinds, want, "{lines:#?}");
    let types: Vec<&str> = lines.iter().map(|line| &*line.media_type).collect();
    assert_eq!(types[3], "application/vnd.oci.image.config.v1+json");
    assert_eq!(types[5], "application/vnd.in-toto+json");
    for line in &lines {
        let digest = line.digest.clone();
        let document = session.document(Document { image, digest }).unwrap();
        assert_eq!(Digest::of(&document.bytes).as_str(), line.digest);
        assert_eq!((&document.line, document.problem), (line, None));
        assert_eq!(document.bytes.len() as u64, line.size);
        assert!(!document.lines.is_empty());
    }
}
