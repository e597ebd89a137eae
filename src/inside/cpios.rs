//! The members of a cpio archive of the form `newc`: the payload of an RPM package, an initial file system.
//!
//! Source: the Linux kernel's "initramfs buffer format", and rpm's lib/cpio.cc.
//!
//! - Hard links have their content with the last of them: the others are empty files here.
//! - rpm writes packages with files of more than 4 GB in a form of its own (`07070X`), without names. It is not read.

use super::found::{EachMember, FoundMember, MAX_NAME, kind_of_mode, utc};
use super::meter::UnpackMeter;
use super::sequence::Sequence;
use crate::problem::Problem;
use crate::vocabulary::NodeKind;
use std::io::Read;

/// What headers begin with: without and with a checksum.
pub const MAGICS: [&[u8]; 2] = [b"070701", b"070702"];
const STRIPPED: &[u8] = b"07070X";
const END: &[u8] = b"TRAILER!!!";

/// Gives each member.
pub fn walk(
    source: Box<dyn Read + '_>,
    meter: &UnpackMeter,
    each: &mut EachMember<'_>,
) -> Result<(), Problem> {
    let mut archive = Sequence::new(source, meter);
    while let Some(head) = archive.head::<110>()? {
        if head.starts_with(STRIPPED) {
            let message = "The payload of this package is of a form that is not read here.";
            return Err(Problem::new("member-unreadable", message)
                .expected("a cpio archive with names")
                .found("rpm's form for files of more than 4 GB"));
        }
        let field = |at: usize| hexadecimal(&head[6 + at * 8..14 + at * 8]);
        let magic = MAGICS.iter().any(|magic| head.starts_with(magic));
        let (Some(mode), Some(time), Some(size), Some(length), true) =
            (field(1), field(5), field(6), field(11), magic)
        else {
            return Err(damaged("the header of a member is damaged"));
        };
        let padded = (110 + u64::from(length)).next_multiple_of(4) - 110;
        archive.begin(padded, 0);
        let name = archive.whole(padded, MAX_NAME as u64 + 4, "a name is too long")?;
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        if name == END {
            return Ok(());
        }
        let size = u64::from(size);
        archive.begin(size, size.next_multiple_of(4) - size);
        let kind = kind_of_mode(mode);
        let link = match kind {
            NodeKind::Symlink => archive.whole(size, MAX_NAME as u64, "a link is too long")?,
            _ => Vec::new(),
        };
        let found = FoundMember {
            name,
            kind,
            size: (kind == NodeKind::File).then_some(size),
            mode: Some(mode),
            modified: utc(time.into()),
            link: &link,
            barrier: None,
        };
        if each(&found, &mut archive)?.is_break() {
            return Ok(());
        }
    }
    Err(damaged("it ends before its mark"))
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(digits).ok()?;
    u32::from_str_radix(text, 16).ok().filter(|_| !text.starts_with('+'))
}

fn damaged(what: &str) -> Problem {
    Problem::new("member-unreadable", "The cpio archive is damaged.").found(what)
}
