//! The members of a zip, by its central directory. `codec/zip.rs` reads it.

use super::found::{EachMember, FoundMember, kind_of_mode};
use super::meter::UnpackMeter;
use crate::codec::ReadSeek;
use crate::codec::zip::{Zip, ZipBarrier, ZipEntry, ZipPlace};
use crate::problem::Problem;
use crate::protocol::{MemberBarrier, MemberTime};
use std::io::{self, Read};
use std::ops::ControlFlow;

/// Gives each member; directories are left out.
pub fn walk<'a>(
    source: Box<dyn ReadSeek + 'a>,
    meter: &UnpackMeter,
    each: &mut EachMember<'_>,
) -> Result<(), Problem> {
    let zip = Zip::open(source).map_err(|error| meter.problem(&error))?;
    let mut failed = None;
    let walked = zip.walk(|entry| {
        let mut content = EntryContent { zip: &zip, place: entry.place, meter, reader: None };
        match each(&found(&entry), &mut content) {
            Ok(flow) => flow,
            Err(problem) => {
                failed = Some(problem);
                ControlFlow::Break(())
            }
        }
    });
    match failed {
        Some(problem) => Err(problem),
        None => walked.map_err(|error| meter.problem(&error)),
    }
}

fn found<'a>(entry: &ZipEntry<'a>) -> FoundMember<'a> {
    let mode = entry.mode();
    FoundMember {
        name: entry.name,
        kind: kind_of_mode(mode),
        size: Some(entry.size),
        mode: Some(mode),
        modified: entry.modified().map(|(seconds, local)| MemberTime { seconds, local }),
        link: b"",
        barrier: entry.barrier().map(|barrier| match barrier {
            ZipBarrier::Encrypted => MemberBarrier::Encrypted,
            ZipBarrier::Method(id) => MemberBarrier::Method(id),
        }),
    }
}

/// The content of an entry, which is opened by the first read: most entries are only listed.
struct EntryContent<'z, 'a> {
    zip: &'z Zip<'a>,
    place: ZipPlace,
    meter: &'z UnpackMeter,
    reader: Option<Box<dyn Read + 'z>>,
}

impl Read for EntryContent<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.reader.is_none() {
            self.reader = Some(Box::new(self.meter.count(self.zip.read(self.place)?)));
        }
        self.reader.as_mut().map_or(Ok(0), |reader| reader.read(out))
    }
}
