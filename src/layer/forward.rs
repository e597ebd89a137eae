//! The uncompressed bytes of a layer, read forward: what is wanted passes by in pieces, so that nothing of a
//! file's size is held in memory.

use super::content::{Entrance, LayerBytes, cut, unreadable};
use super::stream::BlobWatch;
use crate::codec::{BlobPart, Checkpoints, Compression, Input, ReadSeek};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes of an uncompressed layer that pass by at once.
const PIECE: u64 = 256 << 10;

/// Where a layer is, and where it is entered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerEntrance {
    pub part: BlobPart,
    pub compression: Compression,
    /// As in `Entrance`.
    pub outer: Checkpoints,
    pub points: Checkpoints,
    /// The first byte of the uncompressed layer that is wanted.
    pub first: u64,
}

/// The bytes of a layer from `first` on, in pieces.
pub fn pass_layer(
    source: Box<dyn ReadSeek>,
    layer: &LayerEntrance,
    body: &mut dyn FnMut(&mut LayerBytes<'_>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let LayerEntrance { part, compression, outer, points, first } = layer;
    let mut section = part.open(source, outer).map_err(unreadable)?;
    let entrance = Entrance { outer, compression: *compression, points };
    let mut no_progress = |_: u64| {};
    let mut watch = BlobWatch::new(Vec::new(), &mut no_progress);
    body(&mut LayerBytes::at(&mut section, &mut watch, entrance, *first)?)
}

impl LayerBytes<'_> {
    /// Passes `length` bytes from `first` on, which lie behind those that were read before. `each` may end it with
    /// an error of its own.
    pub fn pass<E: From<Problem>>(
        &mut self,
        first: u64,
        length: u64,
        each: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let passed = self.pass_most(first, length, each)?;
        match passed < length {
            true => Err(cut(length, passed, first.saturating_add(passed)).into()),
            false => Ok(()),
        }
    }

    /// The same, or fewer at the end of the layer. Returns how many.
    pub fn pass_most<E: From<Problem>>(
        &mut self,
        first: u64,
        length: u64,
        each: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<u64, E> {
        let mut passed = 0;
        match self {
            LayerBytes::Plain { section, buffer } => {
                section.seek(SeekFrom::Start(first)).map_err(unreadable)?;
                let room = length.min(PIECE) as usize;
                if buffer.len() < room {
                    buffer.resize(room, 0);
                }
                while passed < length {
                    let wanted = (length - passed).min(PIECE) as usize;
                    match section.read(&mut buffer[..wanted]) {
                        Ok(0) => break,
                        Ok(count) => {
                            each(&buffer[..count])?;
                            passed += count as u64;
                        }
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(error) => return Err(unreadable(error).into()),
                    }
                }
            }
            LayerBytes::Stream { input, position } => {
                *position += input.skip(first.saturating_sub(*position)).map_err(unreadable)?;
                while passed < length {
                    let piece = input.fill().map_err(unreadable)?;
                    let left = usize::try_from(length - passed).unwrap_or(usize::MAX);
                    let count = piece.len().min(left);
                    if count == 0 {
                        break;
                    }
                    let goes_on = each(&piece[..count]);
                    input.consume(count);
                    passed += count as u64;
                    *position += count as u64;
                    goes_on?;
                }
            }
        }
        Ok(passed)
    }
}
