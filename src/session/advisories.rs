//! Files of advisories that are dropped: OSV's exports, records one by one, VEX documents. Told apart by
//! content.

use super::ReadSeek;
use super::job::{Job, JobResult, Outcome, Work};
use super::state::Session;
use crate::analysis::vulnerabilities::ecosystem::Query;
use crate::analysis::vulnerabilities::offline::{Matched, Matcher};
use crate::analysis::vulnerabilities::vex::{self, MAX_DOCUMENT, Statement};
use crate::codec::Checkpoints;
use crate::problem::Problem;
use crate::session::checks::asked;
use crate::text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io::{Read, SeekFrom};
use std::ops::ControlFlow;

/// What a file turned out to be.
#[derive(Serialize, Deserialize)]
enum Said {
    Export(Matched),
    Vex(Vec<Statement>),
}

/// Reads a file of `size` bytes: what it says of these packages, as `Session::take_advisories` takes it.
pub(super) fn read(
    mut reader: Box<dyn ReadSeek>,
    name: &str,
    size: u64,
    queries: &[Query],
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
    let mut matcher = Matcher::new(queries.iter().cloned());
    let said = if head.starts_with(b"PK") {
        matcher.read_zip(name, reader, &mut |done, _| {
            progress(done);
            ControlFlow::Continue(())
        })?;
        Said::Export(matcher.finish(name))
    } else {
        if size > MAX_DOCUMENT {
            return Err(Problem::new("advisories-too-large", "The document is too large.")
                .expected(format!("at most {MAX_DOCUMENT} bytes"))
                .found(format!("{size} bytes"))
                .in_blob(text::show(name.as_bytes())));
        }
        let mut json = Vec::new();
        reader.take(MAX_DOCUMENT).read_to_end(&mut json).map_err(unread)?;
        match vex::parse(name, &json) {
            Ok(statements) => Said::Vex(statements),
            Err(no_vex) => {
                matcher.add(name.as_bytes(), &json);
                let matched = matcher.finish(name);
                if matched.read == 0 {
                    return Err(Problem::new(
                        "advisories-unreadable",
                        "The file holds no advisories.",
                    )
                    .expected("an export of OSV (zip or JSON), OpenVEX or CycloneDX")
                    .found(no_vex.found.unwrap_or_default())
                    .in_blob(text::show(name.as_bytes())));
                }
                Said::Export(matched)
            }
        }
    };
    serde_json::to_string(&said).map_err(|error| {
        Problem::new("worker-answer", "A worker's answer cannot be written.")
            .found(error.to_string())
    })
}

impl Session {
    /// The job that reads a file of advisories, which stands as `file` among the files.
    pub fn advisories_job(&mut self, file: u32, name: &str, size: u64) -> Result<Job, Problem> {
        let (_, inventory) = self.check()?;
        let asked = asked(inventory).into_iter().filter_map(|asked| asked.queries.ok()).flatten();
        let queries: BTreeSet<Query> = asked.collect();
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
        match said {
            Some(Said::Export(mut matched)) => {
                if matched.newest.is_empty() {
                    matched.newest = dated.to_owned();
                }
                self.take_matched(name, matched)
            }
            Some(Said::Vex(statements)) => self.take_vex(name, statements),
            None => Err(Problem::new("worker-answer", "A worker's answer cannot be read.")),
        }
    }
}

/// What an in-toto statement says of its subject; `None`: it is none. What is in an envelope is text there.
pub(super) fn predicate(bytes: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Statement<'a> {
        #[serde(borrow)]
        predicate: &'a serde_json::value::RawValue,
    }
    let statement: Statement<'_> = serde_json::from_slice(bytes).ok()?;
    Some(statement.predicate.get().to_owned())
}
