//! `layerscope export PATH [DIR]`: the root file system, a part of it, or a layer, as a tar on standard output.
//!
//! - docs/export.md says what is in the tar.
//! - Exit 0 if it was written, 1 if there is nothing at DIR or it could not be written to its end, 2 for wrong use or
//!   an image that cannot be read completely.

use super::taking::TakingArguments;
use crate::entry::path;
use crate::problem::Problem;
use crate::protocol::{ArchiveForm, ExtractedPart, LinkPath};
use crate::session::Session;
use crate::text::percent_encode;
use crate::vocabulary::ImagePosition;
use lexopt::Parser;
use std::process::ExitCode;

/// For the usage.
pub const ARGUMENTS: &str = "PATH|- [DIR] [--layer N | --up-to N] \
     [--image N | --platform OS/ARCH[/VARIANT]]";

/// Writes the archive.
pub fn run(parser: Parser) -> Result<ExitCode, lexopt::Error> {
    Ok(TakingArguments::read(parser)?.write(|arguments, session, image| {
        let part = part(arguments, session, image)?;
        session.extraction(image, &part)
    }))
}

/// What is written. A layer's paths are literal, as its tar has them; those of the image lead through links.
fn part(
    arguments: &TakingArguments,
    session: &Session,
    image: ImagePosition,
) -> Result<ExtractedPart, Problem> {
    let TakingArguments { path, chosen, .. } = arguments;
    let is_below_root = |path: &&Vec<u8>| !path::parts(path).is_empty();
    let directory = path.as_ref().filter(is_below_root);
    let link_path = |path: &[u8]| vec![LinkPath(percent_encode(path))];
    Ok(match chosen.layer {
        Some(layer) => {
            let paths = directory.map(|path| link_path(path)).unwrap_or_default();
            ExtractedPart::Layer { layer, paths }
        }
        None => {
            let paths = match directory {
                Some(path) => {
                    link_path(&session.directory_path(image, path, chosen.selection())?)
                }
                None => Vec::new(),
            };
            ExtractedPart::Root { up_to: chosen.up_to, paths, form: ArchiveForm::Tar }
        }
    })
}
