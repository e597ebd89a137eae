//! The list of files by type.

use super::table_part::{GroupKey, Line, SortKey, part};
use super::treemap::shown_by;
use crate::problem::Problem;
use crate::protocol::{FileTypeColumn, FileTypeRow, FileTypeTable, TablePart};
use crate::session::state::Session;
use crate::tree::{TypeTotal, ViewSettings, types_shown};
use crate::vocabulary::FileEnding;

impl Session {
    /// The types of what the tree shows, whatever it finds.
    pub(super) fn file_type_part(
        &self,
        table: &FileTypeTable,
    ) -> Result<TablePart<FileTypeRow>, Problem> {
        let tree = &self.built(table.image)?.tree;
        let settings = ViewSettings { find: Vec::new(), ..shown_by(&table.spec)? };
        let types = types_shown(tree, &settings);
        let whole = types.iter().fold(0u64, |sum, total| sum.saturating_add(total.size));
        let line = |total: TypeTotal| Line {
            sort: match table.sort.by {
                FileTypeColumn::Size => SortKey::largest_first(total.size),
                FileTypeColumn::Files => SortKey::largest_first(total.files),
                FileTypeColumn::Type => SortKey::Text(ending_text(&total.ending).to_owned()),
                FileTypeColumn::Family => SortKey::Number(total.family as u64),
            },
            group: GroupKey::default(),
            size: total.size,
            item: total,
        };
        let mut lines: Vec<_> = types.into_iter().map(line).collect();
        // Types that are equal in what they are sorted by come by bytes, then by name.
        lines.sort_by(|a, b| {
            let (a, b) = (&a.item, &b.item);
            b.size.cmp(&a.size).then_with(|| ending_text(&a.ending).cmp(ending_text(&b.ending)))
        });
        Ok(part(lines, table.sort.reversed, None, table.rows, |total| FileTypeRow {
            ending: total.ending.clone(),
            family: total.family,
            files: total.files,
            size: total.size,
            whole,
            find: total.terms.clone(),
        }))
    }
}

/// What a type is sorted by: those that are no ending come last.
fn ending_text(ending: &FileEnding) -> &str {
    match ending {
        FileEnding::Of(text) => text,
        FileEnding::SharedLibrary => "so",
        FileEnding::Executable => "{1",
        FileEnding::None => "{2",
        FileEnding::Odd => "{3",
    }
}
