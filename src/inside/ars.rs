//! The members of an ar archive: a Debian package, or a library of object files.
//!
//! Source: `ar(5)`, with the long names of GNU (a table `//`) and of BSD (`#1/LENGTH`).

use super::found::{EachMember, FoundMember, MAX_NAME, kind_of_mode, utc};
use super::meter::UnpackMeter;
use super::sequence::Sequence;
use crate::problem::Problem;
use crate::text::decimal;
use std::io::Read;

pub const MAGIC: &[u8] = b"!<arch>\n";
/// Bytes of GNU's table of long names.
const MAX_TABLE: u64 = 4 << 20;

/// Gives each member; tables of symbols and of names are left out.
pub fn walk(
    source: Box<dyn Read + '_>,
    meter: &UnpackMeter,
    each: &mut EachMember<'_>,
) -> Result<(), Problem> {
    let mut archive = Sequence::new(source, meter);
    archive.skip(MAGIC.len() as u64)?;
    let mut table = Vec::new();
    while let Some(head) = archive.head::<60>()? {
        let field = |from: usize, to: usize| head[from..to].trim_ascii();
        let Some(size) = decimal(field(48, 58)).filter(|_| head.ends_with(b"`\n")) else {
            return Err(damaged("the header of a member is damaged"));
        };
        let raw = field(0, 16);
        archive.begin(size, size % 2);
        if raw == b"//" {
            table = archive.whole(size, MAX_TABLE, "the table of names is too long")?;
            continue;
        }
        if raw == b"/" || raw == b"/SYM64/" {
            continue;
        }
        let mut size = size;
        let name = match raw.strip_prefix(b"#1/").and_then(decimal) {
            Some(length) => {
                let name =
                    archive.whole(length.min(size), MAX_NAME as u64, "a name is too long")?;
                size -= length.min(size);
                name.split(|byte| *byte == 0).next().unwrap_or_default().to_vec()
            }
            None => name_of(raw, &table).to_vec(),
        };
        let mode = octal(field(40, 48));
        let found = FoundMember {
            name: &name,
            kind: mode.map(kind_of_mode).unwrap_or_default(),
            size: Some(size),
            mode,
            modified: decimal(field(16, 28)).and_then(|time| utc(i64::try_from(time).ok()?)),
            ..FoundMember::default()
        };
        if each(&found, &mut archive)?.is_break() {
            return Ok(());
        }
    }
    Ok(())
}

/// A name as its header has it, or from GNU's table: there it ends with a slash and a line feed.
fn name_of<'a>(raw: &'a [u8], table: &'a [u8]) -> &'a [u8] {
    let place = raw.strip_prefix(b"/").and_then(decimal).and_then(|at| usize::try_from(at).ok());
    let name = match place.and_then(|at| table.get(at..)) {
        Some(rest) => rest.split(|byte| *byte == b'\n').next().unwrap_or_default(),
        None => raw,
    };
    name.strip_suffix(b"/").filter(|name| !name.is_empty()).unwrap_or(name)
}

/// Octal digits.
fn octal(text: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(text).ok()?, 8).ok()
}

fn damaged(what: &str) -> Problem {
    Problem::new("member-unreadable", "The ar archive is damaged.").found(what)
}
