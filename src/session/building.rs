//! From an image's layers to its tree and packages, and back: built images are evicted when others need the
//! memory.
//!
//! - Eviction costs a merge when the image is shown again, and no reading: layer indexes and the notes of
//!   contents stay with the blobs.
//! - What users paid for with a request or a file stays with the image: its vulnerability check and its
//!   attached documents.

use super::inspection;
use super::state::{BuiltImage, OpenImage, Session};
use crate::analysis::efficiency::efficiency;
use crate::analysis::packages::{Inventory, inventory};
use crate::analysis::risks::{RiskFindings, RiskMaterial, risks};
use crate::analysis::secrets::{SecretFindings, secret_findings};
use crate::analysis::waste::{Maker, waste};
use crate::archive::{ImageSource, LayerSource};
use crate::codec::BlobPart;
use crate::layer::Notes;
use crate::oci::HistoryEntry;
use crate::problem::{Problem, TOO_MANY_LAYERS};
use crate::tree::{self, FileTree, TreeView};
use crate::vocabulary::{ImagePosition, LayerPosition};
use std::cmp::Reverse;

/// Nodes of all built images together. A node takes some 120 bytes in tree and view (names, events and
/// inodes about 75, the columns of a view about 30, its rows the rest): this is 120 MB, as much as the
/// indexes of the largest images measured, and three times their 284,000 paths.
const MAX_BUILT_NODES: usize = 1_000_000;

/// So many images stay built, however large: a comparison needs two.
const MIN_BUILT_IMAGES: usize = 2;

impl Session {
    /// Merges an image's tree, once all its layers are read. Evicts what was used least recently if the
    /// built images take too much memory.
    pub(super) fn build_tree(&mut self, image: ImagePosition) -> Result<(), Problem> {
        let open = self.image(image)?;
        if let Some(job) = self.index_jobs(image).first() {
            return Err(Problem::new("layers-not-read", "The layers are still being read.")
                .expected("all layers")
                .found(format!("layer {} not read", job.layer)));
        }
        if open.built.is_none() {
            let tree = tree::merge(self.indexes(&open.source));
            let view = TreeView::new(&tree);
            let open = self.image_mut(image)?;
            open.built = Some(BuiltImage::new(tree, view));
            open.outdated = false;
        }
        self.built(image)?; // the latest use
        self.evict(MAX_BUILT_NODES);
        Ok(())
    }

    /// Whether the image's tree can be queried.
    pub fn is_built(&self, image: ImagePosition) -> bool {
        self.images.get(image.index()).is_some_and(|open| open.built.is_some())
    }

    /// Whether the image's packages can be queried.
    pub fn is_analysed(&self, image: ImagePosition) -> bool {
        let built = self.images.get(image.index()).and_then(|open| open.built.as_ref());
        built.is_some_and(|built| built.inventory.is_some())
    }

    /// Runs the analyses that run without being asked, on a built image. True if its tree is another one
    /// now: some of it was a table's claim until here.
    pub(super) fn analyse(&mut self, image: ImagePosition) -> bool {
        let renewed = self.renew_tree(image);
        let open = self.images.get(image.index());
        let Some((open, built)) = open.and_then(|open| Some((open, open.built.as_ref()?))) else {
            return renewed;
        };
        let inventory = self.inventory(open, &built.tree);
        let secrets = self.secret_findings(&open.source, &built.tree, &inventory);
        let risks = self.risk_findings(&open.source, &built.tree, &inventory);
        let efficiency = match &built.efficiency {
            Some(_) => None,
            None => Some(efficiency(built.tree.layers())),
        };
        let waste = match &built.waste {
            Some(_) if !built.rehashed => None,
            _ => Some(waste(&built.tree, &self.makers(image))),
        };
        if let Ok(open) = self.image_mut(image) {
            open.check.forget_vulnerabilities();
            if let Some(built) = &mut open.built {
                built.efficiency = efficiency.or(built.efficiency.take());
                built.waste = waste.or(built.waste.take());
                built.rehashed = false;
                built.inventory = Some(inventory);
                built.secrets = Some(secrets);
                built.risks = Some(risks);
            }
        }
        self.apply_attached(image);
        renewed
    }

    /// Finds the waste of an analysed image again, if contents were hashed since. True if so.
    pub(super) fn renew_waste(&mut self, image: ImagePosition) -> bool {
        let open = self.images.get(image.index());
        let built = open.and_then(|open| open.built.as_ref());
        let Some(built) = built.filter(|built| built.rehashed && built.waste.is_some()) else {
            return false;
        };
        let renewed = waste(&built.tree, &self.makers(image));
        if let Ok(OpenImage { built: Some(built), .. }) = self.image_mut(image) {
            (built.waste, built.rehashed) = (Some(renewed), false);
        }
        true
    }

    /// The packages of an image, as far as its layers' contents were read.
    pub(super) fn inventory(&self, open: &OpenImage, tree: &FileTree) -> Inventory {
        let image = &open.source;
        let none = Notes::default();
        let names = self.further_names(open, tree);
        let mut inventory = inventory(tree, &self.notes(image, &none), &names);
        let (mut unread, mut partial) = (Vec::new(), Vec::new());
        for (position, layer) in (0..).map(LayerPosition).zip(&image.layers) {
            // A layer that was lost has no entries, which says nothing about the layer.
            match self.blobs.get(layer).filter(|blob| !blob.failed) {
                None => unread.push(position),
                Some(blob) if blob.is_partial() || self.is_cut(layer) => partial.push(position),
                Some(blob) if blob.has_unseen_files() => partial.push(position),
                Some(_) => {}
            }
        }
        for problem in self.missing_beside_layers(open, Some(tree)) {
            match problem.layer {
                Some(layer) => partial.push(layer),
                None => inventory.more_layers = true,
            }
            if problem.code == TOO_MANY_LAYERS {
                // The first of those that are left out stands for all: views name layers.
                unread.push(LayerPosition(image.layers.len() as u32));
            }
        }
        inventory.add_gaps(&unread, &partial);
        if open.saved {
            // What is said about a file is in the notes, which are the inspection's.
            let warnings = std::mem::take(&mut inventory.warnings).into_iter();
            let mark = |problem: Problem| match problem.path {
                Some(_) => inspection::quoted(problem),
                None => problem,
            };
            inventory.warnings = warnings.map(mark).collect();
        }
        inventory
    }

    /// Whether the source ends within a layer: that is told once, by the source.
    fn is_cut(&self, layer: &LayerSource) -> bool {
        layer.blob.is_some_and(|part| self.blobs.is_cut(&part))
    }

    /// The secrets of an image, as far as its layers' contents were read.
    pub(super) fn secret_findings(
        &self,
        image: &ImageSource,
        tree: &FileTree,
        inventory: &Inventory,
    ) -> SecretFindings {
        let none = Notes::default();
        secret_findings(tree, &self.notes(image, &none), inventory, image)
    }

    /// The risks of an image, as far as its layers' contents were read, as of today.
    pub(super) fn risk_findings(
        &self,
        image: &ImageSource,
        tree: &FileTree,
        inventory: &Inventory,
    ) -> RiskFindings {
        let none = Notes::default();
        let notes = self.notes(image, &none);
        risks(&RiskMaterial::new(tree, &notes, inventory, image, self.now))
    }

    /// The notes of an image's layers, base first; `none` for a layer that is missing.
    pub(super) fn notes<'a>(&'a self, image: &ImageSource, none: &'a Notes) -> Vec<&'a Notes> {
        let notes = |layer| self.blobs.get(layer).map_or(none, |blob| &blob.scan.notes);
        image.layers.iter().map(notes).collect()
    }

    /// Discards what was built with a blob that must be read again.
    pub(super) fn discard_built_with(&mut self, part: &BlobPart) {
        for image in &mut self.images {
            if image.source.layers.iter().any(|layer| layer.blob.as_ref() == Some(part)) {
                image.built = None;
                image.found = None;
            }
        }
    }

    /// Builds the tree again where it was made of claims; expanded directories stay expanded. True if it did.
    fn renew_tree(&mut self, image: ImagePosition) -> bool {
        let Ok(open) = self.image(image) else { return false };
        let Some(old) = open.built.as_ref().filter(|_| open.outdated) else { return false };
        let tree = tree::merge(self.indexes(&open.source));
        let view = old.view.over(&old.tree, &tree);
        if let Ok(open) = self.image_mut(image) {
            open.built = Some(BuiltImage::new(tree, view));
            open.outdated = false;
            if open.found.as_ref().is_some_and(|found| found.totals.complete) {
                open.found = None; // it was a search of other files
            }
        }
        self.built(image).is_ok() // the latest use
    }

    /// Evicts built images, the least recently used first, until they have at most so many nodes.
    fn evict(&mut self, max_nodes: usize) {
        let nodes =
            |open: &OpenImage| open.built.as_ref().map_or(0, |built| built.tree.node_count());
        let mut total: usize = self.images.iter().map(nodes).sum();
        let mut built: Vec<&mut OpenImage> =
            self.images.iter_mut().filter(|open| open.built.is_some()).collect();
        built.sort_by_key(|open| Reverse(open.built.as_ref().map_or(0, BuiltImage::last_use)));
        while total > max_nodes && built.len() > MIN_BUILT_IMAGES {
            if let Some(oldest) = built.pop() {
                total -= nodes(oldest);
                oldest.built = None;
            }
        }
    }
}

/// What made each layer of an image, as its history has it, of which the first `base` layers are the base image's.
pub(super) fn makers(image: &ImageSource, base: usize) -> Vec<Maker> {
    let steps = image.steps().iter().filter(|entry| !entry.empty_layer);
    let maker = |entry: &HistoryEntry| Maker::of(entry.created_by.as_deref().unwrap_or(""));
    let mut makers: Vec<Maker> = steps.map(maker).collect();
    makers.iter_mut().take(base).for_each(|maker| *maker = Maker::Base);
    makers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::ImageSource;
    use crate::archive::LayerSource;
    use crate::layer::LayerScan;

    /// A session of so many images, each with one layer of its own, all built in order.
    fn built(count: u32) -> Session {
        let mut session = Session::empty("x", Vec::new());
        for file in 0..count {
            let part = BlobPart::plain(file, 0, 0);
            let layer = LayerSource { blob: Some(part), ..LayerSource::default() };
            session.blobs.want(&layer);
            session.blobs.finish(part, LayerScan::default(), true);
            let source = ImageSource { layers: vec![layer], ..ImageSource::default() };
            session.images.push(OpenImage::new(source));
        }
        for image in session.positions() {
            session.build_tree(image).unwrap();
        }
        session
    }

    fn built_images(session: &Session) -> Vec<u32> {
        session.positions().filter(|&image| session.is_built(image)).map(|image| image.0).collect()
    }

    #[test]
    fn the_least_recently_used_image_is_evicted_first() {
        let mut session = built(5);
        assert_eq!(built_images(&session), [0, 1, 2, 3, 4], "they are small");
        session.built(ImagePosition(0)).unwrap(); // a query counts as a use
        session.evict(3); // each has one node
        assert_eq!(built_images(&session), [0, 3, 4]);
        session.build_tree(ImagePosition(3)).unwrap();
        session.evict(0);
        assert_eq!(built_images(&session), [0, 3], "two stay, however large");
        let problem = session.built(ImagePosition(4)).err().unwrap();
        assert_eq!(problem.code, "layers-not-read");
        assert_eq!(session.index_jobs(ImagePosition(4)), [], "its layers stay");
        session.build_tree(ImagePosition(4)).unwrap();
        assert!(session.is_built(ImagePosition(4)));
    }
}
