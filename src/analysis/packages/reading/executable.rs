//! Executables and libraries, as far as catalogers need them: a section by its name, and the bytes at an
//! address.
//!
//! The `object` crate reads ELF, PE and Mach-O, 32 and 64 bits, both byte orders.
//!
//! - Sections may claim bytes outside of the file, and sizes may be wrong. Callers get slices of the file,
//!   shorter than claimed if the file is.
//! - A name is sought to the end of the table of names by the library, for each section. Here only as many bytes
//!   are compared as the wanted name has.
//! - Of a universal Mach-O binary the first architecture is read, as Go's own tool does.

use ::object::read::elf::{ElfFile, FileHeader, SectionHeader};
use ::object::read::macho::{FatArch, MachOFatFile32, MachOFatFile64};
use ::object::read::pe::{ImageNtHeaders, PeFile};
use ::object::{Endianness, File, Object, ObjectSection, ObjectSegment};

/// A program or library.
pub struct Binary<'a>(File<'a>);

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
    /// `None` if it is not an executable, or too damaged to read.
    pub fn parse(bytes: &'a [u8]) -> Option<Binary<'a>> {
        File::parse(first_architecture(bytes)?).ok().map(Binary)
    }

    /// A section's address, and its bytes as far as the file has them.
    pub fn section(&self, name: &str) -> Option<(u64, &'a [u8])> {
        match &self.0 {
            File::Elf32(file) => elf_section(file, name.as_bytes()),
            File::Elf64(file) => elf_section(file, name.as_bytes()),
            File::Pe32(file) => pe_section(file, name.as_bytes()),
            File::Pe64(file) => pe_section(file, name.as_bytes()),
            // Names of Mach-O are sixteen bytes of the header itself.
            file => {
                let is_it = |section: &::object::Section<'_, '_>| {
                    section.name_bytes() == Ok(name.as_bytes())
                };
                let section = file.sections().find(is_it)?;
                Some((section.address(), section.data().ok()?))
            }
        }
    }

    /// The first segment that is writable and not executable: its address, and its bytes as far as the
    /// file has them.
    pub fn data(&self) -> Option<(u64, &'a [u8])> {
        let segment = self.0.segments().find(|segment| {
            let allowed = segment.permissions();
            allowed.writable() && !allowed.executable() && segment.address() != 0
        })?;
        Some((segment.address(), segment.data().ok()?))
    }

    /// The file's bytes from an address to the end of its segment.
    pub fn at(&self, address: u64) -> Option<&'a [u8]> {
        self.0.segments().find_map(|segment| {
            let offset = usize::try_from(address.checked_sub(segment.address())?).ok()?;
            segment.data().ok()?.get(offset..).filter(|rest| !rest.is_empty())
        })
    }
}

fn elf_section<'a, E>(file: &ElfFile<'a, E>, name: &[u8]) -> Option<(u64, &'a [u8])>
where
    E: FileHeader<Endian = Endianness>,
{
    let (endian, data) = (file.endian(), file.data());
    let sections = file.elf_section_table();
    let names = file.elf_header().section_strings_index(endian, data).ok()?;
    let names = sections.section(names).ok()?.data(endian, data).ok()?;
    let section = sections.iter().find(|section| {
        let at = usize::try_from(section.sh_name(endian)).ok();
        let rest = at.and_then(|at| names.get(at..)).and_then(|rest| rest.strip_prefix(name));
        rest.is_some_and(|rest| rest.first() == Some(&0))
    })?;
    Some((section.sh_addr(endian).into(), section.data(endian, data).ok()?))
}

/// Longer names than eight bytes are in a table of symbols, which programs rarely have; they are not found.
fn pe_section<'a, P: ImageNtHeaders>(file: &PeFile<'a, P>, name: &[u8]) -> Option<(u64, &'a [u8])> {
    let section = file.sections().find(|section| {
        let stored = section.pe_section().name;
        let rest = stored.strip_prefix(name);
        rest.is_some_and(|rest| rest.iter().all(|&byte| byte == 0))
    })?;
    Some((section.address(), section.data().ok()?))
}

fn first_architecture(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [0xca, 0xfe, 0xba, 0xbe, ..] => {
            MachOFatFile32::parse(bytes).ok()?.arches().first()?.data(bytes).ok()
        }
        [0xca, 0xfe, 0xba, 0xbf, ..] => {
            MachOFatFile64::parse(bytes).ok()?.arches().first()?.data(bytes).ok()
        }
        _ => Some(bytes),
    }
}
