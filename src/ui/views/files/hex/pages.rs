//! The parts of a file that are held: a few around what is on screen.

use std::collections::BTreeMap;

/// Bytes of a part, and how many parts are held at most.
pub const PAGE: u64 = 128 << 10;
const MOST: usize = 24;

/// Parts of a file of `size` bytes by their number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HexPages {
    size: u64,
    pages: BTreeMap<u64, Vec<u8>>,
}

impl HexPages {
    /// A file whose beginning is known.
    pub fn new(size: u64, start: &[u8]) -> HexPages {
        let mut pages = HexPages { size, pages: BTreeMap::new() };
        for (number, part) in (0..).zip(start.chunks(PAGE as usize)).take(MOST) {
            if part.len() as u64 == pages.length(number) {
                pages.pages.insert(number, part.to_vec());
            }
        }
        pages
    }

    /// Bytes of a part.
    pub fn length(&self, number: u64) -> u64 {
        self.size.saturating_sub(number.saturating_mul(PAGE)).min(PAGE)
    }

    /// Takes a part in; the one furthest from it is let go if there are too many.
    pub fn put(&mut self, number: u64, bytes: Vec<u8>) {
        self.pages.insert(number, bytes);
        if self.pages.len() > MOST {
            let ends = [self.pages.keys().next().copied(), self.pages.keys().last().copied()];
            let far = ends.into_iter().flatten().max_by_key(|other| other.abs_diff(number));
            far.and_then(|far| self.pages.remove(&far));
        }
    }

    /// The first part of these bytes that is not held.
    pub fn missing(&self, bytes: std::ops::Range<u64>) -> Option<u64> {
        let end = bytes.end.min(self.size);
        if bytes.start >= end {
            return None;
        }
        (bytes.start / PAGE..=(end - 1) / PAGE).find(|number| !self.pages.contains_key(number))
    }

    /// The byte at an offset, if it is held.
    pub fn byte(&self, at: u64) -> Option<u8> {
        self.pages.get(&(at / PAGE))?.get((at % PAGE) as usize).copied()
    }

    /// Up to `count` bytes from an offset on, as far as they are held.
    pub fn bytes(&self, at: u64, count: u64) -> Vec<u8> {
        let end = at.saturating_add(count).min(self.size);
        (at..end).map_while(|at| self.byte(at)).collect()
    }
}

#[test]
fn parts_are_asked_for_held_and_let_go() {
    let start = vec![7; PAGE as usize + 5];
    let mut pages = HexPages::new(1 << 30, &start);
    assert_eq!(pages.missing(0..PAGE), None);
    assert_eq!(pages.missing(10..PAGE + 1), Some(1), "a part that is not whole is read again");
    assert_eq!((pages.byte(0), pages.byte(PAGE)), (Some(7), None));
    for number in 1..100 {
        pages.put(number, vec![number as u8; PAGE as usize]);
    }
    assert!(pages.pages.len() == MOST && pages.missing(0..1) == Some(0));
    assert_eq!(pages.bytes(99 * PAGE - 2, 4), [98, 98, 99, 99]);
    assert_eq!(HexPages::new(3, b"abc").missing(0..100), None, "a short file is whole");
    assert_eq!(HexPages::new(3, b"abc").bytes(2, 8), b"c");
    assert_eq!(HexPages::new(0, b"").missing(0..16), None);
}
