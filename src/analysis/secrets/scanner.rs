//! Looks for secrets in a file that comes in pieces.
//!
//! - Only text is looked at: a file with a NUL in its first 8 kB is binary, unless it begins as UTF-16 does. Key
//!   stores are the exception, by their names.
//! - A piece is looked at together with what comes before and after it, so that a secret is found wherever
//!   pieces end. Memory is constant.

use super::found::{NotedSecret, NotedSecrets};
use super::keys;
use super::matching::{RULES, SearchedFile};
use super::wide::WideText;

/// Bytes that decide whether a file is text.
const HEAD: usize = 8 << 10;

/// Bytes that are looked at together.
const WINDOW: usize = 256 << 10;

/// Bytes after a secret's start that may belong to it: the text of a key.
const AHEAD: usize = 24 << 10;

/// Bytes before a secret's start in which its neighbours are.
const BEHIND: usize = 8 << 10;

/// Most bytes of a key store.
const MAX_STORE: usize = 1 << 20;

/// Most secrets of one file.
const MAX_SECRETS: usize = 200;

/// Steps that a file may take: real text takes less than one for each byte.
const MIN_STEPS: u64 = 4096;
const STEPS_FOR_EACH_BYTE: u64 = 8;

/// Steps that a file may take beside, as long as its layer has some.
const FREE_STEPS: u64 = 1 << 20;

/// Those of a layer: as many as half a gigabyte of text has for its bytes. A layer may have a million small files.
const FREE_STEPS_OF_LAYER: u64 = 1 << 32;

/// What the files of a layer share, which are searched one after the other.
pub struct SharedSearch {
    /// Memory of the last file.
    buffer: Vec<u8>,
    /// Free steps that are left.
    pub(super) steps: u64,
}

impl Default for SharedSearch {
    fn default() -> SharedSearch {
        SharedSearch { buffer: Vec::new(), steps: FREE_STEPS_OF_LAYER }
    }
}

/// The state of a file.
enum TextState {
    /// So few bytes that it is not known whether it is text.
    Head,
    Text,
    /// Kept until its end.
    Store,
    /// Binary.
    Ignored,
}

/// Looks at one file after the other.
pub struct SecretScanner {
    file: SearchedFile,
    state: TextState,
    /// The text is UTF-16.
    wide: Option<WideText>,
    /// What is kept of the file.
    buffer: Vec<u8>,
    /// Up to here secrets were looked for.
    done: usize,
    /// Up to here bytes belong to a secret that was found.
    taken: usize,
    /// The line, from 1, in which position `counted` of the buffer is.
    line: u32,
    counted: usize,
    found: NotedSecrets,
    /// Steps that are left, those lent included.
    steps: u64,
    /// Free steps that the layer lends to the file, and has besides.
    lent: u64,
    free: u64,
}

impl SecretScanner {
    /// Starts with a file.
    pub fn new(path: &[u8], shared: SharedSearch) -> SecretScanner {
        let SharedSearch { mut buffer, steps: free } = shared;
        buffer.clear();
        let lent = free.min(FREE_STEPS);
        let file = SearchedFile::new(path);
        let state = if file.key_store().is_some() { TextState::Store } else { TextState::Head };
        SecretScanner {
            file,
            state,
            wide: None,
            buffer,
            done: 0,
            taken: 0,
            line: 1,
            counted: 0,
            found: NotedSecrets::default(),
            steps: MIN_STEPS + lent,
            lent,
            free: free - lent,
        }
    }

    /// Takes the next bytes of the file.
    pub fn read(&mut self, bytes: &[u8]) {
        match &mut self.wide {
            Some(wide) => {
                let narrow = wide.narrow(bytes);
                self.take(&narrow);
            }
            None => self.take(bytes),
        }
    }

    fn take(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = match self.state {
                TextState::Ignored => return,
                TextState::Head => HEAD,
                TextState::Text => WINDOW,
                TextState::Store => MAX_STORE,
            };
            let (now, later) = bytes.split_at(bytes.len().min(room - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == room {
                match self.state {
                    TextState::Head => {
                        self.decide();
                        if self.wide.is_some() {
                            return self.read(bytes);
                        }
                    }
                    TextState::Text => self.advance(),
                    TextState::Store | TextState::Ignored => self.state = TextState::Ignored,
                }
            }
        }
    }

    /// Whether nothing that follows can matter.
    pub fn is_over(&self) -> bool {
        matches!(self.state, TextState::Ignored)
    }

    /// What was found, and what the next file has.
    pub fn end(mut self) -> (NotedSecrets, SharedSearch) {
        if let TextState::Head = self.state {
            self.decide();
        }
        match self.state {
            TextState::Text => self.look(self.buffer.len()),
            TextState::Store => {
                if let Some(rule) = self.file.key_store()
                    && keys::is_key_store(&self.buffer)
                {
                    let rule = rule.code.to_owned();
                    self.found.found.push(NotedSecret { rule, ..NotedSecret::default() });
                }
            }
            TextState::Head | TextState::Ignored => {}
        }
        // The file's own steps are used first.
        let steps = self.free + self.lent.min(self.steps);
        (self.found, SharedSearch { buffer: self.buffer, steps })
    }

    fn decide(&mut self) {
        if let Some(mut wide) = WideText::of(&self.buffer) {
            self.buffer = wide.narrow(&self.buffer[2..]);
            (self.wide, self.state) = (Some(wide), TextState::Text);
            return;
        }
        let binary = memchr::memchr(0, &self.buffer).is_some();
        self.state = if binary { TextState::Ignored } else { TextState::Text };
    }

    /// Looks at the buffer, except its end, and keeps what neighbours need.
    fn advance(&mut self) {
        let to = self.buffer.len() - AHEAD;
        self.look(to);
        let dropped = to.saturating_sub(BEHIND);
        self.line_at(dropped);
        self.buffer.drain(..dropped);
        self.done = to - dropped;
        self.taken = self.taken.saturating_sub(dropped);
        self.counted = 0;
    }

    fn look(&mut self, to: usize) {
        self.steps += STEPS_FOR_EACH_BYTE * (to - self.done) as u64;
        for hit in RULES.find(&self.buffer, self.done, to, &self.file, &mut self.steps) {
            if self.found.found.len() == MAX_SECRETS {
                self.found.cut = true;
                break;
            }
            if hit.start < self.taken {
                continue; // a part of one that started before
            }
            self.taken = hit.end;
            let line = self.line_at(hit.value);
            self.found.found.push(RULES.note(hit, line));
        }
        self.found.cut |= self.steps == 0;
        if self.found.cut {
            self.state = TextState::Ignored;
        }
    }

    /// The line of a position. It is counted from the last one on, so hits in the text's order cost one pass.
    fn line_at(&mut self, at: usize) -> u32 {
        self.line = match at >= self.counted {
            true => self.line.saturating_add(breaks(&self.buffer[self.counted..at])),
            false => self.line.saturating_sub(breaks(&self.buffer[at..self.counted])),
        };
        self.counted = at;
        self.line
    }
}

fn breaks(text: &[u8]) -> u32 {
    memchr::memchr_iter(b'\n', text).count() as u32
}
