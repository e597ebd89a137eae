//! Files of advisories that are dropped: OSV's exports, records one by one, VEX documents. Told apart by
//! content.

use super::ReadSeek;
use super::job::{Job, JobResult, Outcome, Work};
use super::state::Session;
use crate::analysis::vulnerabilities::ecosystem::OsvQuery;
use crate::analysis::vulnerabilities::offline::{ExportMatcher, ExportMatches};
use crate::analysis::vulnerabilities::vex::{self, MAX_DOCUMENT, VexStatement};
use crate::codec::Checkpoints;
use crate::problem::Problem;
use crate::session::checks::asked;
use crate::text;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::{BufReader, Read, SeekFrom};
use std::ops::ControlFlow;
use std::rc::Rc;

/// What a file says.
#[derive(Default, Serialize, Deserialize)]
struct Said {
    /// Records, if there are any.
    export: Option<ExportMatches>,
    /// Of VEX documents.
    vex: Vec<VexStatement>,
}

/// Bytes of all documents of a file at most.
const MAX_ALL: u64 = 4 << 30;

/// Reads a file of `size` bytes, a zip or documents of JSON one behind the other: what it says of these
/// packages, as `Session::take_advisories` takes it.
pub(super) fn read(
    mut reader: Box<dyn ReadSeek>,
    name: &str,
    size: u64,
    queries: &[OsvQuery],
    progress: &mut dyn FnMut(u64),
) -> Result<String, Problem> {
    let unread = |error: std::io::Error| {
        Problem::new("read-failed", "The file cannot be read.")
            .found(text::show(error.to_string().as_bytes()))
            .in_blob(text::show(name.as_bytes()))
    };
    let mut head = Vec::new();
    (&mut reader).take(4).read_to_end(&mut head).map_err(unread)?;
    reader.seek(SeekFrom::Start(0)).map_err(unread)?;
    let mut matcher = ExportMatcher::new(queries.iter().cloned());
    let said = if head.starts_with(b"PK") {
        matcher.read_zip(name, reader, &mut |done, _| {
            progress(done);
            ControlFlow::Continue(())
        })?;
        Said { export: Some(matcher.finish(name)), vex: Vec::new() }
    } else {
        documents(reader, name, size, matcher, progress)?
    };
    serde_json::to_string(&said).map_err(|error| {
        Problem::new("worker-answer", "A worker's answer cannot be written.")
            .found(error.to_string())
    })
}

/// Documents of JSON: records, lists of them, VEX. One that can't be read costs itself and what is behind
/// it.
fn documents(
    reader: Box<dyn ReadSeek>,
    name: &str,
    size: u64,
    mut matcher: ExportMatcher,
    progress: &mut dyn FnMut(u64),
) -> Result<Said, Problem> {
    let left = Rc::new(Cell::new(MAX_DOCUMENT));
    let bounded = Bounded { reader: reader.take(size.min(MAX_ALL)), left: Rc::clone(&left) };
    let values = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, bounded));
    let mut said = Said::default();
    let (mut done, mut wrong) = (0, None);
    for value in values.into_iter::<Box<RawValue>>() {
        left.set(MAX_DOCUMENT);
        let value = match value {
            Ok(value) => value,
            Err(error) => {
                wrong = Some(text::show(error.to_string().as_bytes()));
                break;
            }
        };
        let json = value.get();
        done += json.len() as u64;
        progress(done);
        match vex::parse(name, json.as_bytes()) {
            Ok(statements) => said.vex.extend(statements),
            Err(_) => matcher.add(name.as_bytes(), json.as_bytes()),
        }
    }
    let matched = matcher.finish(name);
    if matched.read > 0 {
        said.export = Some(matched);
    }
    if said.export.is_none() && said.vex.is_empty() {
        return Err(Problem::new("advisories-unreadable", "The file holds no advisories.")
            .expected("an export of OSV (zip or JSON), OpenVEX or CycloneDX")
            .found(wrong.unwrap_or_else(|| "another document of JSON".to_owned()))
            .in_blob(text::show(name.as_bytes())));
    }
    Ok(said)
}

/// A source of which one document takes no more than so many bytes.
struct Bounded<R> {
    reader: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left.get() == 0 {
            return Err(std::io::Error::other("a document of more than 64 MiB"));
        }
        let count = self.reader.read(buffer)?;
        self.left.set(self.left.get().saturating_sub(count as u64));
        Ok(count)
    }
}

impl Session {
    /// The job that reads a file of advisories, which stands as `file` among the files.
    pub fn advisories_job(&mut self, file: u32, name: &str, size: u64) -> Result<Job, Problem> {
        let (_, inventory) = self.check()?;
        let asked = asked(inventory).into_iter().filter_map(|asked| asked.queries.ok()).flatten();
        let queries: BTreeSet<OsvQuery> = asked.collect();
        let (name, queries) = (name.to_owned(), queries.into_iter().collect());
        let work = Work::Advisories { file, name, size, queries };
        Ok(Job { blob_bytes: size, layer: 0, work, outer: Checkpoints::default() })
    }

    /// Takes what such a job gave. `dated`: when the file was last changed (RFC 3339), which is said where
    /// its records have no dates.
    pub fn take_advisories(
        &mut self,
        name: &str,
        dated: &str,
        result: JobResult,
    ) -> Result<(), Problem> {
        let said = match result.0 {
            Outcome::Advisories(said) => serde_json::from_str(&said).ok(),
            _ => None,
        };
        let said: Said =
            said.ok_or_else(|| Problem::new("worker-answer", "A worker's answer cannot be read."))?;
        if let Some(mut matched) = said.export {
            if matched.newest.is_empty() {
                matched.newest = dated.to_owned();
            }
            self.take_matched(name, matched)?;
        }
        match said.vex.is_empty() {
            true => Ok(()),
            false => self.take_vex(name, said.vex),
        }
    }
}

/// What an in-toto statement says of its subject; `None`: it is none. What is in an envelope is text there.
pub(super) fn predicate(bytes: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct InTotoStatement<'a> {
        #[serde(borrow)]
        predicate: &'a serde_json::value::RawValue,
    }
    let statement: InTotoStatement<'_> = serde_json::from_slice(bytes).ok()?;
    Some(statement.predicate.get().to_owned())
}
