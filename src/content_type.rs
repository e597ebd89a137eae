//! The type of a file by its content: what its first bytes say, whatever its name is.
//!
//! Source: the formats' own specifications, and the list of `file` (libmagic) for those that have none. A program, an
//! archive or a certificate is told in more detail by its outline (`outline/`).
//!
//! To add a format: a line in `SIGNATURES`.

use crate::text::{CharacterEncoding, ReadableText, Shown};

/// Bytes of a first line that are looked at for a program.
const MAX_PROGRAM: usize = 128;

/// What a content is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContentType {
    Empty,
    /// A format by its name.
    Known(&'static str),
    Text {
        encoding: CharacterEncoding,
        form: TextForm,
    },
    /// None of the formats that are known here.
    Data,
}

/// What a text says to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextForm {
    Plain,
    /// A script, with the program that its first line names.
    Script(Shown),
    /// A format by its name.
    Known(&'static str),
}

impl ContentType {
    /// The type of a file that begins with these bytes, which are this text, if they are one.
    pub fn of(bytes: &[u8], text: Option<&ReadableText<'_>>) -> ContentType {
        if bytes.is_empty() {
            return ContentType::Empty;
        }
        let found = signature(bytes);
        match (found, text) {
            // A text may begin with any letters.
            (Some(FoundFormat { name, letters }), text) if text.is_none() || !letters => {
                ContentType::Known(name)
            }
            (_, Some(ReadableText { text, encoding })) => {
                ContentType::Text { encoding: *encoding, form: text_form(text) }
            }
            _ => ContentType::Data,
        }
    }
}

/// A format that a content begins as.
struct FoundFormat {
    name: &'static str,
    /// By characters that texts have, too.
    letters: bool,
}

/// A format: its name, and which bytes it has where.
struct Signature {
    name: &'static str,
    offset: usize,
    bytes: &'static [u8],
}

const fn at(offset: usize, bytes: &'static [u8], name: &'static str) -> Signature {
    Signature { name, offset, bytes }
}

const fn starts(bytes: &'static [u8], name: &'static str) -> Signature {
    at(0, bytes, name)
}

/// Formats that are no text, the first that fits.
const SIGNATURES: &[Signature] = &[
    // Programs.
    starts(b"\x7fELF", "ELF program or library"),
    starts(b"\0asm", "WebAssembly module"),
    starts(b"\xfe\xed\xfa\xce", "Mach-O program or library"),
    starts(b"\xfe\xed\xfa\xcf", "Mach-O program or library"),
    starts(b"\xce\xfa\xed\xfe", "Mach-O program or library"),
    starts(b"\xcf\xfa\xed\xfe", "Mach-O program or library"),
    starts(b"dex\n03", "Android's program (DEX)"),
    starts(b"\x1bLua", "Lua bytecode"),
    starts(b"BC\xc0\xde", "LLVM bitcode"),
    starts(b"\0\0\x03\xf3", "Python bytecode"),
    // Archives and packages.
    starts(b"PK\x03\x04", "Zip archive"),
    starts(b"PK\x05\x06", "Zip archive, empty"),
    starts(b"!<arch>\ndebian-binary", "Debian package"),
    starts(b"!<arch>\n", "ar archive"),
    starts(b"!<thin>\n", "ar archive, thin"),
    starts(b"\xed\xab\xee\xdb", "RPM package"),
    starts(b"070701", "cpio archive"),
    starts(b"070702", "cpio archive"),
    starts(b"070707", "cpio archive"),
    starts(b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    starts(b"Rar!\x1a\x07", "RAR archive"),
    starts(b"MSCF\0\0\0\0", "Windows cabinet"),
    starts(b"ADB", "Alpine's package or index, version 3"),
    at(257, b"ustar", "Tar archive"),
    // Compressed streams.
    starts(b"\x1f\x8b", "Compressed by gzip"),
    starts(b"BZh", "Compressed by bzip2"),
    starts(b"\xfd7zXZ\0", "Compressed by xz"),
    starts(b"\x28\xb5\x2f\xfd", "Compressed by zstd"),
    starts(b"\x04\x22\x4d\x18", "Compressed by lz4"),
    starts(b"LZIP", "Compressed by lzip"),
    starts(b"\x1f\x9d", "Compressed by compress"),
    // File systems and disks.
    starts(b"hsqs", "SquashFS file system"),
    starts(b"\xe2\xe1\xf5\xe0", "EROFS file system"),
    at(1024, b"\xe2\xe1\xf5\xe0", "EROFS file system"),
    at(1080, b"\x53\xef", "ext2, ext3 or ext4 file system"),
    starts(b"QFI\xfb", "QEMU disk (qcow2)"),
    starts(b"KDMV", "VMware disk"),
    starts(b"\xd0\x0d\xfe\xed", "Device tree"),
    // Databases.
    starts(b"SQLite format 3\0", "SQLite database"),
    at(12, b"\x61\x15\x06\0", "Berkeley DB, hash"),
    at(12, b"\x62\x31\x05\0", "Berkeley DB, B-tree"),
    starts(b"\xce\x9a\x57\x13", "GNU dbm database"),
    starts(b"RPM\0", "RPM database (ndb)"),
    starts(b"RpmP", "RPM database (ndb)"),
    starts(b"LPKSHHRH", "Log of systemd"),
    starts(b"KSLPHHRH", "Hardware database of systemd"),
    starts(b"\x8aMNEC", "GnuPG key box"),
    at(8, b"KBXf", "GnuPG key box"),
    starts(b"PACK\0\0\0", "Git pack"),
    starts(b"DIRC\0\0\0", "Git index"),
    starts(b"\xfftOc", "Git pack index"),
    starts(b"\x8cZ\0\0", "SELinux policy"),
    starts(b"ld.so-1.7.0\0", "Cache of the dynamic linker"),
    starts(b"glibc-ld.so.cache", "Cache of the dynamic linker"),
    // Words and times.
    starts(b"\xde\x12\x04\x95", "Translations (gettext)"),
    starts(b"\x95\x04\x12\xde", "Translations (gettext)"),
    starts(b"\x09\x01\x02\xde", "Locales (glibc)"),
    starts(b"TZif", "Time zone"),
    starts(b"\x1a\x01", "Terminal description"),
    starts(b"\x1e\x02", "Terminal description"),
    starts(b"\x1c\x04\x1e\xf1", "Magic numbers of file"),
    // Pictures, fonts, sound, documents.
    starts(b"\x89PNG\r\n\x1a\n", "PNG picture"),
    starts(b"\xff\xd8\xff", "JPEG picture"),
    starts(b"GIF8", "GIF picture"),
    at(8, b"WEBP", "WebP picture"),
    at(4, b"ftypavi", "AVIF picture"),
    at(4, b"ftyphei", "HEIF picture"),
    starts(b"\0\0\x01\0", "Icon (ICO)"),
    starts(b"II*\0", "TIFF picture"),
    starts(b"MM\0*", "TIFF picture"),
    starts(b"8BPS", "Photoshop picture"),
    starts(b"Xcur", "X cursor"),
    starts(b"\0\x01\0\0", "TrueType font"),
    starts(b"OTTO", "OpenType font"),
    starts(b"ttcf", "TrueType fonts"),
    starts(b"wOFF", "WOFF font"),
    starts(b"wOF2", "WOFF2 font"),
    starts(b"\x01fcp", "Font for X (PCF)"),
    starts(b"\x36\x04", "Font for consoles"),
    starts(b"\x72\xb5\x4a\x86", "Font for consoles"),
    starts(b"OggS", "Ogg sound or film"),
    starts(b"fLaC", "FLAC sound"),
    starts(b"ID3", "MP3 sound"),
    at(8, b"WAVEfmt", "WAV sound"),
    at(8, b"AVI LIST", "AVI film"),
    at(4, b"ftyp", "MP4 film or sound"),
    starts(b"\x1a\x45\xdf\xa3", "Matroska or WebM film"),
    starts(b"%PDF-", "PDF document"),
    starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Old Microsoft Office document or installer"),
    // Data of programs.
    starts(b"GGUF", "Language model (GGUF)"),
    starts(b"\x89HDF\r\n\x1a\n", "HDF5 data"),
    starts(b"\x93NUMPY", "NumPy array"),
    starts(b"PAR1", "Parquet table"),
    starts(b"ARROW1\0\0", "Arrow table"),
    starts(b"Obj\x01", "Avro records"),
    starts(b"\x80\x04\x95", "Python pickle"),
    starts(b"\xac\xed\0\x05", "Java objects"),
    starts(b"\xfe\xed\xfe\xed", "Java keystore"),
    starts(b"MDMP", "Windows memory dump"),
    starts(b"\xd4\xc3\xb2\xa1", "Network capture"),
    starts(b"\x0a\x0d\x0d\x0a", "Network capture"),
];

fn signature(bytes: &[u8]) -> Option<FoundFormat> {
    let has = |offset: usize, expected: &[u8]| {
        bytes.get(offset..).is_some_and(|rest| rest.starts_with(expected))
    };
    let bytes_of = |name| Some(FoundFormat { name, letters: false });
    // Both begin alike; a class has a version of at least 45 where a universal program has the number of its parts.
    if has(0, b"\xca\xfe\xba\xbe") {
        let is_class = bytes.get(7).is_some_and(|version| *version >= 45);
        return bytes_of(if is_class { "Java class" } else { "Mach-O for several machines" });
    }
    if has(0, b"MZ") && pe_header(bytes) {
        return bytes_of("Windows program or library (PE)");
    }
    if has(0, b"BM") && has(6, b"\0\0\0\0") {
        return bytes_of("BMP picture");
    }
    // Two bytes that each version of Python changes, and a line end.
    if has(2, b"\r\n") && bytes.get(1).is_some_and(|high| (0x0a..=0x0f).contains(high)) {
        return Some(FoundFormat { name: "Python bytecode", letters: true });
    }
    // Two elements of a certificate or a key: a sequence in a sequence, or one that begins with a number.
    if has(0, b"\x30\x82") && (has(4, b"\x30\x82") || has(4, b"\x02\x01")) {
        return bytes_of("Certificate or key (DER)");
    }
    let form = SIGNATURES.iter().find(|form| has(form.offset, form.bytes))?;
    let is_letter = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    Some(FoundFormat { name: form.name, letters: form.bytes.iter().all(is_letter) })
}

/// Whether the header that a DOS program names is that of a Windows program.
fn pe_header(bytes: &[u8]) -> bool {
    let place = bytes.get(0x3c..0x40).and_then(|place| place.first_chunk::<4>());
    let place = place.map(|place| u32::from_le_bytes(*place) as usize);
    place.and_then(|place| bytes.get(place..)).is_some_and(|header| header.starts_with(b"PE\0\0"))
}

/// Beginnings of texts, in small letters.
const TEXT_FORMS: [(&str, &str); 13] = [
    ("<?xml", "XML"),
    ("<!doctype html", "HTML"),
    ("<html", "HTML"),
    ("<svg", "SVG picture"),
    ("-----begin openssh private key", "Private key of OpenSSH"),
    ("-----begin pgp", "OpenPGP data"),
    ("-----begin ", "Certificate or key (PEM)"),
    ("ssh-rsa ", "Public key of OpenSSH"),
    ("ssh-ed25519 ", "Public key of OpenSSH"),
    ("%pdf-", "PDF document"),
    ("%!ps", "PostScript document"),
    ("{\\rtf", "RTF document"),
    ("diff --git ", "Differences (patch)"),
];

fn text_form(text: &str) -> TextForm {
    if let Some(program) = text.strip_prefix("#!") {
        let line = program.lines().next().unwrap_or_default().trim();
        return TextForm::Script(Shown::start_of(line, MAX_PROGRAM));
    }
    let begins = |start: &str| {
        text.trim_start()
            .as_bytes()
            .get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
    };
    let known = TEXT_FORMS.iter().find(|(start, _)| begins(start));
    known.map_or(TextForm::Plain, |(_, name)| TextForm::Known(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn type_of(bytes: &[u8], whole: bool) -> ContentType {
        ContentType::of(bytes, ReadableText::read(bytes, whole).as_ref())
    }

    fn text(form: TextForm) -> ContentType {
        ContentType::Text { encoding: CharacterEncoding::Utf8, form }
    }

    #[test]
    fn real_files_are_what_file_says_of_them() {
        for (bytes, want) in [
            (&include_bytes!("../www/icons/app-192.png")[..], "PNG picture"),
            (b"SQLite format 3\0\x10\0", "SQLite database"),
            (b"!<arch>\ndebian-binary   ", "Debian package"),
            (b"!<arch>\n/               ", "ar archive"),
            (b"\xca\xfe\xba\xbe\0\0\0\x34", "Java class"),
            (b"\xca\xfe\xba\xbe\0\0\0\x02", "Mach-O for several machines"),
            (b"\xa7\x0d\r\n\0\0\0\0", "Python bytecode"),
            (b"TZif2\0\0\0", "Time zone"),
        ] {
            assert_eq!(type_of(bytes, false), ContentType::Known(want));
        }
        let windows =
            [b"MZ".to_vec(), vec![0; 0x3a], vec![0x40, 0, 0, 0], b"PE\0\0".to_vec()].concat();
        let known = ContentType::Known("Windows program or library (PE)");
        assert_eq!(type_of(&windows, false), known);
        assert_eq!(type_of(&windows[..0x42], false), ContentType::Data);
        let tar = [vec![0; 257], b"ustar\0".to_vec()].concat();
        assert_eq!(type_of(&tar, false), ContentType::Known("Tar archive"));
    }

    #[test]
    fn a_text_says_how_it_is_written_and_what_it_is() {
        let of = |bytes: &[u8]| type_of(bytes, true);
        assert_eq!(of(b""), ContentType::Empty);
        assert_eq!(of(b"MZ is a text\n"), text(TextForm::Plain));
        assert_eq!(of(b"BMW\n"), text(TextForm::Plain));
        assert_eq!(of(b"#!/bin/sh -e\n"), text(TextForm::Script("/bin/sh -e".into())));
        assert_eq!(of(b"#! /a\xe2\x80\xaeb\n"), text(TextForm::Script("/a\\u{202e}b".into())));
        assert_eq!(of(b"\n<?XML version='1.0'?>"), text(TextForm::Known("XML")));
        let latin =
            ContentType::Text { encoding: CharacterEncoding::Latin1, form: TextForm::Plain };
        assert_eq!(of(b"gr\xfcn"), latin);
        assert_eq!(of(b"\x01\0"), ContentType::Data);
    }

    #[test]
    fn a_text_that_begins_like_another_format_is_a_text() {
        for signature in SIGNATURES.iter().filter(|form| form.offset == 0) {
            let Ok(start) = str::from_utf8(signature.bytes) else { continue };
            let is_text = start.chars().all(|c| !c.is_control());
            if is_text {
                let note = format!("{start} is what this note is about.\n");
                let found = type_of(note.as_bytes(), true);
                assert!(matches!(found, ContentType::Text { .. }), "{start:?}: {found:?}");
            }
        }
        assert_eq!(type_of(b"\r\n\r\nTwo empty lines.\r\n", true), text(TextForm::Plain));
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_type(bytes: Vec<u8>, form in 0..SIGNATURES.len(), whole: bool) {
            type_of(&bytes, whole);
            let signature = &SIGNATURES[form];
            type_of(&[vec![0; signature.offset], signature.bytes.to_vec(), bytes].concat(), whole);
        }
    }
}
