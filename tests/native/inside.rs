//! Archives within files of an image, through the session: members are what tar and unzip take out of them.

use crate::{made, sessions};
use layerscope::member_path::MemberPath;
use layerscope::oci::Digest;
use layerscope::problem::Problem;
use layerscope::protocol::{
    DigestMember, FileOutline, LinkPath, ListMembers, MemberAddress, OutlineFile, OutlineMember,
    OutlineName, OutlineValue, OutlinedFormat, ReadMember,
};
use layerscope::selection::LayerSelection;
use layerscope::session::native::{Driver, Memory};
use layerscope::vocabulary::ImagePosition;
use std::path::Path;

const FILES: &[&str] = &[
    "app.war",
    "tree.tar.xz",
    "numbers.txt.gz",
    "lab.deb",
    "lab-zst.rpm",
    "lab.apk",
    "zeros.zst.zst",
];

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/inside");
    std::fs::read(folder.join(name)).expect(name)
}

/// An image whose layer has the archives, compressed or not.
fn image(compressed: bool) -> Memory {
    let files: Vec<_> = FILES.iter().map(|name| (*name, fixture(name))).collect();
    let members: Vec<_> = files.iter().map(|(name, bytes)| (*name, &bytes[..])).collect();
    let layer = made::tar(&members);
    let layer = if compressed { made::gzip(&layer) } else { layer };
    Memory::one(made::docker(&[layer]))
}

fn address(path: &str, member: &str) -> MemberAddress {
    MemberAddress {
        image: ImagePosition(0),
        path: LinkPath(format!("/{path}")),
        layers: LayerSelection::All,
        member: MemberPath::parse(member.as_bytes()),
    }
}

fn read(
    driver: &mut Driver<'_>,
    of: MemberAddress,
    offset: u64,
    length: u64,
) -> Result<(u64, Vec<u8>), Problem> {
    let answer = driver.ask_with(ReadMember { of, offset, length }, Vec::new());
    answer.map(|(info, bytes)| (info.size, bytes))
}

#[test]
fn members_are_listed_read_and_digested_whether_the_layer_is_compressed_or_not() {
    for compressed in [false, true] {
        let image = image(compressed);
        let mut driver = sessions::driver(&image);
        let list = driver.ask(ListMembers { of: address("app.war", "") }).unwrap();
        assert_eq!(list.total, 3);
        let deep = address("app.war", "b!!.jar!/docs/deep.tar.gz!/deep.txt");
        assert_eq!(read(&mut driver, deep.clone(), 0, 99).unwrap(), (11, b"level four\n".into()));
        assert_eq!(read(&mut driver, deep.clone(), 6, 2).unwrap(), (11, b"fo".into()));
        assert_eq!(read(&mut driver, deep.clone(), 50, 2).unwrap(), (11, Vec::new()));
        let digest = driver.ask(DigestMember { of: deep }).unwrap();
        assert_eq!(digest.sha256, Digest::of(b"level four\n").encoded());
        // `gzip -dc | sha256sum` is the last line of the listing.
        let listing = String::from_utf8(fixture("listing.txt")).unwrap();
        let digest = driver.ask(DigestMember { of: address("numbers.txt.gz", "numbers.txt") });
        assert_eq!(Some(&digest.unwrap().sha256[..]), listing.lines().last());
        let missing = driver.ask(ListMembers { of: address("app.war", "nothing") }).unwrap_err();
        assert_eq!(missing.code, "no-such-member");
        let bomb = read(&mut driver, address("zeros.zst.zst", "zeros.zst!/zeros"), 0, 9);
        assert_eq!(
            bomb.unwrap_err().code,
            "unpack-limit",
            "its size is not known without reading it"
        );
    }
}

fn value(outline: &FileOutline, name: OutlineName) -> String {
    let fact = outline.groups.iter().flatten().find(|fact| fact.name == name);
    match fact.map(|fact| &fact.value) {
        Some(OutlineValue::Text(text)) => text.to_string(),
        Some(OutlineValue::Number(number) | OutlineValue::Bytes(number)) => number.to_string(),
        _ => String::new(),
    }
}

#[test]
fn packages_as_files_say_what_they_install() {
    let image = image(false);
    let mut driver = sessions::driver(&image);
    let mut outline = |path: &str| {
        let (path, layers) = (LinkPath(format!("/{path}")), LayerSelection::All);
        driver.ask(OutlineFile { image: ImagePosition(0), path, layers }).unwrap()
    };
    for (path, format, want) in [
        ("lab.deb", OutlinedFormat::Deb, ["lab-deb", "1:2.0-3", "all", "2"]),
        ("lab-zst.rpm", OutlinedFormat::Rpm, ["lab-rpm", "1:2.0-3", "noarch", "4"]),
        ("lab.apk", OutlinedFormat::AlpinePackage, ["lab-apk", "2.0-r3", "x86_64", "2"]),
    ] {
        let outline = outline(path);
        assert_eq!(outline.format, Some(format));
        let names = [
            OutlineName::Package,
            OutlineName::Version,
            OutlineName::Architecture,
            OutlineName::Files,
        ];
        assert_eq!(names.map(|name| value(&outline, name)), want, "{path}");
    }
    let tar = outline("tree.tar.xz");
    assert_eq!(tar.format, Some(OutlinedFormat::CompressedTar));
    assert_eq!(value(&tar, OutlineName::Unpacked), "4");
    let numbers = outline("numbers.txt.gz");
    assert_eq!(numbers.format, Some(OutlinedFormat::Compressed));
    assert_eq!(value(&numbers, OutlineName::Unpacked), "1892");
}

#[test]
fn a_member_has_an_outline_of_its_own() {
    let image = image(true);
    let mut driver = sessions::driver(&image);
    let mut outline =
        |path, member| driver.ask(OutlineMember { of: address(path, member) }).unwrap().format;
    assert_eq!(outline("app.war", "b!!.jar"), Some(OutlinedFormat::Zip));
    assert_eq!(outline("lab.deb", "data.tar.xz"), Some(OutlinedFormat::CompressedTar));
    assert_eq!(outline("app.war", "index.html"), None);
}
