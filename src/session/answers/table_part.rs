//! Part of a table: lines are sorted and grouped by light keys, and only the rows of the part are made.

use crate::protocol::{GroupHead, GroupLabel, RowRange, TableLine, TablePart};
use std::cmp::Ordering;

/// Lines answered at once at most: no screen shows more.
const MAX_LINES: u32 = 2000;

/// What a line is sorted by. The natural order is ascending.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SortKey {
    Number(u64),
    Text(String),
}

impl SortKey {
    /// Sorts the largest first.
    pub fn largest_first(number: u64) -> SortKey {
        SortKey::Number(u64::MAX - number)
    }
}

/// What a line is grouped by: groups are in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GroupKey {
    pub rank: u64,
    pub text: String,
}

impl GroupKey {
    pub fn number(rank: u64) -> GroupKey {
        GroupKey { rank, text: String::new() }
    }

    pub fn text(text: impl Into<String>) -> GroupKey {
        GroupKey { rank: 0, text: text.into() }
    }
}

/// A line of a table before its row is made.
pub(super) struct Line<T> {
    /// What the row is made of.
    pub item: T,
    pub sort: SortKey,
    /// The same for all lines where the table is not grouped.
    pub group: GroupKey,
    /// Bytes, for the sum of a group; 0 where rows have none.
    pub size: u64,
}

/// A case-insensitive substring that rows must contain.
pub(super) struct TextFilter(String);

impl TextFilter {
    pub fn new(text: &str) -> TextFilter {
        TextFilter(text.to_lowercase())
    }

    /// Whether it matches everything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of these texts contains it; an empty filter matches all.
    pub fn matches<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> bool {
        self.is_empty() || texts.into_iter().any(|text| text.to_lowercase().contains(&self.0))
    }
}

/// Names the group that a line begins.
pub(super) type LabelOf<'a, T> = dyn Fn(&Line<T>) -> GroupLabel + 'a;

/// Sorts lines and answers a range of them. `label` names the group that a line begins, in a table that is
/// grouped. Lines that are equal in sort and group stay in the order in which they are given.
pub(super) fn part<T, R>(
    mut lines: Vec<Line<T>>,
    reversed: bool,
    label: Option<&LabelOf<T>>,
    range: RowRange,
    row: impl Fn(&T) -> R,
) -> TablePart<R> {
    let by_sort = |a: &Line<T>, b: &Line<T>| match reversed {
        true => b.sort.cmp(&a.sort),
        false => a.sort.cmp(&b.sort),
    };
    lines.sort_by(|a, b| a.group.cmp(&b.group).then_with(|| by_sort(a, b)));
    let total_rows = lines.len() as u64;
    let first = range.first as usize;
    let end = first.saturating_add(range.count.min(MAX_LINES) as usize);
    let mut shown = Vec::new();
    let mut position = 0;
    let mut show = |line: &dyn Fn() -> TableLine<R>| {
        if (first..end).contains(&position) {
            shown.push(line());
        }
        position += 1;
    };
    for group in lines.chunk_by(|a, b| a.group.cmp(&b.group) == Ordering::Equal) {
        if let Some(label) = label {
            show(&|| TableLine::Head(head(group, label(&group[0]))));
        }
        for line in group {
            show(&|| TableLine::Row(row(&line.item)));
        }
    }
    TablePart { lines: shown, total_lines: position as u64, total_rows }
}

fn head<T>(group: &[Line<T>], label: GroupLabel) -> GroupHead {
    let size = group.iter().fold(0u64, |sum, line| sum.saturating_add(line.size));
    GroupHead { label, rows: group.len() as u64, size }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Shown;

    /// Letters as items, sorted by their number, in groups of upper and lower case.
    fn lines(letters: &str) -> Vec<Line<char>> {
        let line = |item: char| Line {
            item,
            sort: SortKey::Number(u64::from(item.to_ascii_lowercase() as u32)),
            group: GroupKey::number(u64::from(item.is_ascii_lowercase())),
            size: 10,
        };
        letters.chars().map(line).collect()
    }

    fn shown(part: &TablePart<char>) -> String {
        let text = |line: &TableLine<char>| match line {
            TableLine::Row(letter) => letter.to_string(),
            TableLine::Head(head) => format!("[{}, {} bytes]", head.rows, head.size),
        };
        part.lines.iter().map(text).collect::<Vec<_>>().join(" ")
    }

    fn label(line: &Line<char>) -> GroupLabel {
        GroupLabel::Text(Shown::new(line.item.to_string()))
    }

    const ALL: RowRange = RowRange { first: 0, count: 100 };

    #[test]
    fn groups_stay_in_order_when_rows_are_reversed() {
        let part = |reversed| part(lines("bAcCaB"), reversed, Some(&label), ALL, |item| *item);
        assert_eq!(shown(&part(false)), "[3, 30 bytes] A B C [3, 30 bytes] a b c");
        assert_eq!(shown(&part(true)), "[3, 30 bytes] C B A [3, 30 bytes] c b a");
    }

    #[test]
    fn a_range_counts_heads_and_says_how_much_there_is() {
        for (first, count, want) in [
            (0, 2, "[3, 30 bytes] A"),
            (3, 3, "C [3, 30 bytes] a"),
            (7, 9, "c"),
            (8, 1, ""),
            (u32::MAX, u32::MAX, ""),
        ] {
            let range = RowRange { first, count };
            let part = part(lines("bAcCaB"), false, Some(&label), range, |item| *item);
            assert_eq!(shown(&part), want, "{first}, {count}");
            assert_eq!((part.total_lines, part.total_rows), (8, 6));
        }
    }

    #[test]
    fn no_more_is_answered_at_once_than_a_screen_shows() {
        let many: Vec<Line<char>> = "x".repeat(5000).chars().flat_map(|_| lines("x")).collect();
        let range = RowRange { first: 10, count: u32::MAX };
        let part = part(many, false, None, range, |item| *item);
        assert_eq!((part.lines.len(), part.total_lines), (MAX_LINES as usize, 5000));
    }

    #[test]
    fn filters_ignore_case() {
        for (filter, want) in [("", true), ("ÜB", true), ("libc", true), ("libz", false)] {
            assert_eq!(TextFilter::new(filter).matches(["über", "LibC"]), want, "{filter}");
        }
    }
}
