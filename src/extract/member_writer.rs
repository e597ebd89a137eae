//! What both forms of archives have in common: how members are written, and a file's content.

use super::extraction::ExtractedMember;
use crate::layer::{FilePlace, LayerBytes, Owner};
use crate::problem::Problem;
use std::io::{self, Write};

/// Zeros that are written at once for holes.
static ZEROS: [u8; 1 << 16] = [0; 1 << 16];

/// Writes members of one form of archive.
pub trait MemberWriter {
    /// A member without content.
    fn member(&mut self, member: &ExtractedMember, owner: &Owner) -> Result<(), Problem>;
    /// A file with its content, which `bytes` has. `passed` hears of each piece.
    fn file(
        &mut self,
        member: &ExtractedMember,
        owner: &Owner,
        place: &FilePlace,
        bytes: &mut LayerBytes<'_>,
        passed: &mut dyn FnMut(u64),
    ) -> Result<(), Problem>;
}

/// The problem of an output that cannot be written.
pub fn unwritten(error: io::Error) -> Problem {
    Problem::new("write-failed", "The output cannot be written.").found(error.to_string())
}

/// The content of a file. A sparse one's stored runs are in order, or else the content cannot be written forward.
pub fn content(
    place: &FilePlace,
    bytes: &mut LayerBytes<'_>,
    out: &mut dyn Write,
    passed: &mut dyn FnMut(u64),
) -> Result<(), Problem> {
    let mut at = 0;
    for (first, start, length) in place.stored_runs().filter(|(.., length)| *length > 0) {
        let hole = start.checked_sub(at).ok_or_else(|| {
            Problem::new("tar-sparse-map", "The parts of a sparse file are not in order.")
                .expected("parts that follow each other")
                .found(format!("a part for byte {start} behind one that ends at byte {at}"))
        })?;
        zeros(hole, out)?;
        bytes.pass(first, length, &mut |piece| {
            passed(piece.len() as u64);
            out.write_all(piece).map_err(unwritten)
        })?;
        at = start + length;
    }
    zeros(place.size.saturating_sub(at), out)
}

fn zeros(count: u64, out: &mut dyn Write) -> Result<(), Problem> {
    let mut left = count;
    while left > 0 {
        let step = left.min(ZEROS.len() as u64);
        out.write_all(&ZEROS[..step as usize]).map_err(unwritten)?;
        left -= step;
    }
    Ok(())
}
