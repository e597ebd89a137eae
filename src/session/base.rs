//! Which layers are the base image's: one answer for every view.

use super::building::makers;
use super::state::Session;
use crate::analysis::base::{BaseEvidence, BaseImage, BaseLayers, base_image, layers_of_base};
use crate::analysis::base_lookup::{BaseLookup, BaseLookupResult};
use crate::analysis::dockerfile::provenance::BuildProvenance;
use crate::analysis::packages::Release;
use crate::analysis::waste::Maker;
use crate::host::host_of;
use crate::problem::Problem;
use crate::vocabulary::ImagePosition;

impl Session {
    /// The layers of the base image, by the first that tells; none where it is not known.
    pub(super) fn base_layers(&self, image: ImagePosition) -> BaseLayers {
        let Some(open) = self.images.get(image.index()) else { return BaseLayers::default() };
        let base = self.base_image(image, self.build_provenance(image), None);
        base.and_then(|base| layers_of_base(&base, open.source.steps())).unwrap_or_default()
    }

    /// The base image by the first that tells. `built`: what an attestation of the build says; `release`: the
    /// distribution of the final tree, once it is known.
    pub(super) fn base_image(
        &self,
        image: ImagePosition,
        built: Option<&BuildProvenance>,
        release: Option<&Release>,
    ) -> Option<BaseImage> {
        let open = self.images.get(image.index())?;
        let stage = built.and_then(BuildProvenance::base);
        let evidence = BaseEvidence {
            built: stage.as_ref(),
            lower: self.lower_image(image),
            published: open.published.found.as_ref().and_then(|found| found.base.as_ref()),
            release,
        };
        base_image(&open.source, &open.source.config.run_config(), evidence)
    }

    /// Begins to ask the service at `endpoint` about an image's layers.
    pub(super) fn base_lookup(
        &mut self,
        image: ImagePosition,
        endpoint: &str,
    ) -> Result<BaseLookup, Problem> {
        let open = self.image_mut(image)?;
        let source = &open.source;
        let lookup = BaseLookup::new(endpoint, &source.config.rootfs.diff_ids, source.steps());
        open.published.host = host_of(endpoint).unwrap_or_default();
        Ok(lookup)
    }

    /// How far a lookup is.
    pub(super) fn base_lookup_progress(&mut self, image: ImagePosition, done: u32, total: u32) {
        if let Some(open) = self.images.get_mut(image.index()) {
            open.published.asking = Some((done, total));
        }
    }

    /// A lookup has ended; `None`: without an answer.
    pub(super) fn end_base_lookup(
        &mut self,
        image: ImagePosition,
        found: Option<BaseLookupResult>,
    ) {
        let Ok(open) = self.image_mut(image) else { return };
        open.published.asking = None;
        if found.is_some() {
            open.published.found = found;
        }
    }

    /// What made each layer of an image, base first.
    pub(super) fn makers(&self, image: ImagePosition) -> Vec<Maker> {
        let open = self.images.get(image.index());
        let base = self.base_layers(image).count;
        open.map_or(Vec::new(), |open| makers(&open.source, base as usize))
    }
}
