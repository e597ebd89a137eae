//! Where the payload of an RPM package begins, and the header that describes the package.
//!
//! Source: rpm's manual, "Package format" (docs/manual/format_v4.md): a lead of 96 bytes, a header of signatures that ends
//! at a multiple of 8, the header, the payload.

use std::io::{self, Read};

pub const MAGIC: &[u8] = b"\xed\xab\xee\xdb";
const HEADER: &[u8] = b"\x8e\xad\xe8\x01";
/// Bytes of a header: those of the largest packages have some MB.
const MAX_HEADER: u64 = 64 << 20;

/// Passes over the lead and the signatures, and gives the header without its magic number. The payload follows.
pub fn header(source: &mut dyn Read) -> io::Result<Vec<u8>> {
    source.read_exact(&mut [0; 96])?;
    let signatures = one_header(source)?;
    let padding = signatures.len().next_multiple_of(8) - signatures.len();
    source.read_exact(&mut [0; 8][..padding])?;
    one_header(source)
}

/// Numbers of entries and bytes, the entries, and the bytes that they point into.
fn one_header(source: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = [0; 16];
    source.read_exact(&mut head)?;
    let number =
        |at: usize| u64::from(u32::from_be_bytes([0, 1, 2, 3].map(|byte| head[at + byte])));
    let size = number(8).saturating_mul(16).saturating_add(number(12));
    if !head.starts_with(HEADER) || size > MAX_HEADER {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "rpm: a header is damaged"));
    }
    let mut header = head[8..].to_vec();
    source.take(size).read_to_end(&mut header)?;
    if header.len() as u64 != size + 8 {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "rpm: the package is cut short"));
    }
    Ok(header)
}
