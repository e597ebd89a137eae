//! Content hooks: how analyses see file contents during the one pass over a layer.
//!
//! - One mechanism for all analyses: a hook sees each file in pieces, as the pass reads it. It requests a file
//!   by its name, size, mode and first bytes, and then gets the whole content as well. It may return a note;
//!   what the note says is the hook's own business.
//! - A file that is too large to be held during a pass is only listed, and read separately afterwards. So is a program
//!   of which parts are enough, where the pass can leave the rest unread.
//! - A pass sees a file under the name that holds its content. What it is called besides is known only once
//!   layers are merged; then it is read again, and the notes about its names are kept beside the others.

use super::content_hash::ContentHasher;
use super::index::{ContentHash, NOT_HASHED};
use crate::codec::Input;
use crate::entry::{Member, Members};
use serde::{Deserialize, Serialize};

/// First bytes of a file that a hook sees before it requests the file.
pub const HEAD: usize = 16;

/// Larger files are not held during a pass, in bytes; they are read separately.
pub(super) const MAX_HELD: u64 = 32 << 20;

/// Larger files are never given to a hook, in bytes.
pub const MAX_LOOKED: u64 = 512 << 20;

/// Files of one layer that are not held although they could be, and as many that cannot be held, because they are large
/// or sparse: each is a job of its own, and a sparse file may have no bytes.
pub(super) const MAX_LARGE_FILES: usize = 10_000;

/// Bytes of the notes of one layer: those of a distribution with all its file lists have 20 MB.
pub const MAX_NOTES: usize = 128 << 20;

/// What holding one text costs besides its bytes. A note of short texts takes ten times its bytes once it is read.
const ITEM_BYTES: usize = 32;

/// How much of a file a hook requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing more than what it is shown.
    Nothing,
    /// A few parts.
    Parts,
    /// All of it.
    Whole,
}

/// Sees contents during a pass.
pub trait ContentHook {
    /// How much of this file is requested. `head` is its first `HEAD` bytes, or all of a shorter file.
    fn wants(&mut self, member: &Member, head: &[u8]) -> Wanted;
    /// The next bytes of the file that `wants` was last called for, as stored.
    fn read(&mut self, bytes: &[u8]);
    /// Whether the rest of a file that is not requested says nothing to it.
    fn has_seen_enough(&self) -> bool;
    /// The file has ended. `content` is all of it, if it was requested and can be held. Returns the note to
    /// keep, if any.
    fn note(&mut self, member: &Member, content: Option<&[u8]>) -> Option<String>;
    /// Whether something of the last file was left out at a limit that can be lifted.
    fn is_limited(&self) -> bool {
        false
    }
}

/// The hook of a pass; `None`: nothing looks at contents.
pub type Hook<'a> = Option<&'a mut dyn ContentHook>;

/// A note about a file's content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Position of the file in the layer's index.
    pub entry: u32,
    /// JSON, with a field for each analysis.
    pub text: String,
}

/// A name of a file besides the one that holds its content: a hard link, or a path through symbolic links.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct FurtherName {
    /// Relative to the root, without a leading slash.
    pub path: Vec<u8>,
    /// How many bytes of it are the path of the last symbolic link on the way, and where the file really
    /// is; 0 and empty for a hard link.
    pub link: u32,
    pub real: Vec<u8>,
    /// Identifies what is noted about the file that belongs to it; empty: there is none.
    pub beside: String,
}

/// A note about a file's content under a further name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameNote {
    /// Position of the content in the layer's index.
    pub entry: u32,
    pub name: FurtherName,
    /// As `Note::text`; `None`: there is nothing to note.
    pub text: Option<String>,
}

impl NameNote {
    fn bytes(&self) -> usize {
        let FurtherName { path, real, beside, .. } = &self.name;
        let text = self.text.as_deref().map_or(0, note_weight);
        text + path.len() + real.len() + beside.len() + size_of::<NameNote>()
    }
}

/// Bytes that a note's text counts for: its own, and what it holds once it is read. Each comma is between two items.
pub fn note_weight(text: &str) -> usize {
    let items = memchr::memchr_iter(b',', text.as_bytes()).count();
    text.len().saturating_add(items.saturating_mul(ITEM_BYTES))
}

/// The notes of a pass.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Notes {
    /// A hook saw the contents: a file without a note has nothing to note.
    pub looked: bool,
    /// The files were looked at for secrets and risks too; what earlier versions saved was not.
    pub searched: bool,
    /// In tar order; notes about large files come last.
    pub notes: Vec<Note>,
    /// Positions of files that were requested and are too large to be held.
    pub large: Vec<u32>,
    /// Positions of files that were not held, and of which parts were requested.
    pub in_parts: Vec<u32>,
    /// About further names, as far as images asked for them.
    pub names: Vec<NameNote>,
    /// Notes were left out, because there were too many.
    pub cut: bool,
    /// Something was left out at a limit that can be lifted.
    pub limited: bool,
    /// Bytes of the notes so far.
    #[serde(skip)]
    bytes: usize,
    /// Bytes of the files of `large` and `in_parts` that could not be held.
    #[serde(skip)]
    large_bytes: u64,
}

impl Notes {
    /// Bytes of the notes, counted again: the number does not travel with them.
    pub fn count(&mut self) -> usize {
        let notes = self.notes.iter().map(|note| note_weight(&note.text) + size_of::<Note>());
        self.bytes = notes.chain(self.names.iter().map(NameNote::bytes)).sum();
        self.bytes
    }

    /// Bytes of the notes, as far as they were counted.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Notes that were left out, of a layer whose contents were read.
    pub fn left_out(&self) -> Notes {
        Notes { looked: self.looked, cut: true, ..Notes::default() }
    }

    /// Adds a note, unless there are too many.
    pub fn add(&mut self, entry: u32, text: String) {
        let bytes = self.bytes + note_weight(&text) + size_of::<Note>();
        if bytes > MAX_NOTES {
            self.cut = true;
        } else {
            self.bytes = bytes;
            self.notes.push(Note { entry, text });
        }
    }

    /// Adds what a pass over other entries of the layer noted. Notes about further names come later.
    pub fn append(&mut self, more: Notes) {
        let Notes { looked, searched, notes, large, in_parts, cut, limited, .. } = more;
        self.looked |= looked;
        self.searched |= searched;
        self.cut |= cut;
        self.limited |= limited;
        notes.into_iter().for_each(|note| self.add(note.entry, note.text));
        self.large.extend(large);
        self.in_parts.extend(in_parts);
    }

    /// Puts notes in tar order.
    pub fn sort(&mut self) {
        self.notes.sort_by_key(|note| note.entry);
        self.large.sort_unstable();
        self.in_parts.sort_unstable();
    }

    /// Adds a note about a further name. If there are too many, it counts as one of nothing.
    pub fn add_name(&mut self, note: NameNote) {
        let bytes = self.bytes + note.bytes();
        if bytes > MAX_NOTES {
            self.cut = true;
            self.names.push(NameNote { text: None, ..note });
        } else {
            self.bytes = bytes;
            self.names.push(note);
        }
    }
}

/// How the content of a file is read.
pub(super) struct ContentRules<'a> {
    /// Bytes of holes that may still be hashed.
    pub holes_left: &'a mut u64,
    /// `Limits::large`.
    pub max_large: u64,
    /// What no hook requests is left unread, and the file without a hash.
    pub later: bool,
}

/// Reads the content of the current member, entry `entry` of the index: hashes it, and shows it to the hook.
pub(super) fn read_content<I: Input>(
    members: &mut Members<I>,
    member: &Member,
    entry: u32,
    hook: &mut Hook<'_>,
    notes: &mut Notes,
    rules: ContentRules<'_>,
) -> ContentHash {
    let ContentRules { holes_left, max_large, later } = rules;
    let mut hasher = ContentHasher::new(member, holes_left);
    let held = HeldContent::Head(Vec::new());
    let mut file = HookedFile { member, entry, notes, max_large, later, held };
    loop {
        if later && hook.as_ref().is_none_or(|hook| file.is_done(*hook)) {
            if let Some(hook) = hook {
                file.end(*hook);
            }
            return NOT_HASHED;
        }
        let bytes = members.data();
        let count = bytes.len();
        if count == 0 {
            break;
        }
        hasher.update(bytes);
        if let Some(hook) = hook {
            file.read(bytes, *hook);
        }
        members.consume(count);
    }
    if let Some(hook) = hook {
        file.end(*hook);
    }
    hasher.finish()
}

/// A file on its way to a hook.
struct HookedFile<'a> {
    member: &'a Member,
    entry: u32,
    notes: &'a mut Notes,
    max_large: u64,
    /// As in `ContentRules`.
    later: bool,
    held: HeldContent,
}

/// What is held of a file.
enum HeldContent {
    /// The first bytes, until there are enough to ask the hook.
    Head(Vec<u8>),
    /// Everything so far: the hook requested the file.
    Whole(Vec<u8>),
    /// The hook does not want the file, or it is too large.
    Nothing,
}

impl HookedFile<'_> {
    fn read(&mut self, bytes: &[u8], hook: &mut dyn ContentHook) {
        match &mut self.held {
            HeldContent::Nothing => hook.read(bytes),
            HeldContent::Whole(whole) => {
                whole.extend_from_slice(bytes);
                hook.read(bytes);
            }
            // Most files are not requested, and most heads come in one piece: then nothing is copied.
            HeldContent::Head(head) if head.is_empty() && bytes.len() >= HEAD => {
                self.ask(&bytes[..HEAD], bytes, hook);
            }
            HeldContent::Head(head) => {
                head.extend_from_slice(bytes);
                if head.len() >= HEAD {
                    let bytes = std::mem::take(head);
                    self.ask(&bytes[..HEAD], &bytes, hook);
                }
            }
        }
    }

    /// Whether the hook needs no more of it.
    fn is_done(&self, hook: &dyn ContentHook) -> bool {
        matches!(self.held, HeldContent::Nothing) && hook.has_seen_enough()
    }

    fn end(mut self, hook: &mut dyn ContentHook) {
        if let HeldContent::Head(head) = &mut self.held
            && !head.is_empty()
        {
            let head = std::mem::take(head);
            self.ask(&head, &head, hook);
        }
        let whole = match &self.held {
            HeldContent::Head(_) => return, // empty
            HeldContent::Whole(whole) => Some(&whole[..]),
            HeldContent::Nothing => None,
        };
        if let Some(text) = hook.note(self.member, whole) {
            self.notes.add(self.entry, text);
        }
        self.notes.limited |= hook.is_limited();
    }

    /// Whether the rest is left unread although it could be held.
    fn may_be_read_later(&self) -> bool {
        let is_plain = self.member.sparse.is_none();
        self.later && is_plain && self.notes.in_parts.len() < MAX_LARGE_FILES
    }

    /// Asks the hook whether it wants the file, of which `so_far` was read.
    fn ask(&mut self, head: &[u8], so_far: &[u8], hook: &mut dyn ContentHook) {
        self.held = HeldContent::Nothing;
        match hook.wants(self.member, head) {
            Wanted::Nothing => {}
            Wanted::Parts if self.may_be_read_later() => {
                self.notes.in_parts.push(self.entry);
            }
            wanted => self.hold(so_far, wanted),
        }
        hook.read(so_far);
    }

    /// Keeps the content of a file that the hook wants, or notes that it must be read by itself.
    fn hold(&mut self, so_far: &[u8], wanted: Wanted) {
        let is_sparse = self.member.sparse.is_some();
        // The stored bytes of a sparse file do not show its holes: it is read separately, with them.
        if self.member.stored <= MAX_HELD && !is_sparse {
            // All at once: growing copies it, and needs twice the memory, which a worker never gives back.
            let mut whole = Vec::with_capacity(self.member.stored as usize);
            whole.extend_from_slice(so_far);
            self.held = HeldContent::Whole(whole);
            return;
        }
        let bytes = self.notes.large_bytes.saturating_add(self.member.size);
        if self.notes.large.len() >= MAX_LARGE_FILES {
            self.notes.cut = true;
        } else if bytes > self.max_large {
            (self.notes.cut, self.notes.limited) = (true, true);
        } else {
            self.notes.large_bytes = bytes;
            match wanted {
                Wanted::Parts if !is_sparse => self.notes.in_parts.push(self.entry),
                _ => self.notes.large.push(self.entry),
            }
        }
    }
}

#[test]
fn notes_of_many_short_texts_count_for_what_they_hold() {
    let lists = |texts: usize| format!("[{}\"a\"]", "\"a\",".repeat(texts));
    let mut notes = Notes::default();
    for entry in 0..4 {
        notes.add(entry, lists(1_000_000));
    }
    assert_eq!((notes.notes.len(), notes.cut), (3, true));
    assert_eq!(notes.bytes(), notes.clone().count());
}

#[test]
fn small_sparse_files_beyond_a_number_are_left_out() {
    use crate::entry::SparseMap;
    let member = Member { sparse: Some(SparseMap::default()), ..Member::file("package.json", 16) };
    for (there, is_cut) in [(MAX_LARGE_FILES - 1, false), (MAX_LARGE_FILES, true)] {
        let mut notes = Notes { large: vec![0; there], ..Notes::default() };
        let held = HeldContent::Nothing;
        let (notes_of, max_large) = (&mut notes, u64::MAX);
        let mut file = HookedFile {
            member: &member,
            entry: 7,
            notes: notes_of,
            max_large,
            later: false,
            held,
        };
        file.hold(b"{}", Wanted::Whole);
        assert_eq!((notes.large.len(), notes.cut), (MAX_LARGE_FILES, is_cut));
    }
}
