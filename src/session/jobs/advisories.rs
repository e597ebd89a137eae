//! Files of advisories that users open: OSV exports, single records, VEX documents, recognised by content.

use crate::analysis::vulnerabilities::ecosystem::OsvQuery;
use crate::analysis::vulnerabilities::offline::{ExportMatcher, ExportMatches};
use crate::analysis::vulnerabilities::vex::{self, MAX_DOCUMENT, VexStatements};
use crate::codec::ReadSeek;
use crate::problem::Problem;
use crate::text::{TextEncoding, text_as_utf8};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::cell::Cell;
use std::io::{self, BufReader, Cursor, Read, SeekFrom};
use std::ops::ControlFlow;
use std::rc::Rc;

/// What a file says about an image's packages.
#[derive(Default, Serialize, Deserialize)]
pub struct AdvisoryFile {
    /// What its records say; `None`: it has none.
    pub export: Option<ExportMatches>,
    /// Statements of VEX documents.
    pub vex: VexStatements,
}

/// Bytes of all documents of a file at most.
const MAX_ALL: u64 = 4 << 30;

/// Reads a file of `size` bytes, a zip or a sequence of JSON documents, in a worker: JSON, as
/// `Session::take_advisories` takes it.
pub fn read(
    mut reader: Box<dyn ReadSeek>,
    name: &str,
    size: u64,
    queries: &[OsvQuery],
    progress: &mut dyn FnMut(u64),
) -> Result<String, Problem> {
    let unread = |error: std::io::Error| {
        Problem::new("read-failed", "The file cannot be read.")
            .found(error.to_string())
            .in_blob(name)
    };
    let mut head = Vec::new();
    (&mut reader).take(4).read_to_end(&mut head).map_err(unread)?;
    reader.seek(SeekFrom::Start(0)).map_err(unread)?;
    let mut matcher = ExportMatcher::new(queries.iter().cloned());
    let file = if head.starts_with(b"PK") {
        matcher.read_zip(name, reader, &mut |done, _| {
            progress(done);
            ControlFlow::Continue(())
        })?;
        AdvisoryFile { export: Some(matcher.finish(name)), vex: VexStatements::default() }
    } else {
        let (reader, size) = without_mark(reader, &head, size).map_err(unread)?;
        read_documents(reader, name, size, matcher, progress)?
    };
    serde_json::to_string(&file).map_err(|error| {
        Problem::new("worker-answer", "A worker's answer cannot be written.")
            .found(error.to_string())
    })
}

/// A file of text as UTF-8, without its byte order mark, and its size in bytes. One in another encoding is held in
/// memory, and read as far as one document may be long.
fn without_mark(
    mut reader: Box<dyn ReadSeek>,
    head: &[u8],
    size: u64,
) -> io::Result<(Box<dyn ReadSeek>, u64)> {
    match TextEncoding::detect(head) {
        (TextEncoding::Utf8, mark) => {
            reader.seek(SeekFrom::Start(mark as u64))?;
            Ok((reader, size.saturating_sub(mark as u64)))
        }
        _ => {
            let mut bytes = Vec::new();
            reader.take(MAX_DOCUMENT).read_to_end(&mut bytes)?;
            let text = text_as_utf8(&bytes).into_owned();
            let size = text.len() as u64;
            Ok((Box::new(Cursor::new(text)), size))
        }
    }
}

/// Reads JSON documents: records, lists of records, VEX. One that cannot be parsed ends the sequence.
fn read_documents(
    reader: Box<dyn ReadSeek>,
    name: &str,
    size: u64,
    mut matcher: ExportMatcher,
    progress: &mut dyn FnMut(u64),
) -> Result<AdvisoryFile, Problem> {
    let left = Rc::new(Cell::new(MAX_DOCUMENT));
    let bounded = BoundedReader { reader: reader.take(size.min(MAX_ALL)), left: Rc::clone(&left) };
    let values = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, bounded));
    let mut file = AdvisoryFile::default();
    let (mut done, mut wrong) = (0, None);
    for value in values.into_iter::<Box<RawValue>>() {
        left.set(MAX_DOCUMENT);
        let value = match value {
            Ok(value) => value,
            Err(error) => {
                wrong = Some(error.to_string());
                break;
            }
        };
        let json = value.get();
        done += json.len() as u64;
        progress(done);
        match vex::parse(name, json.as_bytes()) {
            Ok(statements) => file.vex.append(statements),
            Err(_) => matcher.add(name.as_bytes(), json.as_bytes()),
        }
    }
    let matched = matcher.finish(name);
    if matched.read > 0 {
        file.export = Some(matched);
    }
    if file.export.is_none() && file.vex.is_empty() {
        return Err(Problem::new("advisories-unreadable", "The file holds no advisories.")
            .expected("an OSV export (zip or JSON), OpenVEX or CycloneDX")
            .found(wrong.unwrap_or_else(|| "another JSON document".to_owned()))
            .in_blob(name));
    }
    Ok(file)
}

/// A reader that fails when one document takes more than `left` bytes.
struct BoundedReader<R> {
    reader: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for BoundedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left.get() == 0 {
            return Err(std::io::Error::other("a document of more than 64 MiB"));
        }
        let count = self.reader.read(buffer)?;
        self.left.set(self.left.get().saturating_sub(count as u64));
        Ok(count)
    }
}
