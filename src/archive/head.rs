//! A file's first bytes: whether it can be an archive, and what it looks like otherwise.

use super::contents::ArchiveContents;
use crate::codec::{BlobPart, Compression, HEAD};
use crate::entry::BLOCK;
use crate::problem::Problem;
use crate::text::byte_count;

/// What the user can do about a file that is not an archive.
pub const ADVICE: &str = "Save an image with `docker save -o image.tar NAME` and open that file.";

/// What files of other formats begin with.
const FORMATS: [(&[u8], &str); 7] = [
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x7fELF", "an ELF program"),
    (b"{", "JSON text"),
];

/// The compression of a file that may be an archive. A file that cannot be one is refused, with a word for
/// what it looks like.
pub fn check_head(
    contents: &mut ArchiveContents<'_>,
    file: BlobPart,
) -> Result<Compression, Problem> {
    let refuse = |code, found: &str| {
        Problem::new(code, "This file is not an image archive.")
            .expected("a tar archive: an image that `docker save` wrote, or a layer")
            .found(found)
            .advice(ADVICE)
    };
    if file.len == 0 {
        return Err(refuse("archive-empty", "an empty file"));
    }
    let mut head = [0; 16];
    let count = contents.head(file, &mut head)?;
    let head = &head[..count];
    let compression = Compression::detect(&head[..count.min(HEAD)]);
    if compression != Compression::None {
        return Ok(compression);
    }
    if let Some((_, format)) = FORMATS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(refuse("archive-not-a-tar", format));
    }
    if file.len < BLOCK {
        let found = format!("{}, fewer than one tar header", byte_count(file.len));
        return Err(refuse("archive-not-a-tar", &found));
    }
    Ok(Compression::None)
}
