//! Executables and libraries, as far as catalogers need them: a section by its name, and the bytes at an
//! address. Only these are read: a file may be read in parts.
//!
//! The `object` crate reads ELF, PE and Mach-O, 32 and 64 bits, both byte orders.
//!
//! - Sections and segments may claim bytes outside of the file: such have none. What is read from an address on ends
//!   where the file does.
//! - A name is sought to the end of the table of names by the library, for each section. Here only as many bytes
//!   are compared as the wanted name has.
//! - Of a universal Mach-O binary the first architecture is read, as Go's own tool does.

use crate::analysis::file_bytes::FileBytes;
use ::object::read::elf::{FileHeader, ProgramHeader, SectionHeader, SectionTable};
use ::object::read::macho::{FatArch, MachOFatFile32, MachOFatFile64};
use ::object::read::pe::{ImageNtHeaders, PeFile};
use ::object::{Endianness, File, FileKind, Object, ObjectSection, ObjectSegment, ReadRef, elf};

/// Segments that are looked at: programs have less than a hundred.
const MAX_SEGMENTS: usize = 4096;

/// A program or library.
pub struct Binary<'a> {
    bytes: FileBytes<'a>,
    format: BinaryFormat<'a>,
}

enum BinaryFormat<'a> {
    Elf32(ElfTables<'a, elf::FileHeader32<Endianness>>),
    Elf64(ElfTables<'a, elf::FileHeader64<Endianness>>),
    Other(Box<File<'a, FileBytes<'a>>>),
    /// Something else, or too damaged to read.
    Unread,
}

/// The tables of an ELF file. Not the library's `ElfFile`: that reads symbols, too.
struct ElfTables<'a, E: FileHeader> {
    header: &'a E,
    endian: Endianness,
    sections: SectionTable<'a, E, FileBytes<'a>>,
    segments: &'a [E::ProgramHeader],
}

/// A part of the file that is loaded into memory.
struct LoadedSegment {
    address: u64,
    /// First byte in the file, and how many.
    range: (u64, u64),
    /// It is writable and not executable.
    is_data: bool,
}

/// Whether a file with these first bytes may be an executable or library.
pub fn is_object(head: &[u8]) -> bool {
    match head {
        [0x7f, b'E', b'L', b'F', ..] | [b'M', b'Z', ..] => true,
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => true,
        // Java classes start like a universal binary. Where that has its small number of architectures,
        // they have their version, which is at least 45.
        [0xca, 0xfe, 0xba, 0xbe | 0xbf, 0, 0, 0, 1..=44, ..] => true,
        _ => false,
    }
}

impl<'a> Binary<'a> {
    /// Reads the tables of an executable. One that cannot be read has bytes alone.
    pub fn parse(bytes: FileBytes<'a>) -> Binary<'a> {
        let bytes = first_architecture(bytes).unwrap_or(bytes);
        let format = match FileKind::parse(bytes) {
            Ok(FileKind::Elf32) => ElfTables::parse(bytes).map(BinaryFormat::Elf32),
            Ok(FileKind::Elf64) => ElfTables::parse(bytes).map(BinaryFormat::Elf64),
            Ok(_) => File::parse(bytes).ok().map(|file| BinaryFormat::Other(Box::new(file))),
            Err(_) => None,
        };
        Binary { bytes, format: format.unwrap_or(BinaryFormat::Unread) }
    }

    /// All its bytes; of a universal binary those of the first architecture.
    pub fn bytes(&self) -> FileBytes<'a> {
        self.bytes
    }

    /// A section's address, and its bytes.
    pub fn section(&self, name: &str) -> Option<(u64, &'a [u8])> {
        match &self.format {
            BinaryFormat::Elf32(tables) => tables.section(self.bytes, name.as_bytes()),
            BinaryFormat::Elf64(tables) => tables.section(self.bytes, name.as_bytes()),
            BinaryFormat::Other(file) => match &**file {
                File::Pe32(file) => pe_section(file, name.as_bytes()),
                File::Pe64(file) => pe_section(file, name.as_bytes()),
                // Names of Mach-O are sixteen bytes of the header itself.
                file => {
                    let is_it = |section: &::object::Section<'_, '_, FileBytes<'a>>| {
                        section.name_bytes() == Ok(name.as_bytes())
                    };
                    let section = file.sections().find(is_it)?;
                    Some((section.address(), section.data().ok()?))
                }
            },
            BinaryFormat::Unread => None,
        }
    }

    /// The first segment of data, which is writable and not executable: its address and its bytes.
    pub fn data(&self) -> Option<(u64, &'a [u8])> {
        let segments = self.segments().into_iter();
        let segment = segments.filter(|segment| segment.is_data).find(|one| one.address != 0)?;
        Some((segment.address, self.read(segment.range)?))
    }

    /// The bytes of all segments of data, one after the other; all bytes of a file that has no segments.
    pub fn all_data(&self) -> impl Iterator<Item = &'a [u8]> {
        let mut segments = self.segments();
        if segments.is_empty() {
            let range = (0, self.bytes.size().unwrap_or(0));
            segments.push(LoadedSegment { address: 0, range, is_data: true });
        }
        // Segments that overlap are a trick: each may be as large as the file.
        let mut left = self.bytes.size().unwrap_or(0);
        let within = move |segment: &LoadedSegment| {
            left.checked_sub(segment.range.1).is_some_and(|rest| {
                left = rest;
                true
            })
        };
        let data = segments.into_iter().filter(|segment| segment.is_data).filter(within);
        data.filter_map(|segment| self.read(segment.range))
    }

    /// At most so many of the file's bytes from an address on, which end with its segment.
    pub fn at(&self, address: u64, at_most: u64) -> Option<&'a [u8]> {
        self.segments().into_iter().find_map(|LoadedSegment { address: start, range, .. }| {
            let skipped = address.checked_sub(start)?;
            self.bytes.of_segment(range, skipped, at_most)
        })
    }

    fn read(&self, (offset, size): (u64, u64)) -> Option<&'a [u8]> {
        self.bytes.read_bytes_at(offset, size).ok()
    }

    fn segments(&self) -> Vec<LoadedSegment> {
        match &self.format {
            BinaryFormat::Elf32(tables) => tables.segments(),
            BinaryFormat::Elf64(tables) => tables.segments(),
            BinaryFormat::Other(file) => {
                let segment = |segment: ::object::Segment<'_, '_, FileBytes<'a>>| {
                    let allowed = segment.permissions();
                    LoadedSegment {
                        address: segment.address(),
                        range: segment.file_range(),
                        is_data: allowed.writable() && !allowed.executable(),
                    }
                };
                file.segments().take(MAX_SEGMENTS).map(segment).collect()
            }
            BinaryFormat::Unread => Vec::new(),
        }
    }
}

impl<'a, E: FileHeader<Endian = Endianness>> ElfTables<'a, E> {
    fn parse(bytes: FileBytes<'a>) -> Option<ElfTables<'a, E>> {
        let header = E::parse(bytes).ok()?;
        let endian = header.endian().ok()?;
        let segments = header.program_headers(endian, bytes).ok()?;
        let sections = header.sections(endian, bytes).ok()?;
        Some(ElfTables { header, endian, sections, segments })
    }

    fn section(&self, bytes: FileBytes<'a>, name: &[u8]) -> Option<(u64, &'a [u8])> {
        let endian = self.endian;
        let names = self.header.section_strings_index(endian, bytes).ok()?;
        let names = self.sections.section(names).ok()?.data(endian, bytes).ok()?;
        let section = self.sections.iter().find(|section| {
            let at = usize::try_from(section.sh_name(endian)).ok();
            let rest = at.and_then(|at| names.get(at..)).and_then(|rest| rest.strip_prefix(name));
            rest.is_some_and(|rest| rest.first() == Some(&0))
        })?;
        Some((section.sh_addr(endian).into(), section.data(endian, bytes).ok()?))
    }

    fn segments(&self) -> Vec<LoadedSegment> {
        let loaded = |one: &&E::ProgramHeader| one.p_type(self.endian) == elf::PT_LOAD;
        let segment = |segment: &E::ProgramHeader| {
            let flags = segment.p_flags(self.endian).0;
            LoadedSegment {
                address: segment.p_vaddr(self.endian).into(),
                range: segment.file_range(self.endian),
                is_data: flags & (elf::PF_W.0 | elf::PF_X.0) == elf::PF_W.0,
            }
        };
        self.segments.iter().filter(loaded).take(MAX_SEGMENTS).map(segment).collect()
    }
}

/// Longer names than eight bytes are in a table of symbols, which programs rarely have; they are not found.
fn pe_section<'a, P: ImageNtHeaders>(
    file: &PeFile<'a, P, FileBytes<'a>>,
    name: &[u8],
) -> Option<(u64, &'a [u8])> {
    let section = file.sections().find(|section| {
        let stored = section.pe_section().name;
        let rest = stored.strip_prefix(name);
        rest.is_some_and(|rest| rest.iter().all(|&byte| byte == 0))
    })?;
    Some((section.address(), section.data().ok()?))
}

/// The first architecture of a universal binary is read in whole.
fn first_architecture(bytes: FileBytes<'_>) -> Option<FileBytes<'_>> {
    Some(match bytes.from(0, 4)? {
        [0xca, 0xfe, 0xba, 0xbe] => {
            let fat = MachOFatFile32::parse(bytes).ok()?;
            FileBytes::Held(fat.arches().first()?.data(bytes).ok()?)
        }
        [0xca, 0xfe, 0xba, 0xbf] => {
            let fat = MachOFatFile64::parse(bytes).ok()?;
            FileBytes::Held(fat.arches().first()?.data(bytes).ok()?)
        }
        _ => bytes,
    })
}
