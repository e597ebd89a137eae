//! Text that is looked for in whole blocks: exactly, or with letters of either case.

use memchr::memmem::Finder;

/// Bytes from the most common in text to rarer ones; all others count as rare.
const COMMON: &[u8] = b" etaoinsrlhdcumpfg_.-\"'/0b1yw,v()k=;:2<>x";

/// Text that is looked for.
#[derive(Debug)]
pub struct Needle {
    bytes: Vec<NeedleByte>,
    finder: NeedleFinder,
}

/// One byte of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeedleByte {
    /// Lower case, if either case will do.
    pub byte: u8,
    /// A letter in upper case will do as well.
    pub either_case: bool,
}

#[derive(Debug)]
enum NeedleFinder {
    Exact(Box<Finder<'static>>),
    /// By its rarest byte, which is at this position and has these two forms.
    Rare {
        at: usize,
        lower: u8,
        upper: u8,
    },
}

impl NeedleByte {
    /// As it is.
    pub fn exact(byte: u8) -> NeedleByte {
        NeedleByte { byte, either_case: false }
    }

    /// In either case, if it is a letter.
    pub fn either(byte: u8) -> NeedleByte {
        NeedleByte { byte: byte.to_ascii_lowercase(), either_case: byte.is_ascii_alphabetic() }
    }

    fn is(self, byte: u8) -> bool {
        self.byte == byte || self.either_case && self.byte == byte.to_ascii_lowercase()
    }
}

impl Needle {
    /// `None` of no bytes.
    pub fn new(bytes: Vec<NeedleByte>) -> Option<Needle> {
        let rarest = (0..bytes.len()).max_by_key(|at| rarity(bytes[*at].byte))?;
        let finder = if bytes.iter().any(|one| one.either_case) {
            let NeedleByte { byte, either_case } = bytes[rarest];
            let upper = if either_case { byte.to_ascii_uppercase() } else { byte };
            NeedleFinder::Rare { at: rarest, lower: byte, upper }
        } else {
            let exact: Vec<u8> = bytes.iter().map(|one| one.byte).collect();
            NeedleFinder::Exact(Box::new(Finder::new(&exact).into_owned()))
        };
        Some(Needle { bytes, finder })
    }

    /// Number of bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Where it begins first, from a position on.
    pub fn find(&self, block: &[u8], from: usize) -> Option<usize> {
        let rest = block.get(from..)?;
        match &self.finder {
            NeedleFinder::Exact(finder) => finder.find(rest).map(|at| from + at),
            NeedleFinder::Rare { at, lower, upper } => {
                let rare = rest.get(*at..)?;
                memchr::memchr2_iter(*lower, *upper, rare)
                    .find(|start| self.begins(&rest[*start..]))
                    .map(|start| from + start)
            }
        }
    }

    fn begins(&self, block: &[u8]) -> bool {
        block.len() >= self.bytes.len()
            && self.bytes.iter().zip(block).all(|(one, byte)| one.is(*byte))
    }
}

/// The larger, the rarer.
fn rarity(byte: u8) -> usize {
    COMMON.iter().position(|common| *common == byte).unwrap_or(COMMON.len())
}

#[test]
fn letters_of_either_case_are_found_where_they_are() {
    let needle = |text: &str, fold: bool| {
        let byte = if fold { NeedleByte::either } else { NeedleByte::exact };
        Needle::new(text.bytes().map(byte).collect()).unwrap()
    };
    let block = b"one Query, QUERY and query_x";
    for (text, fold, from, want) in [
        ("query", false, 0, Some(21)),
        ("query", true, 0, Some(4)),
        ("QUERY", true, 5, Some(11)),
        ("query_", true, 0, Some(21)),
        ("x", true, 0, Some(27)),
        ("xy", true, 0, None),
        ("query", true, 99, None),
    ] {
        assert_eq!(needle(text, fold).find(block, from), want, "{text} from {from}");
    }
    assert!(Needle::new(Vec::new()).is_none());
}
