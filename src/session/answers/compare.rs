//! Two images of this session compared.
//!
//! - The comparison is made when it is first needed, and kept until one of the session's images changes: a table
//!   needs it for every part of its rows.

use super::instructions::{MAX_TEXT, instruction, layer_instruction};
use super::table_part::{GroupKey, Line, SortKey, TextFilter, part};
use super::tree::{link_path, shown_path};
use crate::analysis::compare::{
    ChangedSetting, ComparedImage, DifferentPath, ImageComparison, PackageVersions, compare, growth,
};
use crate::layer::Entry;
use crate::problem::Problem;
use crate::protocol::*;
use crate::session::state::Session;
use crate::text::{Shown, ShownLines, percent_encode};
use crate::tree::FileTree;
use crate::vocabulary::{ImagePosition, LayerPosition, LeftOut, PathDifference};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// Directories and packages that are answered at most.
const MAX_GROWN: usize = 100;
/// Packages and fields that differ, and history entries, that are answered at most.
const MAX_LISTED: usize = 1000;

impl Session {
    /// What differs between two images, without the paths.
    pub(super) fn comparison_facts(
        &self,
        a: ImagePosition,
        b: ImagePosition,
        without: LeftOut,
    ) -> Result<ComparisonFacts, Problem> {
        let compared = self.comparison_of((a, b, without))?;
        let (image_a, image_b) = (self.compared_image(a)?, self.compared_image(b)?);
        let classes = PathDifference::ALL.into_iter().map(|difference| {
            let totals = compared.paths.of(difference);
            let (paths, bytes_a, bytes_b) = (totals.paths, totals.bytes_a, totals.bytes_b);
            DifferenceNumbers { difference, paths, bytes_a, bytes_b }
        });
        Ok(ComparisonFacts {
            a: self.compared_facts(a, &image_a, &image_b)?,
            b: self.compared_facts(b, &image_b, &image_a)?,
            same_but_times: compared.same_but_times,
            shared_prefix: compared.layers.shared_prefix as u32,
            shared: compared.layers.shared as u32,
            equal: compared.paths.equal,
            unknown: compared.paths.unknown,
            classes: classes.filter(|class| class.paths > 0).collect(),
            growth: growth_facts(&image_a, &image_b, &compared),
            packages: package_differences(&compared),
            vulnerabilities: self.vulnerability_differences(a, b)?,
            settings: self.setting_differences((a, b), &compared)?,
            setting_count: compared.settings.len() as u64,
            common_history: compared.common_history as u32,
        })
    }

    /// Rows of paths that differ.
    pub(super) fn difference_part(
        &self,
        table: &DifferenceTable,
    ) -> Result<TablePart<DifferenceRow>, Problem> {
        let compared = self.comparison_of((table.a, table.b, table.without))?;
        let trees = (self.compared_image(table.a)?.tree, self.compared_image(table.b)?.tree);
        let filter = TextFilter::new(&table.filter);
        let of_class = |path: &&DifferentPath| table.show.shows(path.difference);
        // Half a million paths are only written where they are needed.
        let found = |path: &&DifferentPath| {
            filter.is_empty() || filter.matches([shown(trees, path).as_str()])
        };
        let line = |(at, path): (usize, &'_ DifferentPath)| Line {
            sort: match table.sort.by {
                // They are sorted already.
                DifferenceColumn::Path => SortKey::Number(at as u64),
                DifferenceColumn::Difference => SortKey::Number(path.difference as u64),
                DifferenceColumn::Change => {
                    SortKey::largest_first(path.bytes_a.abs_diff(path.bytes_b))
                }
            },
            group: match table.group {
                None => GroupKey::default(),
                Some(DifferenceGroup::Difference) => GroupKey::number(path.difference as u64),
                Some(DifferenceGroup::Directory) => GroupKey::text(directory(trees, path)),
            },
            size: path.bytes_a.abs_diff(path.bytes_b),
            item: *path,
        };
        let shown_paths = compared.paths.list.iter().filter(of_class).filter(found);
        let lines = shown_paths.enumerate().map(line).collect();
        let label = |line: &Line<DifferentPath>| match table.group {
            Some(DifferenceGroup::Difference) => GroupLabel::PathDifference(line.item.difference),
            _ => GroupLabel::Text(Shown::new(&line.group.text)),
        };
        let label = table.group.is_some().then_some(&label as _);
        Ok(part(lines, table.sort.reversed, label, table.rows, |path| row(trees, path)))
    }

    /// The comparison of two images, kept until one changes.
    fn comparison_of(
        &self,
        what: (ImagePosition, ImagePosition, LeftOut),
    ) -> Result<Arc<ImageComparison>, Problem> {
        let (a, b, without) = what;
        let (image_a, image_b) = (self.compared_image(a)?, self.compared_image(b)?);
        if let Some(known) = self.comparison.get(what) {
            return Ok(known);
        }
        let compared = Arc::new(compare(&image_a, &image_b, without));
        self.comparison.keep(what, &compared);
        Ok(compared)
    }

    /// Fields of the configuration that differ, without the secrets of either image.
    fn setting_differences(
        &self,
        (a, b): (ImagePosition, ImagePosition),
        compared: &ImageComparison,
    ) -> Result<Vec<SettingDifference>, Problem> {
        let (a, b) = (self.image(a)?, self.image(b)?);
        let masked = |text: &str| a.without_secrets(&b.without_secrets(text));
        let settings = compared.settings.iter().take(MAX_LISTED);
        Ok(settings.map(|setting| setting_difference(setting, &masked)).collect())
    }

    fn compared_facts(
        &self,
        image: ImagePosition,
        own: &ComparedImage<'_>,
        other: &ComparedImage<'_>,
    ) -> Result<ComparedImageFacts, Problem> {
        let side = self.compared_side(image)?;
        let open = self.image(image)?;
        let mut others = HashMap::new();
        for (number, id) in (0..).map(LayerPosition).zip(&other.diff_ids) {
            if let Some(id) = id {
                others.entry(id.0.as_str()).or_insert(number.number());
            }
        }
        let layers = (0..).map(LayerPosition).zip(open.source.layers.iter().zip(&own.diff_ids));
        let layers = layers.map(|(position, (layer, id))| ComparedLayer {
            number: position.number(),
            instruction: layer_instruction(open, position),
            size: self.blobs.get(layer).map(|blob| blob.counts.size),
            in_other: id.as_ref().and_then(|id| others.get(id.0.as_str())).copied(),
        });
        let incomplete = self.missing_part(image)?.map(|problem| match problem.layer {
            Some(layer) => IncompletePart::Layer(layer.number()),
            None => IncompletePart::Image,
        });
        Ok(ComparedImageFacts {
            name: Shown::new(side.name),
            image_id: side.image_id.as_ref().map(ToString::to_string),
            platform: Shown::new(side.platform),
            size: side.size,
            blob_size: side.compressed_size,
            layers: layers.collect(),
            history: {
                let steps = own.steps.iter().take(MAX_LISTED);
                steps.map(|step| instruction(open, step)).collect()
            },
            history_length: own.steps.len() as u32,
            incomplete,
        })
    }
}

fn growth_facts(
    a: &ComparedImage<'_>,
    b: &ComparedImage<'_>,
    compared: &ImageComparison,
) -> GrowthFacts {
    let growth = growth(a, b, compared);
    let directories = growth.directories.iter().take(MAX_GROWN).map(|directory| GrownPath {
        path: LinkPath(format!("/{}", percent_encode(&directory.path))),
        shown: Shown::new([b"/", &directory.path[..]].concat()),
        bytes: directory.bytes,
        files_alone: directory.files_alone,
    });
    let packages = growth.packages.iter().take(MAX_GROWN).map(|package| GrownPackage {
        kind: Shown::new(&package.kind),
        name: Shown::new(&package.name),
        bytes: package.bytes,
    });
    GrowthFacts {
        directories: directories.collect(),
        directory_count: growth.directories.len() as u64,
        packages: packages.collect(),
        package_count: growth.packages.len() as u64,
        unowned: growth.unowned,
    }
}

fn package_differences(compared: &ImageComparison) -> PackageDifferences {
    let packages = &compared.packages;
    let all = packages.changed.iter().chain(&packages.added).chain(&packages.removed);
    PackageDifferences {
        added: packages.added.len() as u64,
        removed: packages.removed.len() as u64,
        changed: packages.changed.len() as u64,
        rows: all.take(MAX_LISTED).map(package_difference).collect(),
    }
}

fn package_difference(package: &PackageVersions) -> PackageDifference {
    PackageDifference {
        kind: Shown::new(&package.kind),
        name: Shown::new(&package.name),
        a: package.a.as_ref().map(Shown::new),
        b: package.b.as_ref().map(Shown::new),
    }
}

fn setting_difference(
    setting: &ChangedSetting,
    masked: &dyn Fn(&str) -> String,
) -> SettingDifference {
    let cut = |text: &str| Some(ShownLines::start_of(&masked(text), MAX_TEXT));
    let text = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => cut(text),
        other => cut(&other.to_string()),
    };
    SettingDifference {
        field: Shown::start_of(&setting.field, MAX_TEXT),
        a: text(&setting.a),
        b: text(&setting.b),
    }
}

/// The tree that a path is shown from, and its node there: the second, unless only the first has it.
fn place<'a>((a, b): (&'a FileTree, &'a FileTree), path: &DifferentPath) -> (&'a FileTree, u32) {
    match (path.nodes.a, path.nodes.b) {
        (_, Some(node)) => (b, node),
        (node, None) => (a, node.unwrap_or_default()),
    }
}

fn shown(trees: (&FileTree, &FileTree), path: &DifferentPath) -> Shown {
    let (tree, node) = place(trees, path);
    shown_path(tree, node)
}

fn directory(trees: (&FileTree, &FileTree), path: &DifferentPath) -> String {
    let (tree, node) = place(trees, path);
    shown_path(tree, tree.parent(node)).into_string()
}

fn row(trees: (&FileTree, &FileTree), path: &DifferentPath) -> DifferenceRow {
    let (tree, node) = place(trees, path);
    let is_metadata = path.difference == PathDifference::Metadata;
    DifferenceRow {
        path: link_path(tree, node),
        shown: shown_path(tree, node),
        difference: path.difference,
        bytes_a: path.bytes_a,
        bytes_b: path.bytes_b,
        metadata: is_metadata.then(|| metadata(trees, path)).flatten(),
    }
}

fn metadata((a, b): (&FileTree, &FileTree), path: &DifferentPath) -> Option<MetadataDifference> {
    let (one, other) = (current_entry(a, path.nodes.a?)?, current_entry(b, path.nodes.b?)?);
    let owner = |entry: Entry<'_>| (entry.owner().uid, entry.owner().gid);
    let modes = (one.mode(), other.mode());
    let owners = (owner(one), owner(other));
    Some(MetadataDifference {
        mode: (modes.0 != modes.1).then_some(modes),
        owner: (owners.0 != owners.1).then_some(owners),
        xattrs: !one.same_xattrs(other),
    })
}

fn current_entry(tree: &FileTree, node: u32) -> Option<Entry<'_>> {
    tree.entry(tree.history(node).next()?)
}

#[test]
fn a_value_of_any_length_is_told_in_part() {
    let long = "x".repeat(1 << 20);
    let (a, b) = (Value::String(long.clone()), Value::Array(vec![Value::String(long.clone())]));
    let setting = ChangedSetting { field: long, a, b };
    let told = setting_difference(&setting, &|text| text.to_owned());
    let most = MAX_TEXT + "…".len();
    assert_eq!(told.field.len(), most);
    assert_eq!([told.a, told.b].map(|text| text.unwrap().len()), [most; 2]);
}
