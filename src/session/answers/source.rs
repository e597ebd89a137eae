//! What was opened: forms, images, and what is not an image.

use crate::archive::OtherSource;
use crate::codec::Compression;
use crate::oci::{MAX_TYPE, split_name};
use crate::protocol::{ImageLine, ImageName, OtherLine, SourceInfo};
use crate::session::state::{OpenImage, Session, blob_size};
use crate::text::Shown;
use crate::vocabulary::ImagePosition;

/// Names of an image that are answered: an archive may have ten million. The report has all.
const MAX_NAMES: usize = 200;
/// Bytes of a recorded time that are answered; RFC 3339's have some thirty.
const MAX_TIME: usize = 100;

impl Session {
    /// What opening found.
    pub fn info(&self) -> SourceInfo {
        // What was taken in is not the source's.
        let images = self.positions().zip(&self.images).filter(|(_, open)| !open.taken_in);
        SourceInfo {
            name: Shown::new(&self.name),
            size: self.size(),
            formats: self.formats.clone(),
            compression: self.compression,
            files: self.files.len() as u32,
            limited: self.limited,
            saved_inspection: self.saved,
            registry: self.registry.clone(),
            images: images.map(|(image, open)| self.image_line(image, open)).collect(),
            others: self.others.iter().map(other_line).collect(),
            warnings: self.warnings.clone(),
        }
    }

    fn image_line(&self, image: ImagePosition, open: &OpenImage) -> ImageLine {
        let source = &open.source;
        let compressed = self.any_compressed(open);
        ImageLine {
            image,
            names: source.tags.iter().take(MAX_NAMES).map(|tag| image_name(tag)).collect(),
            image_id: self.link_id(source).map_or_else(String::new, ToString::to_string),
            manifest_digest: source.manifest_digest.as_ref().map(ToString::to_string),
            platform: Shown::new(source.platform.to_string()),
            created: recorded_time(source.config.created.as_deref()),
            size: self.image_size(source),
            compressed_size: blob_size(source).filter(|_| compressed),
            layers: source.layers.len() as u32,
            bare: is_bare(open),
        }
    }

    /// Whether any layer is compressed, by its first bytes, or before it is read by its media type.
    pub(super) fn any_compressed(&self, open: &OpenImage) -> bool {
        open.source.layers.iter().any(|layer| match self.blobs.get(layer) {
            Some(blob) => blob.scan.compression != Compression::None,
            None => layer.media_type.as_deref().is_some_and(says_compressed),
        })
    }
}

/// Whether the media type of a layer says that it is compressed: `…tar+gzip`, Docker's `…tar.gzip`.
fn says_compressed(media_type: &str) -> bool {
    [".gzip", "+gzip", "+zstd", ".zstd"].iter().any(|ending| media_type.ends_with(ending))
}

/// A root file system or a bare layer: nothing says how it runs.
pub(super) fn is_bare(open: &OpenImage) -> bool {
    open.source.image_id.is_none() && open.source.manifest_digest.is_none()
}

/// When something was made, as its configuration has it.
pub(super) fn recorded_time(created: Option<&str>) -> Option<Shown> {
    created.map(|created| Shown::start_of(created, MAX_TIME))
}

fn image_name(tag: &str) -> ImageName {
    let (repository, tag) = split_name(tag);
    ImageName {
        repository: Shown::new(repository),
        tag: Some(tag).filter(|tag| tag != "<none>").map(Shown::new),
    }
}

fn other_line(other: &OtherSource) -> OtherLine {
    let platform = other.platform.as_ref().filter(|platform| *platform != "unknown/unknown");
    OtherLine {
        kind: other.kind,
        digest: other.digest.as_str().to_owned(),
        platform: platform.map(|platform| Shown::start_of(platform, MAX_TYPE)),
        names: other.names.iter().take(MAX_NAMES).map(Shown::new).collect(),
        subject: other.subject.as_ref().map(ToString::to_string),
        artifact_type: Shown::start_of(&other.artifact_type, MAX_TYPE),
    }
}

#[test]
fn texts_of_what_is_no_image_are_told_in_part() {
    let long = "x".repeat(1 << 20);
    let digest = crate::archive::NamedDigest::Unread("".into());
    let other = OtherSource {
        kind: crate::archive::OtherKind::Absent,
        digest,
        platform: Some(long.clone()),
        subject: None,
        artifact_type: long.clone(),
        documents: Vec::new(),
        names: Vec::new(),
    };
    let line = other_line(&other);
    let most = MAX_TYPE + "…".len();
    assert_eq!((line.platform.unwrap().len(), line.artifact_type.len()), (most, most));
    assert_eq!(recorded_time(Some(&long)).unwrap().len(), MAX_TIME + "…".len());
}
