//! Why the second image is larger or smaller: the paths that differ, summed by directory and by package.
//!
//! - Directories: as specific as the bytes allow. A directory that owes most of its growth to one directory below
//!   it gives way to that one.
//! - Packages: the files that differ, by the package that owns them in their image.

use super::comparison::{ComparedImage, ImageComparison};
use crate::tree::{FileTree, ROOT};
use std::collections::HashMap;

/// A directory gives way to one below it that has at least this share of its growth, in percent.
const MOST: i128 = 80;
/// Directories below this depth count to the one at it.
const MAX_DEPTH: usize = 12;

/// The differences in bytes, the largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Growth {
    pub directories: Vec<DirectoryGrowth>,
    pub packages: Vec<PackageGrowth>,
    /// Bytes of the second image less those of the first in files that no package owns.
    pub unowned: i64,
}

/// What a directory grew by, with everything below it that has no line of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryGrowth {
    /// Without a leading slash; empty: the root.
    pub path: Vec<u8>,
    pub bytes: i64,
    /// Only the files directly in it: the directories below have lines of their own.
    pub files_alone: bool,
}

/// What the files of a package grew by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageGrowth {
    /// The type of its PURL.
    pub kind: String,
    pub name: String,
    pub bytes: i64,
}

/// Sums up a comparison.
pub fn growth(a: &ComparedImage<'_>, b: &ComparedImage<'_>, compared: &ImageComparison) -> Growth {
    let (packages, unowned) = by_package(a, b, compared);
    Growth { directories: by_directory(a.tree, b.tree, compared), packages, unowned }
}

fn by_package(
    a: &ComparedImage<'_>,
    b: &ComparedImage<'_>,
    compared: &ImageComparison,
) -> (Vec<PackageGrowth>, i64) {
    let mut sums: HashMap<(&str, &str), i128> = HashMap::new();
    let mut unowned = 0i128;
    for path in &compared.paths.list {
        for (image, node, bytes) in [
            (a, path.nodes.a, -i128::from(path.bytes_a)),
            (b, path.nodes.b, i128::from(path.bytes_b)),
        ] {
            let owner = node.and_then(|node| image.inventory.owners.of(node));
            match owner.and_then(|at| image.inventory.packages.get(at)) {
                Some(found) => {
                    let key = (&found.package.kind[..], &found.package.name[..]);
                    *sums.entry(key).or_default() += bytes;
                }
                None => unowned += bytes,
            }
        }
    }
    let growth = |((kind, name), bytes): ((&str, &str), i128)| PackageGrowth {
        kind: kind.to_owned(),
        name: name.to_owned(),
        bytes: within(bytes),
    };
    let mut list: Vec<_> = sums.into_iter().filter(|(_, bytes)| *bytes != 0).map(growth).collect();
    list.sort_by(|x, y| {
        let largest = y.bytes.unsigned_abs().cmp(&x.bytes.unsigned_abs());
        largest.then_with(|| (&x.kind, &x.name).cmp(&(&y.kind, &y.name)))
    });
    (list, within(unowned))
}

/// A directory of either tree, with what it grew by.
struct GrownDirectory {
    path: Vec<u8>,
    parent: usize,
    bytes: i128,
    /// In files directly in it.
    own: i128,
    children: Vec<usize>,
}

fn by_directory(a: &FileTree, b: &FileTree, compared: &ImageComparison) -> Vec<DirectoryGrowth> {
    let directories = sum_directories(a, b, compared);
    let mut list = Vec::new();
    let mut open = directories[0].children.clone();
    while let Some(at) = open.pop() {
        let directory = &directories[at];
        let largest = directory.children.iter().copied();
        let largest = largest.max_by_key(|child| directories[*child].bytes.unsigned_abs());
        let gives_way = largest.is_some_and(|child| {
            let part = directories[child].bytes;
            part.unsigned_abs() as i128 * 100 >= directory.bytes.abs() * MOST
        });
        if gives_way {
            // The rest stays visible: what is in the directory itself, and its other directories.
            open.extend(directory.children.iter().copied());
            push(&mut list, &directory.path, directory.own, true);
        } else {
            push(&mut list, &directory.path, directory.bytes, false);
        }
    }
    push(&mut list, &[], directories[0].own, true);
    list.sort_by(|x: &DirectoryGrowth, y| {
        let largest = y.bytes.unsigned_abs().cmp(&x.bytes.unsigned_abs());
        largest.then_with(|| x.path.cmp(&y.path))
    });
    list
}

fn push(list: &mut Vec<DirectoryGrowth>, path: &[u8], bytes: i128, files_alone: bool) {
    if bytes != 0 {
        list.push(DirectoryGrowth { path: path.to_vec(), bytes: within(bytes), files_alone });
    }
}

/// Sums of all directories that differ, the root first; a parent comes before its children.
fn sum_directories(a: &FileTree, b: &FileTree, compared: &ImageComparison) -> Vec<GrownDirectory> {
    let root =
        GrownDirectory { path: Vec::new(), parent: 0, bytes: 0, own: 0, children: Vec::new() };
    let mut directories = vec![root];
    let mut known: HashMap<Vec<u8>, usize> = HashMap::from([(Vec::new(), 0)]);
    // Most paths have the directory of the one before, in the same tree.
    let mut last = (false, ROOT, 0);
    for path in &compared.paths.list {
        let bytes = i128::from(path.bytes_b) - i128::from(path.bytes_a);
        let (tree, in_a, node) = match (path.nodes.a, path.nodes.b) {
            (Some(node), _) => (a, true, node),
            (None, Some(node)) => (b, false, node),
            (None, None) => continue,
        };
        if bytes == 0 {
            continue;
        }
        let parent = tree.parent(node);
        if (last.0, last.1) != (in_a, parent) || last.2 == 0 {
            last = (in_a, parent, directory(&mut directories, &mut known, tree.path(parent)));
        }
        directories[last.2].own += bytes;
    }
    for at in (1..directories.len()).rev() {
        directories[at].bytes += directories[at].own;
        let (bytes, parent) = (directories[at].bytes, directories[at].parent);
        directories[parent].bytes += bytes;
    }
    directories
}

/// The position of a directory, added with those above it if it is new.
fn directory(
    directories: &mut Vec<GrownDirectory>,
    known: &mut HashMap<Vec<u8>, usize>,
    mut path: Vec<u8>,
) -> usize {
    let mut slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    if let Some((end, _)) = slashes.nth(MAX_DEPTH - 1) {
        path.truncate(end);
    }
    if let Some(at) = known.get(&path) {
        return *at;
    }
    let mut parent = 0;
    let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
    for end in ends.chain([path.len()]) {
        let part = &path[..end];
        parent = match known.get(part) {
            Some(at) => *at,
            None => {
                let at = directories.len();
                let (path, children) = (part.to_vec(), Vec::new());
                directories.push(GrownDirectory { path, parent, bytes: 0, own: 0, children });
                directories[parent].children.push(at);
                known.insert(part.to_vec(), at);
                at
            }
        };
    }
    parent
}

fn within(bytes: i128) -> i64 {
    bytes.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::compare::comparison::compare;
    use crate::analysis::packages::{FoundPackage, Inventory, Owners, Package};
    use crate::layer::LayerIndex;
    use crate::oci::ImageConfig;
    use crate::tree::StepBudget;
    use crate::tree::merge;
    use crate::vocabulary::LeftOut;
    use std::sync::Arc;

    /// The growth from one image to another, of files `path=size` each.
    fn grown(a: &str, b: &str) -> Growth {
        let tree = |text: &str| {
            let mut index = LayerIndex::default();
            for word in text.split_whitespace() {
                let (name, size) = word.split_once('=').unwrap();
                index.push(&crate::analysis::compare::paths::file(name, size.parse().unwrap()));
                index.push_hash([0; 16]);
            }
            merge(vec![Arc::new(index)])
        };
        let inventory = |tree: &FileTree| {
            let package = Package {
                kind: "deb".to_owned(),
                name: "tool".to_owned(),
                files: vec!["opt/tool/".to_owned()],
                ..Package::default()
            };
            let mut packages = vec![FoundPackage { package, ..FoundPackage::default() }];
            let owners = Owners::find(tree, &mut packages, &StepBudget::default());
            Inventory { packages, owners, ..Inventory::default() }
        };
        let config = ImageConfig::default();
        let (a, b) = (tree(a), tree(b));
        let (of_a, of_b) = (inventory(&a), inventory(&b));
        let image = |tree, inventory| ComparedImage {
            tree,
            diff_ids: Vec::new(),
            layers_size: 0,
            config: &config,
            steps: &[],
            inventory,
        };
        let (a, b) = (image(&a, &of_a), image(&b, &of_b));
        growth(&a, &b, &compare(&a, &b, LeftOut::default()))
    }

    fn directories(growth: &Growth) -> String {
        let one = |directory: &DirectoryGrowth| {
            format!("{}={}", String::from_utf8_lossy(&directory.path), directory.bytes)
        };
        growth.directories.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_directory_gives_way_to_the_one_below_that_grew() {
        let growth = grown(
            "usr/lib/x/a=10 usr/bin/b=5 etc/c=1",
            "usr/lib/x/a=910 usr/bin/b=7 etc/c=1 etc/d/e=30 etc/f=30 top=3",
        );
        assert_eq!(directories(&growth), "usr/lib/x=900 etc=60 =3 usr/bin=2");
        let all: i64 = growth.directories.iter().map(|directory| directory.bytes).sum();
        assert_eq!(all, 965);
    }

    #[test]
    fn files_of_a_package_are_its_growth_and_the_rest_is_unowned() {
        let growth = grown("opt/tool/a=10 x=5", "opt/tool/a=30 opt/tool/b=1 x=1");
        let packages = growth.packages;
        assert_eq!((packages.len(), &*packages[0].name, packages[0].bytes), (1, "tool", 21));
        assert_eq!(growth.unowned, -4);
    }

    #[test]
    fn what_shrank_is_negative() {
        assert_eq!(directories(&grown("a/b=10 c/d=3", "c/d=4")), "a=-10 c=1");
    }

    #[test]
    fn deep_directories_count_to_one_that_is_shown() {
        let deep = format!("{}f=7", "d/".repeat(40));
        assert_eq!(directories(&grown("", &deep)), format!("{}=7", ["d"; MAX_DEPTH].join("/")));
    }
}
