//! An archive becomes blobs and images: which images are named here, and where is each blob.
//!
//! - One form, one file: `docker` reads `manifest.json` as `docker save` writes it, `layout` the
//!   `index.json` of an OCI image layout, `directory` the `manifest.json` of `dir:`, `chain` the form
//!   before Docker 1.10; `bare` is what has no index. Docker writes two forms into one archive; they are
//!   then two views of the same images, joined here. docs/formats.md lists them all.
//! - What a blob is, the index files say; no content is tried before them. The one exception is an
//!   archive that is compressed as a whole, whose index may come last in a stream that is read once:
//!   see `layer::unpack`.
//! - Where the members lie (in a tar, in a folder, in a stream that has passed) is `Contents`' business;
//!   readers of index files don't know it.
//! - Layers are not read here: a layer is a place in the archive with what is claimed about it.

mod bare;
mod chain;
mod contents;
mod directory;
mod docker;
mod files;
mod layout;
mod listing;

use crate::codec::{BlobPart, Compression, HEAD, Section, SeekInput};
use crate::oci::{Descriptor, Digest, HistoryEntry, ImageConfig, Platform, is_foreign};
use crate::problem::Problem;
use crate::text;
use crate::vocabulary::LayerPosition;
pub use crate::vocabulary::OtherKind;
pub use contents::{Contents, Kept, MAX_JSON, blob_name};
pub use files::Files;
pub use layout::document_name;
pub use listing::Listing;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Layers of one image, and of all images of an archive: Docker takes 127. What is named beyond is not
/// followed.
const MAX_LAYERS: usize = 1000;
const MAX_ALL_LAYERS: usize = 100_000;
/// Images of an archive.
const MAX_IMAGES: usize = 10_000;
/// Names of one image, and bytes of one.
const MAX_NAMES: usize = 1000;
const MAX_NAME: usize = 4096;
/// Warnings about an archive's index: a damaged one could give a million.
const MAX_WARNINGS: usize = 100;

/// What an archive holds.
#[derive(Debug, Default)]
pub struct Archive {
    /// The forms that were recognised, joined by `+` in reports.
    pub formats: Vec<&'static str>,
    /// In the order of the index files, every platform its own.
    pub images: Vec<ImageSource>,
    /// Attestations, artifacts and platforms that are not in the archive.
    pub others: Vec<Other>,
    /// Problems of the archive as a whole.
    pub warnings: Vec<Problem>,
}

/// An image whose config is in the archive.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ImageSource {
    /// As written in the archive.
    pub tags: Vec<String>,
    /// Of the manifest's bytes; `None` where there is no manifest (docker-archive).
    pub manifest_digest: Option<Digest>,
    /// Of the index that names the manifest, where it is a blob of its own.
    pub index_digest: Option<Digest>,
    /// Of the config's bytes; `None` for what has no config: a layer or root file system alone.
    pub image_id: Option<Digest>,
    /// The configuration.
    pub config: ImageConfig,
    /// From the config; from the index where the config is silent.
    pub platform: Platform,
    /// Bottom first.
    pub layers: Vec<LayerSource>,
    /// Where the config has no history of its own: what each layer's configuration says of how it was
    /// made, as Docker kept it before 1.10.
    pub chain: Vec<HistoryEntry>,
    /// The manifest's annotations under `org.opencontainers.image.`, which say where the image comes from.
    pub annotations: BTreeMap<String, String>,
    /// Problems of this image.
    pub warnings: Vec<Problem>,
}

/// A layer as the archive names it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LayerSource {
    /// The member that holds it, escaped for the eye.
    pub name: String,
    /// Where it lies; `None`: not in the archive. Of no use elsewhere, so it isn't saved.
    #[serde(skip)]
    pub blob: Option<BlobPart>,
    /// What the manifest says it is; `None` where nothing says so.
    pub media_type: Option<String>,
    /// What the blob's digest is said to be.
    pub digest: Option<Digest>,
    /// What the uncompressed bytes' digest is said to be.
    pub diff_id: Option<Digest>,
}

/// Something that is named and cannot be shown as an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Other {
    /// What it is.
    pub kind: OtherKind,
    /// Its manifest's digest.
    pub digest: Digest,
    /// Its platform, where an index names one.
    pub platform: Option<String>,
    /// Names that an index gives it.
    pub names: Vec<String>,
    /// The manifest that it speaks of.
    pub subject: Option<Digest>,
    /// What it says that it is: its `artifactType`, else its config's media type; empty: nothing.
    pub artifact_type: String,
    /// What it holds, where that is no image's.
    #[serde(default)]
    pub documents: Vec<Document>,
}

/// A document that an artifact holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// What it is said to be: an attestation's predicate type, else the media type.
    pub name: String,
    /// As claimed.
    pub digest: Digest,
    /// Where it lies; `None`: not in the archive.
    pub blob: Option<BlobPart>,
}

impl ImageSource {
    /// The steps that made the layers, in order: the config's history, else the chain's.
    pub fn steps(&self) -> &[HistoryEntry] {
        match &self.config.history[..] {
            [] => &self.chain,
            history => history,
        }
    }
}

/// What opening came to.
pub enum Begun {
    /// The images.
    Archive(Archive),
    /// The file as a whole is compressed: it is to be read once (`layer::unpack`), then `read` sees it.
    Compressed(Compression),
}

/// What a source is when no index names an image.
pub enum Whole<'a> {
    /// A tar.
    Tar(BlobPart),
    /// Files of a folder.
    Folder(&'a [(String, u64)]),
}

/// Opens a source: reads its index files, or says that it is to be read through.
pub fn begin(files: &dyn Files) -> Result<Begun, Problem> {
    let list = files.list();
    let file = match &list[..] {
        [] => return Err(bare::no_image(&Listing::default())),
        [(_, size)] => BlobPart::plain(0, 0, *size),
        list => {
            let mut contents = Contents::new(Listing::of_folder(list), files);
            return read(&mut contents, Whole::Folder(list)).map(Begun::Archive);
        }
    };
    let mut contents = Contents::new(Listing::default(), files);
    let compression = check_head(&mut contents, file)?;
    if compression != Compression::None {
        return Ok(Begun::Compressed(compression));
    }
    let reader = files.open(0).map_err(contents::read_failed)?;
    let section = Section::new(reader, 0, file.len).map_err(contents::read_failed)?;
    let listing = Listing::of_tar(SeekInput::new(section), 0);
    let mut contents = Contents::new(listing, files);
    read(&mut contents, Whole::Tar(file)).map(Begun::Archive)
}

/// Reads the index files of an archive whose members are listed.
pub fn read(contents: &mut Contents<'_>, whole: Whole<'_>) -> Result<Archive, Problem> {
    let warnings = contents.listing.take_warnings();
    if contents.listing.members() == 0
        && let Some(problem) = warnings.iter().find(|problem| problem.code == "not-a-tar")
    {
        return Err(Problem {
            message: "This file is not an image archive.".into(),
            ..problem.clone()
        }
        .advice(ADVICE));
    }
    let mut archive = Archive { warnings, ..Archive::default() };
    if contents.has("index.json") {
        archive.reads("oci-layout", |archive| layout::read(contents, archive));
    }
    if contents.has("manifest.json") {
        match contents.named("manifest.json") {
            Ok(manifest) => read_manifest(contents, &manifest, &mut archive),
            Err(problem) => archive.warnings.push(problem),
        }
    }
    if archive.is_empty() && chain::is_there(contents) {
        archive.reads("docker-archive-v1", |archive| chain::read(contents, archive));
    }
    if archive.is_empty() {
        return match whole {
            Whole::Tar(part) => Ok(bare::tar(contents, part, archive)),
            Whole::Folder(files) => bare::folder(contents, files, archive),
        };
    }
    if archive.images.is_empty() {
        archive.warnings.push(
            Problem::new("archive-no-image", "The archive's index names no image that is in it.")
                .expected("an image whose configuration is in the archive")
                .found(format!("{} other manifests", archive.others.len())),
        );
    }
    Ok(archive)
}

/// `manifest.json` is a list as `docker save` writes it, or an image's own manifest in a `dir:`.
fn read_manifest(contents: &mut Contents<'_>, manifest: &[u8], archive: &mut Archive) {
    match manifest.trim_ascii_start().first() {
        Some(b'{') => {
            archive.reads("docker-dir", |archive| directory::read(contents, manifest, archive))
        }
        Some(b'[') => {
            archive.reads("docker-archive", |archive| docker::read(contents, manifest, archive))
        }
        _ => archive.warnings.push(
            Problem::new("json-invalid", "manifest.json is not the JSON that it should be.")
                .expected("a list of images")
                .found(format!("“{}”", text::show(&manifest[..manifest.len().min(24)])))
                .in_blob("manifest.json"),
        ),
    }
}

const ADVICE: &str = "Save an image with `docker save -o image.tar NAME` and open that file.";

/// What is surely no archive is refused by its first bytes, with a word for what it looks like.
fn check_head(contents: &mut Contents<'_>, file: BlobPart) -> Result<Compression, Problem> {
    let refuse = |code, found: String| {
        Problem::new(code, "This file is not an image archive.")
            .expected("a tar as `docker save` writes it, or a layer")
            .found(found)
            .advice(ADVICE)
    };
    if file.len == 0 {
        return Err(refuse("archive-empty", "an empty file".to_owned()));
    }
    let mut head = [0; 16];
    let count = contents.head(file, &mut head)?;
    let head = &head[..count];
    let compression = Compression::detect(&head[..count.min(HEAD)]);
    if compression != Compression::None {
        return Ok(compression);
    }
    let known = [
        (&b"\x89PNG"[..], "a PNG picture"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"%PDF", "a PDF document"),
        (b"PK\x03\x04", "a zip archive"),
        (b"\x7fELF", "an ELF program"),
        (b"{", "JSON text"),
    ];
    match known.iter().find(|(magic, _)| head.starts_with(magic)) {
        Some((_, what)) => Err(refuse("archive-not-a-tar", (*what).to_owned())),
        None if file.len < crate::entry::BLOCK => Err(refuse(
            "archive-not-a-tar",
            format!("{} bytes, fewer than one tar header", file.len),
        )),
        None => Ok(Compression::None),
    }
}

impl Archive {
    /// Nothing was found yet.
    fn is_empty(&self) -> bool {
        self.images.is_empty() && self.others.is_empty()
    }

    /// Reads one form, and keeps its name if it gave anything.
    fn reads(
        &mut self,
        form: &'static str,
        read: impl FnOnce(&mut Archive) -> Result<(), Problem>,
    ) {
        self.formats.push(form);
        if let Err(problem) = read(self) {
            self.warnings.push(problem);
        }
    }

    /// Adds a warning, if there are not too many.
    fn warn(&mut self, problem: Problem) {
        if self.warnings.len() < MAX_WARNINGS {
            self.warnings.push(problem);
        }
    }

    /// Adds an image, or its names to the same image met before.
    fn add(&mut self, mut image: ImageSource) {
        image.tags.retain(|tag| tag.len() <= MAX_NAME);
        image.tags.truncate(MAX_NAMES);
        let same = |there: &&mut ImageSource| match (&there.manifest_digest, &image.manifest_digest)
        {
            (Some(a), Some(b)) => a == b,
            _ => there.image_id.is_some() && there.image_id == image.image_id,
        };
        match self.images.iter_mut().find(same) {
            Some(there) => {
                for tag in image.tags {
                    if !there.tags.contains(&tag) && there.tags.len() < MAX_NAMES {
                        there.tags.push(tag);
                    }
                }
            }
            None => self.push(image),
        }
    }

    fn push(&mut self, image: ImageSource) {
        let layers: usize = self.images.iter().map(|image| image.layers.len()).sum();
        if self.images.len() >= MAX_IMAGES || layers + image.layers.len() > MAX_ALL_LAYERS {
            let problem = Problem::new("index-too-large", "The archive has too many images.")
                .expected(format!("at most {MAX_IMAGES} images, {MAX_ALL_LAYERS} layers"))
                .found("more, which are left out");
            if !self.warnings.contains(&problem) {
                self.warn(problem);
            }
            return;
        }
        self.images.push(image);
    }
}

/// Cuts a list of layers to what is followed.
fn cut_layers<T>(layers: &mut Vec<T>, warnings: &mut Vec<Problem>) {
    if layers.len() > MAX_LAYERS {
        warnings.push(
            Problem::new("too-many-layers", "The image has more layers than are read.")
                .expected(format!("at most {MAX_LAYERS} layers"))
                .found(layers.len().to_string())
                .advice("The lowest ones are shown."),
        );
        layers.truncate(MAX_LAYERS);
    }
}

/// Reads a config and checks that it is what its name says.
fn config(
    contents: &mut Contents<'_>,
    blob: BlobPart,
    name: &str,
    claimed: Option<&Digest>,
) -> Result<(ImageConfig, Digest, Option<Problem>), Problem> {
    let bytes = contents.bytes(blob, name)?;
    let digest = Digest::of(&bytes);
    let config = contents::json(&bytes, name)?;
    let mismatch = claimed.filter(|claimed| claimed.algorithm() == "sha256" && **claimed != digest);
    let mismatch = mismatch.map(|claimed| {
        Problem::new("config-digest-mismatch", "The configuration is not what its digest says.")
            .expected(claimed.to_string())
            .found(digest.to_string())
            .in_blob(text::show(name.as_bytes()))
    });
    Ok((config, digest, mismatch))
}

/// The config's platform, filled up from the index where it is silent.
fn platform(config: &ImageConfig, index: Option<&Platform>) -> Platform {
    let index = index.cloned().unwrap_or_default();
    let or = |own: &Option<String>, other: String| match own {
        Some(own) if !own.is_empty() => own.clone(),
        _ => other,
    };
    Platform {
        os: or(&config.os, index.os),
        architecture: or(&config.architecture, index.architecture),
        variant: or(&config.variant, index.variant),
    }
}

/// Joins layers with the diff IDs that the config claims for them, and warns where the counts differ.
fn claim_diff_ids(layers: &mut [LayerSource], config: &ImageConfig, warnings: &mut Vec<Problem>) {
    let claimed = &config.rootfs.diff_ids;
    for (layer, diff_id) in layers.iter_mut().zip(claimed) {
        layer.diff_id = diff_id.clone();
    }
    if claimed.len() != layers.len() {
        warnings.push(
            Problem::new(
                "layer-count",
                "Configuration and manifest disagree on the number of layers.",
            )
            .expected(format!("{} diff IDs", layers.len()))
            .found(claimed.len().to_string()),
        );
    }
    let filled = config.history.iter().filter(|entry| !entry.empty_layer).count();
    if !config.history.is_empty() && filled != layers.len() {
        warnings.push(
            Problem::new(
                "history-count",
                "History and layers do not match: they are joined from the base up.",
            )
            .expected(format!("{} history entries with a layer", layers.len()))
            .found(filled.to_string()),
        );
    }
    missing_layers(layers, warnings);
}

/// A warning for each layer that is not there, and why that may be.
fn missing_layers(layers: &[LayerSource], warnings: &mut Vec<Problem>) {
    for (at, layer) in layers.iter().enumerate().filter(|(_, layer)| layer.blob.is_none()) {
        let foreign = layer.media_type.as_deref().is_some_and(is_foreign);
        let problem = match foreign {
            true => Problem::new(
                "layer-foreign",
                "A foreign layer is not in the archive: its licence lets only its maker distribute it.",
            )
            .advice("Everything but this layer's files is shown."),
            false => Problem::new("layer-missing", "A layer is not in the archive.")
                .advice("Save the image again, with all its layers."),
        };
        let name = text::show(layer.name.as_bytes());
        warnings.push(
            problem.expected(name).found("no such member").in_layer(LayerPosition(at as u32)),
        );
    }
}

/// A layer named by a descriptor.
fn described(contents: &Contents<'_>, descriptor: &Descriptor) -> LayerSource {
    let (name, blob) = match contents.blob(&descriptor.digest) {
        Some((name, part)) => (name, Some(part)),
        None => (blob_name(&descriptor.digest), None),
    };
    LayerSource {
        name,
        blob,
        media_type: Some(descriptor.media_type.clone()).filter(|name| !name.is_empty()),
        digest: Some(descriptor.digest.clone()),
        diff_id: None,
    }
}
