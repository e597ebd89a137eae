//! Programs and libraries of Windows (PE) and macOS (Mach-O).
//!
//! Source: Microsoft, "PE Format"; Apple, `mach-o/loader.h` and `mach-o/fat.h`; the `object` crate reads the structures.

use super::bytes::u32_be;
use super::made::{fact, item, list, of, text};
use crate::analysis::file_bytes::FileBytes;
use crate::protocol::{FileOutline, OutlineFact, OutlineName, OutlineValue, OutlinedFormat};
use ::object::read::macho::{FatArch, MachOFatFile32, MachOFatFile64};
use ::object::{Architecture, File, Object, ObjectKind};

/// First bytes of a table of architectures with places in four bytes, and in eight.
const UNIVERSAL: u32 = 0xcafe_babe;
const UNIVERSAL_64: u32 = 0xcafe_babf;
/// A Java class, which begins the same way, has its version in place of the number of architectures: at least 45.
const MOST_ARCHITECTURES: u32 = 44;
/// Entries of import tables that are read.
const MOST_IMPORTS: usize = 20_000;

pub fn is_pe(head: &[u8]) -> bool {
    head.starts_with(b"MZ")
}

/// For one architecture.
pub fn is_mach_o(head: &[u8]) -> bool {
    matches!(head, [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..])
}

/// For several: a program of its own for each.
pub fn is_universal(head: &[u8]) -> bool {
    let count = u32_be(head, 4).unwrap_or(0);
    let is_table = matches!(u32_be(head, 0), Some(UNIVERSAL | UNIVERSAL_64));
    is_table && (1..=MOST_ARCHITECTURES).contains(&count)
}

pub fn pe(bytes: &[u8]) -> Option<FileOutline> {
    read(bytes, OutlinedFormat::Pe)
}

pub fn mach_o(bytes: &[u8]) -> Option<FileOutline> {
    read(bytes, OutlinedFormat::MachO)
}

/// A group of facts for each architecture, and the libraries that any of them needs.
pub fn universal(bytes: &[u8]) -> Option<FileOutline> {
    match u32_be(bytes, 0)? {
        UNIVERSAL => of_each(bytes, MachOFatFile32::parse(FileBytes::Held(bytes)).ok()?.arches()),
        _ => of_each(bytes, MachOFatFile64::parse(FileBytes::Held(bytes)).ok()?.arches()),
    }
}

fn of_each(bytes: &[u8], programs: &[impl FatArch]) -> Option<FileOutline> {
    let (mut outline, mut names) = (of(OutlinedFormat::MachO, Vec::new()), Vec::new());
    outline.groups.clear();
    for program in programs {
        // A program that was not read, or is damaged, is one of the file's all the same.
        let program_bytes = program.data(FileBytes::Held(bytes)).ok().map(FileBytes::Held);
        let file = program_bytes.and_then(|bytes| File::parse(bytes).ok());
        let mut facts = match &file {
            Some(file) => facts(file),
            None => vec![text(OutlineName::Machine, machine(program.architecture()))],
        };
        facts.push(fact(OutlineName::Size, OutlineValue::Bytes(program.file_range().1)));
        outline.groups.push(facts);
        names.extend(file.iter().flat_map(libraries));
    }
    Some(with_libraries(outline, names))
}

fn read(bytes: &[u8], format: OutlinedFormat) -> Option<FileOutline> {
    let file = File::parse(FileBytes::Held(bytes)).ok()?;
    Some(with_libraries(of(format, facts(&file)), libraries(&file)))
}

/// What it is, and for which machine.
fn facts<'data>(file: &File<'data, FileBytes<'data>>) -> Vec<OutlineFact> {
    let kind = match file.kind() {
        ObjectKind::Executable => "program",
        ObjectKind::Dynamic => "shared library",
        ObjectKind::Relocatable => "object file",
        ObjectKind::Core => "core dump",
        _ => "other",
    };
    let bits = if file.is_64() { "64-bit" } else { "32-bit" };
    vec![
        text(OutlineName::Kind, format!("{kind}, {bits}")),
        text(OutlineName::Machine, machine(file.architecture())),
    ]
}

fn machine(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::X86_64 => "x86_64",
        Architecture::I386 => "i386",
        Architecture::Aarch64 => "aarch64",
        Architecture::Arm => "arm",
        Architecture::PowerPc => "powerpc",
        Architecture::PowerPc64 => "powerpc64",
        _ => "other",
    }
}

/// The libraries that its import table names, one after another the same name once: an entry of a table costs a few
/// bytes and names a library each time.
fn libraries<'data>(file: &File<'data, FileBytes<'data>>) -> Vec<&'data [u8]> {
    let mut names: Vec<&[u8]> = Vec::new();
    for import in file.imports().into_iter().flatten().take(MOST_IMPORTS).flatten() {
        if names.last() != Some(&import.library()) && !import.library().is_empty() {
            names.push(import.library());
        }
    }
    names
}

fn with_libraries(mut outline: FileOutline, mut names: Vec<&[u8]>) -> FileOutline {
    names.sort_unstable();
    names.dedup();
    if !names.is_empty() {
        let items = names.iter().map(|name| item(name, "", None));
        outline.lists.push(list(OutlineName::NeededLibraries, items, names.len() as u64));
    }
    outline
}
