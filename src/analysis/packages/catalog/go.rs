//! Go: the modules that the linker records in every program.
//!
//! Source: Go's own reader, package debug/buildinfo, whose results `go version -m` prints;
//! `runtime/debug.BuildInfo` describes the text. The standard library is listed as a package, as syft does:
//! most vulnerabilities of Go programs are in it.
//!
//! - The data is found where Go's tool finds it: in its own section, else in the first data segment on a
//!   boundary of 16 bytes. It survives stripping.
//! - Before Go 1.18 the header points to the strings; since then they follow it.
//! - A module replaced by another module is listed as the other. One replaced by a folder keeps its name,
//!   because a path on the build machine identifies nothing.

use crate::analysis::file_bytes::FileBytes;
use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::analysis::packages::reading::executable::{Binary, is_object};
use crate::analysis::packages::reading::facts_budget::in_first_lines;
use memchr::memmem;

pub const CATALOGER: Cataloger = Cataloger {
    name: "go-binary",
    wants: |file| file.head.is_some_and(is_object),
    read: CatalogRead::Program(read),
};

const MAGIC: &[u8] = b"\xff Go buildinf:";

/// Bytes of the header, and its alignment.
const HEADER: usize = 32;
const ALIGN: u64 = 16;

/// Flags: pointers are big-endian; the strings follow the header.
const BIG_ENDIAN: u8 = 1;
const INLINE: u8 = 2;

/// Bytes before and after the list of modules.
const FRAME: usize = 16;

fn read(_: &Candidate<'_>, binary: &Binary<'_>) -> CatalogFacts {
    let Some((version, modules)) = build_information(binary) else {
        return CatalogFacts::default();
    };
    let read = |list: &str| CatalogFacts { packages: modules_of(list), ..CatalogFacts::default() };
    let mut facts = in_first_lines(&String::from_utf8_lossy(modules), read);
    // `go1.22.1 X:boringcrypto`: the enabled experiments follow the version.
    let version = String::from_utf8_lossy(version);
    let version = version.split(" X:").next().unwrap_or_default();
    facts.packages.push(module("stdlib", version));
    facts
}

/// Go's version in a program that it built: `go1.22.1`.
pub fn go_version(bytes: FileBytes<'_>) -> Option<String> {
    let (version, _) = build_information(&Binary::parse(bytes))?;
    Some(String::from_utf8_lossy(version).into_owned())
}

/// Go's version and the list of modules, which may be empty.
fn build_information<'a>(binary: &Binary<'a>) -> Option<(&'a [u8], &'a [u8])> {
    let named = binary.section(".go.buildinfo").or_else(|| binary.section("__go_buildinfo"));
    let (address, data) = named.or_else(|| binary.data())?;
    let header = memmem::find_iter(data, MAGIC)
        .find(|&at| address.wrapping_add(at as u64).is_multiple_of(ALIGN))?;
    let (header, rest) = data.get(header..)?.split_at_checked(HEADER)?;
    let [.., pointer_size, flags] = *header.first_chunk::<16>()?;
    let (version, modules) = if flags & INLINE != 0 {
        let (version, rest) = inline(rest)?;
        (version, inline(rest)?.0)
    } else {
        let pointers = Pointers { wide: pointer_size == 8, big: flags & BIG_ENDIAN != 0 };
        let version = pointers.text(binary, header.get(16..)?)?;
        let modules = pointers.text(binary, header.get(16 + usize::from(pointer_size)..)?);
        (version, modules.unwrap_or_default())
    };
    let end = modules.len().saturating_sub(FRAME);
    let listed = modules.get(FRAME..end).filter(|list| list.ends_with(b"\n"));
    (!version.is_empty()).then_some((version, listed.unwrap_or_default()))
}

/// A string with its length before it (7 bits per byte), and the rest.
fn inline(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0u64;
    for (at, &byte) in bytes.iter().take(9).enumerate() {
        length |= u64::from(byte & 0x7f) << (7 * at);
        if byte < 0x80 {
            return bytes.get(at + 1..)?.split_at_checked(usize::try_from(length).ok()?);
        }
    }
    None
}

/// The program's pointer format.
struct Pointers {
    wide: bool,
    big: bool,
}

impl Pointers {
    fn read(&self, bytes: &[u8]) -> Option<u64> {
        Some(match (self.wide, self.big) {
            (true, true) => u64::from_be_bytes(*bytes.first_chunk()?),
            (true, false) => u64::from_le_bytes(*bytes.first_chunk()?),
            (false, true) => u32::from_be_bytes(*bytes.first_chunk()?).into(),
            (false, false) => u32::from_le_bytes(*bytes.first_chunk()?).into(),
        })
    }

    /// The Go string that the pointer in `bytes` points to: it is itself a pointer and a length.
    fn text<'a>(&self, binary: &Binary<'a>, bytes: &[u8]) -> Option<&'a [u8]> {
        let size = if self.wide { 8 } else { 4 };
        let string = binary.at(self.read(bytes)?, 2 * size)?;
        let length = self.read(string.get(size as usize..)?)?;
        let text = binary.at(self.read(string)?, length)?;
        (text.len() as u64 == length).then_some(text)
    }
}

/// The main module and its dependencies, in the order of the list.
fn modules_of(list: &str) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    for line in list.lines() {
        let mut fields = line.split('\t');
        let what = fields.next().unwrap_or_default();
        let (Some(path), Some(version)) = (fields.next(), fields.next()) else { continue };
        match what {
            "mod" | "dep" => packages.push(module(path, version)),
            "=>" => {
                if let Some(last) = packages.last_mut() {
                    let is_folder = path.starts_with(['.', '/']) || version.is_empty();
                    let name = if is_folder { last.name.clone() } else { path.to_owned() };
                    let version = if version.is_empty() { "(devel)" } else { version };
                    *last = module(&name, version);
                }
            }
            _ => {}
        }
    }
    packages
}

fn module(name: &str, version: &str) -> Package {
    Package {
        kind: "golang".to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        ..Package::default()
    }
}

#[cfg(test)]
mod tests;
