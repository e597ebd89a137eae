//! The further names of a built image's files, kept until they change.

use crate::analysis::names::{FurtherNames, NotedLogs};
use crate::tree::FileTree;
use std::cell::RefCell;
use std::sync::Arc;

/// The further names that were needed last: it takes long to find them, and only new logs change them.
#[derive(Default)]
pub(super) struct KeptNames(RefCell<Option<(NotedLogs, Arc<FurtherNames>)>>);

impl KeptNames {
    /// Those with these logs, of the one tree that it is asked about.
    pub fn get(&self, tree: &FileTree, logs: NotedLogs) -> Arc<FurtherNames> {
        if let Some((of, names)) = &*self.0.borrow()
            && *of == logs
        {
            return Arc::clone(names);
        }
        let names = Arc::new(FurtherNames::find(tree, &logs));
        self.0.replace(Some((logs, Arc::clone(&names))));
        names
    }
}
