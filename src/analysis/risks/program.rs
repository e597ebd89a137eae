//! Programs and libraries of Linux: how they were built, and what they need to start.
//!
//! Source: System V ABI, chapters 4 and 5 (program header, dynamic section); the GNU extensions `PT_GNU_STACK`,
//! `PT_GNU_RELRO` and `DF_1_PIE` as glibc's elf.h has them; ld.so(8) (folders of libraries).
//!
//! - Sections and segments may claim bytes outside of the file: such have none.

use crate::analysis::elf::bytes_at;
use crate::analysis::file_bytes::FileBytes;
use object::read::elf::{Dyn, FileHeader, ProgramHeader};
use object::{Endianness, FileKind, elf};
use serde::{Deserialize, Serialize};

/// Libraries and folders of one program at most, and bytes of each.
const MAX_LISTED: usize = 256;
const MAX_TEXT: usize = 512;

/// Bytes of the table of names that are read, whatever size it is said to have.
const LEAST_TABLE: u64 = 1 << 20;

/// Notes of a program that are looked at.
const MAX_NOTES: usize = 16;

/// How a program or library was built.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NotedProgram {
    /// Which processor it is for, as in its header.
    pub machine: u16,
    /// It is a library: only `folders` are noted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub library: bool,
    /// The program that loads it; empty: it needs none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub interpreter: String,
    /// Libraries that it needs, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needed: Vec<String>,
    /// Where libraries are looked for first (RPATH, RUNPATH), folders below its own left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub folders: Vec<String>,
    /// It is always loaded at the same address: not position-independent (PIE).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fixed: bool,
    /// Its tables of addresses stay writable: it lacks RELRO.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub writable: bool,
    /// Its stack can be executed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stack: bool,
    /// Go's linker made it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub go: bool,
}

/// Reads an executable or library; `None` if it is neither, or nothing of it is worth a note.
pub fn program(content: FileBytes<'_>) -> Option<NotedProgram> {
    match FileKind::parse(content).ok()? {
        FileKind::Elf32 => read::<elf::FileHeader32<Endianness>>(content),
        FileKind::Elf64 => read::<elf::FileHeader64<Endianness>>(content),
        _ => None,
    }
}

fn read<H: FileHeader<Endian = Endianness>>(content: FileBytes<'_>) -> Option<NotedProgram> {
    let header = H::parse(content).ok()?;
    let endian = header.endian().ok()?;
    let kind = header.e_type(endian);
    let segments = header.program_headers(endian, content).ok()?;
    let mut noted = NotedProgram {
        machine: header.e_machine(endian).0,
        fixed: kind == elf::ET_EXEC,
        writable: true,
        ..NotedProgram::default()
    };
    let mut entries: &[H::Dyn] = &[];
    for segment in segments {
        let kind = segment.p_type(endian);
        noted.writable &= kind != elf::PT_GNU_RELRO;
        noted.stack |= kind == elf::PT_GNU_STACK && segment.p_flags(endian).0 & elf::PF_X.0 != 0;
        if let Ok(Some(name)) = segment.interpreter(endian, content) {
            noted.interpreter = text(name);
        }
        if let Ok(Some(dynamic)) = segment.dynamic(endian, content) {
            entries = dynamic;
        }
        if let Ok(Some(mut notes)) = segment.notes(endian, content) {
            let mut names = (0..MAX_NOTES).map_while(|_| notes.next().ok().flatten());
            noted.go |= names.any(|note| note.name() == b"Go");
        }
    }
    let value = |tag: elf::DynamicTag| {
        entries.iter().find(|entry| entry.tag(endian) == tag).map(|entry| entry.val(endian))
    };
    let flags = value(elf::DT_FLAGS_1).unwrap_or(0);
    let is_pie = flags & elf::DF_1_PIE.0 != 0 || !noted.interpreter.is_empty();
    noted.library = kind == elf::ET_DYN && !is_pie;
    if !noted.library && kind != elf::ET_EXEC && kind != elf::ET_DYN {
        return None;
    }
    noted.take_texts::<H>(content, endian, segments, entries);
    match noted.library {
        true if noted.folders.is_empty() => None,
        true => Some(NotedProgram {
            machine: noted.machine,
            library: true,
            folders: noted.folders,
            ..NotedProgram::default()
        }),
        false => Some(noted),
    }
}

impl NotedProgram {
    /// Takes the names of libraries and folders from the entries of the dynamic section.
    fn take_texts<H: FileHeader<Endian = Endianness>>(
        &mut self,
        content: FileBytes<'_>,
        endian: Endianness,
        segments: &[H::ProgramHeader],
        entries: &[H::Dyn],
    ) {
        let value = |tag: elf::DynamicTag| {
            let entry = entries.iter().find(|entry| entry.tag(endian) == tag);
            entry.map(|entry| entry.val(endian))
        };
        // Loaders do not look at the size, so it may be too small.
        let size = value(elf::DT_STRSZ).unwrap_or(u64::MAX).max(LEAST_TABLE);
        let table = value(elf::DT_STRTAB);
        let table = table.and_then(|at| bytes_at(content, endian, segments, at, size));
        let table = table.unwrap_or_default();
        let string = |entry: &H::Dyn| {
            let rest = table.get(usize::try_from(entry.val(endian)).ok()?..)?;
            let rest = &rest[..rest.len().min(MAX_TEXT)];
            Some(text(&rest[..memchr::memchr(0, rest)?]))
        };
        for entry in entries {
            match entry.tag(endian) {
                elf::DT_NULL => break,
                elf::DT_NEEDED if self.needed.len() < MAX_LISTED => {
                    self.needed.extend(string(entry));
                }
                elf::DT_RPATH | elf::DT_RUNPATH => {
                    let folders = string(entry).filter(|folders| !folders.is_empty());
                    let folders = folders.iter().flat_map(|folders| folders.split(':'));
                    let other = |folder: &&str| {
                        !folder.starts_with("$ORIGIN") && !folder.starts_with("${ORIGIN}")
                    };
                    let room = MAX_LISTED.saturating_sub(self.folders.len());
                    self.folders.extend(folders.filter(other).take(room).map(str::to_owned));
                }
                _ => {}
            }
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_TEXT)]).into_owned()
}
