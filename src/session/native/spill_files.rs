//! Files that jobs write, in the folder for temporary files. They end with the executor.

use crate::session::schedule::{FileNumber, SpillId};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// Executors so far: their files have different names.
static EXECUTORS: AtomicU32 = AtomicU32::new(0);

/// The files that jobs of one session wrote.
pub struct SpillFiles {
    executor: u32,
    paths: BTreeMap<SpillId, PathBuf>,
    opened: BTreeMap<FileNumber, SpillId>,
}

impl Default for SpillFiles {
    fn default() -> SpillFiles {
        let executor = EXECUTORS.fetch_add(1, Ordering::Relaxed);
        SpillFiles { executor, paths: BTreeMap::new(), opened: BTreeMap::new() }
    }
}

impl SpillFiles {
    /// The path that a job may write to.
    pub fn path(&mut self, spill: SpillId) -> PathBuf {
        let name = format!("layerscope-{}-{}-{}", std::process::id(), self.executor, spill.0);
        let path = std::env::temp_dir().join(name);
        self.paths.insert(spill, path.clone());
        path
    }

    /// What was written becomes a file of this number. False if nothing was.
    pub fn open(&mut self, spill: SpillId, file: FileNumber) -> bool {
        let found = self.paths.get(&spill).is_some_and(|path| path.exists());
        if found {
            self.opened.insert(file, spill);
        }
        found
    }

    /// The bytes of such a file.
    pub fn read(&self, file: FileNumber) -> Vec<u8> {
        let path = self.opened.get(&file).and_then(|spill| self.paths.get(spill));
        path.and_then(|path| fs::read(path).ok()).unwrap_or_default()
    }

    /// The file has no number any more.
    pub fn forget(&mut self, file: FileNumber) {
        self.opened.remove(&file);
    }

    /// Removes what was written, if anything. A job that was ended may begin to write later: that is removed at the
    /// end.
    pub fn remove(&self, spill: SpillId) {
        if let Some(path) = self.paths.get(&spill) {
            let _ = fs::remove_file(path); // a job may have written nothing
        }
    }
}

impl Drop for SpillFiles {
    fn drop(&mut self) {
        for path in self.paths.values() {
            let _ = fs::remove_file(path);
        }
    }
}
