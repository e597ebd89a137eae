//! What is taken out of an image as one file.

use super::LinkPath;
use crate::problem::Problem;
use crate::selection::LayerSelection;
use crate::text::Shown;
use crate::vocabulary::LayerNumber;
use serde::{Deserialize, Serialize};

/// What is taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExtractedPart {
    /// The file system as it is after this layer, or after all layers: what is at these paths and below them;
    /// without paths, all of it.
    Root { up_to: Option<LayerNumber>, paths: Vec<LinkPath>, form: ArchiveForm },
    /// The content of one file, as these layers show it: what they removed is as it was before.
    Content { layers: LayerSelection, path: LinkPath },
    /// What one layer alone has: its tar, uncompressed; or its members at these paths and below them.
    Layer { layer: LayerNumber, paths: Vec<LinkPath> },
}

/// The form of an archive that is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ArchiveForm {
    #[default]
    Tar,
    Zip,
}

/// What is not as the image has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtractionNotes {
    /// Hard links whose target is missing: empty files.
    pub lost_links: u32,
    /// Paths that are left out: with a NUL byte in their name or their target, which no file system has; in a zip
    /// also devices and FIFOs, and sparse files with large holes.
    pub left_out: u32,
    /// Further names of files that are left out, because a zip has the content under each; of a zip.
    pub names_left_out: u32,
    /// Members with another name, which every disk can have; of a zip.
    pub renamed: u32,
    /// The first of them.
    pub renamings: Vec<Renaming>,
    /// A layer that was read only in part: what it lacks is not known.
    pub incomplete: Option<Problem>,
}

/// A member with another name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renaming {
    pub from: Shown,
    pub to: Shown,
}
