//! The members of a tar. `entry/members.rs` reads it.

use super::found::{EachMember, FoundMember, utc};
use super::meter::UnpackMeter;
use crate::codec::{Input, StreamInput};
use crate::entry::{Member, Members};
use crate::problem::Problem;
use crate::protocol::MemberBarrier;
use crate::vocabulary::NodeKind;
use std::io::{self, Read};

/// Gives each member.
pub fn walk(
    source: Box<dyn Read + '_>,
    meter: &UnpackMeter,
    each: &mut EachMember<'_>,
) -> Result<(), Problem> {
    let mut members = Members::new(StreamInput::new(source, Box::new(|_| {})));
    while let Some(member) = members.next() {
        let flow = each(&found(&member), &mut TarContent { members: &mut members })?;
        if flow.is_break() {
            return Ok(());
        }
    }
    match members.problem() {
        Some(problem) => Err(meter.limit_reached().unwrap_or_else(|| problem.clone())),
        None => Ok(()),
    }
}

fn found(member: &Member) -> FoundMember<'_> {
    FoundMember {
        name: &member.name,
        kind: member.kind,
        size: (member.kind == NodeKind::File).then_some(member.size),
        mode: Some(member.mode),
        modified: utc(member.mtime.0),
        link: &member.link,
        barrier: member.sparse.is_some().then_some(MemberBarrier::Sparse),
    }
}

/// The content of the current member.
struct TarContent<'m, I> {
    members: &'m mut Members<I>,
}

impl<I: Input> Read for TarContent<'_, I> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let wanted = self.members.data_left() > 0 && !out.is_empty();
        let data = self.members.data();
        if data.is_empty() && wanted {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the tar is cut short"));
        }
        let count = data.len().min(out.len());
        out[..count].copy_from_slice(&data[..count]);
        self.members.consume(count);
        Ok(count)
    }
}
