//! What a search in contents has found: the table of lines, and its totals.

use crate::grep::FoundLine;
use crate::problem::Problem;
use crate::protocol::{
    GroupHead, GroupLabel, LinePart, LinkPath, MatchRow, MatchTable, SearchTotals, TableLine,
    TablePart,
};
use crate::session::found_contents::FoundPath;
use crate::session::state::Session;
use crate::text::{Shown, percent_encode};
use crate::vocabulary::ImagePosition;

/// Lines answered at once at most: no screen shows more.
const MAX_LINES: u32 = 2000;

impl Session {
    /// How far the latest search of an image is; all zero without one.
    pub(super) fn search_totals(&self, image: ImagePosition) -> Result<SearchTotals, Problem> {
        let found = self.image(image)?.found.as_ref();
        Ok(found.map(|found| found.totals.clone()).unwrap_or_default())
    }

    /// Lines of the table: each path, then what was found in it.
    pub(super) fn match_part(&self, table: &MatchTable) -> Result<TablePart<MatchRow>, Problem> {
        let Some(found) = &self.image(table.image)?.found else { return Ok(TablePart::default()) };
        let first = table.rows.first as usize;
        let end = first.saturating_add(table.rows.count.min(MAX_LINES) as usize);
        let (mut lines, mut position) = (Vec::new(), 0usize);
        for path in &found.paths {
            let next = position + 1 + path.file.lines.len();
            if next > first && position < end {
                if position >= first {
                    lines.push(TableLine::Head(head(path)));
                }
                let from = first.saturating_sub(position + 1);
                let room = end.saturating_sub((position + 1).max(first));
                let shown = path.file.lines.iter().skip(from).take(room);
                lines.extend(shown.map(|line| TableLine::Row(row(path, line))));
            }
            position = next;
        }
        let total_rows = (position - found.paths.len()) as u64;
        Ok(TablePart { lines, total_lines: position as u64, total_rows })
    }
}

fn head(path: &FoundPath) -> GroupHead {
    let label = GroupLabel::Text(shown(path));
    GroupHead { label, rows: path.file.count, size: 0 }
}

fn shown(path: &FoundPath) -> Shown {
    Shown::new([b"/", &path.path[..]].concat())
}

fn row(path: &FoundPath, line: &FoundLine) -> MatchRow {
    let mut parts = Vec::new();
    let mut add = |from: usize, to: usize, matches: bool| {
        let text = line.bytes.get(from..to).unwrap_or_default();
        if !text.is_empty() {
            parts.push(LinePart { text: Shown::new(text), matches });
        }
    };
    let mut end = 0;
    for (from, to) in line.marks.iter().map(|mark| (mark.0 as usize, mark.1 as usize)) {
        add(end, from, false);
        add(from, to, true);
        end = to;
    }
    add(end, line.bytes.len(), false);
    let cut = |is_cut: bool| is_cut.then(|| LinePart { text: "…".into(), matches: false });
    let parts = cut(line.cut.0).into_iter().chain(parts).chain(cut(line.cut.1)).collect();
    MatchRow {
        path: LinkPath(format!("/{}", percent_encode(&path.path))),
        shown: shown(path),
        number: line.number,
        parts,
        around: !line.matches,
    }
}
