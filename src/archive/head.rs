//! A file's first bytes: whether it can be an archive, and what it looks like otherwise.

use super::contents::ArchiveContents;
use super::zipped;
use crate::codec::{BlobPart, Compression, HEAD};
use crate::entry::{BLOCK, is_header, is_redirected, looks_like};
use crate::problem::Problem;
use crate::text::byte_count;

/// What the user can do about a file that is not an archive.
pub const ADVICE: &str = "Save an image with `docker save -o image.tar NAME` and open that file.";
/// What the user can do about an archive that was made text.
const REDIRECTED: &str = "Save the image with `docker save -o image.tar NAME`: `>` of Windows PowerShell \
                          makes text of what it gets, and bytes are lost.";

/// The compression of a file that may be an archive. A file that cannot be one is refused, with a word for
/// what it looks like.
pub fn check_head(
    contents: &mut ArchiveContents<'_>,
    file: BlobPart,
) -> Result<Compression, Problem> {
    if file.len == 0 {
        return Err(refuse("archive-empty", "an empty file"));
    }
    let mut head = [0; BLOCK as usize];
    let count = contents.head(file, &mut head)?;
    let head = &head[..count];
    // A tar may begin with any name.
    if is_header(head) {
        return Ok(Compression::None);
    }
    let compression = Compression::detect(&head[..count.min(HEAD)]);
    if compression != Compression::None {
        return Ok(compression);
    }
    match looks_like(head) {
        Some(found) => Err(named(contents, head, &found)),
        None if file.len < BLOCK => {
            let found = format!("{}, fewer than one tar header", byte_count(file.len));
            Err(refuse("archive-not-a-tar", &found))
        }
        None => Ok(Compression::None),
    }
}

/// The problem of a file that looks like something else.
fn named(contents: &ArchiveContents<'_>, head: &[u8], found: &str) -> Problem {
    if is_redirected(head) {
        return refuse("archive-not-a-tar", found).advice(REDIRECTED);
    }
    match contents.open(0).ok().and_then(zipped::describe) {
        Some(zipped) => refuse("archive-not-a-tar", &zipped.found).advice(&zipped.advice),
        None => refuse("archive-not-a-tar", found),
    }
}

fn refuse(code: &'static str, found: &str) -> Problem {
    Problem::new(code, "This file is not an image archive.")
        .expected("a tar archive: an image that `docker save` wrote, or a layer")
        .found(found)
        .advice(ADVICE)
}
