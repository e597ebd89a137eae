//! ELF files: what is at an address.
//!
//! Source: System V ABI, chapter 5 (program header). The `object` crate gives slices of the file or nothing.

use object::elf;
use object::read::elf::ProgramHeader;

/// The file's bytes from an address to the end of its segment.
pub fn bytes_at<'a, P: ProgramHeader>(
    content: &'a [u8],
    endian: P::Endian,
    segments: &[P],
    address: u64,
) -> Option<&'a [u8]> {
    segments.iter().filter(|segment| segment.p_type(endian) == elf::PT_LOAD).find_map(|segment| {
        let offset = address.checked_sub(segment.p_vaddr(endian).into())?;
        let data = segment.data(endian, content).ok()?;
        data.get(usize::try_from(offset).ok()?..).filter(|rest| !rest.is_empty())
    })
}
