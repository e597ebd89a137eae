//! Contents on their way through a pass, shown to whoever asks for them.
//!
//! - Asking is one mechanism for all analyses: a file is asked for by its name, size, mode and first bytes,
//!   and shown whole. What an analysis makes of it is a note; what a note says is its own business.
//! - A file that is too large to be held in a pass is only named: it is read by itself afterwards.

use super::index::ContentHash;
use crate::codec::Input;
use crate::entry::{Member, Members};
use serde::{Deserialize, Serialize};

/// First bytes of a file that may be looked at before it is asked for.
pub const HEAD: usize = 16;

/// Bytes of a file that are held in a pass; larger ones are read by themselves.
pub const MAX_HELD: u64 = 32 << 20;

/// Bytes of a file that are looked at, at most.
pub const MAX_LOOKED: u64 = 512 << 20;

/// Bytes of the notes of one layer, at most: those of a distribution with all its lists of files have 20 MB.
pub const MAX_NOTES: usize = 128 << 20;

/// Who looks at contents in a pass.
pub trait Onlooker {
    /// Whether this file is asked for. `head` has its first `HEAD` bytes, or all that there are.
    fn wants(&mut self, member: &Member, head: &[u8]) -> bool;
    /// A file that was asked for, the last that `wants` was asked about. What is to be kept of it, if
    /// anything is.
    fn see(&mut self, member: &Member, content: &[u8]) -> Option<String>;
}

/// Nobody looks, or somebody does.
pub type Looks<'a> = Option<&'a mut dyn Onlooker>;

/// What was made of a file's content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Position of the file in the layer's index.
    pub entry: u32,
    /// JSON, each analysis by its own name.
    pub text: String,
}

/// What was noted in a pass.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Notes {
    /// Contents were shown: what is not noted here says nothing.
    pub looked: bool,
    /// In tar order, but for those of large files, which come later.
    pub notes: Vec<Note>,
    /// Positions of files that were asked for, and are too large to be held.
    pub large: Vec<u32>,
    /// There was more than is kept.
    pub cut: bool,
    /// Bytes of the notes so far.
    #[serde(skip)]
    bytes: usize,
}

impl Notes {
    /// Takes a note, unless there are too many.
    pub fn add(&mut self, entry: u32, text: String) {
        let bytes = self.bytes + text.len() + size_of::<Note>();
        if bytes > MAX_NOTES {
            self.cut = true;
        } else {
            self.bytes = bytes;
            self.notes.push(Note { entry, text });
        }
    }
}

/// Reads the current member's content: its hash, and what is made of it.
pub(super) fn read<I: Input>(
    members: &mut Members<I>,
    member: &Member,
    entry: u32,
    looks: &mut Looks<'_>,
    notes: &mut Notes,
) -> ContentHash {
    let mut hasher = blake3::Hasher::new();
    let mut held = Held::Asking(Vec::new());
    loop {
        let bytes = members.data();
        let count = bytes.len();
        if count == 0 {
            break;
        }
        hasher.update(bytes);
        if let Some(looks) = looks {
            held.pass(bytes, member, entry, *looks, notes);
        }
        members.consume(count);
    }
    if let Some(looks) = looks {
        held.end(entry, member, *looks, notes);
    }
    if let Some(map) = &member.sparse {
        hasher.update(&member.size.to_le_bytes());
        for span in &map.spans {
            hasher.update(&span.offset.to_le_bytes());
            hasher.update(&span.length.to_le_bytes());
        }
    }
    let mut hash = ContentHash::default();
    hash.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    hash
}

/// What is held of a file while it goes by.
enum Held {
    /// The first bytes, until there are enough to ask with.
    Asking(Vec<u8>),
    Whole(Vec<u8>),
    Nothing,
}

impl Held {
    fn pass(
        &mut self,
        bytes: &[u8],
        member: &Member,
        entry: u32,
        looks: &mut dyn Onlooker,
        notes: &mut Notes,
    ) {
        match self {
            Held::Nothing => {}
            Held::Whole(whole) => whole.extend_from_slice(bytes),
            // Most files are not asked for, and most of their heads come in one piece: no copy is made.
            Held::Asking(head) if head.is_empty() && bytes.len() >= HEAD => {
                *self = ask(&bytes[..HEAD], bytes, member, entry, looks, notes);
            }
            Held::Asking(head) => {
                head.extend_from_slice(bytes);
                if head.len() >= HEAD {
                    let bytes = std::mem::take(head);
                    *self = ask(&bytes[..HEAD], &bytes, member, entry, looks, notes);
                }
            }
        }
    }

    fn end(self, entry: u32, member: &Member, looks: &mut dyn Onlooker, notes: &mut Notes) {
        let held = match self {
            Held::Asking(head) if !head.is_empty() => {
                ask(&head, &head, member, entry, looks, notes)
            }
            held => held,
        };
        if let Held::Whole(whole) = held
            && let Some(text) = looks.see(member, &whole)
        {
            notes.add(entry, text);
        }
    }
}

/// Asks whether a file is wanted, of which `so_far` has gone by.
fn ask(
    head: &[u8],
    so_far: &[u8],
    member: &Member,
    entry: u32,
    looks: &mut dyn Onlooker,
    notes: &mut Notes,
) -> Held {
    if !looks.wants(member, head) {
        return Held::Nothing;
    }
    // Holes are where the stored bytes don't say: such a file is read with them.
    if member.stored > MAX_HELD || member.sparse.is_some() {
        notes.large.push(entry);
        return Held::Nothing;
    }
    Held::Whole(so_far.to_vec())
}
