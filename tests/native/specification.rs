//! Details of the specifications that tools rarely write and readers often miss: layers made by hand, byte
//! by byte, and the expected result, one case in each line.
//!
//! Sources: OCI image-spec, layer.md; POSIX pax; GNU tar's manual; star's tar(5); the head of
//! `src/tree/merge.rs` and docs/report.md, where these leave a choice.

use crate::sessions;
use layerscope::protocol::{
    AnswersQueries, Expand, FileDetails, FileState, FileTime, LinkPath, ReadContent, RowRange,
    SetTree, TreeRows, TreeSpec, XattrValue,
};
use layerscope::session::Session;
use layerscope::session::native::{Driver, Memory};
use layerscope::vocabulary::{ImagePosition, NodeKind};
use serde_json::Value;

const FIRST: ImagePosition = ImagePosition(0);

/// A member: its header, filled by `fill`, and its data.
fn made(kind: u8, name: &[u8], data: &[u8], fill: impl FnOnce(&mut [u8; 512])) -> Vec<u8> {
    let mut block = [0; 512];
    block[..name.len()].copy_from_slice(name);
    block[100..107].copy_from_slice(b"0000644");
    block[124..135].copy_from_slice(format!("{:011o}", data.len()).as_bytes());
    block[156] = kind;
    block[257..265].copy_from_slice(b"ustar\x0000");
    fill(&mut block);
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut out = [&block[..], data].concat();
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

fn file(name: &str, data: &str) -> Vec<u8> {
    made(b'0', name.as_bytes(), data.as_bytes(), |_| {})
}

fn directory(name: &str) -> Vec<u8> {
    made(b'5', name.as_bytes(), b"", |_| {})
}

fn link(kind: u8, name: &str, target: &str) -> Vec<u8> {
    made(kind, name.as_bytes(), b"", |block| {
        block[157..157 + target.len()].copy_from_slice(target.as_bytes());
    })
}

/// A pax extension header with these records.
fn pax(kind: u8, records: &[(&str, &str)]) -> Vec<u8> {
    let mut data = String::new();
    for (key, value) in records {
        let rest = key.len() + value.len() + 3;
        let digits = |length: usize| length.to_string().len();
        let length = rest + digits(rest + digits(rest));
        data += &format!("{length} {key}={value}\n");
    }
    made(kind, b"PaxHeaders", data.as_bytes(), |_| {})
}

/// An image of these layers, each a list of members.
fn image(layers: &[&[Vec<u8>]]) -> Memory {
    let names: Vec<String> = (0..layers.len()).map(|at| format!("l{at}")).collect();
    let manifest = format!(r#"[{{"Config":"c","Layers":{}}}]"#, Value::from(names.clone()));
    let mut archive = [file("c", "{}"), file("manifest.json", &manifest)].concat();
    for (name, members) in names.iter().zip(layers) {
        archive.extend(made(b'0', name.as_bytes(), &members.concat(), |_| {}));
    }
    Memory::one(archive)
}

/// The rows of the tree: path, with `=SIZE` for a file.
fn shown(driver: &mut Driver<'_>) -> String {
    driver.ask(SetTree { image: FIRST, spec: TreeSpec::default() }).unwrap();
    driver.ask(Expand { image: FIRST, node: 0, open: true, all: true }).unwrap();
    let rows = RowRange { first: 0, count: 100 };
    let rows = driver.ask(TreeRows { image: FIRST, rows }).unwrap().rows;
    let paths: Vec<String> = rows.into_iter().map(|row| row.path.0).collect();
    let session = driver.session().unwrap();
    let mut out = Vec::new();
    for path in paths {
        let state = state(session, &path);
        let directory = state.kind == NodeKind::Directory;
        let path = &path[1..];
        out.push(if directory { path.to_owned() } else { format!("{path}={}", state.size) });
    }
    out.join(" ")
}

/// The tree of an image of these layers.
fn tree_of(layers: &[&[Vec<u8>]]) -> String {
    shown(&mut sessions::driver(&image(layers)))
}

fn state(session: &Session, path: &str) -> FileState {
    let (path, layers) = (LinkPath(path.into()), Default::default());
    let facts = session.file_details(FileDetails { image: FIRST, path: path.clone(), layers });
    facts.unwrap().current.unwrap_or_else(|| panic!("{path:?} is not there"))
}

fn content(driver: &mut Driver<'_>, path: &str) -> Vec<u8> {
    let request = ReadContent {
        image: FIRST,
        path: LinkPath(path.into()),
        layers: Default::default(),
        offset: 0,
        length: 1000,
    };
    driver.content(request).unwrap()
}

#[test]
fn layers_are_merged_as_specified() {
    let lower = || vec![directory("d"), file("d/a", "12345"), file("d/b", "12"), file("f", "1")];
    for (upper, want, changes) in [
        // A marker and a new file of its name, in both orders.
        (vec![file("d/.wh.a", ""), file("d/a", "new")], "d d/a=3 d/b=2 f=1", [0, 1, 0]),
        (vec![file("d/a", "new"), file("d/.wh.a", "")], "d d/a=3 d/b=2 f=1", [0, 1, 0]),
        // An opaque directory, its marker before and after what is new in it.
        (vec![file("d/.wh..wh..opq", ""), file("d/c", "new")], "d d/c=3 f=1", [1, 0, 2]),
        (vec![file("d/c", "new"), file("d/.wh..wh..opq", "")], "d d/c=3 f=1", [1, 0, 2]),
        (vec![file("d/.wh..wh..opq", ""), file("d/a", "new")], "d d/a=3 f=1", [0, 1, 1]),
        // Markers for each file, and one for the directory.
        (vec![file("d/.wh.a", ""), file("d/.wh.b", ""), file("d/c", "")], "d d/c=0 f=1", [1, 0, 2]),
        (vec![file(".wh.d", ""), file("d/c", "new")], "d d/c=3 f=1", [1, 0, 2]),
        // AUFS's metadata files are neither markers nor entries.
        (
            vec![file(".wh..wh.aufs", ""), directory(".wh..wh.plnk"), file(".wh..wh.plnk/9", "x")],
            "d d/a=5 d/b=2 f=1",
            [0, 0, 0],
        ),
        // A directory becomes a file, and a file a directory.
        (vec![file("d", "file")], "d=4 f=1", [1, 0, 2]),
        (vec![directory("f"), file("f/x", "")], "d d/a=5 d/b=2 f f/x=0", [1, 0, 1]),
        (vec![file("f/x", "")], "d d/a=5 d/b=2 f f/x=0", [1, 0, 1]),
        // A directory over a directory keeps its content.
        (vec![directory("d/")], "d d/a=5 d/b=2 f=1", [0, 0, 0]),
        // Hard links: to a lower layer's file, to one that is replaced later, to one that comes later.
        (vec![link(b'1', "h", "d/a")], "d d/a=5 d/b=2 f=1 h=5", [1, 0, 0]),
        (vec![link(b'1', "h", "f"), file("f", "12345678")], "d d/a=5 d/b=2 f=8 h=1", [1, 1, 0]),
        (
            vec![link(b'1', "h", "./new"), file("new", "12")],
            "d d/a=5 d/b=2 f=1 h=0 new=2",
            [2, 0, 0],
        ),
        (vec![link(b'1', "h", "/d/a"), file("d/.wh.a", "")], "d d/b=2 f=1 h=0", [1, 0, 1]),
        // The last of several entries with one name wins, even if its kind differs.
        (vec![file("f", "123"), file("./f", "12")], "d d/a=5 d/b=2 f=2", [0, 1, 0]),
        (
            vec![file("n", "123"), directory("n"), file("n/x", "")],
            "d d/a=5 d/b=2 f=1 n n/x=0",
            [1, 0, 0],
        ),
    ] {
        let source = image(&[&lower(), &upper]);
        let mut driver = sessions::driver(&source);
        assert_eq!(shown(&mut driver), want);
        let layer = &sessions::report_of(&mut driver)["images"][0]["layers"][1];
        let found = ["added", "modified", "removed"].map(|key| layer[key].as_u64().unwrap());
        assert_eq!(found, changes, "{want}: added, modified, removed");
    }
}

#[test]
fn names_are_paths_below_the_root() {
    for (names, want) in [
        (["./a/b", "/a/c", "//a//d"], "a a/b=1 a/c=1 a/d=1"),
        (["../x", "a/../../y", "/../z/."], "x=1 y=1 z=1"),
        (["a/./b", "a/c/../d", "./"], "a a/b=1 a/d=1"),
    ] {
        let members: Vec<_> = names.iter().map(|name| file(name, "1")).collect();
        assert_eq!(tree_of(&[&members]), want);
    }
    let odd = made(b'0', b"caf\xe9", b"1", |_| {});
    assert_eq!(tree_of(&[&[odd]]), "caf%E9=1");
}

#[test]
fn headers_of_every_tar_format_are_read() {
    let long = "long-".repeat(30);
    let gnu =
        |kind, text: &str| made(kind, b"././@LongLink", format!("{text}\0").as_bytes(), |_| {});
    for (what, members, want) in [
        (
            "V7: no magic, a directory by its slash",
            vec![
                made(0, b"old/", b"", |block| block[257..265].fill(0)),
                made(0, b"old/file", b"12", |block| block[257..265].fill(0)),
            ],
            "old old/file=2",
        ),
        (
            "V7: what lies where newer ones have a prefix is none",
            vec![made(b'0', b"file", b"12", |block| {
                block[257..265].fill(0);
                block[345..349].copy_from_slice(b"junk");
            })],
            "file=2",
        ),
        (
            "ustar: a prefix",
            vec![made(b'0', b"file", b"12", |block| block[345..348].copy_from_slice(b"a/b"))],
            "a a/b a/b/file=2",
        ),
        (
            "star: a prefix, times behind it",
            vec![made(b'0', b"file", b"12", |block| {
                block[345..348].copy_from_slice(b"a/b");
                block[476..487].copy_from_slice(b"00000000017");
                block[508..512].copy_from_slice(b"tar\0");
            })],
            "a a/b a/b/file=2",
        ),
        (
            "GNU: no prefix, for times lie there",
            vec![made(b'0', b"file", b"12", |block| {
                block[257..265].copy_from_slice(b"ustar  \0");
                block[345..356].copy_from_slice(b"00000000017");
            })],
            "file=2",
        ),
        ("GNU: a long name", vec![gnu(b'L', &long), file("short", "12")], &format!("{long}=2")),
        (
            "PAX: a long name",
            vec![pax(b'x', &[("path", &long)]), file("short", "12")],
            &format!("{long}=2"),
        ),
        (
            "PAX wins over GNU",
            vec![gnu(b'L', "gnu"), pax(b'x', &[("path", "pax")]), file("short", "12")],
            "pax=2",
        ),
        (
            "PAX: a size",
            vec![
                pax(b'x', &[("size", "3")]),
                made(b'0', b"f", b"abc", |block| block[124..135].copy_from_slice(b"00000000000")),
                file("g", ""),
            ],
            "f=3 g=0",
        ),
        (
            "PAX: a global path or size is nobody's",
            vec![pax(b'g', &[("path", "x"), ("size", "9")]), file("a", "1"), file("b", "12")],
            "a=1 b=2",
        ),
        (
            "a size in base 256",
            vec![
                made(b'0', b"f", b"abc", |block| {
                    block[124..136].copy_from_slice(b"\x80\0\0\0\0\0\0\0\0\0\0\x03")
                }),
                file("g", ""),
            ],
            "f=3 g=0",
        ),
        (
            "types without data, whatever their size says",
            vec![
                made(b'2', b"s", b"", |block| block[124..135].copy_from_slice(b"00000001000")),
                made(b'5', b"d", b"", |block| block[124..135].copy_from_slice(b"00000001000")),
                made(b'1', b"h", b"", |block| {
                    block[124..135].copy_from_slice(b"00000001000");
                    block[157..158].copy_from_slice(b"g");
                }),
                file("g", "12"),
            ],
            "d g=2 h=0 s=0",
        ),
        (
            "types that nobody knows are files",
            vec![made(b'Q', b"f", b"abc", |_| {}), file("g", "")],
            "f=3 g=0",
        ),
        ("a contiguous file", vec![made(b'7', b"f", b"abc", |_| {})], "f=3"),
        (
            "a tar ends at a block of zeros, whatever is concatenated",
            vec![file("a", "1"), vec![0; 512], file("b", "1")],
            "a=1",
        ),
    ] {
        assert_eq!(tree_of(&[&members]), want, "{what}");
    }
}

#[test]
fn sparse_files_have_their_full_size() {
    let stored = |name: &str, data: &str| file(name, data);
    let map = "2\n1\n2\n6\n1\n";
    let lines = format!("{map}{}abc", "\0".repeat(512 - map.len()));
    let gnu = made(b'S', b"f", b"abc", |block| {
        block[257..265].copy_from_slice(b"ustar  \0");
        for (at, number) in [(386, 1), (398, 2), (410, 6), (422, 1), (483, 9)] {
            block[at..at + 11].copy_from_slice(format!("{number:011o}").as_bytes());
        }
    });
    // The map continues in another block.
    let mut more = made(b'S', b"f", b"abc", |block| {
        block[257..265].copy_from_slice(b"ustar  \0");
        for (at, number) in [(386, 1), (398, 2), (483, 9)] {
            block[at..at + 11].copy_from_slice(format!("{number:011o}").as_bytes());
        }
        block[482] = 1;
    });
    let mut extension = [0; 512];
    extension[..11].copy_from_slice(b"00000000006");
    extension[12..23].copy_from_slice(b"00000000001");
    more.splice(512..512, extension);
    for (what, members) in [
        ("GNU", vec![gnu]),
        ("GNU, a longer map", vec![more]),
        (
            "PAX 0.0",
            vec![
                pax(
                    b'x',
                    &[
                        ("GNU.sparse.size", "9"),
                        ("GNU.sparse.numblocks", "2"),
                        ("GNU.sparse.offset", "1"),
                        ("GNU.sparse.numbytes", "2"),
                        ("GNU.sparse.offset", "6"),
                        ("GNU.sparse.numbytes", "1"),
                    ],
                ),
                stored("f", "abc"),
            ],
        ),
        (
            "PAX 0.1",
            vec![
                pax(
                    b'x',
                    &[
                        ("GNU.sparse.size", "9"),
                        ("GNU.sparse.name", "f"),
                        ("GNU.sparse.map", "1,2,6,1"),
                    ],
                ),
                stored("GNUSparseFile.0/f", "abc"),
            ],
        ),
        (
            "PAX 1.0",
            vec![
                pax(
                    b'x',
                    &[
                        ("GNU.sparse.major", "1"),
                        ("GNU.sparse.minor", "0"),
                        ("GNU.sparse.name", "f"),
                        ("GNU.sparse.realsize", "9"),
                    ],
                ),
                stored("GNUSparseFile.0/f", &lines),
            ],
        ),
    ] {
        let source = image(&[&[members.concat(), file("next", "1")]]);
        let mut driver = sessions::driver(&source);
        assert_eq!(shown(&mut driver), "f=9 next=1", "{what}");
        assert_eq!(content(&mut driver, "f"), b"\0ab\0\0\0c\0\0", "{what}");
        assert_eq!(sessions::report_of(&mut driver)["images"][0]["size"], 10, "{what}");
    }
}

#[test]
fn times_owners_and_modes_are_read() {
    let at = |text: &str| vec![pax(b'x', &[("mtime", text)]), file("f", "")];
    let octal = |digits: &'static [u8; 11]| {
        vec![made(b'0', b"f", b"", |block| block[136..147].copy_from_slice(digits))]
    };
    let binary = |bytes: &'static [u8; 12]| {
        vec![made(b'0', b"f", b"", |block| block[136..148].copy_from_slice(bytes))]
    };
    for (members, want) in [
        (octal(b"00000000017"), 15.0),
        (binary(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xf1"), -15.0),
        (binary(b"\x80\0\0\0\0\0\0\x01\0\0\0\0"), 4_294_967_296.0),
        (at("-1.5"), -1.5),
        (at("-2208988800"), -2_208_988_800.0),
        (at("4133980800.25"), 4_133_980_800.25),
        (at("0.000000001"), 1e-9),
        (vec![pax(b'g', &[("mtime", "7")]), file("f", "")], 7.0),
        (vec![pax(b'g', &[("mtime", "7")]), pax(b'x', &[("mtime", "8")]), file("f", "")], 8.0),
    ] {
        let session = sessions::read(&image(&[&members]));
        let FileTime { seconds, nanoseconds } = state(&session, "f").modified_at.unwrap();
        assert_eq!(seconds as f64 + f64::from(nanoseconds) / 1e9, want);
    }
    let session = sessions::read(&image(&[&[
        pax(b'g', &[("uid", "70000"), ("gname", "everybody")]),
        made(b'0', b"setuid", b"", |block| block[100..107].copy_from_slice(b"0104755")),
        made(b'0', b"large", b"", |block| block[108..116].copy_from_slice(b"\x80\0\0\0\x80\0\0\0")),
        pax(b'x', &[("uid", "3000000000"), ("uname", "größe"), ("SCHILY.xattr.user.k", "v=1")]),
        file("own", ""),
        made(b'3', b"zero", b"", |block| {
            block[329..336].copy_from_slice(b"0000001");
            block[337..344].copy_from_slice(b"0000005");
        }),
        made(b'6', b"fifo", b"", |_| {}),
        link(b'2', "symlink", "../some/where"),
    ]]));
    let state = |path| state(&session, path);
    let uid = |path| state(path).owner.unwrap().uid;
    assert_eq!((state("setuid").mode, uid("setuid")), (Some(0o4755), 70_000));
    assert_eq!(uid("large"), 70_000, "the defaults win over the header");
    let own = state("own");
    let owner = own.owner.unwrap();
    assert_eq!((owner.uid, &*owner.user, &*owner.group), (3_000_000_000, "größe", "everybody"));
    assert_eq!((own.xattrs.len(), &*own.xattrs[0].name), (1, "user.k"));
    assert_eq!(own.xattrs[0].value, XattrValue::Text("v=1".into()));
    let zero = state("zero");
    assert_eq!(
        (zero.kind, zero.device, zero.mode),
        (NodeKind::CharDevice, Some((1, 5)), Some(0o644))
    );
    let fifo = state("fifo");
    assert_eq!((fifo.kind, fifo.device, fifo.mode), (NodeKind::Fifo, None, Some(0o644)));
    assert_eq!(state("symlink").target, "../some/where");
}
