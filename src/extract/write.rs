//! An extraction is written: layers are opened one after another, and their bytes pass to the output.

use super::extraction::{ExtractedKind, Extraction, LayerMembers};
use super::member_writer::{MemberWriter, content, unwritten};
use super::tar_writer::TarWriter;
use super::zip_writer::ZipWriter;
use crate::codec::ReadSeek;
use crate::layer::{LayerBytes, LayerEntrance, Owner, pass_layer};
use crate::oci::{DiffId, Hasher};
use crate::problem::Problem;
use std::io::{self, Write};

/// Opens a file of the source by its number.
pub type OpenFile<'a> = &'a mut dyn FnMut(u32) -> io::Result<Box<dyn ReadSeek>>;

/// Writes an extraction. `progress` gets the bytes of content written so far.
pub fn write(
    extraction: &Extraction,
    open: OpenFile<'_>,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> Result<(), Problem> {
    let mut done = 0;
    let mut passed = |bytes: u64| {
        done += bytes;
        progress(done);
    };
    match extraction {
        Extraction::Content { layer, place } => {
            in_layer(layer, open, &mut |bytes| content(place, bytes, out, &mut passed))?;
        }
        Extraction::LayerTar { layer, diff_id, .. } => {
            layer_tar(layer, diff_id.as_ref(), open, out, &mut passed)?;
        }
        Extraction::Tar { owners, parts } => {
            let mut tar = TarWriter::new(out);
            for part in parts {
                members(part, owners, open, &mut tar, &mut passed)?;
            }
            tar.finish()?;
        }
        Extraction::Zip { parts } => {
            let mut zip = ZipWriter::new(out);
            for part in parts {
                zip.next_layer();
                members(part, &[], open, &mut zip, &mut passed)?;
            }
            zip.finish()?;
        }
    }
    out.flush().map_err(unwritten)
}

fn members(
    part: &LayerMembers,
    owners: &[Owner],
    open: OpenFile<'_>,
    out: &mut dyn MemberWriter,
    passed: &mut dyn FnMut(u64),
) -> Result<(), Problem> {
    let nobody = Owner::default();
    let owner = |number: u32| owners.get(number as usize).unwrap_or(&nobody);
    let Some(layer) = &part.layer else {
        return part.members.iter().try_for_each(|member| out.member(member, owner(member.owner)));
    };
    in_layer(layer, open, &mut |bytes| {
        for member in &part.members {
            match &member.kind {
                ExtractedKind::File(place) => {
                    out.file(member, owner(member.owner), place, bytes, passed)?;
                }
                _ => out.member(member, owner(member.owner))?,
            }
        }
        Ok(())
    })
}

fn in_layer(
    layer: &LayerEntrance,
    open: OpenFile<'_>,
    body: &mut dyn FnMut(&mut LayerBytes<'_>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let source = open(layer.part.file).map_err(|error| {
        Problem::new("read-failed", "The file cannot be opened.").found(error.to_string())
    })?;
    pass_layer(source, layer, body)
}

/// All uncompressed bytes of a layer. Its digest is known at the end only, when everything was written.
fn layer_tar(
    layer: &LayerEntrance,
    diff_id: Option<&DiffId>,
    open: OpenFile<'_>,
    out: &mut dyn Write,
    passed: &mut dyn FnMut(u64),
) -> Result<(), Problem> {
    let mut hasher = diff_id.and_then(|diff_id| Hasher::of_algorithm(diff_id.0.algorithm()));
    in_layer(layer, open, &mut |bytes| {
        let each = &mut |piece: &[u8]| {
            passed(piece.len() as u64);
            hasher.iter_mut().for_each(|hasher| hasher.update(piece));
            out.write_all(piece).map_err(unwritten)
        };
        bytes.pass_most(0, u64::MAX, each).map(drop)
    })?;
    let (Some(expected), Some(hasher)) = (diff_id, hasher) else { return Ok(()) };
    let found = hasher.finish();
    match found == expected.0 {
        true => Ok(()),
        false => Err(Problem::new(
            "layer-diff-id-mismatch",
            "The layer that was written is not the one that the configuration names.",
        )
        .expected(expected.as_str())
        .found(found.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::BlobPart;
    use crate::extract::ExtractedMember;
    use crate::layer::FilePlace;
    use std::io::{Cursor, Read};

    #[test]
    fn files_at_the_same_place_of_different_layers_are_different_files() {
        let place = FilePlace { data_offset: 0, stored: 3, size: 3, spans: None };
        let part = |file: u32, path: &str| LayerMembers {
            layer: Some(LayerEntrance {
                part: BlobPart::plain(file, 0, 3),
                ..LayerEntrance::default()
            }),
            members: vec![ExtractedMember {
                path: path.into(),
                kind: ExtractedKind::File(place.clone()),
                mode: 0o644,
                owner: 0,
                mtime: (0, 0),
                xattrs: Vec::new(),
            }],
        };
        let contents = [&b"one"[..], b"two"];
        let mut open = |file: u32| -> io::Result<Box<dyn ReadSeek>> {
            Ok(Box::new(Cursor::new(contents[file as usize])))
        };
        let mut zip = Vec::new();
        let extraction = Extraction::Zip { parts: vec![part(0, "a"), part(1, "b")] };
        write(&extraction, &mut open, &mut zip, &mut |_| ()).unwrap();
        let archive = rawzip::ZipArchive::from_slice(&zip[..]).unwrap();
        let mut unpacked = Vec::new();
        for header in archive.entries() {
            let entry = archive.get_entry(header.unwrap().wayfinder()).unwrap();
            let mut content = Vec::new();
            flate2::read::DeflateDecoder::new(entry.data()).read_to_end(&mut content).unwrap();
            unpacked.push(content);
        }
        assert_eq!(unpacked, contents);
    }
}
