//! Which images a source has, and which one an ID or a platform names.

use super::state::{OpenImage, Session};
use crate::archive::ImageSource;
use crate::oci::Digest;
use crate::vocabulary::ImagePosition;

impl Session {
    /// Number of images, those of inspections taken in included.
    pub fn image_count(&self) -> usize {
        self.images.len()
    }

    /// Whether there is an image at this position.
    pub fn has_image(&self, image: ImagePosition) -> bool {
        image.index() < self.images.len()
    }

    /// The image with this image ID (or, for a bare layer, diff ID), as `#/archive/DIGEST` names it.
    pub fn find_image(&self, id: &str) -> Option<ImagePosition> {
        let named = |at: &ImagePosition| {
            let source = self.images.get(at.index()).map(|image| &image.source);
            source.and_then(|source| self.link_id(source)).is_some_and(|own| own.as_str() == id)
        };
        self.positions().find(named)
    }

    /// True if an image has no ID yet: a bare layer has one once its bytes were digested.
    pub fn has_unnamed_images(&self) -> bool {
        self.images.iter().any(|image| self.link_id(&image.source).is_none())
    }

    /// The first image for a platform; a platform without a variant stands for all of its variants.
    pub fn image_for_platform(&self, platform: &str) -> Option<ImagePosition> {
        let name = |image: &OpenImage| image.source.platform.to_string();
        let variant_of =
            |name: &str| name.strip_prefix(platform).is_some_and(|rest| rest.starts_with('/'));
        let exact = self.images.iter().position(|image| name(image) == platform);
        let position =
            exact.or_else(|| self.images.iter().position(|image| variant_of(&name(image))));
        position.map(|at| ImagePosition(at as u32))
    }

    /// The image to show unless somebody asks for another: the first for linux/amd64, else the first.
    pub fn default_image(&self) -> ImagePosition {
        self.image_for_platform("linux/amd64").unwrap_or_default()
    }

    /// What links call an image: its ID, or for a bare layer its diff ID.
    pub(super) fn link_id<'s>(&'s self, image: &'s ImageSource) -> Option<&'s Digest> {
        match (&image.image_id, &image.layers[..]) {
            (Some(id), _) => Some(id),
            (None, [layer]) => self.blobs.get(layer)?.scan.diff_ids.first().map(AsRef::as_ref),
            (None, _) => image.manifest_digest.as_ref(),
        }
    }
}
