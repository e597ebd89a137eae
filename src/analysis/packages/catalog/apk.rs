//! apk: Alpine, Wolfi, Chainguard and others. One text database of all installed packages.
//!
//! Source: Alpine's wiki, "Apk spec", the installed database: paragraphs of `X:value` lines; `F:` names a
//! directory, and `R:` a file in the directory named last.

use super::{Candidate, Cataloger};
use crate::analysis::packages::{Facts, Package};

pub const CATALOGER: Cataloger =
    Cataloger { name: "apk", wants: |file| file.is_at("lib/apk/db/installed"), read };

fn read(_: &Candidate<'_>, bytes: &[u8]) -> Facts {
    let mut facts = Facts::default();
    let mut package = Package::default();
    let mut directory = String::new();
    for line in bytes.split(|&byte| byte == b'\n') {
        if line.is_empty() {
            finish(&mut package, &mut facts);
            directory.clear();
        }
        let [field, b':', value @ ..] = line else { continue };
        let value = || String::from_utf8_lossy(value).into_owned();
        match field {
            b'P' => package.name = value(),
            b'V' => package.version = value(),
            b'A' => package.architecture = value(),
            b'L' => package.licenses = vec![value()],
            b'o' => package.source = Some((value(), String::new())),
            b'm' => package.supplier = value(),
            b'U' => package.homepage = value(),
            b'I' => package.size = value().parse().ok(),
            b'F' => directory = value(),
            b'R' if directory.is_empty() => package.files.push(value()),
            b'R' => package.files.push(format!("{directory}/{}", value())),
            _ => {}
        }
    }
    finish(&mut package, &mut facts);
    facts
}

fn finish(package: &mut Package, facts: &mut Facts) {
    let mut done = std::mem::take(package);
    if !done.name.is_empty() {
        done.kind = "apk".to_owned();
        facts.packages.push(done);
    }
}

#[test]
fn a_paragraph_is_a_package_with_its_files() {
    let text =
        b"P:musl\nV:1.2.4-r2\nA:x86_64\nI:622592\nL:MIT\no:musl\nF:lib\nR:ld-musl-x86_64.so.1\n\
                 R:libc.musl-x86_64.so.1\n\nP:zlib\nV:1.2.13-r1\n";
    let file = Candidate { path: b"lib/apk/db/installed", size: 0, mode: 0o644, head: b"" };
    assert!((CATALOGER.wants)(&file));
    let packages = read(&file, text).packages;
    assert_eq!(packages.len(), 2);
    assert_eq!(packages[0].files, ["lib/ld-musl-x86_64.so.1", "lib/libc.musl-x86_64.so.1"]);
    assert_eq!(packages[0].size, Some(622592));
    assert_eq!((&packages[1].name[..], &packages[1].version[..]), ("zlib", "1.2.13-r1"));
}
