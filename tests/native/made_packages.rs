//! Packages in images made by hand: files under several names, logs beside databases, members of workspaces. Each image
//! is packed in several ways, which must agree.

use crate::case_packages::{lines, places, warnings};
use crate::sessions;
use flate2::Compression;
use flate2::write::GzEncoder;
use layerscope::protocol::{AnswersQueries, PackageDetails, VulnerabilityCheck};
use layerscope::session::native::Memory;
use layerscope::vocabulary::{ImagePosition, UncheckedReason};
use serde_json::Value;
use std::io::{Read, Write};
use std::path::Path;

/// A file with its content, or a link: `->` and `=>` before the target of a symbolic and a hard link.
type Member<'a> = (&'a str, &'a [u8]);

fn tar(members: &[Member<'_>]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        let link = match content {
            [b'-', b'>', target @ ..] => Some((tar::EntryType::Symlink, target)),
            [b'=', b'>', target @ ..] => Some((tar::EntryType::Link, target)),
            _ => None,
        };
        if let Some((kind, target)) = link {
            header.set_entry_type(kind);
            header.set_size(0);
            let target = std::str::from_utf8(target).unwrap();
            builder.append_link(&mut header, name, target).unwrap();
        } else {
            header.set_size(content.len() as u64);
            builder.append_data(&mut header, name, *content).unwrap();
        }
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// An archive of one image for each list of layers; equal layers are one file.
fn archive(images: &[&[&[Member<'_>]]], pack: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut add = |name: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, bytes).unwrap();
    };
    let mut layers: Vec<Vec<u8>> = Vec::new();
    let mut manifest = Vec::new();
    for (number, image) in images.iter().enumerate() {
        let names = image.iter().map(|members| {
            let layer = pack(&tar(members));
            let at = layers.iter().position(|known| *known == layer).unwrap_or_else(|| {
                layers.push(layer);
                layers.len() - 1
            });
            format!("l{at}")
        });
        let names: Vec<String> = names.collect();
        let (config, tag) = (format!("c{number}"), format!("x:{number}"));
        manifest.push(serde_json::json!({"Config": config, "RepoTags": [tag], "Layers": names}));
    }
    for number in 0..images.len() {
        add(&format!("c{number}"), format!("{{\"number\":{number}}}").as_bytes());
    }
    add("manifest.json", Value::from(manifest).to_string().as_bytes());
    for (at, layer) in layers.iter().enumerate() {
        add(&format!("l{at}"), layer);
    }
    builder.into_inner().unwrap()
}

fn plain(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

/// The report over an image of these layers, the same however they are packed.
fn report(layers: &[&[Member<'_>]]) -> Value {
    let mut reports = Vec::new();
    for archive in
        [archive(&[layers], plain), archive(&[layers], gzip), gzip(&archive(&[layers], plain))]
    {
        let report = sessions::report(&Memory::one(archive));
        let packages = report["images"][0]["packages"].clone();
        assert!(reports.iter().all(|(_, known)| *known == packages), "{packages:#}");
        reports.push((report, packages));
    }
    reports.swap_remove(0).0
}

const STATUS: &[u8] =
    b"Package: bash\nStatus: install ok installed\nVersion: 5.2\nArchitecture: amd64\n";
const STATUS_PATH: &str = "var/lib/dpkg/status";

#[test]
fn a_database_behind_links_is_found_as_the_tree_is_after_each_layer() {
    // The layers, the packages, and the place of the one that there is.
    type LinkCase<'a> = (&'a [&'a [Member<'a>]], &'a [&'a str], &'a str);
    let cases: &[LinkCase<'_>] = &[
        (
            &[&[("a/status", STATUS), (STATUS_PATH, b"=>a/status")], &[("a/.wh.status", b"")]],
            &["deb bash 5.2"],
            "/var/lib/dpkg/status 0",
        ),
        // The hard link is of a later layer than the file.
        (
            &[&[("a/status", STATUS)], &[(STATUS_PATH, b"=>a/status")], &[(".wh.a", b"")]],
            &["deb bash 5.2"],
            "/var/lib/dpkg/status 1",
        ),
        // Through a link to the folder; the file is removed later.
        (
            &[&[("data/d/status", STATUS)], &[("var/lib/dpkg", b"->/data/d")]],
            &["deb bash 5.2"],
            "/data/d/status 1",
        ),
        (
            &[&[("data/d/status", STATUS), ("var/lib/dpkg", b"->/data/d")], &[(".wh.data", b"")]],
            &["-deb bash 5.2"],
            "/data/d/status 0",
        ),
        // Two paths lead there.
        (
            &[&[("data/status", STATUS), ("var", b"->/v")], &[("v/lib/dpkg", b"->/data")]],
            &["deb bash 5.2"],
            "/data/status 1",
        ),
        // The link is removed, and what it led to is nothing by itself.
        (
            &[
                &[("data/d/status", STATUS), ("var/lib/dpkg", b"->/data/d")],
                &[("var/.wh.lib", b"")],
            ],
            &["-deb bash 5.2"],
            "/data/d/status 0",
        ),
        // A hard link to a symbolic link is that link under another name.
        (
            &[&[("data/s", STATUS), ("data/l", b"->/data/s"), (STATUS_PATH, b"=>data/l")]],
            &["deb bash 5.2"],
            "/var/lib/dpkg/status 0",
        ),
        (
            &[
                &[("data/s", STATUS), ("data/l", b"->/data/s")],
                &[(STATUS_PATH, b"=>data/l")],
                &[("data/.wh.l", b"")],
                &[("data/.wh.s", b"")],
            ],
            &["-deb bash 5.2"],
            "/var/lib/dpkg/status 1",
        ),
        // A link to the file itself.
        (
            &[&[("data/s", STATUS), (STATUS_PATH, b"->../../../data/s")]],
            &["deb bash 5.2"],
            "/var/lib/dpkg/status 0",
        ),
    ];
    for (layers, want, place) in cases {
        let report = report(layers);
        assert_eq!(lines(&report, "packages"), *want, "{place}");
        assert_eq!(places(&report, "bash"), [*place]);
    }
}

#[test]
fn a_program_that_lost_its_first_name_is_still_there() {
    let program = std::fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/packages/programs/rust-crates.elf"),
    )
    .unwrap();
    let first: &[Member<'_>] = &[("opt/a", &program), ("usr/bin/b", b"=>opt/a")];
    let both = report(&[first]);
    assert_eq!(places(&both, "itoa"), ["/opt/a 0"], "one file, one place");
    let one = report(&[first, &[("opt/.wh.a", b"")]]);
    assert_eq!(places(&one, "itoa"), ["/usr/bin/b 0"]);
    assert!(lines(&one, "packages").contains(&"cargo itoa 1.0.19".to_owned()));
    let none = report(&[first, &[("opt/.wh.a", b""), ("usr/.wh.bin", b"")]]);
    assert!(lines(&none, "packages").contains(&"-cargo itoa 1.0.19".to_owned()));
}

#[test]
fn files_belong_to_a_package_under_the_name_of_its_list() {
    let list: &[u8] = b"/.\n/usr\n/usr/bin\n/usr/bin/bash\n";
    let members: &[Member<'_>] = &[
        ("x/status", STATUS),
        ("x/list", list),
        ("usr/bin/bash", b"#"),
        (STATUS_PATH, b"=>x/status"),
        ("var/lib/dpkg/info/bash.list", b"->/x/list"),
    ];
    let session = sessions::read(&Memory::one(archive(&[&[members]], gzip)));
    let question =
        PackageDetails { image: ImagePosition(0), key: "pkg:deb/bash@5.2?arch=amd64".to_owned() };
    let facts = session.package_details(question).unwrap();
    let files: Vec<&str> = facts.files.iter().map(|file| file.shown.as_str()).collect();
    assert_eq!(files, ["/usr/bin/bash"]);
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/packages/rpm");
    let packed = std::fs::read(folder.join(name)).unwrap();
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_log_counts_while_it_is_beside_the_database_in_whichever_layer() {
    let (database, log) = (fixture("wal.sqlite.gz"), fixture("wal.sqlite-wal.gz"));
    let folder = "usr/lib/sysimage/rpm";
    let [database_path, log_path, gone] =
        ["rpmdb.sqlite", "rpmdb.sqlite-wal", ".wh.rpmdb.sqlite-wal"]
            .map(|n| format!("{folder}/{n}"));
    let (database, log) = ((&database_path[..], &database[..]), (&log_path[..], &log[..]));
    let shown = |layers: &[&[Member<'_>]]| {
        let report = report(layers);
        assert_eq!(warnings(&report), Vec::<&str>::new());
        let lines = lines(&report, "packages").into_iter();
        lines.filter(|line| !line.contains(" new")).collect::<Vec<_>>().join(", ")
    };
    let with_log = "rpm first 2-1, rpm third 1-1";
    assert_eq!(shown(&[&[database, log]]), with_log);
    assert_eq!(shown(&[&[log, database]]), with_log);
    assert_eq!(
        shown(&[&[database], &[log]]),
        "-rpm first 1-1, rpm first 2-1, -rpm second 1-1, rpm third 1-1"
    );
    assert_eq!(
        shown(&[&[database], &[log], &[(&gone, b"")]]),
        "rpm first 1-1, -rpm first 2-1, rpm second 1-1, rpm third 1-1"
    );
    assert_eq!(
        shown(&[&[database, log], &[(&gone, b"")]]),
        "rpm first 1-1, -rpm first 2-1, rpm second 1-1, rpm third 1-1"
    );
    // The folder of both is a link, or below one.
    let real = [("x/rpmdb.sqlite", database.1), ("x/rpmdb.sqlite-wal", log.1)];
    for link in [(folder, &b"->/x"[..]), ("usr/lib/sysimage", &b"->/y"[..])] {
        let below: Member<'_> = ("y/rpm", b"->../x");
        assert_eq!(shown(&[&[real[0], real[1], below, link]]), with_log);
        assert_eq!(shown(&[&real, &[below], &[link]]), with_log);
        assert_eq!(
            shown(&[&[real[0], below, link], &[real[1]]]),
            "-rpm first 1-1, rpm first 2-1, -rpm second 1-1, rpm third 1-1"
        );
    }
    // The log has the name of a link, so that it is known only once links are looked at.
    let linked: Member<'_> = (&log_path, b"=>x/log");
    assert_eq!(shown(&[&[database, ("x/log", log.1), linked]]), with_log);
}

#[test]
fn many_packages_in_hard_links_are_read_in_few_steps() {
    let stored: Vec<(String, String)> = (0..2000)
        .map(|number| {
            let text = format!("{{\"name\": \"p{number}\", \"version\": \"1.0.{number}\"}}");
            (format!("root/store/{number:04}"), text + &" ".repeat(number))
        })
        .collect();
    let links: Vec<(String, String)> = (0..2000)
        .map(|number| {
            (
                format!("srv/node_modules/p{number}/package.json"),
                format!("=>root/store/{number:04}"),
            )
        })
        .collect();
    let members: Vec<Member<'_>> = stored
        .iter()
        .chain(&links)
        .map(|(path, content)| (&path[..], content.as_bytes()))
        .collect();
    let report = report(&[&members, &[("root/.wh.store", b"")]]);
    let lines = lines(&report, "packages");
    assert_eq!((lines.len(), &lines[0][..]), (2000, "npm p0 1.0.0"));
}

#[test]
fn images_that_share_a_layer_have_its_files_under_their_own_names() {
    let shared: &[Member<'_>] =
        &[("data/d/status", STATUS), ("data/r", b"ID=debian\nVERSION_ID=12\n")];
    let archive = archive(
        &[
            &[shared, &[("var/lib/dpkg", b"->/data/d"), ("etc/os-release", b"->/data/r")]],
            &[shared],
            &[shared, &[("x/var/lib/dpkg", b"->/data/d")]],
        ],
        gzip,
    );
    let report = sessions::report(&Memory::one(archive));
    let purls: Vec<Vec<&str>> = (0..3)
        .map(|image| {
            let packages = report["images"][image]["packages"].as_array().unwrap().iter();
            packages.map(|package| package["purl"].as_str().unwrap()).collect()
        })
        .collect();
    let want: [&[&str]; 3] = [
        &["pkg:deb/debian/bash@5.2?arch=amd64&distro=debian-12"],
        &[],
        &["pkg:deb/bash@5.2?arch=amd64"],
    ];
    assert_eq!(purls, want);
}

#[test]
fn members_of_a_workspace_that_are_installed_are_never_asked_about() {
    let folder = "app/.venv/lib/python3.12/site-packages/a-0.1.0.dist-info";
    let (metadata, origin) = (format!("{folder}/METADATA"), format!("{folder}/direct_url.json"));
    let members: &[Member<'_>] = &[
        (&metadata, b"Metadata-Version: 2.1\nName: a\nVersion: 0.1.0\n\n"),
        (&origin, br#"{"url": "file:///app/a", "dir_info": {"editable": true}}"#),
        ("app/node_modules/b", b"->../packages/b"),
        ("app/packages/b/package.json", br#"{"name": "b", "version": "1.0.0"}"#),
    ];
    let source = Memory::one(archive(&[&[members]], plain));
    let report = sessions::report(&source);
    assert_eq!(lines(&report, "packages"), ["pypi a 0.1.0 own"]);
    assert_eq!(lines(&report, "declared"), ["npm b 1.0.0 own"]);
    let session = sessions::read(&source);
    let check =
        session.vulnerability_check(VulnerabilityCheck { image: ImagePosition(0) }).unwrap();
    assert_eq!((check.checkable, check.unchecked), (0, vec![(UncheckedReason::ProjectsOwn, 1)]));
}

#[test]
fn requirements_in_any_encoding_are_read_and_a_line_that_is_none_is_warned_of() {
    let text = "\u{feff}flask==3.0.0,!=3.0.1\r\nrequests == 2.31.0 , < 3\r\n";
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [text.as_bytes(), &utf16] {
        let report = report(&[&[("srv/requirements.txt", bytes)]]);
        assert_eq!(lines(&report, "declared"), ["pypi flask 3.0.0", "pypi requests 2.31.0"]);
        assert_eq!(warnings(&report), Vec::<&str>::new());
    }
    let report = report(&[&[("srv/requirements.txt", b"flask==3.0.0\nrequests=2.31.0\n")]]);
    assert_eq!(warnings(&report), ["package-database-damaged"]);
}
