//! What a pull does with an index: it sorts what the index names, follows nested indexes, and chooses an image.
//!
//! - A document's content decides what it is. A descriptor without a known media type leads to a request of
//!   its own, a few times; one with a wrong type is corrected when its document is here.

use super::stage::{
    EntryLimit, Fetch, FetchKind, MAX_DEPTH, MAX_INDEXES, MAX_UNKNOWN, NestedDocument, PullStage,
};
use super::{ManifestDocument, Pull};
use crate::http::HttpResponse;
use crate::oci::{Descriptor, Digest, ImageIndex, ManifestClaim, is_index};
use crate::problem::Problem;
use crate::registry::RegistryError;
use crate::registry::error_body::shortened;
use crate::registry::platform::{self, Wish};

impl Pull {
    /// The stage after a nested index, or what may be one. Errors of an index are warnings: the rest of the
    /// index is usable. What is unknown stays an artifact.
    pub(super) fn after_nested(
        &mut self,
        fetch: &Fetch,
        nested: NestedDocument,
        response: HttpResponse,
        now: u64,
    ) -> PullStage {
        let NestedDocument { descriptor, parent, depth } = nested;
        let is_said = is_index(&descriptor.media_type);
        match self.document(fetch, &response, now) {
            // It may be a manifest, for which the request had no room.
            Ok(None) if matches!(response.status, 404 | 406) => {
                let fetch = Fetch { kind: FetchKind::Manifest, not_cached: true, ..fetch.clone() };
                let nested = NestedDocument { descriptor, parent, depth };
                return PullStage::Nested(fetch, Box::new(nested));
            }
            Ok(Some((digest, ManifestDocument::Index(index)))) => {
                self.keep(&digest, response.body);
                self.add_index(index, &digest, depth);
            }
            Ok(Some((_, ManifestDocument::Manifest(manifest))))
                if manifest.claims() != ManifestClaim::Artifact =>
            {
                self.pulled.add_choice(descriptor, &parent);
            }
            _ if !is_said => self.pulled.add_other(descriptor),
            Ok(_) if response.status != 200 => self.warn(self.failed(&response, now)),
            Ok(_) => self.pulled.add_other(descriptor),
            Err(error) => self.warn(error),
        }
        self.after_index()
    }

    /// The stage after an index that was chosen as an image by its descriptor.
    pub(super) fn after_chosen_index(&mut self, index: ImageIndex, digest: &Digest) -> PullStage {
        self.pulled.choices.retain(|choice| choice.descriptor.digest != *digest);
        self.indexes += 1;
        if self.indexes < MAX_INDEXES {
            self.add_index(index, digest, 1);
        }
        self.after_index()
    }

    /// Adds what an index names, and queues nested indexes.
    pub(super) fn add_index(&mut self, index: ImageIndex, digest: &Digest, depth: usize) {
        self.entered.insert(digest.clone());
        let Pull { queue, indexes, unknown, not_looked_at, entered, pulled, .. } = self;
        let fresh = |descriptor: &Descriptor| !entered.contains(&descriptor.digest);
        let manifests = index.manifests.into_iter().filter(fresh).collect();
        pulled.add_index(ImageIndex { manifests, ..index }, digest, |descriptor| {
            let is_said = is_index(&descriptor.media_type);
            let costs = !is_said && descriptor.inline().is_none_or(|data| data.is_err());
            let has_room = depth < MAX_DEPTH && *indexes < MAX_INDEXES;
            let follows = has_room && (!costs || *unknown < MAX_UNKNOWN);
            if !follows && !is_said {
                let reason = if has_room { EntryLimit::Unknown } else { EntryLimit::Documents };
                not_looked_at.push((descriptor.digest.clone(), reason));
            }
            if follows {
                *indexes += 1;
                *unknown += usize::from(costs);
                let (descriptor, parent) = (descriptor.clone(), digest.clone());
                queue.push_back(NestedDocument { descriptor, parent, depth: depth + 1 });
            }
            follows
        });
    }

    /// The stage after a nested document that did not come.
    pub(super) fn after_no_nested(
        &mut self,
        nested: NestedDocument,
        error: RegistryError,
    ) -> PullStage {
        match is_index(&nested.descriptor.media_type) {
            true => self.warn(error),
            false => self.pulled.add_other(nested.descriptor),
        }
        self.after_index()
    }

    /// Names what may be an image or an index, and was not requested.
    fn warn_of_not_looked_at(&mut self) {
        let left = std::mem::take(&mut self.not_looked_at);
        for limit in [EntryLimit::Unknown, EntryLimit::Documents] {
            let of_limit = left.iter().filter(|(_, reason)| *reason == limit);
            let digests: Vec<&str> = of_limit.map(|(digest, _)| digest.as_str()).collect();
            if digests.is_empty() {
                continue;
            }
            let named = &digests[..digests.len().min(MAX_UNKNOWN)];
            let more = if digests.len() > named.len() { ", …" } else { "" };
            let message =
                "The index has entries without a known media type that were not looked at.";
            let expected = match limit {
                EntryLimit::Unknown => format!("at most {MAX_UNKNOWN} such entries"),
                EntryLimit::Documents => {
                    format!("at most {MAX_INDEXES} documents, {MAX_DEPTH} levels deep")
                }
            };
            self.pulled.warnings.push(
                Problem::new("index-entries-unread", message)
                    .expected(expected)
                    .found(format!("{} more: {}{more}", digests.len(), named.join(", ")))
                    .advice("Open one by its digest to see what it is."),
            );
        }
    }

    /// The next nested index, or the chosen image.
    pub(super) fn after_index(&mut self) -> PullStage {
        if let Some(nested) = self.queue.pop_front() {
            let fetch = Fetch::described(&nested.descriptor, FetchKind::Index);
            return PullStage::Nested(fetch, Box::new(nested));
        }
        self.warn_of_not_looked_at();
        let pulled = &mut self.pulled;
        let platforms: Vec<_> = pulled.choices.iter().map(|choice| &choice.platform).collect();
        pulled.chosen = platform::choose(&self.wish, &platforms);
        if let Some(at) = pulled.chosen {
            let descriptor = &pulled.choices[at].descriptor;
            return PullStage::Image(Fetch::described(descriptor, FetchKind::Manifest));
        }
        let names: Vec<_> = platforms.iter().map(ToString::to_string).collect();
        let (Wish::Exactly(wanted) | Wish::Preferably(wanted)) = &self.wish;
        pulled.warnings.push(
            Problem::new("platform-absent", "The index has no image for this platform.")
                .expected(shortened(&wanted.to_string()))
                .found(shortened(&names.join(", ")))
                .advice("Choose one of its platforms."),
        );
        self.after_image()
    }
}
