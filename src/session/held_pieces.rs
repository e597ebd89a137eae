//! Pieces of a download that are held in memory, where there is no file to write to.
//!
//! - Pieces are joined to blocks, which a browser may put on a disk.
//! - Nothing is lost silently: what does not fit is refused, and what was held before stays.

/// There is no room for a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRoomLeft;

/// Pieces in their order, of type `P`, the first ones joined to blocks of type `B`.
#[derive(Debug)]
pub struct HeldPieces<P, B> {
    blocks: Vec<B>,
    pieces: Vec<P>,
    /// Bytes of the pieces that are not joined yet.
    waiting: u64,
    /// Bytes in all.
    held: u64,
    limits: HeldLimits,
}

/// Bytes of a block, and of all pieces at most.
#[derive(Clone, Copy, Debug)]
pub struct HeldLimits {
    pub block: u64,
    pub all: u64,
}

impl<P, B> HeldPieces<P, B> {
    /// Holds nothing yet.
    pub fn new(limits: HeldLimits) -> HeldPieces<P, B> {
        HeldPieces { blocks: Vec::new(), pieces: Vec::new(), waiting: 0, held: 0, limits }
    }

    /// Appends a piece of so many bytes. `join` makes a block of pieces, if there is room for it.
    pub fn push(
        &mut self,
        piece: P,
        bytes: u64,
        join: impl FnOnce(&[P]) -> Option<B>,
    ) -> Result<(), NoRoomLeft> {
        let held = self.held.saturating_add(bytes);
        if held > self.limits.all {
            return Err(NoRoomLeft);
        }
        self.pieces.push(piece);
        if self.waiting + bytes >= self.limits.block {
            let Some(block) = join(&self.pieces) else {
                self.pieces.pop();
                return Err(NoRoomLeft);
            };
            self.blocks.push(block);
            self.pieces.clear();
            self.waiting = 0;
        } else {
            self.waiting += bytes;
        }
        self.held = held;
        Ok(())
    }

    /// The blocks, and the pieces after them.
    pub fn parts(&self) -> (&[B], &[P]) {
        (&self.blocks, &self.pieces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: HeldLimits = HeldLimits { block: 4, all: 9 };

    fn push(held: &mut HeldPieces<String, String>, piece: &str) -> Result<(), NoRoomLeft> {
        held.push(piece.to_owned(), piece.len() as u64, |pieces| Some(pieces.concat()))
    }

    fn all(held: &HeldPieces<String, String>) -> String {
        let (blocks, pieces) = held.parts();
        blocks.concat() + &pieces.concat()
    }

    #[test]
    fn pieces_are_joined_to_blocks_in_their_order() {
        let mut held = HeldPieces::new(LIMITS);
        for piece in ["ab", "cde", "f", "gh", "i"] {
            assert_eq!(push(&mut held, piece), Ok(()));
        }
        assert_eq!(held.parts(), (&["abcde".to_owned(), "fghi".to_owned()][..], &[][..]));
    }

    #[test]
    fn a_piece_beyond_the_limit_is_refused_and_what_was_held_stays() {
        let mut held = HeldPieces::new(LIMITS);
        for piece in ["abcdef", "gh"] {
            assert_eq!(push(&mut held, piece), Ok(()));
        }
        assert_eq!(push(&mut held, "ij"), Err(NoRoomLeft));
        assert_eq!(all(&held), "abcdefgh");
        assert_eq!(push(&mut held, "i"), Ok(()), "the limit itself is allowed");
        assert_eq!(all(&held), "abcdefghi");
    }

    #[test]
    fn a_block_that_cannot_be_made_refuses_its_last_piece() {
        let mut held = HeldPieces::new(LIMITS);
        push(&mut held, "abc").unwrap();
        assert_eq!(held.push("de".to_owned(), 2, |_| None), Err(NoRoomLeft));
        assert_eq!(all(&held), "abc");
        assert_eq!(push(&mut held, "xy"), Ok(()), "there may be room later");
        assert_eq!(all(&held), "abcxy");
    }
}
