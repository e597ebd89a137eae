//! Archives within files: their members, and the content of one, through archives in archives.
//!
//! - One request reads its archives again from the beginning: nothing is kept between requests.
//! - Everything is hostile. What is unpacked and held is bounded for a request at all levels together (`meter.rs`), so
//!   are levels and members; sizes are claims, and names lead to no file system.
//! - To add a form: a file with `walk`, and a line in each of two functions of `opened.rs`.

mod ars;
mod cpios;
mod found;
mod meter;
mod opened;
mod rpms;
mod sequence;
mod tars;
mod zips;

#[cfg(test)]
mod tests;

pub use meter::UnpackMeter;
pub use opened::{NestedBytes, zip_begins_in};

use crate::member_path::{MemberPath, MemberStep};
use crate::problem::Problem;
use crate::protocol::{MemberBarrier, MemberForm, MemberList, MemberRow};
use crate::vocabulary::NodeKind;
use found::FoundMember;
use opened::{OpenedMember, open, walk};
use std::collections::HashMap;
use std::io::{self, Read};
use std::ops::ControlFlow;

/// Archives within each other that are opened.
pub const MOST_LEVELS: usize = 4;
/// Members that are counted, those that are listed, and bytes of their names.
const MOST_MEMBERS: u64 = 1_000_000;
const MOST_ROWS: usize = 20_000;
const MOST_NAMES: usize = 4 << 20;

/// Gets a member that was reached: what its archive says about it, and its bytes.
type Visit<'v> = dyn FnMut(Option<MemberRow>, &[u8], NestedBytes<'_>) -> Result<(), Problem> + 'v;

/// The members of an archive, and what is known about it if it is a member itself. `name` is the file's.
pub fn list(
    bytes: NestedBytes<'_>,
    name: &[u8],
    path: &MemberPath,
    meter: &UnpackMeter,
) -> Result<MemberList, Problem> {
    let mut list = MemberList::default();
    reach(bytes, name, path, meter, &mut |this, name, bytes| {
        list = members_of(this, name, bytes, path.0.len(), meter)?;
        Ok(())
    })?;
    Ok(list)
}

/// Gets a member's size, as far as the archive says, and its bytes.
pub type MemberReader<'a> = dyn FnMut(Option<u64>, &mut dyn Read) -> io::Result<()> + 'a;

/// Reads a member: `each` gets its size, as far as the archive says, and its bytes.
pub fn read(
    bytes: NestedBytes<'_>,
    name: &[u8],
    path: &MemberPath,
    meter: &UnpackMeter,
    each: &mut MemberReader<'_>,
) -> Result<(), Problem> {
    reach(bytes, name, path, meter, &mut |this, _, bytes| {
        let size = this.and_then(|this| this.size);
        each(size, &mut bytes.forward()).map_err(|error| meter.problem(&error))
    })
}

/// The first bytes of the header of an RPM package, without its magic number: what describes the package.
pub fn rpm_header(mut package: &[u8]) -> Option<Vec<u8>> {
    package.starts_with(rpms::MAGIC).then(|| rpms::header(&mut package).ok())?
}

/// Goes through archives to a member.
fn reach(
    bytes: NestedBytes<'_>,
    name: &[u8],
    path: &MemberPath,
    meter: &UnpackMeter,
    visit: &mut Visit<'_>,
) -> Result<(), Problem> {
    if path.0.len() > MOST_LEVELS {
        return Err(too_deep());
    }
    descend(bytes, None, name, &path.0, meter, visit)
}

fn descend(
    bytes: NestedBytes<'_>,
    this: Option<MemberRow>,
    name: &[u8],
    steps: &[MemberStep],
    meter: &UnpackMeter,
    visit: &mut Visit<'_>,
) -> Result<(), Problem> {
    let Some((step, rest)) = steps.split_first() else { return visit(this, name, bytes) };
    let OpenedMember::Archive { form, bytes, .. } = open(bytes, meter)? else {
        return Err(absent(step));
    };
    let (mut nth, mut reached) = (0, false);
    walk(form, bytes, name, meter, &mut |found, content| {
        // The one member of a compressed file is meant, whatever it is called.
        if form != MemberForm::Compressed && found.name != step.name {
            return Ok(ControlFlow::Continue(()));
        }
        nth += 1;
        if nth < step.nth {
            return Ok(ControlFlow::Continue(()));
        }
        let row = MemberRow { step: step.clone(), ..found.row(nth) };
        reached = true;
        readable(found, &row)?;
        let bytes = NestedBytes::Forward(Box::new(content));
        descend(bytes, Some(row), &step.name, rest, meter, visit)?;
        Ok(ControlFlow::Break(()))
    })?;
    if reached { Ok(()) } else { Err(absent(step)) }
}

/// An error for a member without a content that can be read.
fn readable(found: &FoundMember<'_>, row: &MemberRow) -> Result<(), Problem> {
    let unreadable = |message: &str| Problem::new("member-unreadable", message);
    let problem = match row.barrier {
        Some(MemberBarrier::Encrypted) => unreadable("The member is encrypted."),
        Some(MemberBarrier::Method(id)) => {
            unreadable("The member is compressed in a way that is not read here.")
                .expected("stored, or compressed by deflate")
                .found(format!("method {id}"))
        }
        Some(MemberBarrier::Sparse) => {
            unreadable("The member is a sparse file, which is not read within an archive.")
        }
        Some(MemberBarrier::LongName) => unreadable("The name of the member is too long."),
        None if found.kind != NodeKind::File => {
            Problem::new("no-content", "This member has no content of its own.")
                .expected("a regular file")
        }
        None => return Ok(()),
    };
    Err(problem.on_path(found.name))
}

fn too_deep() -> Problem {
    Problem::new("unpack-limit", "Archives are within each other too often.")
        .expected(format!("at most {MOST_LEVELS} levels"))
        .advice("Download the outer file, and open it with another tool.")
}

fn absent(step: &MemberStep) -> Problem {
    Problem::new("no-such-member", "The archive has no such member.").found(&step.name)
}

/// The members of what was reached.
fn members_of(
    this: Option<MemberRow>,
    name: &[u8],
    bytes: NestedBytes<'_>,
    level: usize,
    meter: &UnpackMeter,
) -> Result<MemberList, Problem> {
    let mut list = MemberList { this, ..MemberList::default() };
    let (form, bytes) = match open(bytes, meter)? {
        OpenedMember::Archive { form, compression, bytes } => {
            list.compression = compression;
            (form, bytes)
        }
        OpenedMember::File(bytes) => {
            if let Some(this) = list.this.as_mut().filter(|this| this.size.is_none()) {
                let counted = io::copy(&mut bytes.forward(), &mut io::sink());
                this.size = Some(counted.map_err(|error| meter.problem(&error))?);
            }
            return Ok(list);
        }
    };
    list.form = Some(form);
    if level >= MOST_LEVELS {
        list.problem = Some(too_deep()); // its members could not be opened
        return Ok(list);
    }
    let (mut seen, mut names) = (HashMap::<Vec<u8>, u32>::new(), 0);
    let walked = walk(form, bytes, name, meter, &mut |found, content| {
        list.total += 1;
        if list.rows.len() < MOST_ROWS && names < MOST_NAMES {
            let nth = seen.entry(found.name.to_vec()).or_default();
            *nth += 1;
            names += found.name.len() + found.link.len();
            list.rows.push(found.row(*nth));
            if form == MemberForm::Compressed {
                let counted = io::copy(content, &mut io::sink());
                let counted = counted.map_err(|error| meter.problem(&error))?;
                list.rows.iter_mut().for_each(|row| row.size = Some(counted));
            }
        }
        Ok(match list.total < MOST_MEMBERS {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        })
    });
    list.problem = walked.err().or_else(|| meter.limit_reached());
    Ok(list)
}
