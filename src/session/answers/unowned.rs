//! Files of the final tree that no package owns.

use super::instructions::LayerCells;
use super::table_part::{GroupKey, Line, SortKey, TextFilter, part};
use super::tree::{link_path, shown_path};
use crate::analysis::packages::Inventory;
use crate::problem::Problem;
use crate::protocol::{TablePart, UnownedColumn, UnownedRow, UnownedTable};
use crate::selection::LayerSelection;
use crate::session::paths::last_layers;
use crate::session::state::Session;
use crate::tree::{FileTree, ROOT};
use crate::vocabulary::LayerPosition;

/// A file that no package owns.
pub(super) struct UnownedFile {
    node: u32,
    layer: LayerPosition,
    size: u64,
}

impl Session {
    /// Rows of files that no package owns.
    pub(super) fn unowned_part(
        &self,
        table: &UnownedTable,
    ) -> Result<TablePart<UnownedRow>, Problem> {
        let (tree, inventory) = self.packages_of(table.image)?;
        let filter = TextFilter::new(&table.filter);
        let mut lines = Vec::new();
        for file in unowned_files(tree, inventory, table.layers) {
            // Half a million paths are only made where they are needed.
            if !filter.is_empty() && !filter.matches([shown_path(tree, file.node).as_str()]) {
                continue;
            }
            let sort = match table.sort.by {
                UnownedColumn::Path => SortKey::Text(shown_path(tree, file.node).into_string()),
                UnownedColumn::Size => SortKey::largest_first(file.size),
                UnownedColumn::Layer => SortKey::Number(file.layer.0.into()),
            };
            lines.push(Line { sort, group: GroupKey::default(), size: file.size, item: file });
        }
        let cells = LayerCells::of(self, table.image);
        Ok(part(lines, table.sort.reversed, None, table.rows, |file| UnownedRow {
            path: link_path(tree, file.node),
            shown: shown_path(tree, file.node),
            size: file.size,
            layer: cells.cell(file.layer),
        }))
    }
}

/// Files under a selection that no package owns; directories and links have no owner.
pub(super) fn unowned_files<'a>(
    tree: &'a FileTree,
    inventory: &'a Inventory,
    selection: LayerSelection,
) -> impl Iterator<Item = UnownedFile> + 'a {
    let layers = last_layers(tree, selection);
    (ROOT + 1..tree.node_count() as u32).filter_map(move |node| {
        if inventory.owners.of(node).is_some() {
            return None;
        }
        let event = tree.state(node, layers).filter(|event| event.is_there())?;
        let size = tree.inode(event)?.size;
        let selected = selection.contains(event.layer.number());
        selected.then_some(UnownedFile { node, layer: event.layer, size })
    })
}
