//! Programs and libraries of Windows (PE) and macOS (Mach-O).
//!
//! Source: Microsoft, "PE Format"; Apple, `mach-o/loader.h`; the `object` crate reads the structures.

use super::made::{item, list, of, text};
use crate::protocol::{FileOutline, OutlineName, OutlinedFormat};
use ::object::{Architecture, File, Object, ObjectKind};

pub fn is_pe(head: &[u8]) -> bool {
    head.starts_with(b"MZ")
}

/// Thin ones only: a universal binary begins like a Java class.
pub fn is_mach_o(head: &[u8]) -> bool {
    matches!(head, [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..])
}

pub fn pe(bytes: &[u8]) -> Option<FileOutline> {
    read(bytes, OutlinedFormat::Pe)
}

pub fn mach_o(bytes: &[u8]) -> Option<FileOutline> {
    read(bytes, OutlinedFormat::MachO)
}

fn read(bytes: &[u8], format: OutlinedFormat) -> Option<FileOutline> {
    let file = File::parse(bytes).ok()?;
    let kind = match file.kind() {
        ObjectKind::Executable => "program",
        ObjectKind::Dynamic => "shared library",
        ObjectKind::Relocatable => "object file",
        ObjectKind::Core => "core dump",
        _ => "other",
    };
    let bits = if file.is_64() { "64-bit" } else { "32-bit" };
    let machine = match file.architecture() {
        Architecture::X86_64 => "x86_64",
        Architecture::I386 => "i386",
        Architecture::Aarch64 => "aarch64",
        Architecture::Arm => "arm",
        _ => "other",
    };
    let facts = vec![
        text(OutlineName::Kind, format!("{kind}, {bits}")),
        text(OutlineName::Machine, machine),
    ];
    let mut outline = of(format, facts);
    // Only of a file of moderate size: an entry of an import table costs a few bytes and names a library each time.
    let mut names: Vec<&[u8]> = Vec::new();
    for import in file.imports().into_iter().flatten().take(20_000).flatten() {
        if names.last() != Some(&import.library()) && !import.library().is_empty() {
            names.push(import.library());
        }
    }
    names.sort_unstable();
    names.dedup();
    if !names.is_empty() {
        let items = names.iter().map(|name| item(name, "", None));
        outline.lists.push(list(OutlineName::NeededLibraries, items, names.len() as u64));
    }
    Some(outline)
}
