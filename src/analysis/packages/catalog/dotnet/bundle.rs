//! .NET applications in a single file: the host's executable with the application's files behind it.
//!
//! Source: dotnet/runtime, src/native/corehost/bundle (header.h, file_entry.h, file_type.h) and
//! Microsoft.NET.HostModel's `Bundler` and `Manifest`.
//!
//! - The executable has a signature of 32 bytes, before which is the place of the header; zero in a host
//!   without a bundle. The host changes both, so they are in its data (bundle_marker.cpp). The header lists the
//!   files. All numbers are little-endian.
//! - Version 1 of the header (.NET Core 3) has no places of the two JSON files; since 6 (.NET 6) a file may
//!   be compressed by Deflate.
//! - The list of libraries is `NAME.deps.json` among these files. Nothing else in a bundle is read.

use super::{ENDING, libraries, unreadable};
use crate::analysis::file_bytes::FileBytes;
use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::analysis::packages::reading::executable::{Binary, is_object};
use crate::analysis::packages::reading::facts_budget::FactsBudget;
use flate2::read::DeflateDecoder;
use memchr::memmem;
use object::ReadRef;
use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;

pub const CATALOGER: Cataloger = Cataloger {
    name: "dotnet-bundle",
    wants: |file| file.head.is_some_and(is_object),
    read: CatalogRead::Program(read),
};

/// SHA-256 of `.net core bundle`.
const SIGNATURE: [u8; 32] = [
    0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38, 0x72, 0x7b, 0x93, 0x02, 0x14, 0xd7, 0xa0, 0x32,
    0x13, 0xf5, 0xb9, 0xe6, 0xef, 0xae, 0x33, 0x18, 0xee, 0x3b, 0x2d, 0xce, 0x24, 0xb3, 0x6a, 0xae,
];

/// The kind of a file that is the list of libraries.
const DEPS_JSON: u8 = 3;
/// Headers since this version have the places of the two JSON files.
const WITH_PLACES: u32 = 2;
/// Bytes of those places, and of the flags behind them.
const PLACES: usize = 4 * 8 + 8;
/// Entries since this version have a compressed size.
const WITH_COMPRESSION: u32 = 6;
/// Most files of a bundle; a self-contained application has some three hundred.
const MAX_FILES: u32 = 100_000;
/// Most bytes of all lists of libraries together; several files may share their bytes.
const MAX_LISTS: u64 = 64 << 20;
/// Most bytes of a header: a file has some hundred.
const MAX_HEADER: u64 = 32 << 20;
/// Most places with the signature that are tried: a host has one.
const MAX_SIGNATURES: usize = 16;

/// A file in a bundle.
struct BundledFile<'a> {
    kind: u8,
    path: &'a [u8],
    /// Its first byte in the executable, and how many.
    stored: (u64, u64),
    compressed: bool,
}

fn read(candidate: &Candidate<'_>, binary: &Binary<'_>) -> CatalogFacts {
    let mut facts = CatalogFacts::default();
    let mut budget = FactsBudget::new(b"");
    let Some(files) = bundle(binary) else { return facts };
    let mut is_damaged = false;
    let most = candidate.may_unpack(MAX_LISTS);
    let mut left = most;
    for file in files.iter().filter(|file| file.kind == DEPS_JSON || file.path.ends_with(ENDING)) {
        let inside: Arc<str> = String::from_utf8_lossy(file.path).into();
        let content = file.content(binary.bytes(), left);
        left = left.saturating_sub(content.as_ref().map_or(0, |content| content.len() as u64));
        let Some(packages) = content.and_then(|content| libraries(&content)) else {
            is_damaged = true;
            continue;
        };
        for package in packages {
            budget.add(Package { inside: Arc::clone(&inside), ..package }, &mut facts);
        }
    }
    candidate.unpacked(most - left);
    if is_damaged {
        facts.add(unreadable());
    }
    budget.close(facts)
}

/// The files of the bundle in an executable; `None` if there is none.
fn bundle<'a>(binary: &Binary<'a>) -> Option<Vec<BundledFile<'a>>> {
    let bytes = binary.bytes();
    let places = binary.all_data().flat_map(|data| {
        let before = |signature| data.get(..signature)?.split_last_chunk::<8>();
        memmem::find_iter(data, &SIGNATURE).filter_map(move |at| Some(before(at)?.1))
    });
    places.take(MAX_SIGNATURES).find_map(|place| {
        let header = Some(u64::from_le_bytes(*place)).filter(|header| *header > 0)?;
        files(bytes, HeaderFields(bytes.from(header, MAX_HEADER)?))
    })
}

fn files<'a>(bytes: FileBytes<'_>, mut fields: HeaderFields<'a>) -> Option<Vec<BundledFile<'a>>> {
    let end = bytes.size()?;
    let (major, _minor, count) = (fields.u32()?, fields.u32()?, fields.u32()?);
    if major == 0 || count > MAX_FILES {
        return None;
    }
    fields.text()?; // the bundle's ID
    if major >= WITH_PLACES {
        fields.take(PLACES)?;
    }
    let mut files = Vec::new();
    for _ in 0..count {
        let (offset, size) = (fields.u64()?, fields.u64()?);
        let compressed = if major >= WITH_COMPRESSION { fields.u64()? } else { 0 };
        let (kind, path) = (*fields.take(1)?.first()?, fields.text()?);
        let stored = if compressed > 0 { compressed } else { size };
        // A file that lies outside of the executable costs only itself.
        if offset.checked_add(stored)? <= end {
            let stored = (offset, stored);
            files.push(BundledFile { kind, path, stored, compressed: compressed > 0 });
        }
    }
    Some(files)
}

impl BundledFile<'_> {
    /// Its bytes; `None` if they are damaged, or more than `most`.
    fn content<'a>(&self, bytes: FileBytes<'a>, most: u64) -> Option<Cow<'a, [u8]>> {
        let (offset, size) = self.stored;
        if size > most {
            return None;
        }
        let stored = bytes.read_bytes_at(offset, size).ok()?;
        if !self.compressed {
            return Some(Cow::Borrowed(stored));
        }
        let mut content = Vec::new();
        DeflateDecoder::new(stored).take(most + 1).read_to_end(&mut content).ok()?;
        (content.len() as u64 <= most).then_some(Cow::Owned(content))
    }
}

/// Fields of a header, read one after another.
struct HeaderFields<'a>(&'a [u8]);

impl<'a> HeaderFields<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (field, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(field)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.first_chunk().copied().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take(8)?.first_chunk().copied().map(u64::from_le_bytes)
    }

    /// A text with its length before it: seven bits per byte, at most two bytes of them.
    fn text(&mut self) -> Option<&'a [u8]> {
        let first = usize::from(*self.take(1)?.first()?);
        let length = match first {
            0x80.. => (first & 0x7f) | usize::from(*self.take(1)?.first()?) << 7,
            _ => first,
        };
        self.take(length)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::test_archives::{list, named, read};
    use super::*;
    use flate2::{Compression, write::DeflateEncoder};
    use std::io::Write;

    const LIST: &[u8] = br#"{"libraries": {"app/1.0.0": {"type": "project"},
        "Serilog/2.10.0": {"type": "package"}}}"#;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut out = DeflateEncoder::new(Vec::new(), Compression::best());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    /// A host: ELF with one segment, of data, which has zeros and the signature.
    fn host() -> Vec<u8> {
        let mut out = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
        let halves = |out: &mut Vec<u8>, numbers: &[u16]| {
            numbers.iter().for_each(|number| out.extend(number.to_le_bytes()));
        };
        let words = |out: &mut Vec<u8>, numbers: &[u32]| {
            numbers.iter().for_each(|number| out.extend(number.to_le_bytes()));
        };
        let longs = |out: &mut Vec<u8>, numbers: &[u64]| {
            numbers.iter().for_each(|number| out.extend(number.to_le_bytes()));
        };
        halves(&mut out, &[2, 62]); // an executable for x86-64
        words(&mut out, &[1]);
        longs(&mut out, &[0, 64, 0]); // segments at byte 64, no sections
        words(&mut out, &[0]);
        halves(&mut out, &[64, 56, 1, 64, 0, 0]);
        words(&mut out, &[1, 6]); // loaded, writable
        longs(&mut out, &[120, 0x1000, 0x1000, 40, 40, 8]);
        out.extend([0; 8]);
        out.extend(SIGNATURE);
        out
    }

    /// An executable with a bundle of one assembly and the list of libraries.
    fn executable(major: u32, compress: bool) -> Vec<u8> {
        let mut out = host();
        let place = out.len() - 40;
        let stored = if compress { deflated(LIST) } else { LIST.to_vec() };
        let list_at = out.len() as u64;
        out.extend(&stored);
        let header = out.len() as u64;
        out[place..place + 8].copy_from_slice(&header.to_le_bytes());
        for number in [major, 0, 2] {
            out.extend(number.to_le_bytes());
        }
        out.extend(b"\x04id42");
        if major >= WITH_PLACES {
            out.extend([0; PLACES]);
        }
        for (offset, size, kind, path) in
            [(0u64, 9u64, 1, "app.dll"), (list_at, LIST.len() as u64, 3, "app.deps.json")]
        {
            out.extend(offset.to_le_bytes());
            out.extend(size.to_le_bytes());
            if major >= WITH_COMPRESSION {
                let compressed = if compress && kind == 3 { stored.len() as u64 } else { 0 };
                out.extend(compressed.to_le_bytes());
            }
            out.push(kind);
            out.push(path.len() as u8);
            out.extend(path.as_bytes());
        }
        out
    }

    #[test]
    fn a_bundle_of_each_version_has_its_list_of_libraries() {
        for (major, compress) in [(1, false), (2, false), (6, false), (6, true)] {
            let found = read("app/service", &executable(major, compress), &[CATALOGER]);
            let want = list("Serilog 2.10.0\napp 1.0.0");
            assert_eq!(named(&found), want, "version {major}, compressed: {compress}");
            assert!(found[0].1.packages.iter().all(|package| &*package.inside == "app.deps.json"));
        }
    }

    #[test]
    fn a_host_without_a_bundle_and_cut_bundles_have_none() {
        let whole = executable(6, true);
        for end in 0..whole.len() {
            assert!(named(&read("app/service", &whole[..end], &[CATALOGER])).is_empty(), "{end}");
        }
        let mut host = whole.clone();
        let signature = memmem::find(&host, &SIGNATURE).unwrap();
        host[signature - 8..signature].fill(0);
        assert!(named(&read("app/service", &host, &[CATALOGER])).is_empty());
    }
}
