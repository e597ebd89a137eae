//! Opening a source: which forms it has, and what its index files say.

use super::contents::{ArchiveContents, read_failed};
use super::files::Files;
use super::head::{ADVICE, check_head};
use super::images::Archive;
use super::listing::ArchiveListing;
use super::{bare, chain, cut, directory, docker, layout};
use crate::codec::{BlobPart, Compression, Section, SeekInput};
use crate::problem::Problem;
use crate::text::text_as_utf8;

/// The result of opening a source.
pub enum OpenedSource {
    /// What the archive holds.
    Archive(Box<Archive>),
    /// The file as a whole is compressed: it must be read once (`layer::pass_archive`), and then `read`.
    Compressed(Compression),
}

/// What a source is if no index names an image.
pub enum Unindexed<'a> {
    /// A tar.
    Tar(BlobPart),
    /// The files of a folder: path and bytes.
    Folder(&'a [(String, u64)]),
}

/// Opens a source: reads its index files, or says that it must be read as a whole first.
pub fn open(files: &dyn Files) -> Result<OpenedSource, Problem> {
    let list = files.list();
    let file = match &list[..] {
        [] => return Err(bare::no_image(&ArchiveListing::default())),
        [(_, size)] => BlobPart::plain(0, 0, *size),
        list => {
            let mut contents = ArchiveContents::new(ArchiveListing::of_folder(list), files);
            return read(&mut contents, Unindexed::Folder(list))
                .map(|archive| OpenedSource::Archive(Box::new(archive)));
        }
    };
    let mut contents = ArchiveContents::new(ArchiveListing::default(), files);
    let compression = check_head(&mut contents, file)?;
    if compression != Compression::None {
        return Ok(OpenedSource::Compressed(compression));
    }
    let reader = files.open(0).map_err(read_failed)?;
    let section = Section::new(reader, 0, file.len).map_err(read_failed)?;
    let listing = ArchiveListing::of_tar(SeekInput::new(section), 0);
    let mut contents = ArchiveContents::new(listing, files);
    read(&mut contents, Unindexed::Tar(file))
        .map(|archive| OpenedSource::Archive(Box::new(archive)))
}

/// Reads the index files of an archive whose members are listed.
pub fn read(
    contents: &mut ArchiveContents<'_>,
    unindexed: Unindexed<'_>,
) -> Result<Archive, Problem> {
    let mut warnings = contents.listing.take_warnings();
    if contents.listing.members() == 0
        && let Some(problem) = warnings.iter().find(|problem| problem.code == "not-a-tar")
    {
        let message = "This file is not an image archive.".into();
        return Err(Problem { message, ..problem.clone() }.advice(ADVICE));
    }
    let mut archive = forms(contents);
    if archive.is_empty() {
        archive = forms_in_folder(contents).unwrap_or(archive);
    }
    archive.cut_at = cut::tell(&mut warnings, contents, archive.is_empty());
    if archive.cut_at.is_some() {
        // A document that the cut goes through says the same again.
        archive.warnings.retain(|warning| warning.code != "archive-truncated");
    }
    warnings.append(&mut archive.warnings);
    archive.warnings = warnings;
    archive.documents = contents.take_documents();
    archive.inline = std::mem::take(&mut contents.inline);
    if archive.is_empty() {
        return match unindexed {
            Unindexed::Tar(part) => Ok(bare::tar(contents, part, archive)),
            Unindexed::Folder(files) => bare::folder(contents, files, archive),
        };
    }
    if archive.images.is_empty() {
        let message = "The archive's index names no image that is in the archive.";
        archive.warnings.push(
            Problem::new("archive-no-image", message)
                .expected("an image whose configuration is in the archive")
                .found(format!("{} other manifests", archive.others.len())),
        );
    }
    Ok(archive)
}

/// What the index files of all forms say.
fn forms(contents: &mut ArchiveContents<'_>) -> Archive {
    let mut archive = Archive::default();
    if contents.has("index.json") {
        archive.read_form("oci-layout", |archive| layout::read(contents, archive));
    }
    if contents.has("manifest.json") {
        match contents.named("manifest.json") {
            Ok(manifest) => read_manifest(contents, &manifest, &mut archive),
            Err(problem) => archive.warnings.push(problem),
        }
    }
    if archive.is_empty() && chain::is_there(contents) && !cut::may_lack_an_index(contents) {
        archive.read_form("docker-archive-v1", |archive| chain::read(contents, archive));
    }
    archive
}

/// The same in the folder that all members are in; `None` if nothing is there.
fn forms_in_folder(contents: &mut ArchiveContents<'_>) -> Option<Archive> {
    let folder = contents.listing.common_folder();
    if folder.is_empty() {
        return None;
    }
    contents.listing.enter(folder);
    let archive = forms(contents);
    if archive.is_empty() {
        contents.listing.enter(Vec::new());
        return None;
    }
    Some(archive)
}

/// `manifest.json` is a list as `docker save` writes it, or an image's own manifest in a `dir:`.
fn read_manifest(contents: &mut ArchiveContents<'_>, manifest: &[u8], archive: &mut Archive) {
    let text = text_as_utf8(manifest);
    match text.trim_ascii_start().first() {
        Some(b'{') => {
            archive.read_form("docker-dir", |archive| directory::read(contents, manifest, archive));
        }
        Some(b'[') => {
            archive
                .read_form("docker-archive", |archive| docker::read(contents, manifest, archive));
        }
        _ => {
            let mut found = "text that begins with “".as_bytes().to_vec();
            found.extend_from_slice(&text[..text.len().min(24)]);
            found.extend_from_slice("”".as_bytes());
            archive.warnings.push(
                Problem::new("json-invalid", "manifest.json is not valid.")
                    .expected("a JSON list of images")
                    .found(found)
                    .in_blob("manifest.json"),
            );
        }
    }
}
