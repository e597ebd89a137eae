//! Rows of a table on their way to the page: filtered, ordered, grouped, and a part of them given.

use super::packages::columns;
use super::query::{Cell, Table, TableAsk, TableRow};
use std::cmp::Ordering;

/// Rows given at once at most.
const MAX_ROWS: u32 = 2000;

/// What rows are ordered by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    Number(u64),
    Text(String),
}

struct Line {
    group: String,
    group_order: u64,
    order: Order,
    size: u64,
    row: TableRow,
}

/// All rows that a question is answered with, or a part of them.
#[derive(Default)]
pub struct Lines {
    lines: Vec<Line>,
}

/// Whether a text holds what is filtered for, letters great or small.
pub fn holds(text: &str, filter: &str) -> bool {
    filter.is_empty() || text.to_lowercase().contains(&filter.to_lowercase())
}

impl Lines {
    /// A row. Those of a group stand together, groups by `group_order`, then by name; `size` is summed up
    /// (bytes; 0 where there are none).
    pub fn push(
        &mut self,
        group: String,
        group_order: u64,
        order: Order,
        size: u64,
        row: TableRow,
    ) {
        self.lines.push(Line { group, group_order, order, size, row });
    }

    /// The part that is asked for.
    pub fn table(mut self, ask: &TableAsk, names: &[(&str, &str)]) -> Table {
        let backwards = ask.sort.starts_with('-');
        let by = |a: &Line, b: &Line| match backwards {
            true => b.order.cmp(&a.order),
            false => a.order.cmp(&b.order),
        };
        // A stable sort: rows come in the order of their names.
        self.lines.sort_by(|a, b| group(a).cmp(&group(b)).then_with(|| by(a, b)));
        let rows = match ask.group.is_empty() {
            true => self.lines.into_iter().map(|line| line.row).collect(),
            false => with_heads(self.lines),
        };
        let total = rows.len() as u64;
        let first = ask.first as usize;
        let count = ask.count.min(MAX_ROWS) as usize;
        let rows: Vec<TableRow> = rows.into_iter().skip(first).take(count).collect();
        let more = (first + rows.len()) < total as usize;
        Table { columns: columns(names), rows, total: Some(total), more, ..Table::default() }
    }
}

fn group(line: &Line) -> (u64, &str) {
    (line.group_order, &line.group)
}

/// Each group under a head that says how many there are, and their bytes.
fn with_heads(lines: Vec<Line>) -> Vec<TableRow> {
    let mut out = Vec::with_capacity(lines.len() + 8);
    let mut rest = &lines[..];
    while let [first, ..] = rest {
        let same = rest.iter().take_while(|line| group(line).cmp(&group(first)) == Ordering::Equal);
        let (here, later) = rest.split_at(same.count());
        let size = here.iter().fold(0u64, |sum, line| sum.saturating_add(line.size));
        let words = if first.group.is_empty() { "none" } else { &first.group };
        let mut cells =
            vec![Cell::Text(crate::text::show(words.as_bytes())), Cell::Count(here.len() as u64)];
        if size > 0 {
            cells.push(Cell::Size(size));
        }
        out.push(TableRow { head: true, cells, ..TableRow::default() });
        out.extend(here.iter().map(|line| line.row.clone()));
        rest = later;
    }
    out
}
