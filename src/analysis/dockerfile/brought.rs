//! What one layer brought below a directory: the files that COPY or ADD copied.
//!
//! - A layer is looked through once for a directory, however often the Dockerfile is shown, and a Dockerfile has
//!   a budget: a manifest can name one large layer a thousand times.

use crate::layer::LayerIndex;
use crate::vocabulary::NodeKind;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};

/// Names directly below the directory that are kept.
const MAX_NAMES: usize = 12;

/// What a layer brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// All but directories.
    pub files: u32,
    /// Sum of the files' sizes.
    pub bytes: u64,
    /// Names directly below the directory, and which are directories; at most some.
    pub names: BTreeMap<String, bool>,
    /// There are more names.
    pub more: bool,
    /// Something lies outside the directory.
    pub outside: bool,
    /// The path of the only file.
    pub only: Option<String>,
    /// Owner and group of all files, if they have the same.
    pub owner: Option<(u64, u64)>,
}

/// What a layer brought below the directories that were requested.
#[derive(Default)]
pub struct KnownBrought(RefCell<HashMap<String, Brought>>);

impl KnownBrought {
    /// Looks through the layer, if that was not done for this directory. `None`: the budget does not allow it.
    pub fn of(&self, index: &LayerIndex, directory: &str, budget: &LookBudget) -> Option<Brought> {
        if let Some(known) = self.0.borrow().get(directory) {
            return Some(known.clone());
        }
        budget.0.set(budget.0.get().checked_sub(index.len())?);
        let found = brought(index, directory);
        self.0.borrow_mut().insert(directory.to_owned(), found.clone());
        Some(found)
    }
}

/// Entries that may still be looked through for a Dockerfile.
pub struct LookBudget(Cell<usize>);

/// Ten times the entries of the largest images measured.
const MAX_ENTRIES: usize = 3_000_000;

impl Default for LookBudget {
    fn default() -> LookBudget {
        LookBudget(Cell::new(MAX_ENTRIES))
    }
}

/// Looks through a layer. `directory` is a path from the root, without slashes at its ends.
pub fn brought(index: &LayerIndex, directory: &str) -> Brought {
    let mut found = Brought::default();
    let mut owner: Option<Option<(u64, u64)>> = None;
    for entry in index.entries() {
        let name = String::from_utf8_lossy(entry.name());
        let path = name.trim_start_matches("./").trim_matches('/');
        let is_directory = entry.kind() == NodeKind::Directory;
        if path.is_empty() || path == "." {
            continue;
        }
        if !is_directory {
            found.files += 1;
            found.bytes = found.bytes.saturating_add(entry.size());
            found.only = (found.files == 1).then(|| path.to_owned());
            let own = (entry.owner().uid, entry.owner().gid);
            owner = Some(match owner {
                None => Some(own),
                Some(known) => known.filter(|known| *known == own),
            });
        }
        found.place(path, directory, is_directory);
    }
    found.owner = owner.flatten();
    found
}

impl Brought {
    fn place(&mut self, path: &str, directory: &str, is_directory: bool) {
        let below = match directory {
            "" => Some(path),
            _ => path.strip_prefix(directory).and_then(|rest| match rest {
                "" => Some(""),
                _ => rest.strip_prefix('/'),
            }),
        };
        match below {
            Some("") => {}
            Some(below) => {
                let (name, deeper) =
                    below.split_once('/').map_or((below, false), |(n, _)| (n, true));
                if let Some(known) = self.names.get_mut(name) {
                    *known |= deeper || is_directory;
                } else if self.names.len() < MAX_NAMES {
                    self.names.insert(name.to_owned(), deeper || is_directory);
                } else {
                    self.more = true;
                }
            }
            // Directories on the way are there for what is below them.
            None => self.outside |= !is_directory,
        }
    }
}

#[test]
fn a_layer_is_looked_through_once_for_a_directory_and_within_the_budget() {
    use crate::entry::Member;
    let mut index = LayerIndex::default();
    ["app/a", "app/b", "etc/c"].iter().for_each(|name| assert!(index.push(&Member::file(name, 1))));
    let (known, budget) = (KnownBrought::default(), LookBudget(Cell::new(7)));
    for _ in 0..3 {
        assert_eq!(known.of(&index, "app", &budget), Some(brought(&index, "app")));
    }
    assert_eq!(known.of(&index, "etc", &budget), Some(brought(&index, "etc")));
    assert_eq!(known.of(&index, "opt", &budget), None, "six entries were looked at, one is left");
    assert!(known.of(&index, "app", &budget).is_some(), "what is known costs nothing");
}
