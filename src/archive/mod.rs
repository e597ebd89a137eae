//! An archive becomes blobs and images: which images are named here, and where is each blob.
//!
//! - One form, one file: `docker` reads `manifest.json` as `docker save` writes it, `layout` reads
//!   `index.json` of an OCI image layout. Docker writes both into one archive; they are then two views
//!   of the same images, joined here.
//! - What a blob is, the index files say; no content is tried before them.
//! - Layers are not read here: a layer is a place in the archive with what is claimed about it.

mod contents;
mod docker;
mod layout;

use crate::codec::{Compression, HEAD, ReadSeek};
use crate::entry::BlobPart;
use crate::oci::{Descriptor, Digest, ImageConfig, Platform, is_layer};
use crate::problem::Problem;
use crate::text;
use contents::Contents;
use std::io::SeekFrom;

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
#[derive(Debug)]
pub struct ImageSource {
    /// As written in the archive.
    pub tags: Vec<String>,
    /// Of the manifest's bytes; `None` where there is no manifest (docker-archive).
    pub manifest_digest: Option<Digest>,
    /// Of the config's bytes.
    pub image_id: Digest,
    /// The configuration.
    pub config: ImageConfig,
    /// From the config; from the index where the config is silent.
    pub platform: Platform,
    /// Bottom first.
    pub layers: Vec<LayerSource>,
    /// Problems of this image.
    pub warnings: Vec<Problem>,
}

/// A layer as the archive names it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerSource {
    /// The member that holds it, escaped for the eye.
    pub name: String,
    /// Where it lies; `None`: not in the archive.
    pub blob: Option<BlobPart>,
    /// What the manifest says it is; `None` where nothing says so.
    pub media_type: Option<String>,
    /// What the blob's digest is said to be.
    pub digest: Option<Digest>,
    /// What the uncompressed bytes' digest is said to be.
    pub diff_id: Option<Digest>,
}

/// Something that is named and cannot be shown as an image.
#[derive(Clone, Debug, PartialEq)]
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
}

/// Why something is not an image to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherKind {
    /// Provenance, SBOM: a statement about an image.
    Attestation,
    /// A manifest that is no image's.
    Artifact,
    /// Named by an index, not in the archive.
    Absent,
}

impl OtherKind {
    /// As reports spell it.
    pub fn name(self) -> &'static str {
        match self {
            OtherKind::Attestation => "attestation",
            OtherKind::Artifact => "artifact",
            OtherKind::Absent => "absent",
        }
    }
}

/// Reads an archive's index files. `size` is the archive's, in bytes.
pub fn open(reader: &mut dyn ReadSeek, size: u64) -> Result<Archive, Problem> {
    check_head(reader, size)?;
    let mut contents = Contents::read(reader, size)?;
    let mut archive = Archive { warnings: contents.take_warnings(), ..Archive::default() };
    let has_layout = contents.has("index.json");
    let has_docker = contents.has("manifest.json");
    if has_layout {
        archive.formats.push("oci-layout");
        if let Err(problem) = layout::read(&mut contents, &mut archive) {
            archive.warnings.push(problem);
        }
    }
    if has_docker {
        archive.formats.push("docker-archive");
        if let Err(problem) = docker::read(&mut contents, &mut archive) {
            archive.warnings.push(problem);
        }
    }
    if archive.images.is_empty() {
        return Err(no_image(&contents, archive));
    }
    Ok(archive)
}

/// What is surely no tar is refused by its first bytes, with a word for what it looks like.
fn check_head(reader: &mut dyn ReadSeek, size: u64) -> Result<(), Problem> {
    let refuse = |code, found: String| {
        Problem::new(code, "This file is not an image archive.")
            .expected("a tar as `docker save` writes it")
            .found(found)
            .advice("Save an image with `docker save -o image.tar NAME` and open that file.")
    };
    if size == 0 {
        return Err(refuse("archive-empty", "an empty file".to_owned()));
    }
    let mut head = [0; 16];
    let count = contents::read_at(reader, 0, &mut head)?;
    let head = &head[..count];
    match Compression::detect(&head[..count.min(HEAD)]) {
        Compression::None => {}
        compression => {
            return Err(Problem::new(
                "archive-compressed",
                "The archive as a whole is compressed.",
            )
            .expected("a tar")
            .found(format!("{} compression", compression.name()))
            .advice("Decompress the file, then open the tar."));
        }
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
        None if size < crate::entry::BLOCK => {
            Err(refuse("archive-not-a-tar", format!("{size} bytes, fewer than one tar header")))
        }
        None => Ok(()),
    }
}

/// Says what the archive looked like and what is missing, with the members that were found.
fn no_image(contents: &Contents<'_>, mut archive: Archive) -> Problem {
    let advice = "Save the image again with `docker save -o image.tar NAME`.";
    if !archive.formats.is_empty() {
        let form = archive.formats.join("+");
        // The first problem met says most; a truncated archive explains all that follow.
        let first =
            if archive.warnings.is_empty() { None } else { Some(archive.warnings.remove(0)) };
        return match first {
            Some(problem) if problem.advice.is_none() => problem.advice(advice),
            Some(problem) => problem,
            None => Problem::new("archive-no-image", "The archive's index names no image.")
                .expected("an image whose configuration is in the archive")
                .found(format!("a {form} with {} other manifests", archive.others.len()))
                .advice(advice),
        };
    }
    if let Some(problem) = archive.warnings.into_iter().find(|p| p.code != "tar-record-too-long") {
        let message = match problem.code.as_ref() {
            "not-a-tar" => "This file is not an image archive.".to_owned(),
            _ => format!("{} No image was found before that.", problem.message),
        };
        return Problem { message, ..problem }.advice(advice);
    }
    Problem::new("archive-no-index", "This tar holds no image.")
        .expected("manifest.json (docker save) or index.json (OCI image layout)")
        .found(contents.summary())
        .advice(advice)
}

impl Archive {
    /// Adds an image, or its names to the same image met before.
    fn add(&mut self, image: ImageSource) {
        let same = |there: &&mut ImageSource| match (&there.manifest_digest, &image.manifest_digest)
        {
            (Some(a), Some(b)) => a == b,
            _ => there.image_id == image.image_id,
        };
        match self.images.iter_mut().find(same) {
            Some(there) => {
                for tag in image.tags {
                    if !there.tags.contains(&tag) {
                        there.tags.push(tag);
                    }
                }
            }
            None => self.images.push(image),
        }
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
    for (at, layer) in layers.iter().enumerate().filter(|(_, layer)| layer.blob.is_none()) {
        warnings.push(
            Problem::new("layer-missing", "A layer is not in the archive.")
                .expected(layer.name.clone())
                .found("no such member")
                .in_layer(at as u32)
                .advice("Save the image again, with all its layers."),
        );
    }
}

/// A layer named by a descriptor.
fn described(contents: &Contents<'_>, descriptor: &Descriptor) -> LayerSource {
    let name = contents::blob_name(&descriptor.digest);
    LayerSource {
        blob: contents.find(&name),
        name,
        media_type: Some(descriptor.media_type.clone()).filter(|name| !name.is_empty()),
        digest: Some(descriptor.digest.clone()),
        diff_id: None,
    }
}

fn all_layers(descriptors: &[Descriptor]) -> bool {
    descriptors.iter().all(|layer| is_layer(&layer.media_type))
}

/// Seeks with a problem for an error.
fn seek(reader: &mut dyn ReadSeek, to: u64) -> Result<(), Problem> {
    reader.seek(SeekFrom::Start(to)).map(|_| ()).map_err(contents::read_failed)
}
