//! The search in contents, as a job: files of one layer that lie near each other, read forward in one pass.

use super::file_range::FileRange;
use crate::codec::{Checkpoints, ReadSeek};
use crate::expression::Expression;
use crate::grep::{FileSearch, FoundFile, LineMatcher, SearchBudget, SearchOptions};
use crate::layer::{self, Entrance, FilePlace, PieceSink};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};

/// Bytes searched between two reports of progress.
const PROGRESS_STEP: u64 = 1 << 20;
/// Lines before and after each that matches, where they are wanted.
const CONTEXT: usize = 2;

/// What files of a layer are searched for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentSearch {
    pub expression: Expression,
    /// Binary files too.
    pub binary: bool,
    /// With the lines around each that matches.
    pub context: bool,
}

/// A file that is searched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileToSearch {
    pub place: FilePlace,
    /// Position in the layer's index.
    pub entry: u32,
}

/// What a job has found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentsFound {
    /// Files with lines that match, by their position in the layer's index.
    pub found: Vec<(u32, FoundFile)>,
    /// Files that were read, and their bytes.
    pub files: u32,
    pub bytes: u64,
    /// Those of them that are binary and were not searched.
    pub binary: u32,
    /// Why the other files could not be read.
    pub problem: Option<Problem>,
}

/// Searches files; `range` leads to the first of them.
pub fn search(
    reader: Box<dyn ReadSeek>,
    outer: &Checkpoints,
    range: &FileRange,
    files: &[FileToSearch],
    what: &ContentSearch,
    progress: &mut dyn FnMut(u64),
) -> Result<ContentsFound, Problem> {
    let matcher = LineMatcher::new(&what.expression)?;
    let context = if what.context { CONTEXT } else { 0 };
    let options = SearchOptions { binary: what.binary, context };
    let mut searcher = Searcher {
        matcher: &matcher,
        options,
        files,
        file: None,
        budget: SearchBudget::OF_JOB,
        result: ContentsFound::default(),
        in_file: 0,
        reported: 0,
        progress,
    };
    let entrance = Entrance { outer, compression: range.compression, points: &range.points };
    let places: Vec<FilePlace> = files.iter().map(|file| file.place.clone()).collect();
    let read = layer::read_pieces(reader, range.part, entrance, &places, &mut searcher);
    let mut result = searcher.result;
    if let Err(problem) = read {
        if result.files == 0 {
            return Err(problem);
        }
        result.problem = Some(problem);
    }
    Ok(result)
}

struct Searcher<'a> {
    matcher: &'a LineMatcher,
    options: SearchOptions,
    files: &'a [FileToSearch],
    /// The file that is being read.
    file: Option<FileSearch<'a>>,
    budget: SearchBudget,
    result: ContentsFound,
    /// Bytes of the file that is being read.
    in_file: u64,
    reported: u64,
    progress: &'a mut dyn FnMut(u64),
}

impl PieceSink for Searcher<'_> {
    fn piece(&mut self, _: usize, bytes: &[u8]) -> bool {
        let (matcher, options) = (self.matcher, self.options);
        let file = self.file.get_or_insert_with(|| FileSearch::new(matcher, options));
        let goes_on = file.piece(bytes, &mut self.budget);
        self.in_file += bytes.len() as u64;
        self.report();
        goes_on
    }

    fn end(&mut self, file: usize) {
        let FileToSearch { place, entry } = &self.files[file];
        self.result.files += 1;
        self.result.bytes = self.result.bytes.saturating_add(place.stored);
        if let Some(search) = self.file.take() {
            match search.end(&mut self.budget) {
                Some(found) if found.count > 0 => self.result.found.push((*entry, found)),
                Some(_) => {}
                None => self.result.binary += 1,
            }
        }
        self.in_file = 0;
        self.report();
    }
}

impl Searcher<'_> {
    fn report(&mut self) {
        let done = self.result.bytes.saturating_add(self.in_file);
        if done.saturating_sub(self.reported) >= PROGRESS_STEP {
            self.reported = done;
            (self.progress)(done);
        }
    }
}
