//! What an image wastes: figures, rows of hidden files and of duplicates.
//!
//! - A selection of layers is about what these layers hid: up to a layer, all that was hidden by then.

use super::instructions::{LayerCells, layer_instruction};
use super::table_part::{GroupKey, Line, SortKey, TextFilter, part};
use super::tree::{link_path, shown_path};
use crate::analysis::waste::{DuplicateGroup, HiddenFile, ImageWaste};
use crate::problem::Problem;
use crate::protocol::{
    DiveEfficiency, DuplicatePath, DuplicateRow, DuplicateTable, DuplicateTotals, GroupLabel,
    HiddenBytes, ImageWeight, ImageWeights, LayerWaste, SavingRow, TableLine, TablePart,
    WasteColumn, WasteFacts, WasteGroup, WasteRow, WasteShow, WasteTable,
};
use crate::selection::LayerSelection;
use crate::session::state::{BuiltImage, OpenImage, Session};
use crate::text::Shown;
use crate::tree::FileTree;
use crate::vocabulary::{
    ClassTallies, FileTally, HiddenClass, ImagePosition, LayerPosition, RewriteChange,
};

/// Savings that are answered at most.
const MAX_SAVINGS: usize = 200;
/// Paths of one group of duplicates that are answered at most, and groups at once.
const MAX_PATHS: usize = 100;
const MAX_GROUPS: usize = 500;

impl Session {
    /// The figures.
    pub(super) fn waste_facts(
        &self,
        image: ImagePosition,
        selection: LayerSelection,
    ) -> Result<WasteFacts, Problem> {
        let (tree, waste) = self.waste_of(image)?;
        let (open, built) = (self.image(image)?, self.built(image)?);
        let cells = LayerCells::of(self, image);
        let hidden = match selection {
            LayerSelection::All => waste.classes,
            _ => hidden_by(tree, waste, selection),
        };
        let selected = waste.savings.iter().filter(|one| selection.contains(one.by.number()));
        let (mut more_savings, mut more_saved) = (0, FileTally::default());
        for saving in selected.clone().skip(MAX_SAVINGS) {
            more_savings += 1;
            more_saved.plus(saving.files);
        }
        Ok(WasteFacts {
            hidden,
            uncompared: waste.uncompared(tree, |by| selection.contains(by.number())),
            dive: dive(built),
            layers: self.layer_wastes(open, built, waste, &cells),
            savings: selected
                .take(MAX_SAVINGS)
                .map(|saving| SavingRow {
                    remedy: saving.remedy,
                    by: cells.cell(saving.by),
                    from: saving.from.map(|layer| cells.cell(layer)),
                    files: saving.files,
                })
                .collect(),
            more_savings,
            more_saved,
            duplicates: DuplicateTotals {
                groups: waste.duplicates.groups.len() as u64,
                files: waste.duplicates.files(),
                bytes: waste.duplicates.bytes(),
            },
            weights: self.weights(open, built, waste),
            unread: self.unread_layers(open, built),
            partial: self.partial_layers(open, built),
        })
    }

    fn layer_wastes(
        &self,
        open: &OpenImage,
        built: &BuiltImage,
        waste: &ImageWaste,
        cells: &LayerCells,
    ) -> Vec<LayerWaste> {
        let layers = (0..).map(LayerPosition).zip(&open.source.layers).zip(&waste.layers);
        let layers = layers.map(|((position, layer), shares)| LayerWaste {
            layer: cells.cell(position),
            size: self.blobs.get(layer).map(|blob| blob.counts.size),
            kept: built.tree.changes().get(position.index()).map_or(0, |change| change.kept),
            lost: shares.lost,
            hid: shares.hid,
        });
        layers.collect()
    }

    /// What the image weighs, and would weigh. A part of a layer is taken to compress as the whole layer does.
    fn weights(&self, open: &OpenImage, built: &BuiltImage, waste: &ImageWaste) -> ImageWeights {
        let any_compressed = self.any_compressed(open);
        // Of each layer's bytes so many stay.
        let weight = |stay: &dyn Fn(usize, u64) -> u64| {
            let mut weight =
                ImageWeight { bytes: Some(0), compressed: any_compressed.then_some(0) };
            for (at, layer) in open.source.layers.iter().enumerate() {
                let size = self.blobs.get(layer).map(|blob| blob.counts.size);
                let stays = size.map(|size| stay(at, size).min(size));
                let stored = layer.blob.map(|part| part.len);
                let ratio = |(stays, size): (u64, u64)| match size {
                    0 => stored,
                    _ => stored.map(|all| scaled(all, stays, size)),
                };
                let compressed = stays.zip(size).and_then(ratio);
                let sum = |a: u64, b: u64| a.saturating_add(b);
                weight.bytes = weight.bytes.zip(stays).map(|(a, b)| sum(a, b));
                weight.compressed = weight.compressed.zip(compressed).map(|(a, b)| sum(a, b));
            }
            weight
        };
        let kept = |at: usize| built.tree.changes().get(at).map_or(0, |change| change.kept);
        let copies = |at: usize| waste.layers.get(at).map_or(0, |layer| layer.duplicates.bytes);
        ImageWeights {
            now: weight(&|_, size| size),
            visible: weight(&|at, _| kept(at)),
            without_copies: weight(&|at, _| kept(at).saturating_sub(copies(at))),
        }
    }

    /// Rows of hidden files.
    pub(super) fn waste_part(&self, table: &WasteTable) -> Result<TablePart<WasteRow>, Problem> {
        let (tree, waste) = self.waste_of(table.image)?;
        let open = self.image(table.image)?;
        let filter = TextFilter::new(&table.filter);
        let brought = table.show.contains(&WasteShow::Brought);
        let shown = waste.hidden.iter().filter(|file| {
            let layer = if brought { file.layer(tree) } else { file.by };
            table.layers.contains(layer.number())
                && is_shown(file.class, &table.show)
                // Without a filter, no path is written.
                && (filter.is_empty() || filter.matches([shown_path(tree, file.node).as_str()]))
        });
        let lines = shown.map(|file| Line {
            sort: sort_key(tree, file, table.sort.by),
            group: group_key(tree, file, table.group),
            size: file.size(tree),
            item: file,
        });
        let label = |line: &Line<&HiddenFile>| match table.group {
            Some(WasteGroup::By | WasteGroup::From) => {
                let layer = match table.group {
                    Some(WasteGroup::By) => line.item.by,
                    _ => line.item.layer(tree),
                };
                let instruction = layer_instruction(open, layer);
                GroupLabel::Layer { number: layer.number(), instruction }
            }
            Some(WasteGroup::Class) => GroupLabel::Hidden(line.item.class),
            _ => GroupLabel::Text(Shown::new(&line.group.text)),
        };
        let label = table.group.map(|_| &label as _);
        let cells = LayerCells::of(self, table.image);
        Ok(part(lines.collect(), table.sort.reversed, label, table.rows, |file| WasteRow {
            path: link_path(tree, file.node),
            shown: shown_path(tree, file.node),
            size: file.size(tree),
            class: file.class,
            from: cells.cell(file.layer(tree)),
            by: cells.cell(file.by),
        }))
    }

    /// Rows of duplicates.
    pub(super) fn duplicate_part(
        &self,
        table: &DuplicateTable,
    ) -> Result<TablePart<DuplicateRow>, Problem> {
        let (tree, waste) = self.waste_of(table.image)?;
        let filter = TextFilter::new(&table.filter);
        let layer = |node: u32| {
            let inode = tree.history(node).next().and_then(|event| tree.inode(event));
            inode.map_or(LayerPosition(0), |inode| inode.layer)
        };
        let shown = waste.duplicates.groups.iter().filter(|group| {
            let nodes = waste.duplicates.nodes(group);
            let selected = |node: &u32| table.layers.contains(layer(*node).number());
            (table.layers == LayerSelection::All || nodes.iter().any(selected))
                && (filter.is_empty()
                    || nodes.iter().any(|node| filter.matches([shown_path(tree, *node).as_str()])))
        });
        let shown: Vec<&DuplicateGroup> = shown.collect();
        let cells = LayerCells::of(self, table.image);
        let path = |node: &u32| DuplicatePath {
            path: link_path(tree, *node),
            shown: shown_path(tree, *node),
            layer: cells.cell(layer(*node)),
        };
        let row = |group: &&DuplicateGroup| {
            let paths = waste.duplicates.nodes(group).iter().take(MAX_PATHS).map(path).collect();
            let (size, files, bytes) = (group.size, group.files(), group.bytes());
            TableLine::Row(DuplicateRow { size, files, bytes, paths })
        };
        let part = shown.iter().skip(table.rows.first as usize);
        let lines = part.take((table.rows.count as usize).min(MAX_GROUPS)).map(row).collect();
        let total = shown.len() as u64;
        Ok(TablePart { lines, total_lines: total, total_rows: total })
    }

    /// Bytes that layers contain and the final tree does not show; `None` where a layer's size is not known, or
    /// contents are not.
    pub(super) fn hidden_bytes(&self, open: &OpenImage, built: &BuiltImage) -> Option<HiddenBytes> {
        let size = self.image_size(&open.source)?;
        Some(HiddenBytes { size, classes: built.waste.as_ref()?.classes })
    }
}

/// dive's figures.
pub(super) fn dive(built: &BuiltImage) -> Option<DiveEfficiency> {
    built.efficiency.as_ref().map(|efficiency| DiveEfficiency {
        score: efficiency.score,
        wasted_bytes: efficiency.wasted_bytes,
        paths: efficiency.paths.len() as u32,
    })
}

/// What the selected layers hid.
fn hidden_by(tree: &FileTree, waste: &ImageWaste, selection: LayerSelection) -> ClassTallies {
    let mut classes = ClassTallies::default();
    for file in waste.hidden.iter().filter(|file| selection.contains(file.by.number())) {
        classes.add(file.class, file.size(tree));
    }
    classes
}

/// `all` × `part` ÷ `whole`, rounded.
fn scaled(all: u64, part: u64, whole: u64) -> u64 {
    let (all, part, whole) = (u128::from(all), u128::from(part), u128::from(whole));
    u64::try_from((all * part + whole / 2) / whole.max(1)).unwrap_or(u64::MAX)
}

/// Whether a class is among those that are shown; all are, if none is named.
fn is_shown(class: HiddenClass, show: &[WasteShow]) -> bool {
    let own: &[WasteShow] = match class {
        HiddenClass::Removed => &[WasteShow::Removed],
        HiddenClass::Overwritten => &[WasteShow::Overwritten],
        HiddenClass::Rewritten(change) => match change {
            RewriteChange::Mode => &[WasteShow::Rewritten, WasteShow::Mode],
            RewriteChange::Owner => &[WasteShow::Rewritten, WasteShow::Owner],
            RewriteChange::Xattrs => &[WasteShow::Rewritten, WasteShow::Xattrs],
            RewriteChange::Times => &[WasteShow::Rewritten, WasteShow::Times],
            RewriteChange::Nothing => &[WasteShow::Rewritten, WasteShow::Same],
        },
    };
    let mut classes = show.iter().filter(|s| !matches!(s, WasteShow::Files | WasteShow::Brought));
    classes.clone().next().is_none() || classes.any(|shown| own.contains(shown))
}

fn sort_key(tree: &FileTree, file: &HiddenFile, column: WasteColumn) -> SortKey {
    match column {
        WasteColumn::Size => SortKey::largest_first(file.size(tree)),
        WasteColumn::Path => SortKey::Text(shown_path(tree, file.node).into_string()),
        WasteColumn::Class => SortKey::Number(rank(file.class)),
        WasteColumn::From => SortKey::Number(file.layer(tree).0.into()),
        WasteColumn::By => SortKey::Number(file.by.0.into()),
    }
}

fn group_key(tree: &FileTree, file: &HiddenFile, group: Option<WasteGroup>) -> GroupKey {
    match group {
        None => GroupKey::default(),
        Some(WasteGroup::By) => GroupKey::number(file.by.0.into()),
        Some(WasteGroup::From) => GroupKey::number(file.layer(tree).0.into()),
        Some(WasteGroup::Class) => GroupKey::number(rank(file.class)),
        Some(WasteGroup::Directory) => {
            GroupKey::text(shown_path(tree, tree.parent(file.node)).into_string())
        }
    }
}

fn rank(class: HiddenClass) -> u64 {
    match class {
        HiddenClass::Removed => 0,
        HiddenClass::Overwritten => 1,
        HiddenClass::Rewritten(change) => 2 + change as u64,
    }
}
