//! Archives that end early: a download that was interrupted, a disk that was full.
//!
//! - It is told once and first. What a cut layer's own pass would say again is left out by the session.
//! - `docker save` writes its index last. Without it, what is there must not pass for the form from before
//!   Docker 1.10, which needs none: its images would be some of the layers, in a wrong order.

use super::contents::ArchiveContents;
use super::listing::ListingEnd;
use crate::problem::Problem;

/// What the user can do about a file that is incomplete.
const ADVICE: &str = "Save or download the file again.";

/// Whether the archive may have had an index behind what is there.
pub fn may_lack_an_index(contents: &ArchiveContents<'_>) -> bool {
    match contents.listing.end() {
        ListingEnd::Marked => false,
        // Old files name their images here, before all layers but one.
        ListingEnd::Unmarked => !contents.has("repositories"),
        ListingEnd::Cut { .. } | ListingEnd::Limited => true,
    }
}

/// Makes one warning of those about the archive's end, the first; returns where the archive is cut, in bytes
/// of the uncompressed file. `no_image`: nothing names one.
pub fn tell(
    warnings: &mut Vec<Problem>,
    contents: &ArchiveContents<'_>,
    no_image: bool,
) -> Option<u64> {
    let at = match contents.listing.end() {
        ListingEnd::Cut { at } => at,
        ListingEnd::Unmarked if no_image && super::bare::looks_like(contents).is_some() => {
            let message = "The file is incomplete: it ends before the image's index.";
            let problem = Problem::new("archive-truncated", message)
                .expected("manifest.json or index.json, and the blocks of zeros that end a tar")
                .found(contents.listing.summary());
            warnings.insert(0, problem.advice(ADVICE));
            return None;
        }
        _ => return None,
    };
    let is_cut = |problem: &Problem| {
        matches!(&*problem.code, "tar-truncated" | "read-failed" | "archive-damaged")
    };
    let first = warnings.iter().position(is_cut)?;
    let problem = warnings.remove(first);
    warnings.retain(|problem| !is_cut(problem));
    warnings.insert(0, told(problem, no_image && super::bare::looks_like(contents).is_some()));
    Some(at)
}

/// The warning as it is told for an archive.
fn told(problem: Problem, before_index: bool) -> Problem {
    let (code, what) = match &*problem.code {
        "tar-truncated" => ("archive-truncated", "The file is incomplete: it ends within a member"),
        "archive-damaged" => ("archive-damaged", "The file is incomplete or damaged"),
        _ => ("read-failed", "The file cannot be read to its end"),
    };
    let part = match before_index {
        true => ", before the image's index. What is shown is a part of the file.",
        false => ". What is shown is a part of the file.",
    };
    let Problem { expected, found, path, offset, .. } = problem;
    let problem = Problem::new(code, format!("{what}{part}")).advice(ADVICE);
    Problem { expected, found, path, offset, ..problem }
}
