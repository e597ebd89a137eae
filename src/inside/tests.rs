//! Archives that other programs made, and damaged ones. `tests/fixtures/make-inside.sh` made them; `listing.txt` is what
//! unzip, tar and cpio say about them.

use super::*;
use crate::protocol::MemberTime;
use proptest::prelude::*;
use std::io::Cursor;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../tests/fixtures/inside/", $name))
    };
}

const LISTING: &str = include_str!("../../tests/fixtures/inside/listing.txt");

/// What can be opened, by its name.
const ALL: &[(&str, &[u8])] = &[
    ("app.war", fixture!("app.war")),
    ("app.pyz", fixture!("app.pyz")),
    ("app.run", fixture!("app.run")),
    ("odd.tar", fixture!("odd.tar")),
    ("sparse.tar.xz", fixture!("sparse.tar.xz")),
    ("tree.tar.gz", fixture!("tree.tar.gz")),
    ("tree.tar.bz2", fixture!("tree.tar.bz2")),
    ("tree.tar.xz", fixture!("tree.tar.xz")),
    ("tree.tar.zst", fixture!("tree.tar.zst")),
    ("numbers.txt.gz", fixture!("numbers.txt.gz")),
    ("tree.cpio", fixture!("tree.cpio")),
    ("long.a", fixture!("long.a")),
    ("lab.deb", fixture!("lab.deb")),
    ("lab-gz.rpm", fixture!("lab-gz.rpm")),
    ("lab-xz.rpm", fixture!("lab-xz.rpm")),
    ("lab-zst.rpm", fixture!("lab-zst.rpm")),
    ("lab.apk", fixture!("lab.apk")),
    ("locked.zip", include_bytes!("../../tests/fixtures/packages/archives/locked.zip")),
    ("bzip2.zip", include_bytes!("../../tests/fixtures/packages/archives/bzip2.zip")),
    ("zip64.zip", include_bytes!("../../tests/fixtures/packages/archives/zip64.zip")),
];

fn file(name: &str) -> &'static [u8] {
    ALL.iter().find(|(other, _)| *other == name).expect(name).1
}

fn bytes_of(bytes: &[u8]) -> NestedBytes<'_> {
    NestedBytes::Anywhere(Box::new(Cursor::new(bytes)))
}

fn listed(name: &str, bytes: &[u8], path: &str) -> Result<MemberList, Problem> {
    let meter = UnpackMeter::of_file(bytes.len() as u64);
    list(bytes_of(bytes), name.as_bytes(), &MemberPath::parse(path.as_bytes()), &meter)
}

fn names(list: &MemberList) -> Vec<String> {
    list.rows.iter().map(|row| String::from_utf8_lossy(&row.step.name).into_owned()).collect()
}

fn content(bytes: &[u8], path: &str) -> Result<String, String> {
    let meter = UnpackMeter::of_file(bytes.len() as u64);
    let mut content = String::new();
    let path = MemberPath::parse(path.as_bytes());
    let read = read(bytes_of(bytes), b"", &path, &meter, &mut |_, source| {
        source.read_to_string(&mut content).map(drop)
    });
    read.map(|()| content).map_err(|problem| format!("{}: {}", problem.code, problem.message))
}

/// The lines of the listing below a name.
fn expected(name: &str) -> Vec<&'static str> {
    let heads = |line: &&str| *line == "tree.cpio" || ALL.iter().any(|(name, _)| name == line);
    let lines = LISTING.lines().skip_while(|line| *line != name).skip(1);
    lines.take_while(|line| !heads(line)).collect()
}

#[test]
fn members_are_those_that_other_programs_list() {
    for name in [
        "app.war",
        "app.pyz",
        "odd.tar",
        "tree.tar.gz",
        "tree.tar.bz2",
        "tree.tar.xz",
        "tree.tar.zst",
        "lab.apk",
    ] {
        let list = listed(name, file(name), "").unwrap();
        assert_eq!(names(&list), expected(name), "{name}");
        assert_eq!((list.total, list.problem), (list.rows.len() as u64, None), "{name}");
    }
    let cpio = names(&listed("tree.cpio", file("tree.cpio"), "").unwrap());
    assert_eq!(cpio, ["tree/a", "tree/b.txt"]);
    let deb = file("lab.deb");
    assert_eq!(
        names(&listed("", deb, "").unwrap()),
        ["debian-binary", "control.tar.xz", "data.tar.xz"]
    );
    assert_eq!(names(&listed("", deb, "data.tar.xz").unwrap()), expected("lab.deb"));
}

#[test]
fn members_are_opened_through_archives_in_archives() {
    let war = file("app.war");
    assert_eq!(content(war, "index.html").unwrap(), "hello\n");
    assert_eq!(content(war, "b!!.jar!/org/B.java").unwrap(), "class B {}\n");
    assert_eq!(content(war, "b!!.jar!/docs/deep.tar.gz!/deep.txt").unwrap(), "level four\n");
    assert_eq!(content(war, "org/long.txt").unwrap(), "n".repeat(3000));
    assert_eq!(content(file("lab.deb"), "data.tar.xz!/./opt/lab/b.txt").unwrap(), "b\n");
    assert_eq!(content(file("lab.apk"), "opt/lab/a").unwrap(), "a\n");
    assert_eq!(content(file("tree.cpio"), "tree/b.txt").unwrap(), "b\n");
    assert_eq!(content(file("long.a"), "a-name-of-more-than-sixteen-letters.o").unwrap(), "long\n");
    assert_eq!(content(file("long.a"), "a").unwrap(), "a\n");
    let deep = listed("app.war", war, "b!!.jar!/docs/deep.tar.gz").unwrap();
    assert_eq!((deep.form, names(&deep)), (Some(MemberForm::Tar), vec!["deep.txt".to_owned()]));
    assert!(deep.this.is_some_and(|this| this.size.is_some()));
}

#[test]
fn a_zip_behind_a_script_is_opened() {
    assert_eq!(content(file("app.pyz"), "__main__.py").unwrap(), "print(\"hello\")\n");
    let run = file("app.run");
    assert_eq!(names(&listed("", run, "").unwrap()), expected("app.war"));
    assert_eq!(content(run, "b!!.jar!/org/B.java").unwrap(), "class B {}\n");
    let script = listed("", b"#!/bin/sh\nexit\n", "").unwrap();
    assert_eq!((script.form, script.rows.len()), (None, 0));
}

#[test]
fn a_package_of_rpm_has_its_payload_in_each_compression() {
    for name in ["lab-gz.rpm", "lab-xz.rpm", "lab-zst.rpm"] {
        let list = listed(name, file(name), "").unwrap();
        assert_eq!(list.form, Some(MemberForm::Rpm), "{name}");
        let want = ["./opt/lab", "./opt/lab/a", "./opt/lab/b.txt", "./opt/lab/link"];
        assert_eq!(names(&list), want, "{name}");
        assert_eq!(list.rows[3].target.to_string(), "a");
        assert_eq!(content(file(name), "./opt/lab/b.txt").unwrap(), "b\n", "{name}");
    }
    let lzma = listed("", fixture!("lab-lz.rpm"), "").unwrap_err();
    assert_eq!(lzma.code, "member-unreadable");
    assert!(lzma.found.unwrap().contains("lzma"));
}

#[test]
fn facts_of_members_are_those_of_the_archive() {
    let list = listed("", file("odd.tar"), "").unwrap();
    let [first, passwd, second, link] = &list.rows[..] else { panic!("four members") };
    assert_eq!((first.step.nth, second.step.nth), (1, 2));
    assert_eq!((first.mode, first.size), (Some(0o4755), Some(4)));
    assert_eq!(first.modified, Some(MemberTime { seconds: 1_700_000_000, local: false }));
    assert_eq!(passwd.name.to_string(), "../../etc/passwd", "a name, and no path");
    assert_eq!((link.kind, link.target.to_string()), (NodeKind::Symlink, "/etc/shadow".into()));
    assert_eq!(content(file("odd.tar"), "same").unwrap(), "one\n");
    assert_eq!(content(file("odd.tar"), "same!2").unwrap(), "two\n");
    assert!(content(file("odd.tar"), "same!3").unwrap_err().starts_with("no-such-member"));
    assert!(content(file("odd.tar"), "link").unwrap_err().starts_with("no-content"));
    assert!(content(file("odd.tar"), "same!/x").unwrap_err().starts_with("no-such-member"));
    let zip = listed("", file("app.war"), "").unwrap();
    let local = Some(MemberTime { seconds: 1_700_000_000, local: true });
    assert_eq!((zip.rows[0].mode, zip.rows[0].modified), (Some(0o644), local));
}

#[test]
fn a_compressed_file_has_one_member_whose_size_is_counted() {
    let numbers: String = (1..=500).map(|number| format!("{number}\n")).collect();
    let gzip = file("numbers.txt.gz");
    let list = listed("numbers.txt.gz", gzip, "").unwrap();
    assert_eq!(
        (list.form, names(&list)),
        (Some(MemberForm::Compressed), vec!["numbers.txt".into()])
    );
    assert_eq!(list.rows[0].size, Some(numbers.len() as u64));
    assert_eq!(content(gzip, "whatever it is called").unwrap(), numbers);
    let this = listed("numbers.txt.gz", gzip, "numbers.txt").unwrap();
    assert_eq!((this.form, this.this.unwrap().size), (None, Some(numbers.len() as u64)));
}

#[test]
fn what_cannot_be_read_says_why() {
    for (name, member, barrier) in [
        ("locked.zip", "stored.txt", MemberBarrier::Encrypted),
        ("bzip2.zip", "numbers.txt", MemberBarrier::Method(12)),
        ("sparse.tar.xz", "holes", MemberBarrier::Sparse),
    ] {
        let list = listed(name, file(name), "").unwrap();
        assert_eq!(list.rows[0].barrier, Some(barrier), "{name}");
        let refused = content(file(name), member).unwrap_err();
        assert!(refused.starts_with("member-unreadable"), "{refused}");
    }
    let cut = listed("", &file("lab.deb")[..200], "").unwrap();
    assert_eq!(cut.problem.unwrap().code, "member-unreadable", "what came before is listed");
    assert_eq!(names(&listed("", file("lab.deb"), "").unwrap()).len(), 3);
}

#[test]
fn archives_are_opened_so_many_levels_and_no_more() {
    let mut bytes = b"core".to_vec();
    for _ in 0..6 {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        io::Write::write_all(&mut gzip, &bytes).unwrap();
        bytes = gzip.finish().unwrap();
    }
    let last = listed("", &bytes, "a!/a!/a!/a").unwrap();
    assert_eq!((last.form, last.rows.len()), (Some(MemberForm::Compressed), 0));
    assert_eq!(last.problem.unwrap().code, "unpack-limit");
    assert_eq!(listed("", &bytes, "a!/a!/a!/a!/a").unwrap_err().code, "unpack-limit");
}

#[test]
fn a_bomb_ends_at_the_limit() {
    let bomb = fixture!("zeros.zst.zst");
    let inner = listed("zeros.zst.zst", bomb, "").unwrap();
    assert_eq!(
        (inner.form, inner.rows.len(), inner.problem),
        (Some(MemberForm::Compressed), 1, None)
    );
    let list = listed("zeros.zst.zst", bomb, "zeros.zst").unwrap();
    assert_eq!(list.problem.unwrap().code, "unpack-limit");
    let read = content(bomb, "zeros.zst!/zeros").unwrap_err();
    assert!(read.starts_with("unpack-limit"), "{read}");
}

/// Whatever can be done with some bytes.
fn try_all(bytes: &[u8]) {
    let Ok(list) = listed("x", bytes, "") else { return };
    for row in list.rows.iter().take(8) {
        let path = MemberPath(vec![row.step.clone()]);
        let meter = UnpackMeter::of_file(bytes.len() as u64);
        drop(super::list(bytes_of(bytes), b"x", &path, &meter));
        let mut read_bytes = 0;
        drop(read(bytes_of(bytes), b"x", &path, &meter, &mut |_, source| {
            read_bytes = io::copy(source, &mut io::sink())?;
            Ok(())
        }));
        assert!(read_bytes <= 64 << 20, "more than the limit was unpacked");
    }
}

#[test]
fn damaged_archives_end_without_harm() {
    for (_, bytes) in ALL {
        let step = (bytes.len() / 60).max(1);
        for end in (0..bytes.len()).step_by(step) {
            try_all(&bytes[..end]);
        }
        for at in (0..bytes.len()).step_by(step) {
            let mut changed = bytes.to_vec();
            changed[at] ^= 0xff;
            try_all(&changed);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn changed_archives_and_any_bytes_end_without_harm(
        which in 0..ALL.len(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        tail in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut bytes = ALL[which].1.to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.extend_from_slice(&tail);
        try_all(&bytes);
        let kept = bytes[..8.min(bytes.len())].to_vec();
        try_all(&[kept, tail].concat());
    }
}
