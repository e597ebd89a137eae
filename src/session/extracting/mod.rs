//! What is taken out of an image: plans of extractions, which `extract` executes.
//!
//! - A plan needs the tree and all layers that it reads; contents are read when it is executed.
//! - Files come in the order of their layers, so that each layer is read once. Hard links follow the files,
//!   directories come last and those below before those above: what unpacks sets times and permissions of a
//!   directory when nothing more is put into it.

mod layer;
mod members;
mod root;
mod zipped;

use super::content::{file_place, no_content, saved};
use super::paths::{last_layers, no_such_path, path_bytes};
use super::reading::{ContentPlace, entrance, not_read};
use super::state::{BuiltImage, Session};
use crate::archive::LayerSource;
use crate::extract::Extraction;
use crate::layer::FilePlace;
use crate::problem::Problem;
use crate::protocol::{ExtractedPart, ExtractionNotes, LinkPath};
use crate::selection::LayerSelection;
use crate::tree::{FileTree, PathEvent, Resolver, StepBudget};
use crate::vocabulary::{ImagePosition, LayerNumber};

impl Session {
    /// The plan to take out a part of an image.
    pub fn extraction(
        &self,
        image: ImagePosition,
        part: &ExtractedPart,
    ) -> Result<(Extraction, ExtractionNotes), Problem> {
        if self.image(image)?.saved {
            return Err(saved());
        }
        let (extraction, mut notes) = match part {
            ExtractedPart::Root { up_to, paths, form } => {
                self.root_extraction(image, *up_to, paths, *form)?
            }
            ExtractedPart::Layer { layer, paths } => self.layer_extraction(image, *layer, paths)?,
            ExtractedPart::Content { layers, path } => {
                let ContentPlace { source, file, .. } = self.content_place(image, path, *layers)?;
                let content = self.content_at(source, file)?;
                return Ok((content, ExtractionNotes::default()));
            }
        };
        notes.incomplete = self.missing_part(image)?;
        Ok((extraction, notes))
    }

    /// Whether all is known that the plan needs; if not, what to wait for, or why it cannot be made.
    pub(super) fn can_extract(
        &self,
        image: ImagePosition,
        part: &ExtractedPart,
    ) -> Result<(), Problem> {
        let open = self.image(image)?;
        if open.saved {
            return Err(saved());
        }
        let all = &open.source.layers[..];
        let layers = match part {
            ExtractedPart::Layer { layer, .. } => {
                all.get(layer.position().index()).map(std::slice::from_ref).unwrap_or_default()
            }
            ExtractedPart::Root { .. } | ExtractedPart::Content { .. } => {
                self.built(image)?;
                all
            }
        };
        let unread = |layer: &&LayerSource| {
            layer.blob.is_some() && self.blobs.get(layer).is_none_or(|blob| blob.scan.claimed)
        };
        match layers.iter().find(unread) {
            Some(layer) => Err(not_read(&layer.name)),
            None => Ok(()),
        }
    }

    /// The plan to read the content of a file: of the image as it is after some layers, or of what one layer
    /// brought. Symbolic links are followed.
    pub fn content_extraction(
        &self,
        image: ImagePosition,
        path: &[u8],
        layers: LayerSelection,
    ) -> Result<Extraction, Problem> {
        let BuiltImage { tree, .. } = self.built(image)?;
        let top = last_layers(tree, layers);
        let steps = StepBudget::default();
        let led = Resolver::after(tree, top, &steps).follow(path);
        let node = led.map_err(|_| no_such_path(path))?;
        let event = match layers {
            LayerSelection::Range(first, _) => {
                let state = tree.state(node, top).filter(|event| event.layer >= first.position());
                state.ok_or_else(|| not_in_layer(tree, node, path, first))?
            }
            _ => {
                let state = tree.state(node, top).filter(|event| event.is_there());
                state.ok_or_else(|| no_such_path(path))?
            }
        };
        let inode = tree.inode(event).ok_or_else(|| {
            no_content()
                .found(if event.is_directory() { "a directory" } else { "a special file" })
                .on_path([b"/", path].concat())
        })?;
        let place = file_place(tree.content_entry(inode));
        let source = &self.image(image)?.source.layers[inode.layer.index()];
        self.content_at(source, place).map_err(|problem| problem.in_layer(inode.layer))
    }

    fn content_at(&self, source: &LayerSource, place: FilePlace) -> Result<Extraction, Problem> {
        let layer = entrance(&self.blobs, source, place.data_offset)?;
        Ok(Extraction::Content { layer, place })
    }

    /// Where a path leads after some layers, through links of the image: to a directory, or else to the path
    /// itself, if that is a link.
    pub fn directory_path(
        &self,
        image: ImagePosition,
        path: &[u8],
        layers: LayerSelection,
    ) -> Result<Vec<u8>, Problem> {
        let BuiltImage { tree, .. } = self.built(image)?;
        let top = last_layers(tree, layers);
        let is_directory = |node: &u32| tree.state(*node, top).is_some_and(PathEvent::is_directory);
        let steps = StepBudget::default();
        let mut resolver = Resolver::after(tree, top, &steps);
        let node = resolver.follow(path).ok().filter(is_directory).or_else(|| resolver.node(path));
        Ok(tree.path(node.ok_or_else(|| no_such_path(path))?))
    }
}

/// The layer did not bring the file; which layers did.
fn not_in_layer(tree: &FileTree, node: u32, path: &[u8], layer: LayerNumber) -> Problem {
    let mut others: Vec<String> = tree
        .history(node)
        .filter(|event| event.is_there())
        .map(|event| event.layer.number().to_string())
        .collect();
    others.dedup();
    others.reverse();
    Problem::new("no-such-path", "This layer does not have the path.")
        .expected(format!("layer {layer}"))
        .found(format!("it in layers {}", others.join(", ")))
        .on_path([b"/", path].concat())
}

/// The nodes of paths, which must exist after the first `layers` layers.
fn nodes(tree: &FileTree, layers: u32, paths: &[LinkPath]) -> Result<Vec<u32>, Problem> {
    let node = |path: &LinkPath| {
        let bytes = path_bytes(path)?;
        let found = tree
            .find(&bytes)
            .filter(|node| tree.state(*node, layers).is_some_and(PathEvent::is_there));
        found.ok_or_else(|| no_such_path(&bytes))
    };
    paths.iter().map(node).collect()
}
