//! The comparison as a whole: its parts together, and whether anything differs but times.

use super::packages::{self, ComparedPackages};
use super::paths::{self, ComparedPaths};
use super::settings::{self, ChangedSetting};
use crate::analysis::packages::Inventory;
use crate::oci::{DiffId, HistoryEntry, ImageConfig};
use crate::tree::FileTree;
use crate::vocabulary::LeftOut;
use std::collections::BTreeMap;

/// What a comparison reads of an image.
#[derive(Clone)]
pub struct ComparedImage<'a> {
    pub tree: &'a FileTree,
    /// Of each layer, base first; `None`: not known.
    pub diff_ids: Vec<Option<DiffId>>,
    /// Sum of the sizes of all layers.
    pub layers_size: u64,
    pub config: &'a ImageConfig,
    /// The steps that made the layers.
    pub steps: &'a [HistoryEntry],
    pub inventory: &'a Inventory,
}

/// Two images compared, the first to the second.
#[derive(Debug, Default, PartialEq)]
pub struct ImageComparison {
    pub paths: ComparedPaths,
    pub layers: ComparedLayers,
    pub packages: ComparedPackages,
    /// Fields of the configuration that differ, sorted by name.
    pub settings: Vec<ChangedSetting>,
    /// History entries at the beginning that both have, whenever they were made.
    pub common_history: usize,
    /// Whether they differ in nothing, or in times alone.
    pub same_but_times: bool,
}

/// Numbers of layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ComparedLayers {
    pub a: usize,
    pub b: usize,
    /// Layers at the base that both have.
    pub shared_prefix: usize,
    /// Layers that both have, wherever they are.
    pub shared: usize,
}

/// Compares two images.
pub fn compare(a: &ComparedImage<'_>, b: &ComparedImage<'_>, without: LeftOut) -> ImageComparison {
    let paths = paths::compare(a.tree, b.tree, without);
    let packages = packages::compare(a.inventory, b.inventory);
    let settings = settings::compare(a.config, b.config, without);
    let common_history =
        a.steps.iter().zip(b.steps).take_while(|(one, other)| same_step(one, other)).count();
    let same_history = match without.order {
        false => common_history == a.steps.len() && common_history == b.steps.len(),
        true => same_steps(a.steps, b.steps),
    };
    let same_layers = a.diff_ids.len() == b.diff_ids.len() && a.layers_size == b.layers_size;
    let same_but_times = paths.same_but_times()
        && packages.same()
        && settings.is_empty()
        && same_history
        && same_layers;
    let layers = compare_layers(&a.diff_ids, &b.diff_ids);
    ImageComparison { paths, layers, packages, settings, common_history, same_but_times }
}

/// Whether two history entries are the same step; when it was taken does not count.
fn same_step(a: &HistoryEntry, b: &HistoryEntry) -> bool {
    step(a) == step(b)
}

/// Whether two histories have the same steps, in any order.
fn same_steps(a: &[HistoryEntry], b: &[HistoryEntry]) -> bool {
    let (mut a, mut b): (Vec<_>, Vec<_>) =
        (a.iter().map(step).collect(), b.iter().map(step).collect());
    a.sort_unstable();
    b.sort_unstable();
    a == b
}

fn step(entry: &HistoryEntry) -> (&Option<String>, &Option<String>, bool) {
    (&entry.created_by, &entry.comment, entry.empty_layer)
}

fn compare_layers(a: &[Option<DiffId>], b: &[Option<DiffId>]) -> ComparedLayers {
    let same = |(one, other): &(&Option<DiffId>, &Option<DiffId>)| one.is_some() && one == other;
    // A diff ID that an image has twice is shared twice only if the other has it twice.
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for id in a.iter().flatten() {
        *left.entry(id.0.as_str()).or_default() += 1;
    }
    let mut shared = 0;
    for id in b.iter().flatten() {
        if let Some(count) = left.get_mut(id.0.as_str()).filter(|count| **count > 0) {
            *count -= 1;
            shared += 1;
        }
    }
    let shared_prefix = a.iter().zip(b).take_while(same).count();
    ComparedLayers { a: a.len(), b: b.len(), shared_prefix, shared }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::Digest;

    fn ids(letters: &str) -> Vec<Option<DiffId>> {
        let id = |letter: char| {
            (letter != '?').then(|| DiffId(Digest::of(letter.to_string().as_bytes())))
        };
        letters.chars().map(id).collect()
    }

    #[test]
    fn layers_are_shared_by_diff_id_wherever_they_are() {
        for (a, b, prefix, shared) in [
            ("abc", "abc", 3, 3),
            ("abc", "abd", 2, 2),
            ("abc", "xabc", 0, 3),
            ("aab", "acb", 1, 2),
            ("aa", "aaa", 2, 2),
            ("?a", "?a", 0, 1),
            ("", "a", 0, 0),
        ] {
            let layers = compare_layers(&ids(a), &ids(b));
            assert_eq!((layers.shared_prefix, layers.shared), (prefix, shared), "{a} {b}");
            assert_eq!((layers.a, layers.b), (a.len(), b.len()));
        }
    }

    #[test]
    fn a_step_is_the_same_whenever_it_was_taken() {
        let step = |created: &str, by: &str| HistoryEntry {
            created: Some(created.to_owned()),
            created_by: Some(by.to_owned()),
            ..HistoryEntry::default()
        };
        assert!(same_step(&step("2024", "RUN x"), &step("2025", "RUN x")));
        assert!(!same_step(&step("2024", "RUN x"), &step("2024", "RUN y")));
        let (x, y) = (step("2024", "RUN x"), step("2025", "RUN y"));
        assert!(same_steps(&[x.clone(), y.clone()], &[y.clone(), x.clone()]));
        assert!(!same_steps(&[x.clone(), x.clone(), y.clone()], &[y.clone(), x, y]));
    }
}
