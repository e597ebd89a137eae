//! What the lookup of an image's base image among published ones has told.

use crate::analysis::base_lookup::{BaseLookupResult, PublishedImages};
use crate::protocol::{BaseLookupState, PublishedNames};
use crate::text::Shown;

/// What is known about published images with an image's layers.
#[derive(Default)]
pub(super) struct PublishedLookup {
    /// Requests that were answered, of how many at most, while it runs.
    pub asking: Option<(u32, u32)>,
    /// The host that is or was asked.
    pub host: String,
    /// What the last lookup that ended has found.
    pub found: Option<BaseLookupResult>,
}

impl PublishedLookup {
    /// As the page is told.
    pub fn state(&self) -> BaseLookupState {
        if let Some((done, total)) = self.asking {
            return BaseLookupState::Asking { done, total };
        }
        let Some(found) = &self.found else { return BaseLookupState::NotAsked };
        let names = |images: &PublishedImages| PublishedNames {
            repositories: images.repositories.iter().map(Shown::new).collect(),
            others: images.others,
        };
        BaseLookupState::Known {
            host: Shown::new(&self.host),
            itself: found.itself.as_ref().map(names),
            base: found.base.as_ref().map(names),
        }
    }
}
