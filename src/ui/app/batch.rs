//! Sources that were opened together: what became of them is told in one message, when all have arrived or failed.

use super::open_source::SourceId;
use crate::problem::Problem;
use crate::text::Shown;

/// How a source of a batch ended its opening.
pub(super) enum OpeningEnd {
    Opened,
    /// By its name, and why.
    Failed(Shown, Box<Problem>),
    /// The user closed or cancelled it.
    Closed,
}

/// Sources that were opened together.
pub(super) struct Batch {
    all: Vec<SourceId>,
    /// Those that have neither arrived nor failed.
    waiting: Vec<SourceId>,
    opened: usize,
    failed: Vec<(Shown, Problem)>,
}

impl Batch {
    /// None of them has arrived.
    pub fn new(all: Vec<SourceId>) -> Batch {
        Batch { waiting: all.clone(), all, opened: 0, failed: Vec::new() }
    }

    /// It waits for this source.
    pub fn awaits(&self, source: SourceId) -> bool {
        self.waiting.contains(&source)
    }

    /// The sources of the batch.
    pub fn sources(&self) -> &[SourceId] {
        &self.all
    }

    /// Notes how one of them ended.
    pub fn end(&mut self, source: SourceId, end: OpeningEnd) {
        self.waiting.retain(|waiting| *waiting != source);
        match end {
            OpeningEnd::Opened => self.opened += 1,
            OpeningEnd::Failed(name, problem) => self.failed.push((name, *problem)),
            OpeningEnd::Closed => {}
        }
    }

    /// All have arrived or failed.
    pub fn is_over(&self) -> bool {
        self.waiting.is_empty()
    }

    /// `2 opened, 1 not an image: notes.txt`, with the reason where one failed; `None` if none did.
    pub fn message(self) -> Option<(String, Option<Problem>)> {
        let (no_images, others): (Vec<_>, Vec<_>) =
            self.failed.iter().partition(|(_, problem)| is_no_image(problem));
        let what = if no_images.len() == 1 { "not an image" } else { "not images" };
        let group = |failed: Vec<&(Shown, Problem)>, what: &str| {
            let names: Vec<&str> = failed.iter().map(|(name, _)| name.as_str()).collect();
            (!names.is_empty()).then(|| format!("{} {what}: {}", names.len(), names.join(", ")))
        };
        let groups = [group(no_images, what), group(others, "could not be opened")];
        let groups: Vec<String> = groups.into_iter().flatten().collect();
        let opened = match self.opened {
            0 => "None opened".to_owned(),
            count => format!("{count} opened"),
        };
        let message = format!("{opened}, {}", groups.join("; "));
        let only = if self.failed.len() == 1 { self.failed.into_iter().next() } else { None };
        (!groups.is_empty()).then(|| (message, only.map(|(_, problem)| problem)))
    }
}

/// The file is well, but no image.
fn is_no_image(problem: &Problem) -> bool {
    matches!(
        problem.code.as_ref(),
        "archive-empty"
            | "archive-no-image"
            | "archive-not-a-tar"
            | "folder-no-image"
            | "not-a-tar"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(ends: Vec<OpeningEnd>) -> Option<(String, Option<Problem>)> {
        let ids: Vec<SourceId> = (0..ends.len() as u32).map(SourceId).collect();
        let mut batch = Batch::new(ids.clone());
        for (id, end) in ids.into_iter().zip(ends) {
            assert!(batch.awaits(id) && !batch.is_over());
            batch.end(id, end);
        }
        assert!(batch.is_over());
        batch.message()
    }

    fn failed(name: &str, code: &'static str) -> OpeningEnd {
        OpeningEnd::Failed(name.into(), Box::new(Problem::new(code, "It is odd.")))
    }

    #[test]
    fn what_became_of_several_files_is_one_message() {
        use OpeningEnd::{Closed, Opened};
        assert_eq!(told(vec![Opened, Opened, Closed]), None);
        let (title, problem) =
            told(vec![Opened, failed("notes.txt", "archive-not-a-tar"), Opened]).unwrap();
        assert_eq!(title, "2 opened, 1 not an image: notes.txt");
        assert_eq!(problem.unwrap().code, "archive-not-a-tar");
        let many = told(vec![
            failed("a.txt", "archive-not-a-tar"),
            failed("b\u{202e}", "archive-empty"),
            failed("c.tar", "worker-failed"),
        ]);
        let words = "None opened, 2 not images: a.txt, b\\u{202e}; 1 could not be opened: c.tar";
        assert_eq!(many, Some((words.to_owned(), None)));
    }
}
