//! How far a command is: one line on standard error, if that is a terminal. It goes before the result is printed.

use crate::protocol::{Event, Progress, Stage};
use crate::session::schedule::Command;
use std::io::{self, IsTerminal, Write};

/// Returns to the start of the line and empties it.
const CLEAR: &str = "\r\x1b[K";

/// An observer of a schedule that shows progress.
pub struct ProgressLine {
    terminal: bool,
    shown: String,
}

impl ProgressLine {
    pub fn new() -> ProgressLine {
        ProgressLine { terminal: io::stderr().is_terminal(), shown: String::new() }
    }

    /// Shows what a command tells about progress. `name`: what is read, escaped.
    pub fn observe(&mut self, name: &str, command: &Command) {
        let Command::Tell(Event::Progress(progress)) = command else { return };
        if self.terminal {
            self.show(line(name, progress));
        }
    }

    /// Shows how many bytes of the result were written.
    pub fn show_writing(&mut self, done: u64, total: u64) {
        if self.terminal {
            self.show(format!("writing{}", share(done, total)));
        }
    }

    fn show(&mut self, line: String) {
        if line != self.shown {
            // A terminal that cannot be written to shows nothing.
            let _ = write!(io::stderr(), "{CLEAR}{line}");
            self.shown = line;
        }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if !self.shown.is_empty() {
            let _ = write!(io::stderr(), "{CLEAR}");
        }
    }
}

fn line(name: &str, progress: &Progress) -> String {
    let doing = match progress.stage {
        Stage::Opening => "opening",
        Stage::Fetching => "fetching",
        Stage::Indexing => "reading layers",
        Stage::Merging => "merging layers",
        Stage::Verifying => "checking digests",
        Stage::Reading => "reading contents",
        Stage::Analysing => "reading large files",
        Stage::Concluding => "finding packages",
        Stage::Reporting => "reading all images",
    };
    let name: String = name.chars().take(40).collect();
    format!("{name}: {doing}{}", share(progress.done, progress.total))
}

/// A share in per cent, if the total is known.
fn share(done: u64, total: u64) -> String {
    match total {
        0 => String::new(),
        total => format!(", {} %", u128::from(done.min(total)) * 100 / u128::from(total)),
    }
}

#[test]
fn a_line_says_what_is_read_and_how_far() {
    let progress = |stage, done, total| Progress { stage, done, total, ..Progress::default() };
    assert_eq!(line("a.tar", &progress(Stage::Opening, 0, 0)), "a.tar: opening");
    assert_eq!(line("a.tar", &progress(Stage::Indexing, 1, 3)), "a.tar: reading layers, 33 %");
    assert_eq!(
        line("a.tar", &progress(Stage::Indexing, u64::MAX, 3)),
        "a.tar: reading layers, 100 %"
    );
}
