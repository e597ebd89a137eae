//! What begins with certain bytes is opened: as an archive, as a compressed archive or file, or not at all.
//!
//! - A form is known by its first bytes, never by a name.
//! - What is compressed is opened one level deeper if that is an archive that is read forwards, so that `x.tar.gz` is one
//!   archive. Other compressed files have one member.

use super::found::{EachMember, FoundMember};
use super::meter::UnpackMeter;
use super::{ars, cpios, rpms, tars, zips};
use crate::codec::{Compression, ReadSeek};
use crate::entry;
use crate::problem::Problem;
use crate::protocol::MemberForm;
use std::io::{Cursor, Read, Seek, SeekFrom};

/// Bytes that tell the form.
const HEAD: u64 = 512;

/// What begins as a script is a zip if that begins within so many bytes: the script before a Spring Boot program has 10 kB.
const SCRIPT_HEAD: u64 = 64 << 10;

/// What the compression that came before xz begins with in packages, with dictionaries of whole megabytes.
const LZMA: &[u8] = b"\x5d\0\0";

/// The first entry of a zip.
const ZIP_ENTRY: &[u8] = b"PK\x03\x04";

/// The bytes of a file or member.
pub enum NestedBytes<'a> {
    /// Read anywhere.
    Anywhere(Box<dyn ReadSeek + 'a>),
    /// Read forwards.
    Forward(Box<dyn Read + 'a>),
}

impl<'a> NestedBytes<'a> {
    /// The first bytes, and all of them.
    fn with_head(
        self,
        size: u64,
        meter: &UnpackMeter,
    ) -> Result<(Vec<u8>, NestedBytes<'a>), Problem> {
        let failed = |error| meter.problem(&error);
        let mut head = Vec::new();
        Ok(match self {
            NestedBytes::Anywhere(mut source) => {
                source.seek(SeekFrom::Start(0)).map_err(failed)?;
                (&mut source).take(size).read_to_end(&mut head).map_err(failed)?;
                source.seek(SeekFrom::Start(0)).map_err(failed)?;
                (head, NestedBytes::Anywhere(source))
            }
            NestedBytes::Forward(mut source) => {
                (&mut source).take(size).read_to_end(&mut head).map_err(failed)?;
                let whole = Box::new(Cursor::new(head.clone()).chain(source));
                (head, NestedBytes::Forward(whole))
            }
        })
    }

    /// Read forwards.
    pub fn forward(self) -> Box<dyn Read + 'a> {
        match self {
            NestedBytes::Anywhere(source) => Box::new(source),
            NestedBytes::Forward(source) => source,
        }
    }

    fn anywhere(self, meter: &UnpackMeter) -> Result<Box<dyn ReadSeek + 'a>, Problem> {
        Ok(match self {
            NestedBytes::Anywhere(source) => source,
            NestedBytes::Forward(mut source) => Box::new(Cursor::new(meter.hold(&mut source)?)),
        })
    }
}

/// A file or member that was opened.
pub enum OpenedMember<'a> {
    Archive {
        form: MemberForm,
        /// Of the archive as a whole.
        compression: Compression,
        /// The archive, uncompressed.
        bytes: NestedBytes<'a>,
    },
    /// It is not an archive of a form that is read here.
    File(NestedBytes<'a>),
}

/// Opens the bytes of a file or member.
pub fn open<'a>(
    bytes: NestedBytes<'a>,
    meter: &'a UnpackMeter,
) -> Result<OpenedMember<'a>, Problem> {
    let (head, bytes) = bytes.with_head(HEAD, meter)?;
    let archive =
        |form, bytes| OpenedMember::Archive { form, compression: Compression::None, bytes };
    if let Some(form) = form_of(&head) {
        return Ok(match form {
            MemberForm::Rpm => open_rpm(bytes, meter)?,
            form => archive(form, bytes),
        });
    }
    if head.starts_with(b"#!") {
        let (script, bytes) = bytes.with_head(SCRIPT_HEAD, meter)?;
        return Ok(match zip_begins_in(&script) {
            true => archive(MemberForm::Zip, bytes),
            false => OpenedMember::File(bytes),
        });
    }
    let compression = Compression::detect(&head);
    if compression == Compression::None {
        return Ok(OpenedMember::File(bytes));
    }
    let bytes = unpacked(compression, bytes.forward(), meter);
    let (head, bytes) = bytes.with_head(HEAD, meter)?;
    let forward = [MemberForm::Tar, MemberForm::Cpio];
    let form = form_of(&head).filter(|form| forward.contains(form));
    Ok(OpenedMember::Archive { form: form.unwrap_or(MemberForm::Compressed), compression, bytes })
}

/// The payload of an RPM package.
fn open_rpm<'a>(
    bytes: NestedBytes<'a>,
    meter: &'a UnpackMeter,
) -> Result<OpenedMember<'a>, Problem> {
    let mut source = bytes.forward();
    rpms::header(&mut source).map_err(|error| meter.problem(&error))?;
    let (head, payload) = NestedBytes::Forward(source).with_head(HEAD, meter)?;
    let compression = Compression::detect(&head);
    let bytes = match compression {
        Compression::None => payload,
        compression => unpacked(compression, payload.forward(), meter),
    };
    let (head, bytes) = bytes.with_head(HEAD, meter)?;
    if !head.is_empty() && !head.starts_with(b"0707") {
        let found = match head.starts_with(LZMA) {
            true => "lzma data".to_owned(),
            false => entry::looks_like(&head).unwrap_or_else(|| "another form".to_owned()),
        };
        let message = "The payload of this package cannot be read here.";
        return Err(Problem::new("member-unreadable", message)
            .expected("a cpio archive, compressed with gzip, bzip2, xz or zstd")
            .found(found));
    }
    Ok(OpenedMember::Archive { form: MemberForm::Rpm, compression, bytes })
}

fn unpacked<'a>(
    compression: Compression,
    source: Box<dyn Read + 'a>,
    meter: &'a UnpackMeter,
) -> NestedBytes<'a> {
    NestedBytes::Forward(Box::new(meter.count(compression.decode(source))))
}

/// Whether a zip follows a script: Python's zipapps and programs of Spring Boot are made so.
pub fn zip_begins_in(script: &[u8]) -> bool {
    let script = &script[..script.len().min(SCRIPT_HEAD as usize)];
    memchr::memmem::find(script, ZIP_ENTRY).is_some()
}

/// The form of what begins with these bytes.
fn form_of(head: &[u8]) -> Option<MemberForm> {
    if head.starts_with(ZIP_ENTRY) || head.starts_with(b"PK\x05\x06") {
        Some(MemberForm::Zip)
    } else if head.starts_with(ars::MAGIC) {
        Some(MemberForm::Ar)
    } else if head.starts_with(rpms::MAGIC) {
        Some(MemberForm::Rpm)
    } else if cpios::MAGICS.iter().any(|magic| head.starts_with(magic)) {
        Some(MemberForm::Cpio)
    } else if entry::is_header(head) {
        Some(MemberForm::Tar)
    } else {
        None
    }
}

/// Gives the members of an archive; `name` is its own. What was given before an error is valid.
pub fn walk(
    form: MemberForm,
    bytes: NestedBytes<'_>,
    name: &[u8],
    meter: &UnpackMeter,
    each: &mut EachMember<'_>,
) -> Result<(), Problem> {
    match form {
        MemberForm::Zip => zips::walk(bytes.anywhere(meter)?, meter, each),
        MemberForm::Tar => tars::walk(bytes.forward(), meter, each),
        MemberForm::Ar => ars::walk(bytes.forward(), meter, each),
        MemberForm::Cpio | MemberForm::Rpm => cpios::walk(bytes.forward(), meter, each),
        MemberForm::Compressed => {
            let found = FoundMember { name: name_within(name), ..FoundMember::default() };
            each(&found, &mut bytes.forward()).map(drop)
        }
    }
}

/// What a compressed file is called without its ending.
fn name_within(name: &[u8]) -> &[u8] {
    let name = name.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let endings: [&[u8]; 7] = [b".gz", b".xz", b".zst", b".bz2", b".lz4", b".z", b".gzip"];
    let stem = endings.iter().find_map(|ending| name.strip_suffix(*ending));
    match stem.unwrap_or(name) {
        b"" => b"content",
        stem => stem,
    }
}

#[test]
fn a_compressed_file_loses_its_ending() {
    let names = [&b"/usr/share/a.1.gz"[..], b"a", b".gz", b""].map(name_within);
    assert_eq!(names, [&b"a.1"[..], b"a", b"content", b"content"]);
}
