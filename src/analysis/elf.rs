//! ELF files: what is at an address.
//!
//! Source: System V ABI, chapter 5 (program header). What is beyond the file's end is left out.

use super::file_bytes::FileBytes;
use object::elf;
use object::read::elf::ProgramHeader;

/// At most so many of the file's bytes from an address on, which end with its segment.
pub fn bytes_at<'a, P: ProgramHeader>(
    content: FileBytes<'a>,
    endian: P::Endian,
    segments: &[P],
    address: u64,
    at_most: u64,
) -> Option<&'a [u8]> {
    segments.iter().filter(|segment| segment.p_type(endian) == elf::PT_LOAD).find_map(|segment| {
        let skipped = address.checked_sub(segment.p_vaddr(endian).into())?;
        content.of_segment(segment.file_range(endian), skipped, at_most)
    })
}
