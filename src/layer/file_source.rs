//! A file as a source of its own, which can be read anywhere: an archive within a layer.
//!
//! - In a layer that is not compressed it is read where it is. Of a compressed layer it is held in memory up to a size;
//!   a larger one is read through the layer's checkpoints.

use super::content::{Entrance, FilePlace, read_file, unreadable};
use crate::codec::{BlobPart, Compression, ReadSeek, Section, Seekable};
use crate::problem::Problem;
use std::io::Cursor;

/// Bytes of a file of a compressed layer that are held in memory.
pub const MAX_UNPACKED: u64 = 256 << 20;

/// Opens a file. `progress` gets the bytes of the blob that are read to hold it.
pub fn open_file(
    source: Box<dyn ReadSeek>,
    part: BlobPart,
    entrance: Entrance<'_>,
    place: &FilePlace,
    progress: &mut dyn FnMut(u64),
) -> Result<Box<dyn ReadSeek>, Problem> {
    if place.spans.is_some() {
        let message = "Archives that are sparse files are not opened.";
        return Err(Problem::new("no-content", message).expected("a file without holes"));
    }
    if entrance.compression != Compression::None && place.size <= MAX_UNPACKED {
        let bytes = read_file(source, part, entrance, place, 0, place.size, progress)?;
        return Ok(Box::new(Cursor::new(bytes)));
    }
    let section = part.open(source, entrance.outer).map_err(unreadable)?;
    let end = place.data_offset.saturating_add(place.stored);
    let layer: Box<dyn ReadSeek> = match entrance.compression {
        Compression::None => Box::new(section),
        compression => Box::new(Seekable::new(section, compression, entrance.points.clone(), end)),
    };
    Ok(Box::new(Section::new(layer, place.data_offset, place.stored).map_err(unreadable)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Checkpoints;
    use std::io::{Read, Seek, SeekFrom, Write};

    #[test]
    fn a_file_is_read_anywhere_whether_the_layer_is_compressed_or_not() {
        let tar = b"....abcdef..".to_vec();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&tar).unwrap();
        let place = FilePlace { data_offset: 4, stored: 6, size: 6, spans: None };
        for (bytes, compression) in
            [(tar, Compression::None), (gzip.finish().unwrap(), Compression::Gzip)]
        {
            let part = BlobPart::plain(0, 0, bytes.len() as u64);
            let none = Checkpoints::default();
            let entrance = Entrance { outer: &none, compression, points: &none };
            let source = Box::new(Cursor::new(bytes));
            let mut file = open_file(source, part, entrance, &place, &mut |_| {}).unwrap();
            let mut text = String::new();
            file.seek(SeekFrom::Start(2)).unwrap();
            file.read_to_string(&mut text).unwrap();
            assert_eq!(text, "cdef");
            assert_eq!(file.seek(SeekFrom::End(-1)).unwrap(), 5);
        }
    }
}
