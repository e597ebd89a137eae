//! Results that are still to come, with what each is for.
//!
//! - A result that nothing waits for is a defect of the driver, or of the schedule: it is an error.
//! - One exception: what was cancelled may already have ended elsewhere. Its result is on the way, and may
//!   arrive once.

use crate::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

/// IDs of commands whose result is still to come, each with its purpose.
#[derive(Debug)]
pub struct Expected<I, P> {
    open: BTreeMap<I, P>,
    cancelled: BTreeSet<I>,
}

impl<I, P> Default for Expected<I, P> {
    fn default() -> Expected<I, P> {
        Expected { open: BTreeMap::new(), cancelled: BTreeSet::new() }
    }
}

impl<I: Copy + Ord + Display, P> Expected<I, P> {
    /// A result of `id` will come.
    pub fn insert(&mut self, id: I, purpose: P) {
        self.open.insert(id, purpose);
    }

    /// The last result of `id` has come. `Ok(None)`: it was cancelled before.
    pub fn take(&mut self, id: I) -> Result<Option<P>, Problem> {
        match self.open.remove(&id) {
            Some(purpose) => Ok(Some(purpose)),
            None if self.cancelled.remove(&id) => Ok(None),
            None => Err(unexpected(id)),
        }
    }

    /// A result of `id` has come, and others follow. `Ok(None)`: it was cancelled before.
    pub fn get(&mut self, id: I) -> Result<Option<&mut P>, Problem> {
        match self.open.get_mut(&id) {
            Some(purpose) => Ok(Some(purpose)),
            None if self.cancelled.remove(&id) => Ok(None),
            None => Err(unexpected(id)),
        }
    }

    /// Nobody waits for this result any more. False if nobody did.
    pub fn cancel(&mut self, id: I) -> bool {
        let known = self.open.remove(&id).is_some();
        if known {
            self.cancelled.insert(id);
        }
        known
    }

    /// The IDs that are open, with their purposes.
    pub fn iter(&self) -> impl Iterator<Item = (I, &P)> {
        self.open.iter().map(|(id, purpose)| (*id, purpose))
    }

    /// Nothing is open.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}

/// A result that nothing waits for.
pub fn unexpected(what: impl Display) -> Problem {
    Problem::new("unexpected-result", "A result arrived that nothing waits for.")
        .found(what.to_string())
        .advice("This is a defect of Layerscope: please report it.")
}

#[cfg(test)]
mod tests {
    use super::super::ids::CacheId;
    use super::*;

    #[test]
    fn a_result_arrives_once_and_after_a_cancel_at_most_once() {
        let mut expected = Expected::default();
        expected.insert(CacheId(1), "one");
        expected.insert(CacheId(2), "two");
        assert_eq!(expected.get(CacheId(1)).unwrap().copied(), Some("one"));
        assert_eq!(expected.take(CacheId(1)), Ok(Some("one")));
        assert_eq!(expected.take(CacheId(1)).unwrap_err().code, "unexpected-result");
        assert!(expected.cancel(CacheId(2)) && !expected.cancel(CacheId(2)));
        assert_eq!(expected.take(CacheId(2)), Ok(None));
        assert_eq!(expected.take(CacheId(2)).unwrap_err().code, "unexpected-result");
        assert!(expected.is_empty());
    }
}
