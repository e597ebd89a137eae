//! Executables and libraries, as far as catalogers need to know: a section by its name, and what is
//! mapped at an address.
//!
//! Read by the library object, which knows ELF, PE and Mach-O of both sizes and byte orders.
//!
//! - A section may lie where the file does not, and sizes may lie: what is handed out are slices of the
//!   file, shorter than claimed if the file is.
//! - Of a universal binary of Mach-O the first architecture speaks for all, as for Go's own tool.

use ::object::read::macho::{FatArch, MachOFatFile32, MachOFatFile64};
use ::object::{File, Object, ObjectSection, ObjectSegment};

/// The file of a program or library.
pub struct Binary<'a>(File<'a>);

/// Whether a file that begins so may be one.
pub fn is_object(head: &[u8]) -> bool {
    match head {
        [0x7f, b'E', b'L', b'F', ..] | [b'M', b'Z', ..] => true,
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..] => true,
        // Java's classes begin like a universal binary; the number of architectures, which is small, is
        // their version, which begins at 45.
        [0xca, 0xfe, 0xba, 0xbe | 0xbf, 0, 0, 0, 1..=44, ..] => true,
        _ => false,
    }
}

impl<'a> Binary<'a> {
    /// `None`: it is no program, or too damaged to say what is in it.
    pub fn parse(bytes: &'a [u8]) -> Option<Binary<'a>> {
        File::parse(first_architecture(bytes)?).ok().map(Binary)
    }

    /// A section's address and the bytes that the file has of it.
    pub fn section(&self, name: &str) -> Option<(u64, &'a [u8])> {
        let named = |name| self.0.sections().find(|section| section.name_bytes() == Ok(name));
        let section = named(name.as_bytes())?;
        Some((section.address(), section.data().ok()?))
    }

    /// The first segment that is written to and not executed: its address and the bytes that the file has
    /// of it.
    pub fn data(&self) -> Option<(u64, &'a [u8])> {
        let segment = self.0.segments().find(|segment| {
            let allowed = segment.permissions();
            allowed.writable() && !allowed.executable() && segment.address() != 0
        })?;
        Some((segment.address(), segment.data().ok()?))
    }

    /// The file's bytes from those at an address to the end of their segment.
    pub fn at(&self, address: u64) -> Option<&'a [u8]> {
        self.0.segments().find_map(|segment| {
            let offset = usize::try_from(address.checked_sub(segment.address())?).ok()?;
            segment.data().ok()?.get(offset..).filter(|rest| !rest.is_empty())
        })
    }
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
