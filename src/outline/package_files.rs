//! Packages as files (deb, rpm, those of Alpine and Arch Linux), and other compressed files: what package it is, how many
//! files it installs.
//!
//! Source: `deb(5)`, `deb-control(5)`; rpm's manual, "Package format"; Alpine's wiki, "Apk spec"; `PKGBUILD(5)` and
//! `alpm-package(7)`. `inside/` opens the archives, within its limits.
//!
//! - Files are counted only where the whole archive was read.

use super::made::{fact, of, shown, text};
use crate::analysis::packages::rpm_package;
use crate::codec::Compression;
use crate::inside::{self, NestedBytes, UnpackMeter};
use crate::member_path::{MemberPath, MemberStep};
use crate::protocol::{
    FileOutline, MemberForm, MemberList, OutlineFact, OutlineName, OutlineValue, OutlinedFormat,
};
use crate::vocabulary::NodeKind;
use std::io::{Cursor, Read};

/// Bytes of a file that describes a package.
const MAX_CONTROL: u64 = 1 << 20;

pub fn is_deb(head: &[u8]) -> bool {
    head.starts_with(b"!<arch>\ndebian-binary")
}

/// By the file `control` in the archive of that name, and the members of the other one.
pub fn deb(bytes: &[u8]) -> Option<FileOutline> {
    let parts = members(bytes, &MemberPath::default())?;
    let part = |start: &str| {
        let mut rows = parts.rows.iter();
        rows.find(|row| row.step.name.starts_with(start.as_bytes())).map(|row| row.step.clone())
    };
    let mut facts = Vec::new();
    if let Some(control) = part("control.tar") {
        let described = described_in(bytes, &MemberPath(vec![control]), b"control");
        let field = |name| field(&described, name, ":");
        push_fields(&mut facts, field("Package"), field("Version"), field("Architecture"));
        facts.extend(field("Description").map(|value| text(OutlineName::Summary, value)));
    }
    if let Some(data) = part("data.tar") {
        push_sums(&mut facts, members(bytes, &MemberPath(vec![data])).as_ref());
    }
    Some(of(OutlinedFormat::Deb, facts))
}

pub fn is_rpm(head: &[u8]) -> bool {
    head.starts_with(b"\xed\xab\xee\xdb")
}

/// By its header, and the members of its payload.
pub fn rpm(bytes: &[u8]) -> Option<FileOutline> {
    let header = inside::rpm_header(bytes)?;
    let package = rpm_package(&header)?;
    let mut facts = Vec::new();
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    push_fields(&mut facts, some(package.name), some(package.version), some(package.architecture));
    let files = package.files.len() as u64;
    if files > 0 {
        facts.push(fact(OutlineName::Files, OutlineValue::Number(files)));
    }
    facts.extend(package.size.map(|size| fact(OutlineName::Unpacked, OutlineValue::Bytes(size))));
    if let Some(found) = members(bytes, &MemberPath::default()) {
        facts.push(text(OutlineName::Compression, found.compression.name()));
    }
    Some(of(OutlinedFormat::Rpm, facts))
}

pub fn is_compressed(head: &[u8]) -> bool {
    Compression::detect(head) != Compression::None
}

/// A compressed tar, which may be a package, or another compressed file.
pub fn compressed(bytes: &[u8]) -> Option<FileOutline> {
    let found = members(bytes, &MemberPath::default())?;
    let mut facts = vec![text(OutlineName::Compression, found.compression.name())];
    if found.form != Some(MemberForm::Tar) {
        let size = found.rows.first().and_then(|row| row.size);
        facts.extend(size.map(|size| fact(OutlineName::Unpacked, OutlineValue::Bytes(size))));
        return Some(of(OutlinedFormat::Compressed, facts));
    }
    let is_package = found.rows.iter().take(10).any(|row| row.step.name == b".PKGINFO");
    let format = match found.compression {
        _ if !is_package => OutlinedFormat::CompressedTar,
        Compression::Gzip => OutlinedFormat::AlpinePackage,
        _ => OutlinedFormat::ArchPackage,
    };
    if is_package {
        let described = described_in(bytes, &MemberPath::default(), b".PKGINFO");
        let field = |name| field(&described, name, " =");
        push_fields(&mut facts, field("pkgname"), field("pkgver"), field("arch"));
        facts.extend(field("pkgdesc").map(|value| text(OutlineName::Summary, value)));
    }
    push_sums(&mut facts, Some(&found));
    Some(of(format, facts))
}

/// The members of what a path leads to in these bytes, as far as they can be read.
pub fn members(bytes: &[u8], path: &MemberPath) -> Option<MemberList> {
    let meter = UnpackMeter::of_file(bytes.len() as u64);
    inside::list(NestedBytes::Anywhere(Box::new(Cursor::new(bytes))), b"", path, &meter).ok()
}

/// The text of a member of the archive at a path; empty if it cannot be read.
fn described_in(bytes: &[u8], path: &MemberPath, name: &[u8]) -> String {
    let found = [name.to_vec(), [b"./", name].concat()].into_iter().find_map(|name| {
        let path = path.with(MemberStep { name, nth: 1 });
        let meter = UnpackMeter::of_file(bytes.len() as u64);
        let source = NestedBytes::Anywhere(Box::new(Cursor::new(bytes)));
        let mut text = Vec::new();
        let read = inside::read(source, b"", &path, &meter, &mut |_, source| {
            source.take(MAX_CONTROL).read_to_end(&mut text).map(drop)
        });
        read.ok().map(|()| text)
    });
    String::from_utf8_lossy(&found.unwrap_or_default()).into_owned()
}

/// The first line of a field.
fn field(text: &str, name: &str, sign: &str) -> Option<String> {
    let value = |line: &str| line.strip_prefix(name)?.strip_prefix(sign).map(str::to_owned);
    text.lines().find_map(value).map(|value| value.trim().to_owned())
}

/// Name, version and architecture of a package.
fn push_fields(
    facts: &mut Vec<OutlineFact>,
    name: Option<String>,
    version: Option<String>,
    architecture: Option<String>,
) {
    let named = [
        (OutlineName::Package, name),
        (OutlineName::Version, version),
        (OutlineName::Architecture, architecture),
    ];
    let some = named.into_iter().filter_map(|(name, value)| Some((name, value?)));
    facts.extend(some.map(|(name, value)| fact(name, OutlineValue::Text(shown(value)))));
}

/// How many files an archive has and their bytes, without those that describe a package.
fn push_sums(facts: &mut Vec<OutlineFact>, found: Option<&MemberList>) {
    let Some(found) = found else { return };
    if found.problem.is_some() || found.total > found.rows.len() as u64 {
        return;
    }
    let is_file = |kind| matches!(kind, NodeKind::File | NodeKind::HardLink | NodeKind::Symlink);
    let describes = |name: &[u8]| name.starts_with(b".") && !name.starts_with(b"./");
    let (mut files, mut bytes) = (0u64, 0u64);
    for row in &found.rows {
        if is_file(row.kind) && !describes(&row.step.name) {
            files += 1;
            bytes = bytes.saturating_add(row.size.unwrap_or(0));
        }
    }
    facts.push(fact(OutlineName::Files, OutlineValue::Number(files)));
    facts.push(fact(OutlineName::Unpacked, OutlineValue::Bytes(bytes)));
}
