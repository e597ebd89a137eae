//! The selection of layers that filters every view, as links and queries write it.
//!
//! As docs/links.md says, `..N` is the image up to layer N, `N` what layer N alone did,
//! `N..M` what these did together; empty, all.
//!
//! - Layers are `LayerNumber`s, counted from 1 as on screen.
//! - A selection does not know how many layers the image has: it can be beyond them.
//! - `..3` and `1..3` differ: the first shows a file system, the second shows changes.

use crate::vocabulary::LayerNumber;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which layers a view is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LayerSelection {
    /// The whole image.
    #[default]
    All,
    /// The image as it is after this layer.
    UpTo(LayerNumber),
    /// What the layers from the first to the second, both included, did together; one layer alone
    /// where they are equal.
    Range(LayerNumber, LayerNumber),
}

impl LayerSelection {
    /// What one layer did.
    pub fn one(number: LayerNumber) -> LayerSelection {
        LayerSelection::Range(number, number)
    }

    /// `None` for anything that is not a selection: layer 0, a range that runs backwards, anything but
    /// digits.
    pub fn parse(text: &str) -> Option<LayerSelection> {
        if text.is_empty() {
            return Some(LayerSelection::All);
        }
        match text.split_once("..") {
            Some(("", last)) => Some(LayerSelection::UpTo(number(last)?)),
            Some((first, last)) => {
                let (first, last) = (number(first)?, number(last)?);
                (first <= last).then_some(LayerSelection::Range(first, last))
            }
            None => number(text).map(LayerSelection::one),
        }
    }

    /// Whether layer `number` is selected.
    pub fn contains(&self, number: LayerNumber) -> bool {
        match *self {
            LayerSelection::All => true,
            LayerSelection::UpTo(last) => number <= last,
            LayerSelection::Range(first, last) => first <= number && number <= last,
        }
    }
}

/// A layer's number: digits only, because `u32::from_str` would accept a sign, and never 0.
fn number(text: &str) -> Option<LayerNumber> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits).and_then(LayerNumber::new)
}

impl fmt::Display for LayerSelection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            LayerSelection::All => Ok(()),
            LayerSelection::UpTo(last) => write!(f, "..{last}"),
            LayerSelection::Range(first, last) if first == last => write!(f, "{first}"),
            LayerSelection::Range(first, last) => write!(f, "{first}..{last}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use LayerSelection::All;

    fn layer(number: u32) -> LayerNumber {
        LayerNumber::new(number).unwrap()
    }

    #[allow(non_snake_case)] // read like the variants that they make
    fn UpTo(last: u32) -> LayerSelection {
        LayerSelection::UpTo(layer(last))
    }

    #[allow(non_snake_case)]
    fn Range(first: u32, last: u32) -> LayerSelection {
        LayerSelection::Range(layer(first), layer(last))
    }

    #[test]
    fn every_form_is_read_and_written() {
        for (text, want, written) in [
            ("", Some(All), ""),
            ("..4", Some(UpTo(4)), "..4"),
            ("4", Some(Range(4, 4)), "4"),
            ("2..4", Some(Range(2, 4)), "2..4"),
            ("1..4", Some(Range(1, 4)), "1..4"),
            ("4..4", Some(Range(4, 4)), "4"),
            ("..04", Some(UpTo(4)), "..4"),
            ("4294967295", Some(Range(u32::MAX, u32::MAX)), "4294967295"),
            ("0", None, ""),
            ("..0", None, ""),
            ("4..2", None, ""),
            ("4..", None, ""),
            ("..", None, ""),
            ("+4", None, ""),
            ("1..2..3", None, ""),
            ("4294967296", None, ""),
            ("2,4", None, ""),
        ] {
            assert_eq!(LayerSelection::parse(text), want, "{text}");
            assert_eq!(want.unwrap_or_default().to_string(), written, "{text}");
        }
    }

    #[test]
    fn a_selection_knows_its_layers() {
        let of = |s: LayerSelection| (1..=4).filter(|&n| s.contains(layer(n))).collect::<Vec<_>>();
        assert_eq!(of(All), [1, 2, 3, 4]);
        assert_eq!(of(UpTo(2)), [1, 2]);
        assert_eq!(of(Range(2, 3)), [2, 3]);
        assert_eq!(of(LayerSelection::one(layer(4))), [4]);
    }
}
