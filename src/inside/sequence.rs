//! Archives whose members follow each other: headers of one size, content, padding.

use super::meter::UnpackMeter;
use crate::problem::Problem;
use std::io::{self, Read};

/// An archive that is read forwards. As a reader, it is the content of the current member.
pub struct Sequence<'a> {
    source: Box<dyn Read + 'a>,
    meter: &'a UnpackMeter,
    /// Bytes of the current member that were not read, and of what follows it.
    left: u64,
    padding: u64,
}

impl<'a> Sequence<'a> {
    /// Nothing is read yet.
    pub fn new(source: Box<dyn Read + 'a>, meter: &'a UnpackMeter) -> Sequence<'a> {
        Sequence { source, meter, left: 0, padding: 0 }
    }

    /// The next header, behind the current member; `None` at the end.
    pub fn head<const N: usize>(&mut self) -> Result<Option<[u8; N]>, Problem> {
        let rest = std::mem::take(&mut self.left);
        self.skip(rest)?;
        let padding = std::mem::take(&mut self.padding);
        let passed = self.pass(padding)?;
        let mut head = [0; N];
        let mut done = 0;
        while done < N {
            match self.source.read(&mut head[done..]) {
                Ok(0) => break,
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.meter.problem(&error)),
            }
        }
        match done {
            0 => Ok(None),
            _ if done == N && passed == padding => Ok(Some(head)),
            _ => Err(self.cut()),
        }
    }

    /// The content of the next member has so many bytes, and so many follow it that belong to none.
    pub fn begin(&mut self, size: u64, padding: u64) {
        (self.left, self.padding) = (size, padding);
    }

    /// The next bytes of the member, as a whole.
    pub fn whole(&mut self, size: u64, most: u64, too_long: &str) -> Result<Vec<u8>, Problem> {
        if size > most {
            return Err(
                Problem::new("member-unreadable", "The archive cannot be read.").found(too_long)
            );
        }
        let mut bytes = Vec::new();
        let read = self.by_ref().take(size).read_to_end(&mut bytes);
        read.map_err(|error| self.meter.problem(&error))?;
        Ok(bytes)
    }

    /// Skips bytes that must be there.
    pub fn skip(&mut self, count: u64) -> Result<(), Problem> {
        if self.pass(count)? == count { Ok(()) } else { Err(self.cut()) }
    }

    fn pass(&mut self, count: u64) -> Result<u64, Problem> {
        let passed = io::copy(&mut (&mut self.source).take(count), &mut io::sink());
        passed.map_err(|error| self.meter.problem(&error))
    }

    fn cut(&self) -> Problem {
        self.meter
            .limit_reached()
            .unwrap_or_else(|| Problem::new("member-unreadable", "The archive is cut short."))
    }
}

impl Read for Sequence<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let want = out.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let count = self.source.read(&mut out[..want])?;
        self.left -= count as u64;
        if count == 0 && want > 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the archive is cut short"));
        }
        Ok(count)
    }
}
