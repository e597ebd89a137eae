//! The lines of a pull: each layer's blob, what is done with it, and how that is told.

use super::download::Download;
use super::soci::Beside;
use super::tables;
use crate::oci::{Descriptor, Digest, Reference};
use crate::session::query::{PullRow, PullState, Pulling};
use js_sys::Date;
use web_sys::AbortController;

/// A layer below this size comes as soon as its table of contents.
const WORTH_A_TABLE: u64 = 256 << 10;
/// Layers of more bytes together come only if the user says so.
const ASKED_BEYOND: u64 = 500_000_000;

/// The layers of an image in a registry.
pub struct Remote {
    pub registry: String,
    pub repository: String,
    /// As Docker shows it.
    pub name: String,
    pub rows: Vec<Row>,
    /// Tables of contents that lie beside the image.
    pub beside: Beside,
    /// Manifests of which it was asked what is attached to them.
    pub attached: Vec<Digest>,
    pub needed: bool,
    pub agreed: bool,
    pub paused: bool,
    pub fetched: bool,
    pub told_at: f64,
}

/// One of them.
pub struct Row {
    pub file: u32,
    pub blob: Descriptor,
    pub line: PullRow,
    /// It is under way.
    pub running: bool,
    /// Its blob is here.
    pub here: bool,
    /// A file in it is looked at.
    pub looked_at: bool,
    /// It is known what is in it, or nothing is to be had of it.
    pub settled: bool,
    /// What is known of it is kept for the next visit.
    pub stored: bool,
    pub tried_table: bool,
    pub paused: Option<Box<Download>>,
    pub abort: Option<AbortController>,
    /// When its bytes were counted last, and how many there were.
    pub counted: (f64, u64),
}

impl Row {
    pub fn new(file: u32, blob: Descriptor, state: PullState) -> Row {
        let size = blob.bytes();
        let known = state != PullState::Waiting;
        let done = if state == PullState::Here { size } else { 0 };
        let line =
            PullRow { digest: blob.digest.to_string(), size, done, state, ..PullRow::default() };
        Row {
            file,
            blob,
            line,
            running: false,
            here: false,
            looked_at: false,
            settled: known,
            stored: known,
            tried_table: false,
            paused: None,
            abort: None,
            counted: (0.0, 0),
        }
    }

    /// Its table of contents was not looked for yet.
    pub fn may_have_table(&self) -> bool {
        !self.settled && !self.tried_table && self.line.size >= WORTH_A_TABLE
    }

    /// Whether it is to come.
    pub fn is_wanted(&self, needed: bool) -> bool {
        self.looked_at || (needed && !self.settled)
    }

    /// Counts its speed anew, over the time since it was told last.
    fn measure(&mut self, now: f64) {
        let (then, before) = std::mem::replace(&mut self.counted, (now, self.line.done));
        let seconds = (now - then) / 1000.0;
        let fresh = self.line.done.saturating_sub(before) as f64 / seconds.max(0.001);
        self.line.speed = match (self.line.state, then > 0.0) {
            (PullState::Downloading, true) => (self.line.speed as f64 * 0.5 + fresh * 0.5) as u64,
            _ => 0,
        };
    }
}

impl Remote {
    /// Nothing is needed yet.
    pub fn new(reference: &Reference, name: &str, rows: Vec<Row>, beside: Beside) -> Remote {
        Remote {
            registry: reference.registry().to_owned(),
            repository: reference.repository().to_owned(),
            name: name.to_owned(),
            rows,
            beside,
            attached: Vec::new(),
            needed: false,
            agreed: false,
            paused: false,
            fetched: false,
            told_at: 0.0,
        }
    }

    /// Bytes that are still to come for the tree.
    pub fn missing(&self) -> u64 {
        let open = self.rows.iter().filter(|row| !row.settled);
        open.map(|row| row.line.size.saturating_sub(row.line.done)).sum()
    }

    /// A layer that its table stands for is on its way.
    pub fn brings_what_is_listed(&self) -> bool {
        self.rows
            .iter()
            .any(|row| row.looked_at && row.line.state != PullState::Failed && !row.here)
    }

    /// Asks for tables beside the image, the first time that they may be of use.
    pub fn seek_tables(&mut self) {
        let (needed, rows) = (self.needed, &self.rows);
        let worth = |row: &Row, least| {
            row.may_have_table() && row.line.size >= least && !tables::has_table(&row.blob)
        };
        let worth = |least| needed && rows.iter().any(|row| worth(row, least));
        self.beside.seek(&self.registry, &self.repository, worth);
    }

    pub fn asks(&self) -> bool {
        self.needed && !self.agreed && self.missing() > ASKED_BEYOND
    }

    pub fn row(&mut self, file: u32) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.file == file)
    }

    pub fn told(&mut self) -> Pulling {
        let now = Date::now();
        self.told_at = now;
        self.rows.iter_mut().for_each(|row| row.measure(now));
        let done = self.rows.iter().all(|row| row.settled);
        let failed = self.rows.iter().any(|row| row.line.state == PullState::Failed);
        let status = match (done, failed, self.fetched) {
            (false, ..) => String::new(),
            (_, true, _) => format!("Downloaded a part of {}", self.name),
            (_, _, true) => format!("Downloaded newer image for {}", self.name),
            (_, _, false) => format!("Image is up to date for {}", self.name),
        };
        Pulling {
            rows: self.rows.iter().map(|row| row.line.clone()).collect(),
            missing: self.missing(),
            asks: self.asks(),
            paused: self.paused,
            done,
            status,
        }
    }
}
