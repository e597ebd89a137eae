//! What a file that is not a tar looks like, for messages.
//!
//! Source: the formats' own magic numbers; for texts, `text::TextEncoding`.

use crate::codec::{Compression, HEAD};
use crate::text::TextEncoding;

/// What files of other formats begin with.
const FORMATS: [(&[u8], &str); 23] = [
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"070701", "a cpio archive"),
    (b"!<arch>\n", "an ar archive, such as a Debian package"),
    (b"\xed\xab\xee\xdb", "an RPM package"),
    (b"hsqs", "a SquashFS file system"),
    (b"QFI\xfb", "a QCOW2 disk"),
    (b"\x7fELF", "an ELF program"),
    (b"MZ", "a Windows program"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x1f\x9d", "a file compressed by `compress`, which is not supported"),
    (b"\x5d\0\0\x80\0", "a file compressed by `lzma`, which is not supported"),
    (b"version https://git-lfs", "a pointer of Git LFS: the file itself was not fetched"),
    (b"<", "HTML or XML text"),
    (b"{", "JSON text"),
    (b"[", "JSON text"),
    (b"#!", "a script"),
];

/// A few words for what begins with these bytes; `None` if they tell nothing.
pub fn looks_like(head: &[u8]) -> Option<String> {
    let (encoding, mark) = TextEncoding::detect(head);
    if encoding != TextEncoding::Utf8 && mark > 0 {
        return Some(format!(
            "text in {}, as `>` of Windows PowerShell writes it",
            encoding.name()
        ));
    }
    let compression = Compression::detect(&head[..head.len().min(HEAD)]);
    if compression != Compression::None {
        return Some(format!("{} data", compression.name()));
    }
    let text = &head[mark..];
    let found = FORMATS.iter().find(|(magic, _)| text.starts_with(magic));
    match found {
        Some((_, format)) => Some((*format).to_owned()),
        None if mark > 0 => Some("text in UTF-8 with a byte order mark".to_owned()),
        None => None,
    }
}

/// Whether these bytes are text that a tool in Windows made of something else.
pub fn is_redirected(head: &[u8]) -> bool {
    let (encoding, mark) = TextEncoding::detect(head);
    encoding != TextEncoding::Utf8 && mark > 0
}

#[test]
fn files_of_other_formats_are_named() {
    for (head, want) in [
        (
            &b"\xff\xfe6\0f\x001\0"[..],
            Some("text in UTF-16, as `>` of Windows PowerShell writes it"),
        ),
        (b"\xfe\xff\x006\0f", Some("text in UTF-16, as `>` of Windows PowerShell writes it")),
        (b"\xef\xbb\xbfblobs", Some("text in UTF-8 with a byte order mark")),
        (b"\xef\xbb\xbf{\"a\":1}", Some("JSON text")),
        (b"\x1f\x8b\x08\0\0\0\0", Some("gzip data")),
        (b"PK\x03\x04rest", Some("a zip archive")),
        (b"\x5d\0\0\x80\0\xff", Some("a file compressed by `lzma`, which is not supported")),
        (b"<!DOCTYPE html>", Some("HTML or XML text")),
        (b"blobs/sha256/", None),
        (b"", None),
    ] {
        assert_eq!(looks_like(head).as_deref(), want, "{head:?}");
    }
}
