//! The order of tags by version.
//!
//! `1.9` is older than `1.10`, `2.0-rc1` is older than `2.0`, and `2.0-alpine` is a variant that comes after it.
//! Tags promise nothing, so this is a total order over any text.

use std::cmp::Ordering;

/// Words that mark a pre-release when they follow a version, the earliest first.
const BEFORE_RELEASE: [&str; 10] =
    ["dev", "nightly", "snapshot", "alpha", "a", "beta", "b", "pre", "preview", "rc"];

/// A piece of a tag. The order of the variants is the order of tags that differ in this piece.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Piece<'a> {
    /// A pre-release: a tag that ends here instead is newer.
    Before(usize),
    /// The tag ends.
    End,
    Word(&'a str),
    /// First the number of digits without leading zeros, so that numbers of any size compare.
    Number(usize, &'a str),
}

/// The pieces of a tag, without separators.
fn pieces(tag: &str) -> Vec<Piece<'_>> {
    let mut rest = match tag.strip_prefix(['v', 'V']) {
        Some(number) if number.starts_with(|c: char| c.is_ascii_digit()) => number,
        _ => tag,
    };
    let mut pieces = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        let Some(first) = rest.chars().next() else { break };
        let number = first.is_ascii_digit();
        let inside = |c: char| c.is_alphanumeric() && c.is_ascii_digit() == number;
        let end = rest.find(|c| !inside(c)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        pieces.push(if number {
            let digits = piece.trim_start_matches('0');
            Piece::Number(digits.len(), digits)
        } else {
            let known = BEFORE_RELEASE.iter().position(|word| piece.eq_ignore_ascii_case(word));
            match known {
                // Only after another piece: `beta` alone is a name.
                Some(at) if !pieces.is_empty() => Piece::Before(at),
                _ => Piece::Word(piece),
            }
        });
        rest = after;
    }
    pieces.push(Piece::End);
    pieces
}

/// Older tags first; equal only if the texts are equal.
pub fn compare(a: &str, b: &str) -> Ordering {
    pieces(a).cmp(&pieces(b)).then_with(|| a.cmp(b))
}

/// Sorts tags for a list: `latest`, then versions, the newest first, then other names alphabetically.
pub fn sort(tags: &mut [String]) {
    let class = |tag: &str| match tag {
        "latest" => 0,
        tag if tag.trim_start_matches(['v', 'V']).starts_with(|c: char| c.is_ascii_digit()) => 1,
        _ => 2,
    };
    tags.sort_by(|a, b| {
        let (of_a, of_b) = (class(a), class(b));
        of_a.cmp(&of_b).then_with(|| if of_a == 1 { compare(b, a) } else { compare(a, b) })
    });
}

/// The tags that contain `filter`; case-insensitive.
pub fn filter<'a>(tags: &'a [String], filter: &str) -> Vec<&'a str> {
    let filter = filter.trim().to_lowercase();
    tags.iter().map(String::as_str).filter(|tag| tag.to_lowercase().contains(&filter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn versions_are_in_order_of_release() {
        let rising = [
            "1.9",
            "1.10-alpha",
            "1.10-beta.2",
            "1.10-rc1",
            "1.10-rc2",
            "1.10-rc10",
            "1.10",
            "1.10-alpine",
            "1.10-alpine3.20",
            "1.10.1",
            "v1.11",
            "2",
            "2.0",
            "20240101",
            "18446744073709551616",
        ];
        for pair in rising.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        }
    }

    #[test]
    fn lists_begin_with_the_newest() {
        let mut tags = ["edge", "1.9", "latest", "1.10", "beta", "v2-rc1", "v2"].map(String::from);
        sort(&mut tags);
        assert_eq!(tags, ["latest", "v2", "v2-rc1", "1.10", "1.9", "beta", "edge"]);
        assert_eq!(filter(&tags, " RC"), ["v2-rc1"]);
        assert_eq!(filter(&tags, "").len(), 7);
    }

    proptest! {
        #[test]
        fn the_order_is_total(mut tags in prop::collection::vec("[v0-9a-c._-]{0,6}|rc|.{0,4}", 0..12)) {
            sort(&mut tags); // the standard library may panic if this is not a total order
            for triple in tags.windows(3) {
                if compare(&triple[0], &triple[1]).is_lt() && compare(&triple[1], &triple[2]).is_lt() {
                    prop_assert!(compare(&triple[0], &triple[2]).is_lt());
                }
                prop_assert_eq!(compare(&triple[0], &triple[1]), compare(&triple[1], &triple[0]).reverse());
            }
        }
    }
}
