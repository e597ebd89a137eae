//! What one layer brought below a directory: the files that COPY or ADD copied.

use crate::layer::LayerIndex;
use crate::vocabulary::NodeKind;
use std::collections::BTreeMap;

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
