//! What a session knows: its source, the images in it, and the blobs that their layers are made of.
//!
//! - State and access to it only. Opening a source (`opening.rs`), jobs (`pending.rs`, `results.rs`), trees
//!   (`building.rs`) and answers are files of their own, which this file does not import.
//! - Images share blobs: what is known about a blob is known once (`blobs.rs`) and stays. What is made of it for
//!   one image (`BuiltImage`) takes memory and can be evicted.

use super::blobs::Blobs;
use super::check::KnownVulnerabilities;
use super::found_contents::FoundContents;
use super::jobs::attached::AttachedDocument;
use super::kept_names::KeptNames;
use super::published::PublishedLookup;
use super::searched_names::SearchedNames;
use crate::analysis::base::LowerImage;
use crate::analysis::compare::ImageComparison;
use crate::analysis::dockerfile::provenance::BuildProvenance;
use crate::analysis::efficiency::Efficiency;
use crate::analysis::ignore::IgnoreList;
use crate::analysis::packages::Inventory;
use crate::analysis::provenance::KnownDocuments;
use crate::analysis::risks::RiskFindings;
use crate::analysis::secrets::SecretFindings;
use crate::analysis::waste::ImageWaste;
use crate::archive::{ImageSource, InlineBlobs, OtherSource, SourceDocuments};
use crate::codec::Compression;
use crate::layer::{LayerIndex, Limits};
use crate::oci::Digest;
use crate::problem::Problem;
use crate::protocol::{
    DocumentLine, MaskedValues, RegistryInfo, RegistrySearch, SignatureVerdict, Trust,
};
use crate::text::Shown;
use crate::time::Timestamp;
use crate::tree::{FileTree, TreeView};
use crate::vocabulary::{ImagePosition, LayerNumber, LeftOut, SourceFormat};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

/// Secrets and risks that the user ignores, of all images.
#[derive(Default)]
pub struct IgnoredFindings {
    /// The name of the list; `None`: there is none.
    pub name: Option<Shown>,
    pub list: IgnoreList,
}

/// An opened source.
pub struct Session {
    pub(super) name: String,
    /// The source is a saved inspection.
    pub(super) saved: bool,
    /// Path and bytes of each file.
    pub(super) files: Vec<(String, u64)>,
    /// The files are in a folder.
    pub(super) folder: bool,
    /// Where the image is, if in a registry.
    pub(super) registry: Option<RegistryInfo>,
    /// Around the file as a whole.
    pub(super) compression: Compression,
    /// The compressed archive has still to be read through, with these limits.
    pub(super) unpack: Option<Limits>,
    /// Reading the compressed archive ended at a limit.
    pub(super) limited: bool,
    pub(super) formats: Vec<SourceFormat>,
    /// The source's images, then those of inspections taken in.
    pub(super) images: Vec<OpenImage>,
    pub(super) others: Vec<OtherSource>,
    /// What was found in the registry beside them that says something about an image.
    pub(super) referrers: Vec<OtherSource>,
    /// Verdicts on signed documents, by what is signed.
    pub(super) verdicts: HashMap<Digest, SignatureVerdict>,
    /// What they were verified with, beside what is part of the program.
    pub(super) trust: Trust,
    /// Secrets and risks that the user ignores.
    pub(super) ignored: IgnoredFindings,
    /// Indexes, manifests, configurations and attestations as they were read.
    pub(super) documents: SourceDocuments,
    pub(super) warnings: Vec<Problem>,
    /// Blobs that descriptors have in themselves, until the schedule makes files of them.
    pub(super) inline: InlineBlobs,
    pub(super) blobs: Blobs,
    pub(super) source_digest: Option<Digest>,
    /// Every pass computes all that it can.
    pub(super) thorough: bool,
    /// Nothing is read beyond what the tree needs.
    pub(super) tree_only: bool,
    /// The time of the latest input: what has expired is decided by it.
    pub(super) now: Timestamp,
    /// The comparison that was needed last.
    pub(super) comparison: KeptComparison,
    /// Counts uses of built images; the number of the latest one.
    uses: Cell<u64>,
    /// File numbers of layers of saved inspections: there are no such files.
    absent_files: u32,
}

/// One image, and what is known about it alone.
#[derive(Default)]
pub(super) struct OpenImage {
    pub source: ImageSource,
    /// It comes from a saved inspection: without contents, and with digests that somebody else checked.
    pub saved: bool,
    /// It comes from an inspection that was taken in beside the source.
    pub taken_in: bool,
    /// It is the first layers of another image of the session, so many, beside the source's images.
    pub part_of: Option<(ImagePosition, LayerNumber)>,
    /// Once all layers are read; evicted when memory is needed for other images.
    pub built: Option<BuiltImage>,
    /// A layer was read of which the tree has only a table's claims.
    pub outdated: bool,
    /// The user has cancelled the work on it.
    pub cancelled: bool,
    /// What the latest search in contents has found.
    pub found: Option<FoundContents>,
    /// What is known about vulnerabilities.
    pub check: KnownVulnerabilities,
    /// What is known about published images with its layers.
    pub published: PublishedLookup,
    /// SBOMs and VEX documents about the image that were read.
    pub attached: Vec<AttachedDocument>,
    /// All documents about it, once they are needed.
    pub provenance: OnceCell<KnownDocuments>,
    /// Values of its configuration that are masked, once they are needed.
    pub masked: OnceCell<MaskedValues>,
    /// What they say about the Dockerfile, the same.
    pub build: OnceCell<Option<BuildProvenance>>,
    /// Whether the registry was searched for them.
    pub search: RegistrySearch,
    /// What a saved inspection lists as the image's documents; of other images this is found in the source.
    pub saved_documents: Vec<DocumentLine>,
    /// What a saved inspection says about an image with the first layers; for other images this is found in the source.
    pub lower: Option<LowerImage>,
}

/// What was made of an image's layers.
pub(super) struct BuiltImage {
    pub tree: FileTree,
    pub view: TreeView,
    pub efficiency: Option<Efficiency>,
    /// `None` until the contents were read.
    pub waste: Option<ImageWaste>,
    /// Contents were hashed that `waste` does not take into account.
    pub rehashed: bool,
    /// `None` until the contents were read.
    pub inventory: Option<Inventory>,
    /// The same.
    pub secrets: Option<SecretFindings>,
    /// The same.
    pub risks: Option<RiskFindings>,
    /// The files that a search reads.
    pub searched: SearchedNames,
    /// The further names of its files.
    pub names: KeptNames,
    /// The number of the latest use.
    last_use: Cell<u64>,
}

/// The comparison that was needed last, until an image changes.
#[derive(Default)]
pub(super) struct KeptComparison(RefCell<Option<(ComparedWhat, Arc<ImageComparison>)>>);

/// Two images, and what is left out.
type ComparedWhat = (ImagePosition, ImagePosition, LeftOut);

impl KeptComparison {
    /// This comparison, if it is the one that was kept.
    pub fn get(&self, what: ComparedWhat) -> Option<Arc<ImageComparison>> {
        let kept = self.0.borrow();
        kept.as_ref().filter(|(of, _)| *of == what).map(|(_, comparison)| Arc::clone(comparison))
    }

    pub fn keep(&self, what: ComparedWhat, comparison: &Arc<ImageComparison>) {
        self.0.replace(Some((what, Arc::clone(comparison))));
    }

    /// An image changed.
    pub fn forget(&mut self) {
        self.0.take();
    }
}

impl OpenImage {
    /// An image of which only its source is known.
    pub fn new(source: ImageSource) -> OpenImage {
        OpenImage { source, ..OpenImage::default() }
    }
}

impl BuiltImage {
    pub fn new(tree: FileTree, view: TreeView) -> BuiltImage {
        BuiltImage {
            tree,
            view,
            efficiency: None,
            waste: None,
            rehashed: false,
            inventory: None,
            secrets: None,
            risks: None,
            searched: SearchedNames::default(),
            names: KeptNames::default(),
            last_use: Cell::new(0),
        }
    }

    /// The number of the latest use: the larger, the later.
    pub fn last_use(&self) -> u64 {
        self.last_use.get()
    }
}

impl Session {
    /// A session of which only the files are known.
    pub(super) fn empty(name: &str, files: Vec<(String, u64)>) -> Session {
        Session {
            name: name.to_owned(),
            saved: false,
            folder: files.len() != 1 || files.iter().any(|(path, _)| path.contains('/')),
            files,
            registry: None,
            compression: Compression::None,
            unpack: None,
            limited: false,
            formats: Vec::new(),
            images: Vec::new(),
            others: Vec::new(),
            referrers: Vec::new(),
            verdicts: HashMap::new(),
            trust: Trust::default(),
            ignored: IgnoredFindings::default(),
            documents: SourceDocuments::default(),
            warnings: Vec::new(),
            inline: InlineBlobs::default(),
            blobs: Blobs::default(),
            source_digest: None,
            thorough: false,
            tree_only: false,
            now: Timestamp::default(),
            comparison: KeptComparison::default(),
            uses: Cell::new(0),
            absent_files: 0,
        }
    }

    /// Sum of the files' bytes.
    pub(super) fn size(&self) -> u64 {
        self.files.iter().fold(0, |sum, (_, size)| sum.saturating_add(*size))
    }

    /// The image at a position.
    pub(super) fn image(&self, image: ImagePosition) -> Result<&OpenImage, Problem> {
        self.images.get(image.index()).ok_or_else(|| no_such_image(image, self.images.len()))
    }

    /// Whether the user has cancelled the work on an image.
    pub(super) fn set_cancelled(&mut self, image: ImagePosition, cancelled: bool) {
        if let Some(open) = self.images.get_mut(image.index()) {
            open.cancelled = cancelled;
        }
    }

    /// The image at a position, to be changed.
    pub(super) fn image_mut(&mut self, image: ImagePosition) -> Result<&mut OpenImage, Problem> {
        self.comparison.forget();
        let count = self.images.len();
        self.images.get_mut(image.index()).ok_or_else(|| no_such_image(image, count))
    }

    /// The tree of an image and what was found on it. Counts as a use.
    pub(super) fn built(&self, image: ImagePosition) -> Result<&BuiltImage, Problem> {
        let open = self.image(image)?;
        let built = open.built.as_ref().ok_or_else(|| open.without("files", not_built))?;
        built.last_use.set(self.next_use());
        Ok(built)
    }

    /// The same, to be changed.
    pub(super) fn built_mut(&mut self, image: ImagePosition) -> Result<&mut BuiltImage, Problem> {
        let number = self.next_use();
        let built = self.image_mut(image)?.built.as_mut().ok_or_else(not_built)?;
        built.last_use.set(number);
        Ok(built)
    }

    /// The tree of an image and what it wastes, once all contents were read. Counts as a use.
    pub(super) fn waste_of(
        &self,
        image: ImagePosition,
    ) -> Result<(&FileTree, &ImageWaste), Problem> {
        let BuiltImage { tree, waste, .. } = self.built(image)?;
        let open = self.image(image)?;
        Ok((tree, waste.as_ref().ok_or_else(|| open.without("waste", not_compared))?))
    }

    /// The tree of an image and its packages, once all contents were read. Counts as a use.
    pub(super) fn packages_of(
        &self,
        image: ImagePosition,
    ) -> Result<(&FileTree, &Inventory), Problem> {
        let BuiltImage { tree, inventory, .. } = self.built(image)?;
        let open = self.image(image)?;
        Ok((tree, inventory.as_ref().ok_or_else(|| open.without("packages", not_analysed))?))
    }

    /// The packages of an image and its secrets, once all contents were read. Counts as a use.
    pub(super) fn secrets_of(
        &self,
        image: ImagePosition,
    ) -> Result<(&Inventory, &SecretFindings), Problem> {
        let BuiltImage { inventory, secrets, .. } = self.built(image)?;
        let open = self.image(image)?;
        let both = inventory.as_ref().zip(secrets.as_ref());
        both.ok_or_else(|| open.without("packages", not_analysed))
    }

    /// The risks of an image, and its packages and secrets, which say what was not read; once all contents were
    /// read. Counts as a use.
    pub(super) fn risks_of(
        &self,
        image: ImagePosition,
    ) -> Result<(&RiskFindings, &Inventory, &SecretFindings), Problem> {
        let (inventory, secrets) = self.secrets_of(image)?;
        let risks = self.built(image)?.risks.as_ref().ok_or_else(not_analysed)?;
        Ok((risks, inventory, secrets))
    }

    /// Sets the time, in milliseconds since 1970.
    pub(super) fn set_now(&mut self, now: u64) {
        self.now = Timestamp::from_seconds(i64::try_from(now / 1000).unwrap_or(i64::MAX));
    }

    fn next_use(&self) -> u64 {
        let number = self.uses.get() + 1;
        self.uses.set(number);
        number
    }

    /// A file number without a file: such numbers count down from the highest, so that they are not
    /// those of the source's files or of spilled ones.
    pub(super) fn next_absent_file(&mut self) -> u32 {
        self.absent_files += 1;
        u32::MAX - self.absent_files
    }

    /// Positions of all images.
    pub(super) fn positions(&self) -> impl Iterator<Item = ImagePosition> + use<> {
        (0..self.images.len() as u32).map(ImagePosition)
    }

    /// An image's indexes, base first; a layer that is missing is empty.
    pub(super) fn indexes(&self, image: &ImageSource) -> Vec<Arc<LayerIndex>> {
        let index = |layer| self.blobs.get(layer).and_then(|blob| blob.index.clone());
        image.layers.iter().map(|layer| index(layer).unwrap_or_default()).collect()
    }

    /// Sum of the sizes of an image's layers; `None` while one is not read, or is missing.
    pub(super) fn image_size(&self, image: &ImageSource) -> Option<u64> {
        let size = |layer| {
            let read = self.blobs.get(layer).filter(|blob| !blob.failed);
            read.map(|blob| blob.counts.size)
        };
        image.layers.iter().map(size).try_fold(0u64, |sum, size| Some(sum.saturating_add(size?)))
    }
}

impl OpenImage {
    /// Why there are no answers about `what`: they are still to come, or the user has cancelled the work.
    fn without(&self, what: &str, not_yet: fn() -> Problem) -> Problem {
        if self.cancelled { cancelled(&format!("the image's {what}")) } else { not_yet() }
    }
}

/// Sum of the blobs' bytes as stored; `None` if one is not in the archive.
pub(super) fn blob_size(image: &ImageSource) -> Option<u64> {
    image.layers.iter().try_fold(0u64, |sum, layer| Some(sum.saturating_add(layer.blob?.len)))
}

fn no_such_image(image: ImagePosition, count: usize) -> Problem {
    Problem::new("no-such-image", "There is no such image in the source.")
        .expected(format!("a position below {count}"))
        .found(image.to_string())
}

/// The user has cancelled the reading of `what`.
pub(super) fn cancelled(what: &str) -> Problem {
    Problem::new("reading-cancelled", "Reading was cancelled.")
        .expected(what)
        .advice("Continue reading, or open it again.")
}

fn not_built() -> Problem {
    Problem::new("layers-not-read", "The image's files are not known yet.")
        .expected("a merged tree")
        .advice("Wait until all layers are read.")
}

fn not_compared() -> Problem {
    Problem::new("layers-not-read", "What the image wastes is not known yet.")
        .expected("the contents of all layers")
        .advice("Wait until everything is read.")
}

fn not_analysed() -> Problem {
    Problem::new("layers-not-read", "The image's packages are not known yet.")
        .expected("the contents of all layers")
        .advice("Wait until everything is read.")
}
