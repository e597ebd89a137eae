//! Real Java archives, compared with syft, a Maven repository, and the tools that made the archives.

use super::super::test_archives::{self, found_in, list, named};
use super::*;
use crate::analysis::packages::UnpackBudget;
use std::io::Write;
use std::path::{Path, PathBuf};

fn packages(path: &str, content: &[u8]) -> Vec<Package> {
    let found = test_archives::read(path, content, &[CATALOGER]);
    found.into_iter().flat_map(|(_, facts)| facts.packages).collect()
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/packages/archives/");
    std::fs::read(format!("{folder}{name}")).expect(name)
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn archives_in_images_have_what_syft_finds() {
    for (archive, want) in [
        (
            "polyglot-public.skopeo-zstd.oci.tar",
            "commons-collections 3.2.1\nfat 9.9.9\nlog4j-core 2.14.1\nsnakeyaml 1.26",
        ),
        ("jib.jib.docker.tar", "commons-lang3 3.8.1"),
    ] {
        let found = found_in(archive, &[CATALOGER]);
        assert_eq!(named(&found), list(want), "{archive}");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn an_archive_of_spring_boot_names_the_archives_in_it() {
    let found = found_in("polyglot-public.skopeo-zstd.oci.tar", &[CATALOGER]);
    let (_, facts) = found.iter().find(|(path, _)| path.ends_with("fat.jar")).unwrap();
    let all: Vec<_> =
        facts.packages.iter().map(|one| (&one.namespace[..], &one.inside[..])).collect();
    let want = [
        ("example.test", ""),
        ("commons-collections", "BOOT-INF/lib/commons-collections-3.2.1.jar"),
        ("org.yaml", "BOOT-INF/lib/snakeyaml-1.26.jar"),
    ];
    assert_eq!(all, want);
}

/// The jars below a folder.
fn jars(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            jars(&path, found);
        } else if path.extension().is_some_and(|end| end == "jar") {
            found.push(path);
        }
    }
}

/// The paths of a Maven repository tell the truth: `GROUP/ARTIFACT/VERSION/ARTIFACT-VERSION.jar`.
#[test]
#[cfg_attr(not(has_maven_repository), ignore = "needs Debian's Maven repository")]
fn jars_of_a_maven_repository_have_the_names_of_their_paths() {
    let repository = Path::new("/usr/share/maven-repo");
    let mut all = Vec::new();
    jars(repository, &mut all);
    let (mut tested, mut groups) = (0, 0);
    for path in &all {
        let place = path.strip_prefix(repository).unwrap().to_string_lossy().into_owned();
        let [group @ .., artifact, version, file] = &place.split('/').collect::<Vec<_>>()[..]
        else {
            continue;
        };
        // Debian's own version names are links to the files beside them. Further parts of a file name
        // describe the build.
        let is_plain = *file == format!("{artifact}-{version}.jar");
        if version.ends_with('x') || *version == "debian" || !is_plain {
            continue;
        }
        let found = packages(&place, &std::fs::read(path).unwrap());
        let own = found.iter().find(|one| one.inside.is_empty()).expect(&place);
        tested += 1;
        groups += usize::from(own.namespace == group.join("."));
        assert_eq!(own.name, *artifact, "{place}");
        // A snapshot's properties say which version it is a snapshot of.
        let version = version.trim_end_matches("-SNAPSHOT");
        assert_eq!(own.version.trim_end_matches("-SNAPSHOT"), version, "{place}");
    }
    // Without Maven properties and manifest, a group cannot be known.
    assert!(tested > 10 && groups * 10 >= tested * 7, "{groups} groups of {tested} are right");
}

#[test]
fn a_shaded_archive_lists_what_was_unpacked_into_it() {
    let found = packages("opt/app/tool-1.0.jar", &fixture("tool-1.0.jar"));
    let all: Vec<_> = found
        .iter()
        .map(|one| [&one.namespace[..], &one.name, &one.version, &one.inside])
        .collect();
    let want = [
        ["example.test", "tool", "1.0", ""],
        ["example.shaded", "first", "2.0.1", "META-INF/maven/example.shaded/first/pom.properties"],
        ["example.shaded", "second", "3", "META-INF/maven/example.shaded/second/pom.properties"],
    ];
    assert_eq!(all, want);
    assert_eq!(found[0].licenses, ["Apache-2.0", "MIT"]);
    assert_eq!(found[0].supplier, "A vendor whose name is longer than a line of a manifest may be");
}

#[test]
fn a_nested_archive_has_its_path() {
    let found = packages("srv/shop.ear", &fixture("shop.ear"));
    let all: Vec<_> =
        found.iter().map(|one| (&one.name[..], &one.version[..], &one.inside[..])).collect();
    let want = [
        ("shop", "4.2", ""),
        ("web", "", "web.war"),
        ("tool", "1.0", "web.war!/WEB-INF/lib/tool-1.0.jar"),
        (
            "first",
            "2.0.1",
            "web.war!/WEB-INF/lib/tool-1.0.jar!/META-INF/maven/example.shaded/first/pom.properties",
        ),
        (
            "second",
            "3",
            "web.war!/WEB-INF/lib/tool-1.0.jar!/META-INF/maven/example.shaded/second/pom.properties",
        ),
    ];
    assert_eq!(all, want);
}

#[test]
fn file_names_are_split_as_syft_splits_them() {
    // Examples of syft's documentation of its rule, and names in Maven's repository.
    for (file, name, version) in [
        ("some-package-4.0.1.jar", "some-package", "4.0.1"),
        ("prefix.thing-4.jar", "prefix.thing", "4"),
        ("my-http2-server-5.jar", "my-http2-server", "5"),
        ("jetpack-build235-rc5.jar", "jetpack", "build235-rc5"),
        ("ironman-r4-2009.jar", "ironman", "r4-2009"),
        ("guava-31.1-jre.jar", "guava", "31.1-jre"),
        ("org.eclipse.core.jobs_3.13.0.v2022.jar", "org.eclipse.core.jobs", "3.13.0.v2022"),
        ("app.jar", "app", ""),
        ("1.0.jar", "", ""),
    ] {
        let split = FileName::of(file);
        assert_eq!((split.name, split.version), (name, version), "{file}");
    }
}

#[test]
fn nesting_beyond_the_limit_gives_a_warning() {
    let found = test_archives::read("deep.jar", &nested(12), &[CATALOGER]);
    let facts = &found[0].1;
    let warning = facts.warnings.first().and_then(|problem| problem.found.clone());
    assert!(
        warning.is_some_and(|found| found.ends_with("archives are nested too deep")),
        "{facts:?}"
    );
}

/// A jar in a jar in a jar …, `depth` of them.
fn nested(depth: u32) -> Vec<u8> {
    let inner = b"not an archive".to_vec();
    (0..depth).fold(inner, |inner, level| jar_of(&format!("jar{level}.jar"), &inner))
}

/// A jar of one file.
fn jar_of(name: &str, content: &[u8]) -> Vec<u8> {
    let mut jar = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut jar);
    let (mut entry, config) = archive
        .new_file(name)
        .compression_method(rawzip::CompressionMethod::STORE)
        .start()
        .unwrap();
    let mut writer = config.wrap(&mut entry);
    writer.write_all(content).unwrap();
    let (_, descriptor) = writer.finish().unwrap();
    entry.finish(descriptor).unwrap();
    archive.finish().unwrap();
    jar
}

#[test]
fn texts_in_an_archive_may_have_a_byte_order_mark() {
    let encodings: [fn(&str) -> Vec<u8>; 3] = [
        |text| text.as_bytes().to_vec(),
        |text| text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        |text| text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
    ];
    let pom = "META-INF/maven/g/demo/pom.properties";
    let manifest = "META-INF/MANIFEST.MF";
    for encode in encodings {
        for (name, text) in [
            (pom, "groupId=g\nartifactId=demo\nversion=1.0\n"),
            (manifest, "Implementation-Title: demo\r\nImplementation-Version: 1.0\r\n"),
        ] {
            let jar = jar_of(name, &encode(&format!("\u{feff}{text}")));
            let found = packages("app/demo.jar", &jar);
            let found: Vec<_> = found.iter().map(|one| (&*one.name, &*one.version)).collect();
            assert_eq!(found, [("demo", "1.0")], "{name}");
        }
    }
}

#[test]
fn changed_bytes_give_at_worst_a_warning() {
    let whole = fixture("shop.ear");
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] = !bytes[at];
        let _ = packages("srv/shop.ear", &bytes);
        let _ = packages("srv/shop.ear", &whole[..at]);
    }
}

/// A zip of stored entries without checks of their contents.
fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let at = out.len() as u32;
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let mut fields = Vec::new();
        fields.extend([20, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        fields.extend(crc.sum().to_le_bytes());
        (0..2).for_each(|_| fields.extend((content.len() as u32).to_le_bytes()));
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend([0, 0]);
        out.extend([b"PK\x03\x04", &fields[..], name.as_bytes(), content].concat());
        directory
            .extend([&b"PK\x01\x02\x14\0"[..], &fields[..], &[0; 10], &at.to_le_bytes()].concat());
        directory.extend(name.as_bytes());
    }
    let count = (entries.len() as u16).to_le_bytes();
    let (size, at) = ((directory.len() as u32).to_le_bytes(), (out.len() as u32).to_le_bytes());
    out.extend(directory);
    out.extend([b"PK\x05\x06", &[0; 4][..], &count, &count, &size, &at, &[0, 0]].concat());
    out
}

#[test]
fn paths_within_a_file_end_at_the_limit_of_its_facts() {
    let pom = b"groupId=a\nartifactId=b\nversion=1\n";
    let names: Vec<String> =
        (0..2000).map(|n| format!("META-INF/maven/{n}/pom.properties")).collect();
    let poms: Vec<(&str, &[u8])> = names.iter().map(|name| (&name[..], &pom[..])).collect();
    let long = "n".repeat(60_000) + ".jar";
    let archive = |depth: usize| (0..depth).fold(zip(&poms), |inner, _| zip(&[(&long, &inner)]));
    let read = |depth: usize| {
        let bytes = archive(depth);
        let file = Candidate { size: bytes.len() as u64, ..Candidate::at(b"a.jar") };
        super::read(&file, &bytes)
    };
    let shallow = read(0);
    assert_eq!((shallow.packages.len(), shallow.warnings.len()), (2000, 0));
    let deep = read(6);
    let bytes: usize = deep.packages.iter().map(|package| package.inside.len()).sum();
    assert!(bytes < 64 << 20 && !deep.packages.is_empty(), "{bytes} bytes");
    assert_eq!(deep.warnings.len(), 1, "{:?}", deep.warnings);
}

#[test]
fn archives_of_a_layer_share_what_is_taken_out_of_them() {
    let inner = zip(&[("META-INF/MANIFEST.MF", &[b' '; 1 << 20])]);
    let bytes = zip(&[("a.jar", &inner)]);
    let budget = UnpackBudget::of_one((1 << 18) + 4096); // what one of them takes, and a little
    let file = Candidate { unpacking: Some(&budget), ..Candidate::at(b"a.jar") };
    let warnings = |_| super::read(&file, &bytes).warnings.len();
    assert_eq!((0..2).map(warnings).collect::<Vec<_>>(), [0, 1]);
}
